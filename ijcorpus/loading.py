"""A released corpus: as `datasets`, or as typed objects."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ijcorpus import published
from ijcorpus.annotation import AnnotatedDocument
from ijcorpus.document import Document, RawMap, Section, Span
from ijcorpus.errors import ReleaseError
from ijcorpus.joined import Joined
from ijcorpus.published import find
from ijcorpus.records import write_bytes

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, IterableDataset, IterableDatasetDict


def load(
    config: str = "documents",
    *,
    split: str | None = None,
    version: str | None = None,
    root: Path | str | None = None,
    streaming: bool = False,
    hydrated: Path | str | None = None,
) -> Dataset | DatasetDict | IterableDataset | IterableDatasetDict:
    """A configuration of a released version, offline, as `datasets` gives it.

    A split gives a Dataset (slices such as `train[:10]` too), none a DatasetDict of all. `root`
    is a release directory or a corpus root; by default the package's own newest version is
    loaded. `hydrated` is a folder that `ijcorpus hydrate` wrote: the rows of its documents come
    after the release's, in their splits. Raises ReleaseError that lists what exists, or names a
    file that was changed.
    """
    if hydrated is not None:
        return _load_joined(config, split, version, root, streaming, Path(hydrated))
    release = find(version, Path(root) if root is not None else None)
    for name in _names(release.splits(config), split):
        release.path(config, name)
    return _given(release.digest, str(release.folder), config, split=split, streaming=streaming)


def documents(
    version: str | None = None,
    *,
    split: str | None = None,
    root: Path | str | None = None,
    hydrated: Path | str | None = None,
) -> Iterator[AnnotatedDocument]:
    """The full-text documents with their adjudicated annotations, read by pyarrow alone.

    `hydrated` adds the documents of a folder that `ijcorpus hydrate` wrote. A release does not
    hold the way back to the raw files: `document.raw_map` is empty. Raises ReleaseError as `load`
    does.
    """
    release = find(version, Path(root) if root is not None else None)
    whole = Joined(release, Path(hydrated) if hydrated is not None else None)
    for row in whole.rows("documents", split):
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


def _load_joined(
    config: str,
    split: str | None,
    version: str | None,
    root: Path | str | None,
    streaming: bool,
    hydrated: Path,
) -> Any:
    """What `load` gives, from a release and a hydrated folder joined in the cache of `datasets`."""
    whole = Joined(find(version, Path(root) if root is not None else None), hydrated)
    splits = whole.splits(config)
    if unknown := set(_names(splits, split)) - set(splits):
        raise ReleaseError(
            f"configuration {config!r} has no split {', '.join(sorted(unknown))}. "
            f"It has: {', '.join(splits)}."
        )
    import pyarrow.parquet as pq

    cache = _cache(whole.digest)
    files = {name: cache / "joined" / config / f"{name}.parquet" for name in splits}
    for name, path in files.items():
        table = whole.table(config, name)
        if not path.is_file():
            sink = io.BytesIO()
            pq.write_table(table, sink)
            write_bytes(path, sink.getvalue(), mode=0o600)
    named = {name: str(path) for name, path in files.items()}
    return _given(whole.digest, "parquet", data_files=named, split=split, streaming=streaming)


def _cache(digest: str) -> Path:
    """`datasets` caches a directory by its name: the digest keeps versions and builds apart."""
    from datasets import config as settings

    return Path(settings.HF_DATASETS_CACHE) / "ijcorpus" / digest[:16]


def _given(digest: str, *what: str, split: str | None, streaming: bool, **more: Any) -> Any:
    """What `datasets` gives; ReleaseError for a split that it does not understand."""
    from datasets import load_dataset as overloaded

    load_dataset: Any = overloaded
    cache = str(_cache(digest))
    try:
        return load_dataset(*what, split=split, cache_dir=cache, streaming=streaming, **more)
    except ValueError as error:
        if split is None:
            raise
        whole = " A stream gives whole splits only." if streaming else ""
        raise ReleaseError(f"{split!r} cannot be loaded: {error}.{whole}") from error


def _names(splits: tuple[str, ...], split: str | None) -> tuple[str, ...]:
    """The splits that a split expression such as `train[:10]+test` reads; None reads all."""
    if split is None:
        return splits
    names = tuple(re.split(r"[\[(]", part.strip())[0] for part in split.split("+"))
    if "all" in names:
        return splits
    if not all(names):
        raise ReleaseError(f"{split!r} names no split. There are: {splits}.")
    return names
