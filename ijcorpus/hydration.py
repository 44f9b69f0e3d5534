"""A reader's own copies of withheld texts, joined with the released annotations."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from ijcorpus import published
from ijcorpus.annotation import AnnotatedDocument
from ijcorpus.document import Document, Section, Source, Span, StandoffDocument
from ijcorpus.errors import CleanError, HydrationError, RecordError
from ijcorpus.layout import inside, safe_name
from ijcorpus.published import FINGERPRINTS, find
from ijcorpus.records import read_bytes
from ijcorpus.standoff import Withheld, join
from ijcorpus.standoff.hydrated import Hydrated, Status

if TYPE_CHECKING:
    from ijcorpus.standoff.fingerprint import Fingerprint
    from ijcorpus.standoff.realign import Realigned
    from ijcorpus.standoff.tokens import Words

ENOUGH = 0.2
"""Share of the words that a copy must have: less is another text that quotes from it."""

MOST = 50_000_000
"""Most bytes of a file that is read for what it may be; one that is named is always read."""

_FORMATS: dict[str, Literal["text", "html", "tei"]] = {
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".xml": "tei",
    ".tei": "tei",
    ".pdf": "text",
}


class _Candidate(NamedTuple):
    """A file that may hold copies, cleaned, with its words once a fingerprint asks for them."""

    path: Path
    raw: bytes
    digest: str
    words: Words | None


def hydrate(
    copies: Path | str | Sequence[Path | str],
    *,
    version: str | None = None,
    root: Path | str | None = None,
    fingerprints: Path | str | None = None,
    unread: Callable[[Path, str], None] | None = None,
) -> list[Hydrated]:
    """Join every withheld document of a release with your copies: folders, or files.

    Copies need no names: a file at the `path` that the release gives is tried first, then every
    file. With fingerprints (a folder; by default those found with the release) a copy may differ
    from the annotated text. What lies in a folder and cannot be read is passed over: `unread` is
    told of it with the reason; without one a warning is given. Raises ReleaseError when there is
    no such release and HydrationError when the copies do not exist, or one named as a file cannot
    be read; MissingExtraError when a needed library is not installed.
    """
    places = [Path(one) for one in ([copies] if isinstance(copies, Path | str) else copies)]
    for place in places:
        if not place.exists():
            raise HydrationError(f"{place} is no folder and no file. Name what holds your copies.")
    where = Path(root) if root is not None else None
    folder = _fingerprint_folder(Path(fingerprints) if fingerprints else None, version, where)
    documents = list(withheld(version, root=where))
    pool = _Pool(places, alone=isinstance(copies, Path | str), unread=unread or _warn)
    return [_one(each, pool, _fingerprint(folder, each.source.id)) for each in documents]


def withheld(version: str | None = None, *, root: Path | str | None = None) -> Iterator[Withheld]:
    """The withheld documents of a release; none when all its texts ship."""
    release = find(version, Path(root) if root is not None else None)
    if "standoff" in release.manifest.counts:
        yield from (_withheld(row) for row in release.rows("standoff"))


def hydrate_copy(document: Withheld, raw: bytes) -> AnnotatedDocument:
    """Join one withheld document with the raw bytes of a copy.

    Raises HydrationError when the cleaned copy is not the text that was annotated.
    """
    return join(document, _cleaned(document.source, raw))


def realign_copy(document: Withheld, record: Fingerprint, raw: bytes) -> Realigned:
    """Place a withheld document's annotations on the raw bytes of a copy that may differ.

    Raises HydrationError when the bytes cannot be cleaned or the fingerprint is of another text.
    """
    from ijcorpus.standoff.realign import realign

    return realign(document, record, _cleaned(document.source, raw))


class _Pool:
    """The reader's files, each cleaned once; `unread` is told once of each that is none."""

    def __init__(
        self, places: Sequence[Path], *, alone: bool, unread: Callable[[Path, str], None]
    ) -> None:
        self.places = places
        self.alone = alone
        self.unread = unread
        self._found: list[_Candidate] | None = None
        self._told: set[Path] = set()

    def read(self, path: Path) -> bytes | None:
        """A file's bytes, or None when they cannot be had; HydrationError if it was named."""
        try:
            return path.read_bytes()
        except OSError as error:
            if path in self.places:
                raise HydrationError(
                    f"{path} cannot be read: {error.strerror or error}. Make it readable, or name "
                    "another file."
                ) from error
            self.pass_over(path, error)
            return None

    def pass_over(self, path: Path, error: Exception) -> None:
        """Tell what cannot be read, and why."""
        if path not in self._told:
            self._told.add(path)
            self.unread(path, _reason(error))

    def is_file(self, path: Path) -> bool:
        """Whether there is a file; no when that cannot be known."""
        try:
            return path.is_file()
        except OSError as error:  # in a folder that may not be entered
            self.pass_over(path, error)
            return False

    def named(self, source: Source) -> Path | None:
        """Where the release says that a copy lies, or the one file there is."""
        if self.alone and not self.places[0].is_dir():
            return self.places[0]
        named = [inside(place, source.path) for place in self.places if place.is_dir()]
        return next((path for path in named if self.is_file(path)), named[0] if named else None)

    def candidates(self, source: Source) -> list[_Candidate]:
        """Every file with text in it; `source` lends cleaning a title."""
        if self._found is None:
            files = [path for place in self.places for path in self._below(place)]
            self._found = [made for path in files for made in self._candidates(source, path)]
        return self._found

    def _below(self, place: Path) -> list[Path]:
        """The files in a folder that may be copies, or the file itself."""
        if not place.is_dir():
            return [place]
        walked = os.walk(place, onerror=lambda error: self.pass_over(Path(error.filename), error))
        every = (Path(folder, name) for folder, _, names in walked for name in names)
        return [path for path in sorted(every) if self.is_file(path) and self._may_be_copy(path)]

    def _may_be_copy(self, path: Path) -> bool:
        known = path.suffix.lower() in _FORMATS and path.stat().st_size <= MOST
        return known or path in self.places

    def _candidates(self, source: Source, path: Path) -> Iterator[_Candidate]:
        raw = self.read(path)
        try:
            if raw is not None:
                yield from _candidates(source, path, _readings(raw))
        except HydrationError as error:
            self.pass_over(path, error)


