"""A reader's own copies of withheld texts, joined with the released annotations."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ijcorpus import published
from ijcorpus.annotation import AnnotatedDocument
from ijcorpus.copies import Candidate, Copies, cleaned, sources
from ijcorpus.document import Document, Section, Source, Span, StandoffDocument
from ijcorpus.errors import HydrationError, RecordError
from ijcorpus.layout import safe_name
from ijcorpus.published import FINGERPRINTS, find
from ijcorpus.records import read_bytes
from ijcorpus.standoff import Withheld, join
from ijcorpus.standoff.hydrated import Hydrated, Status

if TYPE_CHECKING:
    from ijcorpus.standoff.fingerprint import Fingerprint
    from ijcorpus.standoff.realign import Realigned

ENOUGH = 0.2
"""Share of the words that a copy must have: less is another text that quotes from it."""


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
    file but hidden ones, as what its bytes are: text, HTML, MHTML, TEI or PDF. With fingerprints
    (a folder; by default those found with the release) a copy may differ from the annotated text.
    What cannot be read, or is of another kind, is passed over: `unread` is told of it with the
    reason; without one a warning is given. Raises ReleaseError when there is no such release and
    HydrationError when the copies do not exist, or one named as a file may not be opened;
    MissingExtraError when a needed library is not installed.
    """
    places = [Path(one) for one in ([copies] if isinstance(copies, Path | str) else copies)]
    for place in places:
        if not place.exists():
            raise HydrationError(f"{place} is no folder and no file. Name what holds your copies.")
    where = Path(root) if root is not None else None
    folder = _fingerprint_folder(Path(fingerprints) if fingerprints else None, version, where)
    documents = list(withheld(version, root=where))
    files = Copies(places, alone=isinstance(copies, Path | str), unread=unread or _warn)
    records = [_fingerprint(folder, each.source.id) for each in documents]
    found = [_one(*pair, files) for pair in zip(documents, records, strict=True)]
    taken = {one.file: one.source.id for one in found if one.result is not None}
    return [
        _explained(one, files, taken, exactly=record is None)
        for one, record in zip(found, records, strict=True)
    ]


def withheld(version: str | None = None, *, root: Path | str | None = None) -> Iterator[Withheld]:
    """The withheld documents of a release; none when all its texts ship."""
    release = find(version, Path(root) if root is not None else None)
    if "standoff" in release.manifest.counts:
        yield from (_withheld(row) for row in release.rows("standoff"))


def hydrate_copy(document: Withheld, raw: bytes) -> AnnotatedDocument:
    """Join one withheld document with the raw bytes of a copy.

    Raises HydrationError when the cleaned copy is not the text that was annotated.
    """
    return join(document, cleaned(document.source, raw))


def realign_copy(document: Withheld, record: Fingerprint, raw: bytes) -> Realigned:
    """Place a withheld document's annotations on the raw bytes of a copy that may differ.

    Raises HydrationError when the bytes cannot be cleaned or the fingerprint is of another text.
    """
    from ijcorpus.standoff.realign import realign

    return realign(document, record, cleaned(document.source, raw))


def _warn(path: Path, reason: str) -> None:
    warnings.warn(f"{path} was passed over: {reason}", stacklevel=2)


def _one(document: Withheld, record: Fingerprint | None, copies: Copies) -> Hydrated:
    """The document on a file that is a copy of it; without a reason where no file is near."""
    source = document.source
    missed = Hydrated(source=source, status="absent")
    try:
        path = copies.named(source)
    except RecordError as error:
        return msgspec.structs.replace(missed, reason=str(error))
    if path is not None:
        raw = copies.read(path)
        try:
            if raw is not None:
                return _exact(document, source, path, raw)
            reason = f"{source.id}: {path} cannot be read. {source.obtain}"
            missed = msgspec.structs.replace(missed, reason=reason)
        except HydrationError as error:
            missed = Hydrated(source=source, status="different", reason=str(error), file=str(path))
    for candidate in copies.candidates(source):
        for form in sources(source, candidate.kind):
            try:
                return _exact(document, form, candidate.path, candidate.raw)
            except HydrationError:
                continue
    if record is not None and (found := _realigned(document, copies, record)):
        return found
    return missed


def _explained(one: Hydrated, copies: Copies, taken: dict[str, str], *, exactly: bool) -> Hydrated:
    """What was missed with the reason; a file that is another document's copy was never near."""
    if one.result is not None or (one.reason and one.file not in taken):
        return one
    if one.file:
        reason = (
            f"{one.source.id}: {one.file} is a copy of another document, {taken[one.file]}. "
            f"{one.source.obtain}"
        )
    else:
        reason = copies.why_none(one.source, taken, exactly=exactly)
    return Hydrated(source=one.source, status="absent", reason=reason)


def _exact(document: Withheld, source: Source, path: Path, raw: bytes) -> Hydrated:
    from ijcorpus.standoff.realign import exact

    made = exact(document, cleaned(source, raw))
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


def _realigned(document: Withheld, copies: Copies, record: Fingerprint) -> Hydrated | None:
    """The document on the file that has most of its passages, if any has enough."""
    from ijcorpus.standoff.realign import found_words, realign

    source = document.source
    scored = [
        (found_words(record, one.words), n, one) for n, one in enumerate(copies.candidates(source))
    ]
    score, _, best = max(scored, key=lambda one: (one[0], -one[1]), default=(0, 0, None))
    if best is None or not score:
        return None
    made = realign(document, record, _document(source, best))
    if made.share < ENOUGH:
        reason = (
            f"{source.id}: the nearest copy, {best.path}, has {made.share:.0%} of the annotated "
            f"words: another text that quotes from it, or a part. {source.obtain}"
        )
        return Hydrated(
            source=source, status="different", reason=reason, file=str(best.path), share=made.share
        )
    return _hydrated(source, "realigned", best.path, made)


def _document(source: Source, copy: Candidate) -> Document:
    """The part of a copy that the source describes, or the whole where it has no such part."""
    form, *others = sources(source, copy.kind)
    try:
        return cleaned(form, copy.raw)
    except HydrationError:
        if not others:
            raise
    return cleaned(others[0], copy.raw)


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
