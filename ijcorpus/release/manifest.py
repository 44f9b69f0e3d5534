"""What a built release is, and how it differs from the release of that version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ijcorpus.document import sha256
from ijcorpus.errors import ReleaseError
from ijcorpus.layout import inside
from ijcorpus.published import Manifest, ReleaseFile, named_rows
from ijcorpus.release.features import Features
from ijcorpus.release.tables import rows_digest


def describe(path: str, data: bytes) -> ReleaseFile:
    """The manifest's record of one file that is no table."""
    return ReleaseFile(path=path, bytes=len(data), sha256=sha256(data))


def describe_table(
    path: str, data: bytes, rows: Sequence[Mapping[str, Any]], features: Features
) -> ReleaseFile:
    """The manifest's record of one Parquet file and of the rows that it was made from."""
    digest, size = rows_digest(rows, features)
    return ReleaseFile(
        path=path,
        bytes=len(data),
        sha256=sha256(data),
        rows=len(rows),
        rows_bytes=size,
        rows_sha256=digest,
    )


def made_with() -> dict[str, str]:
    """The versions of the packages that a release's bytes depend on."""
    found: dict[str, str] = {}
    for package in ("pyarrow", "spacy", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def refuse_difference(
    committed: Manifest, built: Manifest, old: Path, files: Mapping[str, bytes]
) -> None:
    """Raise ReleaseError when a build is not the committed release of its version.

    `old` is the folder of the committed release, which tells the differing record when it is
    there; `files` are the built files by path.
    """
    differences = list(_differences(committed, built, old, files))
    if differences:
        raise ReleaseError(
            f"the build is not version {committed.version} as it was released:\n  "
            + "\n  ".join(differences)
            + "\nRestore what was changed, or give the new data a new version in "
            "corpus/corpus.toml and describe the change there."
        )


def refuse_tampering(committed: Manifest, folder: Path) -> None:
    """Raise ReleaseError when released files at hand are no longer what was released."""
    if not folder.is_dir():
        return
    changed = [
        file.path
        for file in committed.files
        if not (place := inside(folder, file.path)).is_file()
        or sha256(place.read_bytes()) != file.sha256
    ]
    if changed:
        raise ReleaseError(
            f"{folder} was changed after its release: {', '.join(changed)}. Bring the files back "
            "from version control; a released version never changes."
        )


def _differences(
    committed: Manifest, built: Manifest, old: Path, files: Mapping[str, bytes]
) -> Iterator[str]:
    for file in committed.files:
        if built.file(file.path) is None:
            yield f"{file.path}: released, but no longer built"
    for new in built.files:
        was = committed.file(new.path)
        if was is None:
            yield f"{new.path}: built, but not in the release"
        elif was.sha256 == new.sha256:
            continue
        elif was.rows_sha256 is not None and was.rows_sha256 == new.rows_sha256:
            yield (
                f"{new.path}: same rows, other bytes: built with {_made(built)}, the manifest "
                f"with {_made(committed)}; install with -c constraints.txt"
            )
        else:
            where = _first_difference(new, old, files[new.path])
            yield f"{new.path}: {where}{_blame(built, committed)}"


def _blame(built: Manifest, committed: Manifest) -> str:
    if built.made_with == committed.made_with:
        return ""
    return f" (built with {_made(built)}, the manifest with {_made(committed)})"


def _made(manifest: Manifest) -> str:
    return ", ".join(f"{name} {release}" for name, release in manifest.made_with.items())


def _first_difference(new: ReleaseFile, old: Path, data: bytes) -> str:
    path = old / new.path
    if not path.is_file():
        return f"differs ({path.name} of the release is not at hand to say where)"
    if new.rows is None:
        before, after = path.read_bytes().splitlines(), data.splitlines()
        for number, (one, other) in enumerate(zip_longest(before, after), start=1):
            if one != other:
                return f"differs first in line {number}"
        return "differs in its line ends"
    place = _first_row(_rows(path.read_bytes()), _rows(data))
    return place or "same rows, but other columns or label names"


def _first_row(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> str | None:
    counts = "" if len(before) == len(after) else f"; {len(before)} rows became {len(after)}"
    for number, (one, other) in enumerate(zip_longest(before, after)):
        if one is None or other is None:
            row, what = (other, "is new") if one is None else (one, "is gone")
            return f"row {number}, {_name(row or {})}, {what}{counts}"
        if one != other:
            columns = [name for name in other if one.get(name) != other[name]]
            lost = [name for name in one if name not in other]
            names = ", ".join([*columns, *lost])
            return f"row {number}, {_name(other)}, differs in {names}{counts}"
    return None


def _name(row: Mapping[str, Any]) -> str:
    keys = ("document", "annotator", "item", "id", "sentence", "target")
    named = keys if "document" in row else ("id",)
    return " ".join(f"{key} {row[key]}" for key in named if row.get(key) is not None)


def _rows(data: bytes) -> list[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    return list(named_rows(pq.ParquetFile(pa.BufferReader(data)).read()))