def _warn(path: Path, reason: str) -> None:
    warnings.warn(f"{path} was passed over: {reason}", stacklevel=2)


def _reason(error: Exception) -> str:
    """Why a file cannot be read, with what to do."""
    if isinstance(error, OSError):
        return f"{error.strerror or error}. Make it readable and hydrate again."
    return str(error)


def _candidates(source: Source, path: Path, readings: Iterator[bytes]) -> Iterator[_Candidate]:
    """What may be read of a file: itself, and what it is without the ends of its pages."""
    from ijcorpus.standoff.tokens import words

    for raw in readings:
        try:
            copy = _cleaned(_as_file(source, path, raw), raw)
        except HydrationError:
            continue
        yield _Candidate(path, raw, copy.digest, words(copy.text))


def _readings(raw: bytes) -> Iterator[bytes]:
    from ijcorpus.standoff.pages import FEED, joined_pages, pdf_text

    if raw.startswith(b"%PDF-"):
        yield joined_pages(pdf_text(raw)).encode()
        return
    yield raw
    if FEED.encode() in raw:
        yield joined_pages(raw.decode("utf-8-sig", "replace")).encode()


def _one(document: Withheld, pool: _Pool, record: Fingerprint | None) -> Hydrated:
    source = document.source
    try:
        path = pool.named(source)
    except RecordError as error:
        return Hydrated(source=source, status="absent", reason=str(error))
    reason = f"{source.id}: {path or 'a copy of it'} does not exist. {source.obtain}"
    status: Status = "absent"
    if path is not None and pool.is_file(path):
        raw = pool.read(path)
        try:
            if raw is not None:
                return _exact(document, source, path, raw)
            reason = f"{source.id}: {path} cannot be read."
        except HydrationError as error:
            reason, status = str(error), "different"
    for candidate in pool.candidates(source):
        try:
            file = _as_file(source, candidate.path, candidate.raw)
            return _exact(document, file, candidate.path, candidate.raw)
        except HydrationError:
            continue
    if record is not None and (found := _realigned(document, pool, record)):
        return found
    return Hydrated(source=source, status=status, reason=reason)


def _exact(document: Withheld, source: Source, path: Path, raw: bytes) -> Hydrated:
    from ijcorpus.standoff.realign import exact

    made = exact(document, _cleaned(source, raw))
    return _hydrated(document.source, "exact", path, made)


