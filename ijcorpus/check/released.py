"""Released versions as the checks see them: files, manifest, card and tables, read forgivingly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from ijcorpus.checks.released import Card, Column, File, ReleaseView, Table
from ijcorpus.checks.subject import ADJUDICATED, Layer, Released
from ijcorpus.document import Source, sha256
from ijcorpus.errors import CorpusError
from ijcorpus.published import (
    MANIFEST,
    SCHEME,
    Manifest,
    Release,
    annotation,
    layers,
    whole_rows,
)
from ijcorpus.records import read_json
from ijcorpus.scheme import LabelScheme
from ijcorpus.workspace import Workspace

T = TypeVar("T")
CARD = "README.md"
Feature = dict[str, Any]
# What a row has of a document's source and text.
_TOLD = {*Source.__struct_fields__, "text_sha256", "raw_sha256"}


def release_views(workspace: Workspace) -> Iterator[ReleaseView]:
    """Every version below `corpus/releases/`, oldest name first, damaged or not."""
    folder = workspace.layout.releases
    kept = {path.stem for path in folder.glob("*.json")}
    made = {path.name for path in folder.glob("*") if path.is_dir()}
    for version in sorted(kept | made):
        yield release_view(workspace, folder / version)


def released(workspace: Workspace) -> dict[str, Released]:
    """What the version that a corpus says it is has of each document; empty if not released.

    A damaged release has nothing here: that is a finding of its own.
    """
    folder = workspace.layout.releases / workspace.info.version
    if not folder.is_dir():
        return {}
    return _try({}, folder.name, lambda: dict(_released(Release(folder)))) or {}


def _released(release: Release) -> Iterator[tuple[str, Released]]:
    passes, version = layers(release), release.manifest.version
    for row in whole_rows(release):
        every = {**passes.get(row["id"], {}), ADJUDICATED: annotation(row)}
        told = {name: row[name] for name in row if name in _TOLD}
        found = Released(
            version=version,
            row={n: tuple(v) if isinstance(v, list) else v for n, v in told.items()},
            layers=tuple(Layer(name=who, annotation=said) for who, said in every.items()),
        )
        yield row["id"], found


def release_view(workspace: Workspace, folder: Path) -> ReleaseView:
    """One version; what cannot be read is said in `damage`."""
    damage: dict[str, str] = {}
    manifest = _try(damage, MANIFEST, lambda: read_json(folder / MANIFEST, Manifest))
    beside = workspace.layout.manifest(folder.name)
    frozen = _try(damage, beside.name, lambda: read_json(beside, Manifest))
    if not beside.exists():
        damage.pop(beside.name)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [path.relative_to(folder).as_posix() for path in paths]
    read = [
        _try(damage, name, lambda path=path, name=name: _table(path, name))
        for path, name in zip(paths, names, strict=True)
        if path.suffix == ".parquet"
    ]
    splits = workspace.splits if workspace.layout.splits.exists() else {}
    return ReleaseView(
        version=folder.name,
        folder=folder.relative_to(workspace.layout.root).as_posix(),
        scheme=_try(damage, SCHEME, lambda: read_json(folder / SCHEME, LabelScheme)),
        scheme_version=manifest.scheme if manifest else "",
        described=_files(manifest) if manifest else (),
        committed=_files(frozen) if frozen else None,
        found=tuple(
            _found(path, name) for path, name in zip(paths, names, strict=True) if name != MANIFEST
        ),
        counts=manifest.counts if manifest else {},
        tables=tuple(table for table in read if table is not None),
        card=_try(damage, CARD, lambda: _card((folder / CARD).read_text())),
        splits=splits,
        withheld=frozenset(n for n, s in workspace.sources.items() if s.rights == "standoff"),
        damage=damage,
    )


def _try(damage: dict[str, str], name: str, read: Callable[[], T]) -> T | None:
    """What can be read, or None and a word on why not: any damage is a finding, not a crash."""
    try:
        return read()
    # Parquet, YAML and JSON readers raise what they like on broken bytes.
    except Exception as error:
        why = type(error).__name__ if not isinstance(error, CorpusError) else "not as it should be"
        damage[name] = why
        return None


def _files(manifest: Manifest) -> tuple[File, ...]:
    return tuple(
        File(path=file.path, bytes=file.bytes, sha256=file.sha256, rows=file.rows)
        for file in manifest.files
    )


def _found(path: Path, name: str) -> File:
    data = path.read_bytes()
    return File(path=name, bytes=len(data), sha256=sha256(data))


def _table(path: Path, name: str) -> Table:
    import pyarrow.parquet as pq

    read: Any = pq.ParquetFile(path).read()
    features = json.loads(read.schema.metadata[b"huggingface"])["info"]["features"]
    config, _, file = name.rpartition("/")
    return Table(
        config=config,
        split=file.removesuffix(".parquet"),
        columns=dict(_columns(features, "")),
        rows=tuple(read.to_pylist()),
    )


def _columns(feature: Feature, path: str) -> Iterator[tuple[str, Column]]:
    """Columns by dotted path, from the features in a Parquet file."""
    match feature.get("_type"):
        case "Value":
            yield path, Column(dtype=feature["dtype"])
        case "ClassLabel":
            yield path, Column(dtype="label", labels=tuple(feature["names"]))
        case "List":
            yield from _columns(feature["feature"], path)
        case _:
            for name, inner in feature.items():
                yield from _columns(inner, f"{path}.{name}" if path else name)


def _card(text: str) -> Card:
    import yaml

    _, head, body = text.split("---\n", 2)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, where it is built
    listed: list[dict[str, Any]] = yaml.load(head, loader)["dataset_info"]  # noqa: S506
    return Card(
        columns={c["config_name"]: dict(_described(c["features"], "")) for c in listed},
        examples={
            c["config_name"]: {s["name"]: s["num_examples"] for s in c["splits"]} for c in listed
        },
        numbers=dict(_numbers(body)),
    )


def _described(features: list[Feature], path: str) -> Iterator[tuple[str, Column]]:
    """Columns by dotted path, from the features in a card's YAML."""
    for feature in features:
        name = f"{path}.{feature['name']}" if path else feature["name"]
        inner = next(feature[key] for key in ("dtype", "list", "struct") if key in feature)
        if isinstance(inner, str):
            yield name, Column(dtype=inner)
        elif isinstance(inner, list):
            yield from _described(inner, name)
        else:
            # The hub's YAML has label names by their place, as strings.
            names = inner.get("class_label", inner)["names"]
            labels = tuple(names[place] for place in sorted(names, key=int))
            yield name, Column(dtype="label", labels=labels)


def _numbers(body: str) -> Iterator[tuple[str, dict[str, dict[str, int]]]]:
    """The Markdown tables whose cells are all whole numbers, by the heading above them."""
    for part in body.split("\n### ")[1:]:
        title, _, rest = part.partition("\n")
        lines = [line for line in rest.split("\n## ")[0].splitlines() if line.startswith("| ")]
        cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
        rows = {row[0]: row[1:] for row in cells[2:]}
        if rows and all(cell.isdigit() for row in rows.values() for cell in row):
            header = cells[0][1:]
            yield (
                title,
                {name: dict(zip(header, map(int, row), strict=True)) for name, row in rows.items()},
            )
