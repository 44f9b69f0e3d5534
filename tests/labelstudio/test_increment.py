"""Whatever happens on the server: a pull of what changed gives what a pull of everything gives."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from studio_site import HARBOUR, Site, plain

from ijcorpus.annotation import Annotator
from ijcorpus.document import Document, sha256
from ijcorpus.errors import StudioError
from ijcorpus.labelstudio import increment
from ijcorpus.labelstudio.api import Api, Json
from ijcorpus.labelstudio.harvest import Pulled, Snapshot

pytestmark = pytest.mark.studio
NAME = "from-nothing"
NUMBER = 12


class World:
    """People at work on a project of a dozen documents, each step by one of them."""

    def __init__(self, site: Site, seed: int) -> None:
        self.site, self.chance = site, random.Random(seed)
        self.label = site.space.scheme.label_names[0]
        self.project = site.project(NAME)
        self.people = [site.api(NAME), site.api("with-labels")]
        self.pushed = NUMBER

    def tasks(self) -> list[Any]:
        return self.site.studio.api.tasks(self.project)

    def call(self, method: str, path: str, body: object = None) -> None:
        token = self.chance.choice([p.token for p in self.site.access.accounts.values()])
        answer = httpx.request(
            method,
            self.site.access.url + path,
            json=body,
            headers={"Authorization": f"Token {token}"},
            trust_env=False,
        )
        assert answer.is_success, answer.text

    def result(self) -> list[Json]:
        value = {"start": 0, "end": self.chance.randint(1, 4), "labels": [self.label]}
        kinds = {"id": "r", "type": "labels", "from_name": "entity", "to_name": "text"}
        return [kinds | {"value": value}]

    def step(self) -> str:
        task = self.chance.choice(self.tasks())
        annotation = next(iter(task.annotations), None)
        kinds = ["annotate", "draft", "data", "predict", "push", "delete"]
        if annotation:
            kinds += ["change", "change", "skip", "remove", "draft on it", "remove all"]
        kind, api = self.chance.choice(kinds), self.site.studio.api
        if kind == "annotate":
            self.chance.choice(self.people).annotate(task.id, self.result())
        elif kind == "draft":
            self.call("POST", f"/api/tasks/{task.id}/drafts", {"result": self.result()})
        elif kind == "data":
            data = task.data | {"title": str(self.chance.random())}
            self.call("PATCH", f"/api/tasks/{task.id}/", {"data": data})
        elif kind == "predict":
            api.import_predictions(self.project, [{"task": task.id, "result": self.result()}])
        elif kind == "push":
            self.pushed += 1
            push(self.site, [document(self.pushed)])
        elif kind == "delete":
            api.delete_task(task.id)
        elif annotation and kind == "change":
            self.chance.choice(self.people).change(annotation["id"], self.result())
        elif annotation and kind == "skip":
            said = {"was_cancelled": not annotation["was_cancelled"]}
            self.call("PATCH", f"/api/annotations/{annotation['id']}/", said)
        elif annotation and kind == "remove":
            self.call("DELETE", f"/api/annotations/{annotation['id']}/")
        elif annotation and kind == "draft on it":
            path = f"/api/tasks/{task.id}/annotations/{annotation['id']}/drafts"
            self.call("POST", path, {"result": self.result()})
        elif annotation:
            body = {"selectedItems": {"all": False, "included": [task.id]}}
            path = f"/api/dm/actions?id=delete_tasks_annotations&project={self.project}"
            self.call("POST", path, body)
        return kind


def document(number: int) -> Document:
    return plain(f"doc-{number}", f"Text {number}.\n")


def push(site: Site, listed: list[Document]) -> None:
    site.studio.push(site.annotator(NAME), listed, {d.id: d.id for d in listed})


def pull(site: Site, *, full: bool = False) -> Pulled:
    return site.studio.pull(site.annotator(NAME), {}, full=full)


def kept(site: Site, pulled: Pulled) -> Snapshot:
    path = site.root / ".studio" / "snapshots" / pulled.snapshot
    return msgspec.json.decode(path.read_bytes(), type=Snapshot)


@pytest.fixture(autouse=True)
def a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes are stored at once here, so that what is older is not asked for again."""
    monkeypatch.setattr(increment, "LATE", increment.timedelta())


@pytest.fixture(scope="module")
def begun(site: Site) -> Site:
    push(site, [document(number) for number in range(NUMBER)])
    return site


@pytest.mark.parametrize("seed", range(2))
def test_what_changed_is_what_a_full_pull_gives(begun: Site, seed: int) -> None:
    world = World(begun, seed)
    pull(begun)
    fewer = 0
    for _ in range(8):
        done = [world.step() for _ in range(world.chance.randint(1, 3))]
        seen = begun.studio.latest(begun.annotator(NAME))
        part = pull(begun)
        assert seen == kept(begun, part), done
        # The full pull is the reference: it must not be what the next one starts from.
        snapshot = begun.studio.snapshot(begun.annotator(NAME))
        assert kept(begun, part) == snapshot, done
        fewer += part.asked < len(snapshot.tasks)
        whole = pull(begun, full=True) if world.chance.random() < 0.2 else part
        assert (whole.annotations, whole.states, whole.findings, whole.snapshot) == (
            part.annotations,
            part.states,
            part.findings,
            part.snapshot,
        ), done
    assert fewer >= 2


