"""Finished work that was brought home once and is deleted on the server afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from studio_site import CAFE, HARBOUR, Site
from test_harvest import ANNA, DIGEST, SCHEME, USERS, annotation, item, task

from ijcorpus.finding import Finding
from ijcorpus.labelstudio.gone import gone
from ijcorpus.labelstudio.harvest import Snapshot, harvest
from ijcorpus.layout import Layout
from ijcorpus.records import write_json

NAME = "with-labels"
DRAFT = {"id": 1, "user": "anna@example.org", "result": [{}]}


def pull(
    root: Path, *tasks: dict[str, Any], server: str = "", digest: str = DIGEST
) -> tuple[Finding, ...]:
    """What a pull of these tasks misses of those before it; its layers are written."""
    layout, digests = Layout(root), {"doc": digest}
    snapshot = Snapshot(project="p", config="", model_version="", users=USERS, tasks=tasks)
    pulled = harvest(snapshot, ANNA, SCHEME, digests)
    missing = gone(root / "record.json", server, snapshot, pulled, layout, digests)
    for name, layer in pulled.annotations.items():
        write_json(layout.layer("anna", name), layer)
    return missing


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ([], "there is no task"),
        ([task()], "its task is open"),
        ([task(drafts=[DRAFT])], "only a draft"),
        ([task(item(was_cancelled=True))], "was skipped"),
        ([task(item(completed_by=2))], "its task is open"),
    ],
)
def test_work_that_is_gone_is_said_until_it_is_settled(
    tmp_path: Path, left: list[dict[str, Any]], said: str
) -> None:
    assert pull(tmp_path, task(item())) == ()
    layer = Layout(tmp_path).layer("anna", "doc")
    for _ in range(2):
        (finding,) = pull(tmp_path, *left)
        assert (finding.code, finding.severity) == ("studio-gone", "warning")
        assert (finding.location.document, finding.location.path) == ("doc", str(layer))
        assert said in finding.message
        assert f"delete {layer}" in finding.message
        assert "'ijcorpus enter --as anna --from-layers'" in finding.message
        assert ("ijcorpus push" in finding.message) == (not left)
        assert layer.exists()
    layer.unlink()
    assert pull(tmp_path, *left) == ()
    write_json(layer, annotation("Anna"))
    assert pull(tmp_path, *left) == ()


def test_work_that_is_back_is_missed_no_more_and_may_be_missed_again(tmp_path: Path) -> None:
    seen = [pull(tmp_path, *tasks) for tasks in ([task(item())], [], [task(item())], [], [task()])]
    assert [len(missing) for missing in seen] == [0, 1, 0, 1, 1]


def test_layers_that_no_pull_brought_are_not_missed(tmp_path: Path) -> None:
    """A new server is empty, and a repository has its layers already."""
    write_json(Layout(tmp_path).layer("anna", "doc"), annotation("Anna"))
    assert pull(tmp_path, task()) == ()
    assert pull(tmp_path, task(item())) == ()
    assert pull(tmp_path, task(), server="https://studio.example.org") == ()


def test_work_that_is_there_and_cannot_be_used_is_not_missed(tmp_path: Path) -> None:
    pull(tmp_path, task(item()))
    changed = task(item())
    changed["data"]["text"] = "Anna met Boo."
    assert pull(tmp_path, changed) == ()
    assert len(pull(tmp_path, task())) == 1


def test_work_on_a_text_that_changed_is_not_missed(tmp_path: Path) -> None:
    pull(tmp_path, task(item()))
    assert pull(tmp_path, digest="0" * 64) == ()


def test_a_record_that_cannot_be_read_is_begun_anew(tmp_path: Path) -> None:
    pull(tmp_path, task(item()))
    (tmp_path / "record.json").write_text("{")
    assert pull(tmp_path, task()) == ()
    assert pull(tmp_path, task(item())) == ()
    assert len(pull(tmp_path, task())) == 1


@pytest.mark.studio
def test_a_pull_names_what_was_deleted_and_the_remedy_brings_it_back(site: Site) -> None:
    site.run("push", "--annotator", NAME)
    site.run("enter", "--as", NAME, *(site.mark(d, m) for d, m in (
        ("doc-harbour", HARBOUR), ("doc-cafe", CAFE))))  # fmt: skip
    assert site.pull(NAME)[NAME]["findings"] == []
    layers = {path: path.read_bytes() for path in (site.root / "annotations").rglob("doc-*.json")}
    assert len(layers) == 2

    assert site.run("push", "--plan", "--annotator", NAME)[0]["again"] == []
    there, api = site.tasks(NAME), site.studio.api
    http: Any = api._client
    number = there["doc-harbour"].annotations[0]["id"]
    http.annotations.delete(number)
    api.delete_task(there["doc-cafe"].id)
    for options in ((), ("--full",), ()):
        (report,) = site.run("pull", "--annotator", NAME, *options)
        assert [f["location"]["document"] for f in report["findings"]] == [
            "doc-cafe",
            "doc-harbour",
        ]
        assert {finding["code"] for finding in report["findings"]} == {"studio-gone"}
        assert report["documents"] == {"doc-harbour": "open", "doc-plain": "open"}
    assert {path: path.read_bytes() for path in layers} == layers

    (plan,) = site.run("push", "--plan", "--annotator", NAME)
    (pushed,) = site.run("push", "--annotator", NAME)
    assert plan["create"] == pushed["created"] == ["doc-cafe"]
    assert plan["again"] == pushed["again"] == ["doc-cafe"]
    assert site.run("push", "--plan", "--annotator", NAME)[0]["again"] == []
    entered = site.run("enter", "--as", NAME, "--from-layers")
    assert {done["document"]: done["did"] for done in entered} == {
        "doc-harbour": "entered", "doc-cafe": "entered"}  # fmt: skip
    report = site.pull(NAME)[NAME]
    assert report["findings"] == []
    assert {path: path.read_bytes() for path in layers} == layers


@pytest.mark.studio
def test_what_a_restore_lost_is_named(site: Site, tmp_path: Path) -> None:
    site.run("push")
    file = tmp_path / "before.zip"
    site.run("studio", "backup", str(file))
    site.run("enter", "--as", "from-nothing", site.mark("doc-harbour", HARBOUR))
    assert site.pull("from-nothing")["from-nothing"]["findings"] == []
    site.run("studio", "down")
    site.run("studio", "restore", str(file), "--replace")
    site.run("studio", "up")
    (finding,) = site.pull("from-nothing")["from-nothing"]["findings"]
    assert (finding["code"], finding["location"]["document"]) == ("studio-gone", "doc-harbour")
