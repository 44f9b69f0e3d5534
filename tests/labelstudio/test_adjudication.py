"""Disputes decided in a real Label Studio, and home again."""

from __future__ import annotations

from typing import Any

import pytest
from studio_site import CAFE, HARBOUR, Site

from ijcorpus.labelstudio import cases, config
from ijcorpus.labelstudio.api import Api
from ijcorpus.labelstudio.harvest import Snapshot
from ijcorpus.records import read_json, write_json

pytestmark = pytest.mark.studio
OTHER_HARBOUR = (
    HARBOUR.replace("[Harbour Union](", "Harbour [Union](")
    .replace("T1 favor | direct", "T1 mixed | direct")
    .replace('"Harbour Union":ngo', '"Union":ngo')
    .replace("T2 neutral", "T2 favor")
)


@pytest.fixture(scope="module")
def disputed(site: Site) -> Site:
    """Two annotators who differ on a mention, judgements and the author's stance."""
    space = site.space
    write_json(space.layout.standoff_document("doc-cafe"), space.document("doc-cafe").standoff())
    site.run("push")
    first = [site.mark("doc-harbour", HARBOUR), site.mark("doc-cafe", CAFE)]
    site.run("enter", "--as", "with-labels", *first)
    second = [site.mark("doc-harbour", OTHER_HARBOUR), site.mark("doc-cafe", CAFE)]
    site.run("enter", "--as", "from-nothing", *second)
    site.pull()
    return site


def forms(site: Site) -> dict[str, dict[str, Any]]:
    """The project's tasks as the server has them, by dispute key."""
    listed = site.studio.api.export(site.project("judge"))
    return {task["data"]["ij_key"].partition("@")[0]: task for task in listed}


def kinds(site: Site) -> dict[str, list[Any]]:
    from ijcorpus.cli.settling import Settling

    settling = Settling(site.space, "judge")
    found: dict[str, list[Any]] = {}
    for name in settling.documents():
        for dispute in settling.disputes(name):
            found.setdefault(dispute.kind, []).append(dispute)
    return found


def judge(site: Site) -> Api:
    return Api(site.access.url, site.access.accounts["judge"].token)


def choice(name: str, *values: str) -> dict[str, Any]:
    return {
        "id": name,
        "from_name": name,
        "to_name": config.TEXT,
        "type": "choices",
        "value": {"choices": list(values)},
    }


def note(words: str) -> dict[str, Any]:
    return choice(cases.RULING_NOTE) | {"type": "textarea", "value": {"text": [words]}}


def require_kept(site: Site, tasks: set[int]) -> None:
    """A pull left what it was told as a snapshot, and nothing on the server's disk."""
    listed = [read_json(p, Snapshot) for p in (site.server.folder / "snapshots").glob("*.json")]
    (found,) = (snapshot for snapshot in listed if snapshot.project == "tiny · judge")
    assert {task["id"] for task in found.tasks} == tasks
    assert all(task["annotations"] for task in found.tasks)
    assert "judge@tiny.example" in found.users.values()
    assert not [*(site.server.data / "export").iterdir()]


def test_every_open_dispute_becomes_a_task_once(disputed: Site) -> None:
    site = disputed
    open_ = {dispute.key for found in kinds(site).values() for dispute in found}
    assert {kind: len(found) for kind, found in kinds(site).items()} == {
        "entity": 1, "stance": 1, "author": 1}  # fmt: skip
    first, second = (site.run("adjudicate", "--push")["result"] for _ in range(2))
    assert set(first["created"]) == open_
    assert set(second["kept"]) == open_
    assert not second["created"]
    tasks = forms(site)
    assert set(tasks) == open_
    for dispute in (dispute for found in kinds(site).values() for dispute in found):
        data = tasks[dispute.key]["data"]
        text = site.space.document(dispute.document).text
        assert text[data["offset"] :].startswith(data["text"])
        assert set(data["readings"]) == {"with-labels", "from-nothing"}
    listed = {
        task.key.partition("@")[0]: task for task in site.studio.api.tasks(site.project("judge"))
    }
    for key, task in listed.items():
        assert sorted(p["model_version"] for p in task.predictions) == [
            "agreed", "from-nothing", "with-labels"], key  # fmt: skip


def test_readings_are_shown_with_what_is_agreed_already_in(disputed: Site) -> None:
    site = disputed
    site.run("adjudicate", "--push")
    (entity,) = kinds(site)["entity"]
    task = next(t for t in site.studio.api.tasks(site.project("judge"))
                if t.key.startswith(entity.key))  # fmt: skip

    def marked(version: str) -> list[str]:
        result = next(p["result"] for p in task.predictions if p["model_version"] == version)
        return [item["value"]["text"] for item in result if item["type"] == "labels"]

    assert "Juno Sato" in marked("agreed")
    assert not {"Union", "Harbour Union"} & {*marked("agreed")}
    assert "Harbour Union" in marked("with-labels")
    assert {"Union", "Juno Sato"} <= {*marked("from-nothing")}


