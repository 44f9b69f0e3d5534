"""The corpus itself: what is committed hangs together, and release 0.1.0 is what it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

import ijcorpus
from ijcorpus.adjudicate import adjudicate, stale
from ijcorpus.annotation import canonical, without_quotes
from ijcorpus.check import check_corpus
from ijcorpus.hydration import hydrate
from ijcorpus.published import Release, find
from ijcorpus.release.build import build
from ijcorpus.workspace import Workspace

ROOT = Path(__file__).parents[1]
VERSION = "0.1.0"
PINNED: dict[str, dict[str, Any]] = json.loads(
    (ROOT / "tests" / "fixtures" / f"released-{VERSION}.json").read_text()
)
CASES = [(config, split) for config, splits in PINNED.items() for split in splits]


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return Workspace(ROOT)


@pytest.fixture(scope="module")
def withheld_only() -> Workspace:
    """The corpus as somebody without any copies has it."""
    workspace = Workspace(ROOT)
    workspace.layout.copies = None
    return workspace


def pin(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """How many rows, and the first, tenth and last: their ids and a digest of every value."""
    places = {"first": 0, "tenth": 9, "last": len(rows) - 1}
    return {"rows": len(rows)} | {
        name: {
            "id": rows[at].get("id") or rows[at].get("document"),
            "sha256": hashlib.sha256(
                json.dumps(rows[at], sort_keys=True, ensure_ascii=False).encode()
            ).hexdigest(),
        }
        for name, at in places.items()
        if at < len(rows)
    }


@pytest.mark.parametrize(("config", "split"), CASES)
def test_datasets_loads_what_was_released(config: str, split: str, tmp_path: Path) -> None:
    from datasets import load_dataset

    folder = str(ROOT / "corpus" / "releases" / VERSION)
    rows = load_dataset(folder, config, split=split, cache_dir=str(tmp_path))
    assert pin([*rows]) == PINNED[config][split]
    streamed = load_dataset(folder, config, split=split, streaming=True)
    assert pin([*streamed]) == PINNED[config][split]
    assert pin([*ijcorpus.load(config, split=split, version=VERSION)]) == PINNED[config][split]


def test_every_configuration_and_split_is_pinned() -> None:
    found = find(VERSION, ROOT).manifest.counts
    assert {c: {s: p["rows"] for s, p in splits.items()} for c, splits in PINNED.items()} == found


@pytest.mark.parametrize(
    "version", [path.stem for path in (ROOT / "corpus/releases").glob("*.json")]
)
def test_released_bytes_are_what_their_manifest_says(version: str) -> None:
    release = Release(ROOT / "corpus" / "releases" / version)
    assert len(release.manifest.files) > 20
    for file in release.manifest.files:
        data = (release.folder / file.path).read_bytes()
        assert hashlib.sha256(data).hexdigest() == file.sha256, file.path


def test_the_corpus_builds_again_without_any_copy(withheld_only: Workspace, tmp_path: Path) -> None:
    """`build` itself refuses any difference from the committed manifest."""
    manifest = build(withheld_only, tmp_path / "release")
    assert manifest.version == withheld_only.info.version
    for file in manifest.files:
        made = (tmp_path / "release" / file.path).read_bytes()
        assert made == (ROOT / "corpus/releases" / manifest.version / file.path).read_bytes()


def test_the_citation_file_is_the_release_s() -> None:
    newest = ROOT / "corpus" / "releases" / ijcorpus.versions(ROOT)[-1]
    assert (ROOT / "CITATION.cff").read_text() == (newest / "CITATION.cff").read_text()


def test_the_checks_find_no_error(workspace: Workspace) -> None:
    findings = check_corpus(workspace).findings
    assert [finding for finding in findings if finding.severity == "error"] == []


def test_adjudication_follows_from_layers_and_decisions(workspace: Workspace) -> None:
    for name in workspace.sources:
        layers = workspace.layers(name)
        decisions = [d for d in workspace.decisions if d.document == name]
        assert set(layers) == {"pass-a", "pass-b"}
        sentences = workspace.standoff(name).sentences
        settled = adjudicate(
            name, layers, decisions, adjudicator="adjudicator", sentences=sentences
        )
        if workspace.source(name).rights == "standoff":
            settled = without_quotes(settled)
        assert settled == workspace.adjudicated(name)
        assert [*stale(name, layers, decisions, sentences=sentences)] == []


def test_layers_are_in_their_one_form(workspace: Workspace) -> None:
    for name in workspace.sources:
        for layer in workspace.layers(name).values():
            assert canonical(layer) == layer


@pytest.mark.texts
def test_withheld_texts_hydrate_exactly(copies: Path, workspace: Workspace) -> None:
    joined = {one.source.id: one.result for one in hydrate(copies, version=VERSION, root=ROOT)}
    assert set(joined) == {"press-001", "press-002", "archive-001"}
    for name, result in joined.items():
        assert result is not None, name
        document, annotation = result.document, result.annotation
        assert document.digest == annotation.digest == workspace.standoff(name).digest
        assert all(document.text[e.start : e.end] == e.quote for e in annotation.entities)
    assert len(joined["press-001"].annotation.entities) == 299


@pytest.mark.texts
def test_the_recorded_structure_is_that_of_the_texts(copies: Path) -> None:
    workspace = Workspace(ROOT, copies)
    for name, source in workspace.sources.items():
        if source.rights == "standoff":
            assert workspace.standoff(name) == workspace.document(name).standoff()


def test_every_original_says_what_it_rests_on(workspace: Workspace) -> None:
    known = {
        msgspec.json.decode(line)["id"]
        for line in workspace.layout.fact_sources.read_bytes().splitlines()
    }
    originals = [s for s in workspace.sources.values() if s.subset == "original"]
    assert len(originals) == 12
    assert len({s.genre for s in originals}) == 7 and len({s.period for s in originals}) >= 5
    for source in originals:
        assert source.drafted_by and source.facts and set(source.facts) <= known