def _hydrated(source: Source, status: Status, path: Path, made: Realigned) -> Hydrated:
    return Hydrated(
        source=source,
        status=status,
        file=str(path),
        share=made.share,
        reason=_summary(made),
        result=made.result,
        placed=made.placed,
        spans=made.spans,
        left_out=made.left_out,
        outside=made.outside,
    )


def _realigned(document: Withheld, pool: _Pool, record: Fingerprint) -> Hydrated | None:
    """The document on the file that has most of its passages, if any has enough."""
    from ijcorpus.standoff.realign import found_words, realign

    source = document.source
    scored = [
        (found_words(record, one.words), n, one)
        for n, one in enumerate(pool.candidates(source))
        if one.words is not None
    ]
    score, _, best = max(scored, key=lambda one: (one[0], -one[1]), default=(0, 0, None))
    if best is None or not score:
        return None
    made = realign(document, record, _cleaned(_as_file(source, best.path, best.raw), best.raw))
    if made.share < ENOUGH:
        reason = (
            f"{source.id}: the nearest copy, {best.path}, has {made.share:.0%} of the annotated "
            f"words: another text that quotes from it, or a part. {source.obtain}"
        )
        return Hydrated(
            source=source, status="different", reason=reason, file=str(best.path), share=made.share
        )
    return _hydrated(source, "realigned", best.path, made)


def _summary(made: Realigned) -> str:
    lost: dict[str, int] = {}
    for one in made.placed:
        if one.placement.status in ("ambiguous", "missing"):
            lost[one.placement.reason] = lost.get(one.placement.reason, 0) + 1
    told = [f"{count}: {reason}" for reason, count in sorted(lost.items())]
    if made.left_out:
        count, every = len(made.left_out), len(made.result.document.sentences)
        told.append(
            f"{count} of {every} sentences are not known to stand as they were annotated, and have "
            "no rows in entities and stance"
        )
    if made.outside:
        told.append(f"sentences cut off before and after the text: {made.outside}")
    return "; ".join(told)


def _cleaned(source: Source, raw: bytes) -> Document:
    from ijcorpus.clean import clean

    try:
        return clean(source, raw)
    except CleanError as error:
        raise HydrationError(f"{error} {source.obtain}") from error


def _as_file(source: Source, path: Path, raw: bytes) -> Source:
    """The source with the format that a file of the reader's has; its own for its own file."""
    if path.suffix == Path(source.path).suffix:
        return source
    head = raw[:2048].lstrip().lower()
    kind = _FORMATS.get(path.suffix.lower(), source.format)
    if head.startswith((b"<!doctype html", b"<html")):
        kind = "html"
    return msgspec.structs.replace(source, format=kind, fragment=None)


def _fingerprint_folder(named: Path | None, version: str | None, root: Path | None) -> Path | None:
    if named is not None:
        if not named.is_dir():
            raise HydrationError(f"{named} is no folder. Name one with --fingerprints.")
        return named
    release = find(version, root).folder
    for folder in (release / FINGERPRINTS, release.parent.parent / FINGERPRINTS):
        if folder.is_dir():
            return folder
    return None


def _fingerprint(folder: Path | None, document: str) -> Fingerprint | None:
    if folder is None or not (path := folder / f"{safe_name(document)}.json").is_file():
        return None
    from ijcorpus.standoff.fingerprint import decode_fingerprint

    data = read_bytes(path, remedy="Make it with 'ijcorpus fingerprint'.")
    return decode_fingerprint(data, where=str(path))


def _withheld(row: dict[str, Any]) -> Withheld:
    same = (
        "id subset title publisher date genre period vantage topic licence path format obtain url "
        "fragment drafted_by"
    )
    return Withheld(
        source=Source(
            **{name: row[name] for name in same.split()},
            rights="standoff",
            sha256=row["raw_sha256"],
            facts=tuple(row["facts"]),
            licence_as_of=row.get("licence_as_of"),
            seen=row.get("seen"),
            archive=row.get("archive"),
            identifiers=tuple(row.get("identifiers") or ()),
        ),
        document=StandoffDocument(
            id=row["id"],
            characters=row["characters"],
            digest=row["text_sha256"],
            raw_sha256=row["raw_sha256"],
            cleaner=row["cleaner"],
            sections=tuple(Section(**section) for section in row["sections"]),
            sentences=tuple(Span(**span) for span in row["sentences"]),
        ),
        annotation=published.annotation(row),
    )
