"""A real Label Studio, installed and started by the code under test."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from studio_site import CAFE, HARBOUR, Site, plain

from ijcorpus.annotation import canonical, without_quotes
from ijcorpus.errors import StudioError
from ijcorpus.labelstudio.process import identity
from ijcorpus.markup import parse

pytestmark = pytest.mark.studio
BOTH = ("with-labels", "from-nothing")
DOCUMENTS = {"doc-harbour", "doc-cafe", "doc-plain"}


def said(site: Site, document: str, annotator: str, markup: str, taken: set[str]) -> Any:
    """What the markup says, with the entities of these quotes marked as prelabels taken over."""
    text = site.space.document(document).text
    made = parse(markup, site.space.scheme, document=document, annotator=annotator, text=text)
    replace = msgspec.structs.replace
    entities = tuple(
        replace(entity, origin="prediction") if entity.quote in taken else entity
        for entity in made.annotation.entities
    )
    return canonical(replace(made.annotation, entities=entities))


def kill(site: Site) -> None:
    running = site.server.running()
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while identity(running.pid) and time.monotonic() < deadline:
        time.sleep(0.1)


def test_up_twice_is_one_server(site: Site) -> None:
    before = site.server.running()
    site.run("studio", "up")
    assert site.server.running() == before
    assert set(site.access.accounts) == set(BOTH)


def test_secrets_stay_secret(site: Site) -> None:
    running, known = site.server.running(), site.access
    assert running is not None
    listed = identity(running.pid)
    assert listed is not None
    assert site.server.secrets.stat().st_mode & 0o777 == 0o600
    hidden = [known.token, *(a.token for a in known.accounts.values())]
    hidden += [a.password for a in known.accounts.values()]
    seen = listed[1] + site.server.log.read_text() + site.try_("studio", "up").output
    assert not [secret for secret in hidden if secret in seen]


def test_the_server_listens_on_this_machine_only(site: Site) -> None:
    port = int(site.access.url.rpartition(":")[2])
    listening = [
        line.split()[1]
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
    ]
    assert listening == [f"0100007F:{port:04X}"]


def test_a_push_may_be_repeated(site: Site) -> None:
    first, second = site.run("push"), site.run("push")
    assert [set(pushed["created"]) for pushed in first] == [DOCUMENTS, DOCUMENTS]
    assert [pushed["prelabelled"] for pushed in first] == [["doc-harbour"], []]
    for pushed in second:
        assert not pushed["created"]
        assert not pushed["prelabelled"]
        assert set(pushed["kept"]) == DOCUMENTS
    for name in BOTH:
        there = site.tasks(name)
        assert set(there) == DOCUMENTS
        for document, task in there.items():
            assert task.data["text"] == site.space.document(document).text
            assert len(task.predictions) == (name == "with-labels" and document == "doc-harbour")


def test_settings_are_what_annotators_need(site: Site) -> None:
    for name in BOTH:
        project = site.studio.api.project(f"tiny · {name}")
        assert project is not None
        assert project["show_instruction"]
        assert "<em>this</em>" in project["expert_instruction"]
        assert project["show_collab_predictions"] == (name == "with-labels")


def test_work_goes_out_and_comes_home_field_by_field(site: Site) -> None:
    site.run("push")
    files = [site.mark("doc-harbour", HARBOUR), site.mark("doc-cafe", CAFE)]
    for name in BOTH:
        assert {item["did"] for item in site.run("enter", "--as", name, *files)} == {"entered"}
        assert {item["did"] for item in site.run("enter", "--as", name, *files)} == {"unchanged"}
    for became in ("written", "unchanged"):
        pulled = site.pull()
        for name in BOTH:
            assert pulled[name]["findings"] == []
            assert pulled[name]["documents"] == {
                "doc-harbour": became,
                "doc-cafe": became,
                "doc-plain": "open",
            }
    taken = {"with-labels": {"Mira Lind", "Osaka"}, "from-nothing": set[str]()}
    for name in BOTH:
        for document, markup in (("doc-harbour", HARBOUR), ("doc-cafe", CAFE)):
            layer = site.space.layer(name, document)
            expected = said(site, document, name, markup, taken[name])
            withheld = document == "doc-cafe"
            assert layer == (without_quotes(expected) if withheld else expected)
    for name in BOTH:
        entered = site.run("enter", "--as", name, "--from-layers")
        assert {item["did"] for item in entered} == {"unchanged"}


def test_a_snapshot_is_kept_and_the_same_work_is_the_same_snapshot(site: Site) -> None:
    names = [site.pull()["with-labels"]["snapshot"] for _ in range(2)]
    assert names[0] == names[1]
    path = site.root / ".studio" / "snapshots" / names[0]
    kept = msgspec.json.decode(path.read_bytes())
    assert {"with-labels@tiny.example"} <= set(kept["users"].values())
    assert len(kept["tasks"]) == len(DOCUMENTS)
    settings = kept["settings"]
    assert "<em>this</em>" in settings["expert_instruction"]
    assert (settings["maximum_annotations"], settings["sampling"]) == (1, "Sequential sampling")
    assert settings["overlap_cohort_percentage"] == 100
    assert settings["show_collab_predictions"] is True
    assert None not in settings.values()
    assert not list((site.server.data / "export").iterdir())


def test_what_an_annotator_said_is_not_overwritten(site: Site) -> None:
    other = site.mark("doc-harbour", HARBOUR.replace("T2 neutral", "T2 favor"))
    with pytest.raises(StudioError, match="said something else"):
        site.run("enter", "--as", "with-labels", other)
    assert site.run("enter", "--as", "with-labels", "--replace", other)[0]["did"] == "replaced"
    assert site.pull()["with-labels"]["documents"]["doc-harbour"] == "written"
    layer = site.space.layer("with-labels", "doc-harbour")
    assert layer is not None
    assert [a.polarity for a in layer.author] == ["favor"]
    assert len(site.tasks("with-labels")["doc-harbour"].annotations) == 1


def test_a_killed_server_comes_back_with_everything(site: Site) -> None:
    before = {name: site.tasks(name) for name in BOTH}
    kill(site)
    assert site.run("studio", "status")["healthy"] is False
    with pytest.raises(StudioError, match="studio up"):
        site.run("push")
    site.run("studio", "up")
    for pushed in site.run("push"):
        assert not pushed["created"]
    assert {name: set(site.tasks(name)) for name in BOTH} == {n: set(t) for n, t in before.items()}
    assert site.pull()["from-nothing"]["documents"]["doc-cafe"] == "unchanged"
    said = site.run("studio", "status")["annotators"]["from-nothing"]
    assert {state: said[state] for state in ("tasks", "done", "skipped", "draft", "open")} == {
        "tasks": 3,
        "done": 2,
        "skipped": 0,
        "draft": 0,
        "open": 1,
    }


def test_a_lost_reply_makes_no_second_task(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    studio, annotator = site.studio, site.annotator("from-nothing")
    text = "One more text."
    document = plain("doc-more", text)
    send = studio.api.import_tasks

    def stored_but_lost(project: int, made: Any) -> int:
        send(project, made)
        raise StudioError("the connection broke")

    monkeypatch.setattr(studio.api, "import_tasks", stored_but_lost)
    pushed = studio.push(annotator, [document], {"doc-more": "More"})
    assert pushed.created == ("doc-more",)
    assert site.tasks("from-nothing")["doc-more"].data["text"] == text

    monkeypatch.setattr(studio.api, "import_tasks", lambda project, made: 1)
    with pytest.raises(StudioError, match="lost 1 tasks"):
        studio.push(annotator, [plain("doc-lost", text)], {"doc-lost": "Lost"})


def test_double_tasks_are_repaired(site: Site) -> None:
    studio, annotator = site.studio, site.annotator("from-nothing")
    project, there = site.project("from-nothing"), site.tasks("from-nothing")
    studio.api.import_tasks(
        project, [{"data": there[name].data} for name in ("doc-cafe", "doc-plain")]
    )
    documents = list(site.space.documents())
    pushed = studio.push(annotator, documents, {d.id: d.id for d in documents})
    assert not pushed.created
    after = site.tasks("from-nothing")
    assert after["doc-cafe"].annotations
    assert after["doc-plain"].id == there["doc-plain"].id


def test_a_text_that_changes_is_replaced_only_if_nobody_worked_on_it(site: Site) -> None:
    studio, annotator = site.studio, site.annotator("from-nothing")
    old, new = plain("doc-free", "The old text."), plain("doc-free", "The new text.")
    for document, replaced in ((old, ()), (new, ("doc-free",))):
        if replaced:
            with pytest.raises(StudioError, match="--plan"):
                studio.push(annotator, [document], {"doc-free": "Free"})
        pushed = studio.push(annotator, [document], {"doc-free": "Free"}, apply=True)
        assert pushed.created == ("doc-free",)
        assert pushed.replaced == replaced
    assert site.tasks("from-nothing")["doc-free"].data["text"] == new.text
    worked = plain("doc-cafe", "Not the text that was annotated.")
    with pytest.raises(StudioError, match="doc-cafe: its text changed"):
        studio.push(annotator, [worked], {"doc-cafe": "Café"})


def test_skips_drafts_and_forgeries_are_reported(site: Site) -> None:
    api, task = site.api("from-nothing"), site.tasks("from-nothing")["doc-plain"]
    client: Any = api._client
    client.annotations.create(task.id, result=[], was_cancelled=True)
    pulled = site.pull("from-nothing")["from-nothing"]
    assert pulled["documents"]["doc-plain"] == "skipped"
    assert "studio-skipped" in {finding["code"] for finding in pulled["findings"]}

    draft = {"result": site.tasks("from-nothing")["doc-cafe"].annotations[0]["result"]}
    wrapper = client._client_wrapper.httpx_client
    other = site.tasks("from-nothing")["doc-more"]
    answer = wrapper.request(f"api/tasks/{other.id}/drafts", method="POST", json=draft)
    assert answer.status_code == 201
    pulled = site.pull("from-nothing")["from-nothing"]
    assert pulled["documents"]["doc-more"] == "draft"
    assert "studio-draft" in {finding["code"] for finding in pulled["findings"]}

    site.studio.api.annotate(task.id, [])
    forged = site.pull("from-nothing", code=1)["from-nothing"]
    assert "studio-other-account" in {finding["code"] for finding in forged["findings"]}
    assert forged["documents"]["doc-plain"] == "skipped"


def test_what_cannot_be_read_is_kept_aside(site: Site) -> None:
    task = site.tasks("from-nothing")["doc-free"]
    broken = {"id": "x", "type": "labels", "from_name": "gone", "value": {"start": 0, "end": 3}}
    site.api("from-nothing").annotate(task.id, [broken])
    pulled = site.pull("from-nothing", code=1)["from-nothing"]
    assert pulled["set_aside"] == {"doc-free": 1}
    kept = msgspec.json.decode(
        (site.root / ".studio" / "quarantine" / "from-nothing.json").read_bytes()
    )
    assert kept["doc-free"][0]["item"]["from_name"] == "gone"


def test_a_busy_port_is_left_to_its_owner(site: Site) -> None:
    before = site.server.running()
    assert before is not None
    assert site.run("studio", "down") == {"ended": True}
    assert site.run("studio", "down") == {"ended": False}
    with socket.socket() as owner:
        owner.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        owner.bind(("127.0.0.1", before.port))
        owner.listen()
        site.run("studio", "up")
        after = site.server.running()
    assert after is not None
    assert after.port != before.port
    assert site.pull("with-labels")["with-labels"]["documents"]["doc-cafe"] == "unchanged"