def test_rulings_come_home_as_decisions(disputed: Site) -> None:
    site = disputed
    site.run("adjudicate", "--push")
    api, tasks, found = judge(site), forms(site), kinds(site)
    (entity,), (author,) = found["entity"], found["author"]
    versions = {task.key.partition("@")[0]: {p["model_version"]: p["result"] for p in task.predictions}
                for task in site.studio.api.tasks(site.project("judge"))}  # fmt: skip

    # Correcting the spans: what is agreed stays, and the adjudicator's own mention is added.
    data = tasks[entity.key]["data"]
    start = data["text"].index("The Harbour Union")
    span = {"start": start, "end": start + len("The Harbour Union")}
    own = {
        "id": "own",
        "from_name": "entity",
        "to_name": "text",
        "type": "labels",
        "value": span | {"text": "The Harbour Union", "labels": ["ORG"]},
    }
    linked = own | {"from_name": "entity_id", "type": "textarea",
                    "value": span | {"text": ["nil-harbour-union"]}}  # fmt: skip
    ruled = [choice("ruling", "other"), choice("reason", "boundary"), note("with the article")]
    api.annotate(tasks[entity.key]["id"], [*versions[entity.key]["agreed"], own, linked, *ruled])

    # An own reading of the author, and one of a judgement; everything else as the first has it.
    stance = found["stance"][0]
    for dispute in [*found["stance"], author]:
        result = [choice("ruling", "with-labels"), choice("reason", "guideline")]
        if dispute is author:
            mixed = choice("author_T2", "mixed")
            result = [mixed, choice("ruling", "other"), choice("reason", "merge"), note("both")]
        if dispute is stance:
            result = [*versions[stance.key]["from-nothing"], choice("ruling", "other"),
                      choice("reason", "merge")]  # fmt: skip
        api.annotate(tasks[dispute.key]["id"], result)
    reports = site.run("adjudicate", "--pull")
    assert all(report["written"] for report in reports)
    require_kept(site, {task["id"] for task in tasks.values()})
    decisions = {d.dispute: d for d in site.space.decisions}
    assert set(decisions) == set(tasks)
    assert {d.by for d in decisions.values()} == {"judge"}
    text = site.space.document("doc-harbour").text
    made = decisions[entity.key]
    assert (made.choice, made.reason, made.note) == ("other", "boundary", "with the article")
    assert made.reading is not None
    (mention,) = made.reading.entities
    assert text[mention.start : mention.end] == "The Harbour Union" == mention.quote
    assert (mention.label, mention.entity_id) == ("ORG", "nil-harbour-union")
    assert decisions[author.key].reading.author[0].polarity == "mixed"
    second = next(r for r in stance.readings if r.annotator == "from-nothing")
    settled = decisions[stance.key].reading.stances
    assert [(s.start, s.end, s.target, s.polarity) for s in settled] == [
        (s.start, s.end, s.target, s.polarity) for s in second.stances
    ]
    before = site.space.layout.decisions.read_bytes()
    site.run("adjudicate", "--pull")
    assert site.space.layout.decisions.read_bytes() == before
    final = site.space.adjudicated("doc-harbour")
    assert final is not None
    assert "The Harbour Union" in {e.quote for e in final.entities}


def test_what_cannot_stand_is_refused_whole(disputed: Site) -> None:
    site = disputed
    site.space.layout.decisions.unlink(missing_ok=True)
    site.run("adjudicate", "--push")
    dispute = kinds(site)["author"][0]
    task = forms(site)[dispute.key]["id"]
    api = judge(site)
    api.annotate(task, [choice("ruling", "other"), choice("author_T2", "mixed")])
    refused = site.try_("adjudicate", "--pull")
    assert "nothing was recorded" in str(refused.exception)
    assert "the reason ''" in str(refused.exception)
    assert site.space.decisions == ()
    newest = max(a["id"] for a in forms(site)[dispute.key]["annotations"])
    api.change(newest, [choice("ruling", "from-nothing"), choice("reason", "overread")])
    assert site.try_("adjudicate", "--pull").exit_code in (0, 1)
    assert {d.dispute: d.choice for d in site.space.decisions}[dispute.key] == "from-nothing"


def test_tasks_of_closed_disputes_go_unless_they_were_worked_on(disputed: Site) -> None:
    site = disputed
    site.space.layout.decisions.unlink(missing_ok=True)
    site.run("adjudicate", "--push")
    worked = {key for key, task in forms(site).items() if task["annotations"]}
    agreed = OTHER_HARBOUR.replace("T2 favor\n", "T2 neutral\n").replace(
        "T1 mixed | direct", "T1 neutral | direct"
    )
    path = site.mark("doc-harbour", agreed)
    site.run("enter", "--as", "from-nothing", "--replace", path)
    site.pull()
    again = site.run("adjudicate", "--push")["result"]
    left = forms(site)
    assert worked <= set(left)
    assert not set(again["removed"]) & worked
    now = {dispute.key for found in kinds(site).values() for dispute in found}
    assert set(left) == worked | now
    third = site.run("adjudicate", "--push")["result"]
    assert (third["created"], third["removed"]) == ([], [])
