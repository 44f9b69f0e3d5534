"""A reader's own copies of withheld texts, joined with the released annotations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from ijcorpus import published
from ijcorpus.annotation import AnnotatedDocument
from ijcorpus.document import Section, Source, Span, StandoffDocument, Struct
from ijcorpus.errors import CleanError, HydrationError, RecordError
from ijcorpus.layout import inside
from ijcorpus.published import find
from ijcorpus.standoff import Withheld, join

Status = Literal["exact", "different", "absent"]


class Hydrated(Struct, frozen=True, kw_only=True):
    """What came of one withheld document.

    `exact`: every offset holds, and `result` is the annotated document. `different`: the copy
    is not the text that was annotated. `absent`: there is no copy. `reason` says what to do.
    """

    source: Source
    status: Status
    reason: str = ""
    result: AnnotatedDocument | None = None


def hydrate(
    folder: Path | str, *, version: str | None = None, root: Path | str | None = None
) -> list[Hydrated]:
    """Join every withheld document of a release with the copy in a folder of yours.

    A copy lies at the `path` that the release gives it, below the folder. Raises ReleaseError
    when there is no such release and HydrationError when the folder does not exist;
    MissingExtraError when cleaning needs a library that is not installed.
    """
    place = Path(folder)
    if not place.is_dir():
        raise HydrationError(f"{place} is no folder. Name the folder that holds your copies.")
    return [_one(each, place) for each in withheld(version, root=root)]


def withheld(version: str | None = None, *, root: Path | str | None = None) -> Iterator[Withheld]:
    """The withheld documents of a release; none when all its texts ship."""
    release = find(version, Path(root) if root is not None else None)
    if "standoff" in release.manifest.counts:
        yield from (_withheld(row) for row in release.rows("standoff"))


def hydrate_copy(document: Withheld, raw: bytes) -> AnnotatedDocument:
    """Join one withheld document with the raw bytes of a copy.

    Raises HydrationError when the cleaned copy is not the text that was annotated.
    """
    from ijcorpus.clean import clean

    try:
        copy = clean(document.source, raw)
    except CleanError as error:
        raise HydrationError(f"{error} {document.source.obtain}") from error
    return join(document, copy)


def _one(document: Withheld, folder: Path) -> Hydrated:
    source = document.source
    try:
        path = inside(folder, source.path)
    except RecordError as error:
        return Hydrated(source=source, status="absent", reason=str(error))
    if not path.is_file():
        reason = f"{source.id}: {path} does not exist. {source.obtain}"
        return Hydrated(source=source, status="absent", reason=reason)
    try:
        result = hydrate_copy(document, path.read_bytes())
    except HydrationError as error:
        return Hydrated(source=source, status="different", reason=str(error))
    return Hydrated(source=source, status="exact", result=result)


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
