"""The corpus itself: what is committed hangs together, and every release is what it was."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

import ijcorpus
from ijcorpus.adjudicate import adjudicate, stale
from ijcorpus.agreement import Figure, agreement
from ijcorpus.annotation import canonical, without_quotes
from ijcorpus.check import check_corpus
from ijcorpus.hydration import hydrate
from ijcorpus.published import Release, find
from ijcorpus.release.build import build
from ijcorpus.workspace import Workspace

ROOT = Path(__file__).parents[1]
VERSIONS = ijcorpus.versions(ROOT)
PINNED: dict[str, dict[str, dict[str, Any]]] = {
    version: json.loads((ROOT / "tests" / "fixtures" / f"released-{version}.json").read_text())
    for version in VERSIONS
}
CASES = [(v, c, s) for v, pinned in PINNED.items() for c, splits in pinned.items() for s in splits]
SIDES = ("favor", "against")


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


@pytest.mark.parametrize(("version", "config", "split"), CASES)
def test_datasets_loads_what_was_released(
    version: str, config: str, split: str, tmp_path: Path
) -> None:
    from datasets import load_dataset

    folder, pinned = str(ROOT / "corpus" / "releases" / version), PINNED[version][config][split]
    rows = load_dataset(folder, config, split=split, cache_dir=str(tmp_path))
    assert pin([*rows]) == pinned
    streamed = load_dataset(folder, config, split=split, streaming=True)
    assert pin([*streamed]) == pinned
    assert pin([*ijcorpus.load(config, split=split, version=version)]) == pinned


@pytest.mark.parametrize("version", VERSIONS)
def test_every_configuration_and_split_is_pinned(version: str) -> None:
    found, pinned = find(version, ROOT).manifest.counts, PINNED[version]
    assert {c: {s: p["rows"] for s, p in splits.items()} for c, splits in pinned.items()} == found


@pytest.mark.parametrize("version", VERSIONS)
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
        passes = workspace.passes(name)
        decisions = [d for d in workspace.decisions if d.document == name]
        third = set() if workspace.splits[name] == "train" else {"pass-c"}
        assert set(passes) == {"pass-a", "pass-b"} | third
        sentences, by = workspace.standoff(name).sentences, workspace.rule.agreed_by
        settled = adjudicate(
            name, passes, decisions, adjudicator="adjudicator", sentences=sentences, agreed_by=by
        )
        if workspace.source(name).rights == "standoff":
            settled = without_quotes(settled)
        assert settled == workspace.adjudicated(name)
        assert [*stale(name, passes, decisions, sentences=sentences, agreed_by=by)] == []


def test_layers_are_in_their_one_form(workspace: Workspace) -> None:
    for name in workspace.sources:
        for layer in workspace.layers(name).values():
            assert canonical(layer) == layer


@pytest.mark.texts
@pytest.mark.parametrize("version", VERSIONS)
def test_withheld_texts_hydrate_exactly(version: str, copies: Path, workspace: Workspace) -> None:
    joined = {one.source.id: one.result for one in hydrate(copies, version=version, root=ROOT)}
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
    assert len(originals) == 50
    for source in originals:
        assert source.drafted_by and source.facts and set(source.facts) <= known


# The plan's strata for 150 documents; an instalment of 50 has a third of each row.
PLANNED = {
    "period": {
        "1952-72": 14, "1973-91": 18, "1992-2000": 16, "2001-11": 16, "2012-19": 36,
        "2020-23": 20, "2023-26": 30,
    },
    "genre": {
        "news": 36, "statement": 18, "essay": 20, "op-ed": 24, "interview": 14, "record": 14,
        "business": 24,
    },
    "direction": {"favor": 50, "against": 35, "mixed": 35, "neutral": 30},
    "vantage": {"IL": 45, "JP": 50, "West": 25, "Arab": 18, "Asia": 12},
}  # fmt: skip


@pytest.mark.parametrize("row", PLANNED)
def test_every_stratum_has_its_third(row: str, workspace: Workspace) -> None:
    originals = [s for s in workspace.sources.values() if s.subset == "original"]
    found = Counter(getattr(source, row) for source in originals)
    assert {
        name: found[name] for name, count in PLANNED[row].items() if found[name] + 1 < count / 3
    } == {}


def test_every_proposition_is_supported_and_opposed(workspace: Workspace) -> None:
    found = Counter(
        (stance.target, stance.polarity)
        for name in workspace.sources
        for stance in (workspace.adjudicated(name) or pytest.fail(name)).stances
    )
    sides = {(target, side) for target in workspace.scheme.target_names for side in SIDES}
    assert {pair: found[pair] for pair in sides if found[pair] < 8} == {}


def test_the_passes_agree_as_the_plan_demands(workspace: Workspace) -> None:
    shared = [
        (name, workspace.layer("pass-a", name), workspace.layer("pass-b", name))
        for name in workspace.sources
    ]
    found = agreement(
        [(one, other) for _, one, other in shared if one and other],
        workspace.scheme,
        resamples=1,
        sentences={name: workspace.standoff(name).sentences for name, *_ in shared},
    )
    assert found.documents == 53
    assert value(found.entities.labelled) >= 0.90
    assert value(found.entities.link_accuracy) >= 0.95
    assert value(found.stances.triple) >= 0.65
    assert value(found.stances.polarity_alpha) >= 0.80


def value(figure: Figure) -> float:
    assert figure.value is not None
    return figure.value
