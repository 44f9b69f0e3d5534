"""The release checks on the real release, good and damaged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ijcorpus.check.released import release_view, release_views
from ijcorpus.checks import RELEASE_CHECKS, run, table
from ijcorpus.document import sha256
from ijcorpus.published import versions
from ijcorpus.workspace import Workspace

ROOT = Path(__file__).parents[2]
VERSION = versions(ROOT)[-1]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("corpus", "annotations"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def codes(root: Path) -> set[str]:
    (view,) = (v for v in release_views(Workspace(root)) if v.version == VERSION)
    return {finding.code for finding in run(RELEASE_CHECKS, view)}


def test_the_release_is_as_it_should_be_and_all_of_it_is_read() -> None:
    view = release_view(Workspace(ROOT), ROOT / "corpus/releases" / VERSION)
    assert run(RELEASE_CHECKS, view) == []
    assert view.damage == {}
    assert {(t.config, t.split): len(t.rows) for t in view.tables} == {
        (config, split): rows
        for config, splits in view.counts.items()
        for split, rows in splits.items()
    }
    assert view.card is not None
    assert {"Rows", "Mentions by label", "Judgements: target x polarity"} <= {*view.card.numbers}
    labels = {path for t in view.tables for path, c in t.columns.items() if c.labels}
    assert {"tags", "label", "mentions.label", "judgements.polarity", "attribution"} <= labels


def swapped(readme: Path) -> None:
    """Two label names change places in the card, as when a loading script sorts them."""
    text = readme.read_text()
    first, second = Workspace(ROOT).scheme.label_names[:2]
    marked = text.replace(f"'0': {first}\n", "'0': \x00\n").replace(
        f"'1': {second}\n", f"'1': {first}\n"
    )
    assert marked != text
    readme.write_text(marked.replace("\x00", second))


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def other_labels(path: Path) -> None:
    """A table whose labels are places that no name stands for; the manifest describes it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    read = pq.ParquetFile(path).read()
    at = read.column_names.index("polarity")
    wrong = pa.array([99] * read.num_rows, pa.int64())
    pq.write_table(read.set_column(at, read.schema.field(at), wrong), path)
    manifest_path = path.parents[1] / "MANIFEST.json"
    manifest = json.loads(manifest_path.read_text())
    for file in manifest["files"]:
        if file["path"] == f"{path.parent.name}/{path.name}":
            data = path.read_bytes()
            file.update(bytes=len(data), sha256=sha256(data))
    for place in (manifest_path, path.parents[2] / f"{path.parents[1].name}.json"):
        place.write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("name", "damage", "expected"),
    [
        ("README.md", swapped, {"release-file-changed", "release-card-columns-differ"}),
        ("README.md", Path.unlink, {"release-file-missing", "release-file-unreadable"}),
        ("scheme.json", cut_in_half, {"release-file-changed", "release-file-unreadable"}),
        ("MANIFEST.json", cut_in_half, {"release-file-unreadable"}),
        ("stance/train.parquet", cut_in_half, {"release-file-changed", "release-file-unreadable"}),
        ("stance/train.parquet", other_labels, {"release-label-out-of-range"}),
    ],
)
def test_damage_is_found(
    root: Path, name: str, damage: Callable[[Path], None], expected: set[str]
) -> None:
    damage(root / "corpus/releases" / VERSION / name)
    assert expected <= codes(root)


def test_a_release_without_its_manifest_beside_it_is_found(root: Path) -> None:
    (root / "corpus/releases" / f"{VERSION}.json").unlink()
    assert codes(root) == {"release-manifest-differs"}


def test_the_table_in_the_docs_is_the_table_of_checks() -> None:
    assert (ROOT / "docs" / "checks.md").read_text().endswith("\n\n" + table())