def test_only_what_changed_is_asked_for(begun: Site) -> None:
    world = World(begun, 9)
    assert pull(begun, full=True).asked == len(world.tasks())
    before = pull(begun)
    drafted = sum(bool(task["drafts"]) for task in kept(begun, before).tasks)
    assert before.asked <= drafted + 1
    task = next(task for task in world.tasks() if not task.annotations)
    world.people[0].annotate(task.id, world.result())
    after = pull(begun)
    assert after.states[task.document] == "done"
    assert after.asked <= drafted + 3


def test_status_asks_for_what_changed_only(begun: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(begun, 3)
    states = pull(begun, full=True).states
    task = next(task for task in world.tasks() if states[task.document] == "open")
    world.people[0].annotate(task.id, world.result())
    asked: list[int] = []
    export = Api.export

    def counted(self: Api, project: int, tasks: Sequence[int] = ()) -> list[Json]:
        found = export(self, project, tasks)
        asked.append(len(found) if project == world.project else 0)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Api, "export", counted)
        told = begun.run("studio", "status")["annotators"][NAME]
    assert 0 < sum(asked) < len(states)
    after = list(pull(begun).states.values())
    assert (told["tasks"], told["done"]) == (len(after), after.count("done"))


def test_a_deleted_task_is_noticed(begun: Site) -> None:
    task = World(begun, 0).tasks()[3]
    assert task.document in pull(begun).states
    begun.studio.api.delete_task(task.id)
    assert task.document not in pull(begun).states


@pytest.mark.parametrize("spoilt", ["record", "snapshot", "another project"])
def test_what_was_left_is_used_only_if_it_is_whole(begun: Site, spoilt: str) -> None:
    name = pull(begun, full=True).snapshot
    record = begun.server.data / "pulled" / f"{NAME}.json"
    left = msgspec.json.decode(record.read_bytes())
    if spoilt == "record":
        record.write_text("{")
    elif spoilt == "snapshot":
        path = begun.root / ".studio" / "snapshots" / name
        path.write_bytes(path.read_bytes().replace(b"Text 1", b"Text 9"))
    else:
        record.write_bytes(msgspec.json.encode(left | {"created": "2001-01-01"}))
    pulled = pull(begun)
    assert pulled.asked == len(World(begun, 0).tasks())
    assert pulled.snapshot == name


@pytest.mark.parametrize("newest", ["", "soon", "0001-01-01T00:00:00+14:00"])
def test_a_record_without_a_time_is_none(tmp_path: Path, newest: str) -> None:
    ann = Annotator(id="ann", kind="human", description="", email="ann@example.org")
    snapshot = Snapshot(project="p", config="", model_version="", users={}, tasks=())
    data = msgspec.json.encode(snapshot)
    name = f"{sha256(data)[:16]}.json"
    (tmp_path / name).write_bytes(data)
    left = increment.Last(
        project=1, created="x", model_version="", newest="2031-05-01T00:00:00Z", snapshot=name
    )
    for said, known in ((left.newest, True), (newest, False)):
        record = msgspec.structs.replace(left, newest=said)
        (tmp_path / "ann.json").write_bytes(msgspec.json.encode(record))
        assert (increment.recall(tmp_path, tmp_path, ann)[0] is not None) == known


def test_an_older_state_that_returned_is_noticed(begun: Site) -> None:
    """A database that was put back: what the last pull saw never happened."""
    pull(begun, full=True)
    record = begun.server.data / "pulled" / f"{NAME}.json"
    left = msgspec.json.decode(record.read_bytes(), type=increment.Last)
    path = begun.root / ".studio" / "snapshots" / left.snapshot
    snapshot = msgspec.json.decode(path.read_bytes(), type=Snapshot)
    later = "2101-01-01T00:00:00.000001Z"
    ghost = {"id": 1, "completed_by": 1, "was_cancelled": False, "result": []}
    first = snapshot.tasks[0] | {"updated_at": later, "annotations": [ghost]}
    spoilt = msgspec.structs.replace(snapshot, tasks=(first, *snapshot.tasks[1:]))
    name = begun.studio.keep(spoilt)
    record.write_bytes(
        msgspec.json.encode(msgspec.structs.replace(left, snapshot=name, newest=later))
    )
    assert pull(begun).snapshot == left.snapshot


def test_a_pull_while_people_annotate_loses_nothing(begun: Site) -> None:
    world, stop = World(begun, 1), threading.Event()
    free = [task for task in world.tasks() if not task.annotations][:4]
    saved: list[str] = []

    def work(api: Api, mine: list[Any]) -> None:
        for task in mine:
            try:
                api.annotate(task.id, world.result())
                saved.append(task.document)
            except StudioError:
                pass
            stop.wait(0.2)

    threads = [
        threading.Thread(target=work, args=(world.people[0], free[:2])),
        threading.Thread(target=work, args=(begun.api(NAME), free[2:])),
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        known = set(saved)
        pulled = pull(begun)
        assert {pulled.states[name] for name in known} <= {"done"}
    for thread in threads:
        thread.join()
    last = pull(begun)
    assert saved
    assert {last.states[name] for name in saved} == {"done"}
    assert kept(begun, last) == begun.studio.snapshot(begun.annotator(NAME))


def test_the_command_asks_for_everything_when_told_to(site: Site) -> None:
    site.run("push", "--annotator", "with-labels")
    site.run("enter", "--as", "with-labels", site.mark("doc-harbour", HARBOUR))
    assert site.pull("with-labels")["with-labels"]["asked"] == 3
    assert site.pull("with-labels")["with-labels"]["asked"] < 3
    (report,) = site.run("pull", "--full", "--annotator", "with-labels")
    assert report["asked"] == 3
    assert report["documents"]["doc-harbour"] == "unchanged"
