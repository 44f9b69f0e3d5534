"""Sources and documents.

Offsets, here and everywhere: Unicode code points, half-open, into NFC text with LF line ends.
"""

from __future__ import annotations

import bisect
import hashlib
from datetime import date
from itertools import pairwise
from typing import Literal

import msgspec

Subset = Literal["original", "press", "archive"]
Rights = Literal["full_text", "standoff"]
SectionKind = Literal[
    "title", "byline", "date", "summary", "heading", "body", "caption", "glossary", "note"
]


def sha256(data: bytes | str) -> str:
    """Hex SHA-256 of bytes, or of a string's UTF-8 bytes."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every record: immutable, and strict when decoded."""


class Source(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One source text of the corpus, whether or not its text may ship.

    `path` is relative to `corpus/texts/` when `rights` is `full_text`, and to the folder of the
    reader's own copies when it is `standoff`. `facts` are ids in `corpus/fact_sources.jsonl`.

    Of a withheld text, where it may be had: `obtain` in a sentence, `url` its address, `archive`
    the address of an archived copy, `identifiers` such as `issn:0792-7304` or `doi:...` for a
    library's catalogue, `seen` the day on which the place was seen to have it, and `licence_as_of`
    the day on which `licence` was read. Days are ISO dates; all but `obtain` are optional.
    """

    id: str
    subset: Subset
    rights: Rights
    title: str
    publisher: str
    date: str
    genre: str
    period: str
    vantage: str
    topic: str
    licence: str
    path: str
    format: Literal["text", "html", "tei"]
    sha256: str
    obtain: str
    url: str | None = None
    fragment: str | None = None
    licence_as_of: str | None = None
    seen: str | None = None
    archive: str | None = None
    identifiers: tuple[str, ...] = ()
    direction: str | None = None
    drafted_by: str | None = None
    facts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, day in (("licence_as_of", self.licence_as_of), ("seen", self.seen)):
            if day is not None and not _is_day(day):
                raise ValueError(f"{name} is {day!r}, not a day such as 2026-01-31")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


class FactCheck(Struct, frozen=True, kw_only=True):
    """A document, read against its sources by somebody who did not write it.

    Of `facts` that the text states, `wrong` contradicted their sources and `unsupported` were in
    none of them, before they were mended; `notes` say what was.
    """

    document: str
    by: str
    facts: int
    wrong: int
    unsupported: int
    notes: tuple[str, ...] = ()


class Span(Struct, frozen=True, array_like=True, order=True, gc=False):
    """A half-open interval of code points."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"span [{self.start}, {self.end}) is empty, inverted or negative")


class Section(Struct, frozen=True, kw_only=True, gc=False):
    """A named part of the text; sections are in order and do not overlap."""

    kind: SectionKind
    start: int
    end: int


class RawRun(Struct, frozen=True, array_like=True, gc=False):
    """`clean_length` characters of clean text made from `raw_length` characters of the raw.

    Equal lengths mean character by character; otherwise the run was rewritten as a whole.
    """

    clean_start: int
    clean_length: int
    raw_start: int
    raw_length: int


class RawMap(Struct, frozen=True, array_like=True):
    """From clean offsets to offsets in the decoded raw file, as a list of runs."""

    runs: tuple[RawRun, ...]

    def interval(self, start: int, end: int) -> tuple[int, int]:
        """The smallest raw interval that holds the clean characters `[start, end)`.

        Raises ValueError when a character of the interval has no place in the raw file.
        """
        return self._place(start)[0], self._place(end - 1)[1]

    def _place(self, offset: int) -> tuple[int, int]:
        at = bisect.bisect_right(self.runs, offset, key=lambda run: run.clean_start) - 1
        if at < 0 or offset >= self.runs[at].clean_start + self.runs[at].clean_length:
            raise ValueError(f"no raw character stands for clean offset {offset}")
        run = self.runs[at]
        if run.clean_length != run.raw_length:
            return run.raw_start, run.raw_start + run.raw_length
        raw = run.raw_start + offset - run.clean_start
        return raw, raw + 1


class Document(Struct, frozen=True, kw_only=True):
    """A clean text with its structure and the way back to the raw file.

    `cleaner` (name and version of the rules) is part of its identity, as is `digest`.
    """

    id: str
    text: str
    sections: tuple[Section, ...]
    sentences: tuple[Span, ...]
    raw_map: RawMap
    raw_sha256: str
    cleaner: str

    def __post_init__(self) -> None:
        for name, spans in (("section", self.sections), ("sentence", self.sentences)):
            for before, after in pairwise(spans):
                if after.start < before.end:
                    raise ValueError(f"{name}s overlap or are out of order at {after.start}")
            if spans and spans[-1].end > len(self.text):
                raise ValueError(f"a {name} ends at {spans[-1].end}, after the text")

    @property
    def digest(self) -> str:
        """SHA-256 of the clean text."""
        return sha256(self.text)

    def standoff(self) -> StandoffDocument:
        """The same document without its text."""
        return StandoffDocument(
            id=self.id,
            characters=len(self.text),
            digest=self.digest,
            raw_sha256=self.raw_sha256,
            cleaner=self.cleaner,
            sections=self.sections,
            sentences=self.sentences,
        )


class StandoffDocument(Struct, frozen=True, kw_only=True):
    """A document whose text may not ship: its identity and structure, no word of it.

    `characters` counts code points; `digest` is the SHA-256 of the clean text.
    """

    id: str
    characters: int
    digest: str
    raw_sha256: str
    cleaner: str
    sections: tuple[Section, ...]
    sentences: tuple[Span, ...]
