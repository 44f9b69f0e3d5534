"""One document as the checks see it, with all that is said of it."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Sequence
from operator import le
from typing import Any, Literal

from msgspec import field

from ijcorpus.annotation import Annotation, Decision
from ijcorpus.checks.columns import Judgements, Mentions, judgements, mentions
from ijcorpus.checks.lazy import lazy
from ijcorpus.document import Document, Source, StandoffDocument, Struct

ADJUDICATED = "adjudicated"
_USUAL = bytes([*b"\t\n", *range(32, 127)])


class Layer(Struct, frozen=True, kw_only=True, dict=True):
    """One annotation as it is filed: under whose name and, if known, in which file."""

    name: str
    annotation: Annotation
    path: str = ""

    @lazy
    def mentions(self) -> Mentions:
        """The columns of its entities."""
        return mentions(self.annotation.entities)

    @lazy
    def judgements(self) -> Judgements:
        """The columns of its judgements."""
        return judgements(self.annotation.stances)


class Traced(Struct, frozen=True, kw_only=True):
    """A sentence, by its beginning, with the fact it states and the sources of the fact."""

    sentence: str
    sources: tuple[str, ...]
    fact: str


class Released(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the released version that a corpus says it is has of one document.

    `row` is what it says of the text and its source; it is empty for a document that it has not.
    """

    version: str
    row: dict[str, str | tuple[str, ...] | None] = field(default_factory=dict[str, Any])
    layers: tuple[Layer, ...] = ()


class Unread(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record that cannot be read: what it is, in which file, and why, without words of texts.

    `record` is its name among those of its document: a layer's, or a line such as `line-3`.
    """

    kind: Literal["annotation", "decision", "document", "facts", "fingerprint", "list"]
    record: str
    path: str
    message: str
    document: str = ""


class Fingerprinted(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a published fingerprint says that it is of, and the spans `[start, end)` it places."""

    document: str
    digest: str
    places: tuple[tuple[int, int], ...]
    path: str = ""


class Subject(Struct, frozen=True, kw_only=True, dict=True, omit_defaults=True):
    """One document with everything that is said of it.

    `document` has its text when that is at hand, whether or not it may ship. `recorded` is what
    the corpus keeps of a text that may not ship; `stored` says that the raw text lies in the
    corpus itself. `facts` says which sentences rest on which sources. `settled` is what passes and
    decisions give, `unsettled` why they give nothing, `stale` the decisions on no dispute.
    `wanted` is how many passes the assignment asks for, if there is one. `released` is there when
    the corpus says that it is a version that was released. `unread` are its records that cannot
    be read; `lost` says that nothing is known of its text, so that `document` stands for nothing.
    `unprinted` says that the corpus publishes fingerprints, but none of this text.
    """

    source: Source
    document: Document | StandoffDocument
    layers: tuple[Layer, ...] = ()
    adjudicated: Layer | None = None
    decisions: tuple[Decision, ...] = ()
    recorded: StandoffDocument | None = None
    stored: bool = False
    facts: tuple[Traced, ...] = ()
    settled: Annotation | None = None
    unsettled: str = ""
    stale: tuple[str, ...] = ()
    wanted: int | None = None
    released: Released | None = None
    unread: tuple[Unread, ...] = ()
    lost: bool = False
    fingerprint: Fingerprinted | None = None
    unprinted: bool = False

    @property
    def id(self) -> str:
        """The document's id."""
        return self.source.id

    @lazy
    def text(self) -> str | None:
        """The clean text, if it is at hand."""
        return self.document.text if isinstance(self.document, Document) else None

    @lazy
    def unusual(self) -> str:
        """The characters of the text, in its order, but printable ASCII, tabs and line ends."""
        data = (self.text or "").encode(errors="surrogatepass").translate(None, _USUAL)
        return data.decode(errors="surrogatepass")

    @lazy
    def digest(self) -> str:
        """The SHA-256 of the clean text."""
        return self.document.digest

    @property
    def ships(self) -> bool:
        """Whether the text may be shown to everybody."""
        return self.source.rights == "full_text"

    @lazy
    def characters(self) -> int:
        """The length of the clean text in code points."""
        if isinstance(self.document, Document):
            return len(self.document.text)
        return self.document.characters

    @lazy
    def annotations(self) -> tuple[Layer, ...]:
        """Every pass, then the adjudication."""
        return (*self.layers, *((self.adjudicated,) if self.adjudicated else ()))

    def holding(self, starts: Sequence[int], ends: Sequence[int]) -> list[int | None]:
        """For each place `[start, end)`, the number of the sentence that holds it, or None."""
        spans = self.document.sentences
        at = [bisect_right(self._sentence_starts, start) - 1 for start in starts]
        last = self._sentence_ends
        if spans and all(map(le, ends, [last[n] for n in at])) and min(at, default=0) >= 0:
            return [*at]
        # A place in no sentence, or a stand-off record with sentences out of order.
        return [
            next((n for n, s in enumerate(spans) if s.start <= start and end <= s.end), None)
            for start, end in zip(starts, ends, strict=True)
        ]

    @lazy
    def _sentence_starts(self) -> list[int]:
        return [span.start for span in self.document.sentences]

    @lazy
    def _sentence_ends(self) -> list[int]:
        return [span.end for span in self.document.sentences]

    def excerpt(self, start: int | None, end: int | None) -> str:
        """The text around a place, empty where there is none or it may not ship."""
        if self.text is None or not self.ships or start is None or end is None:
            return ""
        return excerpt(self.text, start, end)

    def summary(self) -> Summary:
        """What the checks of the whole corpus need to keep of the document."""
        final = self.adjudicated.annotation.stances if self.adjudicated else ()
        marked = self.adjudicated.mentions.label if self.adjudicated else ()
        source = self.source
        return Summary(
            id=source.id,
            ships=self.ships,
            subset=source.subset,
            topic=source.topic,
            date=sys.intern(source.date),
            path=source.path,
            fragment=source.fragment,
            digest=self.digest,
            empty=not self.characters,
            at_hand=self.text is not None,
            targets=tuple(dict.fromkeys(sys.intern(s.target) for s in final if s.target)),
            labels=tuple(map(sys.intern, dict.fromkeys(marked))),
        )


class Summary(Struct, frozen=True, kw_only=True):
    """Of a document, what the checks of the whole corpus keep: a few hundred bytes.

    `ships` says whether the text may be shown to everybody, `at_hand` whether it could be read,
    `empty` whether it has no character; `targets` are those that the adjudication judges, `labels`
    those that it gives to mentions.
    """

    id: str
    ships: bool
    subset: str
    topic: str
    date: str
    path: str
    fragment: str | None
    digest: str
    empty: bool
    at_hand: bool
    targets: tuple[str, ...]
    labels: tuple[str, ...]


def excerpt(text: str, start: int, end: int, *, around: int = 30, most: int = 60) -> str:
    """The place in its line of text, and under it a line of carets.

    White space is shown as a space and what cannot be printed as a middle dot; a long place is
    cut, and carets end with it.
    """
    start = min(max(start, 0), len(text))
    end = min(max(end, start), len(text))
    shown = min(end, start + most)
    before, place = text[max(0, start - around) : start], text[start:shown]
    after = text[end : end + around] if shown == end else "..."
    line = "".join(c if c.isprintable() else " " if c.isspace() else "·" for c in before + place)
    tail = "".join(c if c.isprintable() else " " if c.isspace() else "·" for c in after)
    return f"{line}{tail}".rstrip() + f"\n{' ' * len(before)}{'^' * max(1, len(place))}"
