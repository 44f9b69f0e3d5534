"""A release and a reader's hydrated documents, seen as one.

`ijcorpus hydrate` writes a folder beside the release: `HYDRATED.json`, `README.md` and
`<configuration>/<split>.parquet` with the release's own columns. `placements` has a row for each
annotation that a withheld document has, placed or not; `left_out` has one for each sentence of a
copy that is in neither `entities` nor `stance`, since it may not stand as it was annotated.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from ijcorpus.document import Struct, sha256
from ijcorpus.errors import ReleaseError
from ijcorpus.published import Release, ReleaseFile, genuine, named_rows
from ijcorpus.records import read_json

HYDRATED = "HYDRATED.json"
FORMAT = "ijcorpus-hydrated"
VERSION = 1
PLACEMENTS = "placements"
LEFT_OUT = "left_out"
_AGAIN = "Hydrate again with 'ijcorpus hydrate'."


class HydratedManifest(Struct, frozen=True, kw_only=True):
    """What a folder of hydrated documents holds.

    `release` and `digest` are the version and the SHA-256 of the manifest of the release that
    was hydrated; `documents` are ids; `counts` is configuration -> split -> rows.
    """

    format: str
    version: int
    release: str
    digest: str
    documents: tuple[str, ...]
    counts: dict[str, dict[str, int]]
    files: tuple[ReleaseFile, ...]


class Joined:
    """The rows of a release, and after them those of a hydrated folder when there is one.

    Where the folder has a configuration, its rows of a document take the place of the release's.
    """

    def __init__(self, release: Release, hydrated: Path | None = None) -> None:
        self.release = release
        self.folder = hydrated
        self.made = _opened(hydrated, release) if hydrated is not None else None

    @cached_property
    def digest(self) -> str:
        """The identity of what is joined."""
        if self.folder is None:
            return self.release.digest
        return sha256(self.release.digest + sha256((self.folder / HYDRATED).read_bytes()))

    def splits(self, config: str) -> tuple[str, ...]:
        """The splits of a configuration, those that only the hydrated documents have last."""
        here = self.made.counts.get(config, {}) if self.made is not None else {}
        known = () if here and not self._released(config) else self.release.splits(config)
        return (*known, *(split for split in here if split not in known))

    def table(self, config: str, split: str) -> Any:
        """The rows of a split as a pyarrow Table; labels are places in its metadata's names."""
        import pyarrow as pa

        described = self._described(config, split)
        if self._released(config) and (described is None or split in self.release.splits(config)):
            first = self.release.table(config, split)
            if described is None:
                return first
            mine = self._mine(described)
            if not mine.schema.equals(first.schema, check_metadata=True):
                raise ReleaseError(
                    f"{self.folder}/{described.path} has other columns or labels than the release. "
                    f"{_AGAIN}"
                )
            return pa.concat_tables([self._without_hydrated(first), mine])
        if described is None:
            self.release.splits(config)  # raises, and lists the configurations
            raise ReleaseError(f"configuration {config!r} has no split {split!r}.")
        return self._mine(described)

    def rows(self, config: str, split: str | None = None) -> Iterator[dict[str, Any]]:
        """Rows as dictionaries, labels by name; of every split in order when none is named."""
        for name in self.splits(config) if split is None else (split,):
            yield from named_rows(self.table(config, name))

    def _released(self, config: str) -> bool:
        return config in self.release.manifest.counts

    def _described(self, config: str, split: str) -> ReleaseFile | None:
        if self.made is None:
            return None
        path = f"{config}/{split}.parquet"
        return next((file for file in self.made.files if file.path == path), None)

    def _mine(self, described: ReleaseFile) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = genuine(self.folder or Path(), described.path, described, remedy=_AGAIN)
        try:
            return pq.ParquetFile(path).read()
        except pa.ArrowException as error:
            raise ReleaseError(f"{path} is no Parquet file: {error}. {_AGAIN}") from error

    def _without_hydrated(self, table: Any) -> Any:
        """A released table without the documents that the hydrated folder has."""
        import pyarrow as pa
        import pyarrow.compute as untyped

        compute: Any = untyped  # its functions are made at run time
        column = "document" if "document" in table.column_names else "id"
        ids = pa.array(self.made.documents if self.made is not None else (), pa.string())
        return table.filter(compute.invert(compute.is_in(table.column(column), value_set=ids)))


def _opened(folder: Path, release: Release) -> HydratedManifest:
    """The manifest of a hydrated folder, once it is known to belong to the release."""
    if not (folder / HYDRATED).is_file():
        raise ReleaseError(f"{_fault(folder)} {_remedy(folder)}")
    made = read_json(folder / HYDRATED, HydratedManifest)
    if made.format != FORMAT or made.version != VERSION:
        raise ReleaseError(
            f"{folder / HYDRATED} is {made.format} {made.version}; this ijcorpus reads "
            f"{FORMAT} {VERSION}. {_AGAIN}"
        )
    if made.digest != release.digest:
        raise ReleaseError(
            f"{folder} was hydrated from version {made.release} of another release than "
            f"{release.folder} (version {release.manifest.version}). {_AGAIN}"
        )
    return made


def _fault(given: Path) -> str:
    """Why a place is no folder of hydrated documents."""
    if given.is_dir():
        return f"{given} holds no hydrated documents: it has no {HYDRATED}."
    what = "is a file" if given.exists() else "does not exist"
    return f"{given} {what}: hydrated documents are read from the folder that was written."


def _remedy(given: Path) -> str:
    """The folder to name instead: around the place or in it; else how to get one."""
    near = [*given.absolute().parents, *(sorted(given.iterdir()) if given.is_dir() else ())]
    folder = next((place for place in near if (place / HYDRATED).is_file()), None)
    if folder is not None:
        return f"Name {folder}."
    return (
        "Hydrate again with 'ijcorpus hydrate --output FOLDER', a name that does not end in "
        ".parquet, and name that folder."
    )
