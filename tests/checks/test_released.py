"""The release checks on the real release, good and damaged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from ijcorpus.annotation import Annotation
from ijcorpus.check import check_corpus
from ijcorpus.check.released import release_view, release_views
from ijcorpus.checks import RELEASE_CHECKS, run, table
from ijcorpus.checks.versions import VERSION_CHECKS
from ijcorpus.document import sha256
from ijcorpus.published import find, layers, versions
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


def version_findings(root: Path) -> dict[str, set[str]]:
    """What the checks against the corpus's own version find: code -> documents."""
    found: dict[str, set[str]] = {}
    for finding in check_corpus(Workspace(root)).findings:
        if finding.code in {check.code for check in VERSION_CHECKS}:
            found.setdefault(finding.code, set()).add(finding.location.document)
    return found


def relabelled(root: Path) -> str:
    """One label that an auditor gave is changed: no other check compares it with anything."""
    path = next((root / "annotations/layers/audit").glob("*.json"))
    layer = json.loads(path.read_text())
    first, second = Workspace(root).scheme.label_names[:2]
    entity = layer["entities"][0]
    entity["label"] = first if entity["label"] != first else second
    path.write_text(json.dumps(layer))
    return path.stem


def republished(root: Path) -> str:
    path = root / "corpus/sources.jsonl"
    records = [json.loads(line) for line in path.read_text().splitlines()]
    records[0]["publisher"] = "nobody"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return str(records[0]["id"])


def test_what_is_released_is_held_to_the_release_until_the_version_is_raised(root: Path) -> None:
    assert version_findings(root) == {}
    changed, renamed = relabelled(root), republished(root)
    wanted = {"released-layer-differs": {changed}, "released-source-differs": {renamed}}
    assert version_findings(root) == wanted
    info = root / "corpus/corpus.toml"
    raised = info.read_text().replace(f'version = "{VERSION}"', 'version = "99.0.0"', 1)
    assert raised != info.read_text()
    info.write_text(raised)
    assert version_findings(root) == {}


def test_a_damaged_release_is_its_own_finding_and_nothing_is_held_to_it(root: Path) -> None:
    relabelled(root)
    next((root / f"corpus/releases/{VERSION}/annotations").glob("*.parquet")).write_bytes(b"PAR1")
    assert version_findings(root) == {}
    assert "release-file-unreadable" in codes(root)


def test_a_release_gives_every_layer_back() -> None:
    space, read = Workspace(ROOT), layers(find(VERSION, ROOT))
    assert set(read) == set(space.sources)
    for name, by in read.items():
        kept = space.layers(name)
        assert by.keys() == kept.keys()
        withheld = space.source(name).rights == "standoff"
        for who, made in kept.items():
            shown = without_notes(made) if withheld else made
            assert by[who] == shown


def without_notes(made: Annotation) -> Annotation:
    bare = tuple(replace(stance, note="") for stance in made.stances)
    return replace(made, stances=bare)
