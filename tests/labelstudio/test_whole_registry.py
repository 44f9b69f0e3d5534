"""A document of this corpus and its whole registry, through a real server and home again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from studio_site import Site

from ijcorpus.labelstudio import config

pytestmark = pytest.mark.studio
ROOT = Path(__file__).parents[2]
DOCUMENT = "original-031"
PASSES = ("pass-a", "pass-b")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The corpus with the layers of one document, and a server; it is ended afterwards."""
    root = tmp_path_factory.mktemp("whole") / "root"
    shutil.copytree(ROOT / "corpus", root / "corpus")
    shutil.copytree(
        ROOT / "annotations",
        root / "annotations",
        ignore=shutil.ignore_patterns("adjudicated", "decisions.jsonl", "layers"),
    )
    for name in PASSES:
        layer = root / "annotations" / "layers" / name / f"{DOCUMENT}.json"
        layer.parent.mkdir(parents=True)
        layer.write_bytes(committed(name))
    site = Site(root)
    try:
        site.run("studio", "up")
        yield site
    finally:
        site.server.down()


def committed(name: str) -> bytes:
    return (ROOT / "annotations" / "layers" / name / f"{DOCUMENT}.json").read_bytes()


def results(site: Site, name: str) -> list[tuple[int, Any]]:
    """What the server has of an annotator, with the numbers it has it under."""
    project = site.studio.api.project(site.studio.title(site.annotator(name)))
    assert project is not None
    (task,) = site.studio.api.tasks(project["id"])
    return [(item["id"], item["result"]) for item in task.annotations]


def test_committed_layers_come_back_byte_for_byte_and_nothing_changes_again(corpus: Site) -> None:
    everybody = corpus.space.assignable.annotators
    corpus.run("push", DOCUMENT)
    before: dict[str, Any] = {}
    for name in PASSES:
        corpus.run("enter", "--as", name, "--from-layers")
        ((_, result),) = before[name] = results(corpus, name)
        picked = [item for item in result if item.get("from_name") == config.ENTITY_PICK]
        typed = [item for item in result if item.get("from_name") == config.ENTITY_ID]
        assert picked
        assert all(i["value"]["taxonomy"][0][0] in corpus.space.registry for i in picked)
        assert typed
        assert not {i["value"]["text"][0] for i in typed} & set(corpus.space.registry)
        # Forgotten here, so that what comes next can only come out of Label Studio.
        (corpus.root / "annotations" / "layers" / name / f"{DOCUMENT}.json").unlink()

    for full in ((), ("--full",)):
        pulled = corpus.run("pull", *full)
        found = {report["annotator"]: report["findings"] for report in pulled}
        assert found == dict.fromkeys(everybody, [])
        for name in PASSES:
            layer = corpus.root / "annotations" / "layers" / name / f"{DOCUMENT}.json"
            assert layer.read_bytes() == committed(name)
        plans = corpus.run("push", "--plan", DOCUMENT)
        assert [(p["change"], p["create"], p["blocked"]) for p in plans] == (
            [("same", [], [])] * len(everybody)
        )
        corpus.run("push", DOCUMENT)
        for name in PASSES:
            (said,) = corpus.run("enter", "--as", name, "--from-layers")
            assert said["did"] == "unchanged"
            assert results(corpus, name) == before[name]
