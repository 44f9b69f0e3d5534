"""A released corpus: as `datasets`, or as typed objects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ijcorpus import published
from ijcorpus.annotation import AnnotatedDocument
from ijcorpus.document import Document, RawMap, Section, Span
from ijcorpus.errors import ReleaseError
from ijcorpus.published import Release, find

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, IterableDataset, IterableDatasetDict


def load(
    config: str = "documents",
    *,
    split: str | None = None,
    version: str | None = None,
    root: Path | str | None = None,
    streaming: bool = False,
) -> Dataset | DatasetDict | IterableDataset | IterableDatasetDict:
    """A configuration of a released version, offline, as `datasets` gives it.

    A split gives a Dataset (slices such as `train[:10]` too), none a DatasetDict of all. `root`
    is a release directory or a corpus root; by default the package's own newest version is
    loaded. Raises ReleaseError that lists what exists, or names a file that was changed.
    """
    release = find(version, Path(root) if root is not None else None)
    for name in release.splits(config) if split is None else _names(release, config, split):
        release.path(config, name)
    from datasets import config as settings
    from datasets import load_dataset

    # `datasets` caches a directory by its name: the digest keeps versions and builds apart.
    cache = Path(settings.HF_DATASETS_CACHE) / "ijcorpus" / release.digest[:16]
    return load_dataset(
        str(release.folder), config, split=split, cache_dir=str(cache), streaming=streaming
    )


def documents(
    version: str | None = None, *, split: str | None = None, root: Path | str | None = None
) -> Iterator[AnnotatedDocument]:
    """The full-text documents with their adjudicated annotations, read by pyarrow alone.

    A release does not hold the way back to the raw files: `document.raw_map` is empty. Raises
    ReleaseError as `load` does.
    """
    release = find(version, Path(root) if root is not None else None)
    for row in release.rows("documents", split):
        yield AnnotatedDocument(
            document=Document(
                id=row["id"],
                text=row["text"],
                sections=tuple(Section(**section) for section in row["sections"]),
                sentences=tuple(Span(**span) for span in row["sentences"]),
                raw_map=RawMap(()),
                raw_sha256=row["raw_sha256"],
                cleaner=row["cleaner"],
            ),
            annotation=published.annotation(row),
        )


def versions(root: Path | str | None = None) -> tuple[str, ...]:
    """The released versions at hand, oldest first."""
    return published.versions(Path(root) if root is not None else None)


def _names(release: Release, config: str, split: str) -> tuple[str, ...]:
    """The splits that a split expression such as `train[:10]+test` reads."""
    names = tuple(re.split(r"[\[(]", part.strip())[0] for part in split.split("+"))
    if "all" in names:
        return release.splits(config)
    if not all(names):
        raise ReleaseError(f"{split!r} names no split. There are: {release.splits(config)}.")
    return names
