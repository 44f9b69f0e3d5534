"""A server that is killed, and a network that loses, delays and doubles: nothing lost or doubled."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from studio_proxy import Proxy, proxied
from studio_site import CAFE, HARBOUR, Site, plain

from ijcorpus.annotation import Entity
from ijcorpus.document import Document
from ijcorpus.errors import StudioError
from ijcorpus.labelstudio import pushing
from ijcorpus.labelstudio.client import Studio
from ijcorpus.labelstudio.process import identity
from ijcorpus.labelstudio.pushing import Prelabels

pytestmark = pytest.mark.studio
NAME = "with-labels"
TITLE = f"tiny · {NAME}"
# Which request of a push the server dies at, and when: before it, within it, or after its reply.
PUSHES = [
    ("GET", "/api/projects/", 1, "after"),
    ("GET", "/api/tasks/", 1, "within"),
    ("POST", "/import", 1, "before"),
    ("POST", "/import", 1, "within"),
    ("POST", "/import", 2, "after"),
    ("GET", "/api/tasks/", 5, "before"),
    ("POST", "/import/predictions", 1, "within"),
    ("POST", "/import/predictions", 2, "before"),
    ("POST", "/import/predictions", 2, "after"),
    ("PATCH", "/api/projects/", 1, "within"),
]
PULLS = [
    ("GET", "/api/projects/", 1, "before"),
    ("GET", "/api/projects/", 2, "after"),
    ("GET", "/api/tasks/", 1, "before"),
    ("GET", "/api/tasks/", 1, "after"),
    ("GET", "/api/tasks/", 2, "within"),
    ("GET", "/export", 1, "before"),
    ("GET", "/export", 1, "within"),
    ("GET", "/export", 1, "after"),
    ("GET", "/api/users/", 1, "before"),
    ("GET", "/api/users/", 1, "within"),
]


@pytest.fixture(scope="module")
def proxy(site: Site) -> Iterator[Proxy]:
    """A way to the server that can be spoilt; the corpus is pushed, one document is finished."""
    site.run("push")
    site.run("enter", "--as", NAME, site.mark("doc-harbour", HARBOUR))
    with proxied(lambda: int(site.access.url.rpartition(":")[2])) as proxy:
        yield proxy


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch, proxy: Proxy) -> None:
    monkeypatch.setattr(pushing, "BATCH", 2)
    monkeypatch.setattr(pushing, "PREDICTIONS", 2)
    proxy.fault = lambda method, path: None


def through(site: Site, proxy: Proxy) -> Studio:
    access = msgspec.structs.replace(site.access, url=proxy.url)
    space = site.space
    return Studio(access, space.layout, "tiny", space.scheme, space.registry.values())


def documents(kind: str, count: int) -> list[Document]:
    return [plain(f"{kind}-{n}", f"Text {n} of {kind}. 👍🏽 Anna.\n") for n in range(count)]


def prelabels(listed: list[Document], site: Site) -> Prelabels:
    label = site.space.scheme.label_names[0]
    return Prelabels(
        version="v1",
        entities={
            d.id: (Entity(id="p", start=0, end=4, label=label, quote="Text"),) for d in listed
        },
    )


def push(studio: Studio, site: Site, listed: list[Document]) -> None:
    titles = {d.id: d.id for d in listed}
    studio.push(site.annotator(NAME), listed, titles, prelabels(listed, site))


def require_once(site: Site, listed: list[Document]) -> None:
    """Each document is there once, as it was sent, with its prelabels once."""
    there = site.tasks(NAME)
    for document in listed:
        task = there[document.id]
        assert task.data["text"] == document.text
        assert len([p for p in task.predictions if p["model_version"] == "v1"]) == 1
    assert len(there["doc-harbour"].annotations) == 1


def dying(
    site: Site, moment: tuple[str, str, int, str]
) -> tuple[Callable[[str, str], Any], list[int]]:
    """A fault that kills the server at a moment, and the processes it killed."""
    method, part, nth, when = moment
    count, killed = Counter[str](), list[int]()

    def kill() -> None:
        running = site.server.running()
        assert running is not None
        os.kill(running.pid, signal.SIGKILL)
        killed.append(running.pid)
        deadline = time.monotonic() + 20
        while identity(running.pid) and time.monotonic() < deadline:
            time.sleep(0.02)

    def die(pass_on: Callable[[], Any]) -> None:
        if when == "before":
            return kill()
        thread = threading.Thread(target=quietly, args=(pass_on,))
        thread.start()
        thread.join(None if when == "after" else 0.03)
        kill()
        return thread.join()

    def fault(asked: str, path: str) -> Any:
        plain = path.partition("?")[0]
        meant = plain.endswith(part) or (part.endswith("/") and plain.startswith(part))
        if asked != method or not meant:
            return None
        count["seen"] += 1
        return die if count["seen"] == nth and not killed else None

    return fault, killed


def quietly(call: Callable[[], Any]) -> None:
    try:
        call()
    except OSError:
        pass
    except Exception as error:
        assert "HTTP" in type(error).__mro__[1].__name__, error


@pytest.mark.parametrize("moment", PUSHES, ids=lambda moment: "-".join(map(str, moment[1:])))
def test_a_server_killed_in_a_push_loses_and_doubles_nothing(
    site: Site, proxy: Proxy, moment: tuple[str, str, int, str]
) -> None:
    listed = documents(f"killed-{PUSHES.index(moment)}", 4)
    proxy.fault, killed = dying(site, moment)
    with pytest.raises(StudioError):
        push(through(site, proxy), site, listed)
    assert killed
    site.run("studio", "up")
    for _ in range(2):
        push(site.studio, site, listed)
        require_once(site, listed)


@pytest.mark.parametrize("moment", PULLS, ids=lambda moment: "-".join(map(str, moment[1:])))
def test_a_server_killed_in_a_pull_loses_nothing(
    site: Site, proxy: Proxy, moment: tuple[str, str, int, str]
) -> None:
    folder = site.root / "annotations" / "layers"
    site.pull(NAME)
    before = {path: path.read_bytes() for path in folder.rglob("*.json")}
    assert before
    proxy.fault, killed = dying(site, moment)
    with pytest.raises(StudioError):
        through(site, proxy).pull(site.annotator(NAME), {})
    assert killed
    assert {path: path.read_bytes() for path in folder.rglob("*.json")} == before
    site.run("studio", "up")
    assert site.pull(NAME)[NAME]["documents"]["doc-harbour"] == "unchanged"


@pytest.mark.parametrize("part", ["/import", "/import/predictions"])
@pytest.mark.parametrize("fault", ["swallow", "fail"])
def test_what_the_server_lost_is_sent_once_more_in_the_same_push(
    site: Site, proxy: Proxy, fault: str, part: str
) -> None:
    listed = documents(f"lost-{fault}-{part.count('/')}", 4)
    sent: list[str] = []

    def once(method: str, path: str) -> str | None:
        if method != "POST" or not path.partition("?")[0].endswith(part):
            return None
        sent.append(path)
        return fault if len(sent) == 1 else None

    proxy.fault = once
    push(through(site, proxy), site, listed)
    # Two batches, and what was lost of them.
    assert len(sent) == 3
    require_once(site, listed)


@pytest.mark.parametrize("part", ["/import", "/import/predictions"])
@pytest.mark.parametrize(("fault", "times"), [("swallow", 2), ("fail", 2), ("refuse", 1)])
def test_what_is_lost_again_is_not_sent_on_and_on(
    site: Site, proxy: Proxy, fault: str, times: int, part: str
) -> None:
    """Without an answer nothing is sent again: it might be stored yet."""
    listed = documents(f"lost-for-good-{fault}-{part.count('/')}", 2)
    sent: list[str] = []

    def always(method: str, path: str) -> str | None:
        if method != "POST" or not path.partition("?")[0].endswith(part):
            return None
        sent.append(path)
        return fault

    proxy.fault = always
    with pytest.raises(StudioError, match="Push again"):
        push(through(site, proxy), site, listed)
    assert len(sent) == times
    proxy.fault = lambda method, path: None
    push(through(site, proxy), site, listed)
    require_once(site, listed)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_bad_network_loses_and_doubles_nothing(site: Site, proxy: Proxy, seed: int) -> None:
    """Whatever is dropped, doubled, delayed or cut: after as many pushes as it takes, all is once."""
    listed = documents(f"stormy-{seed}", 6)
    chance = random.Random(seed)
    faults = ["drop", "double", "delay", "refuse", "cut", "garbage"]
    happened = Counter[str]()

    def fault(method: str, path: str) -> Any:
        if method == "GET" and chance.random() < 0.9:
            return None
        said = chance.choice(faults) if chance.random() < 0.5 else None
        happened[said or "none"] += 1
        return said

    proxy.fault = fault
    for _ in range(25):
        try:
            push(through(site, proxy), site, listed)
            break
        except StudioError:
            continue
    else:
        pytest.fail(f"never came through: {happened}")
    assert happened.total() > happened["none"]
    proxy.fault = lambda method, path: None
    push(through(site, proxy), site, listed)
    require_once(site, listed)


def test_every_fault_of_every_request_ends_in_a_named_error_or_in_nothing(
    site: Site, proxy: Proxy
) -> None:
    studio, project = through(site, proxy), site.project(NAME)
    assert studio.api
    for fault, call in (
        ("drop", lambda: studio.api.tasks(project)),
        ("cut", lambda: studio.api.export(project)),
        ("garbage", lambda: studio.api.export(project)),
        ("garbage", lambda: studio.api.tasks(project)),
        ("refuse", lambda: through(site, proxy).api),
    ):
        proxy.fault = lambda method, path, fault=fault: fault
        with pytest.raises(StudioError):
            call()


def test_a_project_that_was_made_twice_is_one(site: Site, proxy: Proxy) -> None:
    access = msgspec.structs.replace(site.access, url=proxy.url)
    for fault in ("double", "drop"):
        other = Studio(access, site.space.layout, f"other-{fault}", site.space.scheme)
        proxy.fault = lambda method, path, fault=fault: (
            fault if (method, path) == ("POST", "/api/projects/") else None
        )
        listed = documents(fault, 1)
        for _ in range(2):
            try:
                other.push(site.annotator(NAME), listed, {d.id: d.id for d in listed})
            except StudioError:
                assert fault == "drop"
        assert len(other.api.projects(f"other-{fault} · {NAME}")) == 1


def test_work_that_was_sent_twice_is_reported(site: Site, proxy: Proxy) -> None:
    studio = through(site, proxy)
    account = studio.access.accounts[NAME]
    assert account.email == site.annotator(NAME).email
    proxy.fault = lambda method, path: (
        "double" if method == "POST" and path.endswith("/annotations/") else None
    )
    text = site.mark("doc-cafe", CAFE)
    made = parse_file(site, text, "doc-cafe")
    list(studio.enter(site.annotator(NAME), [made], origins=False))
    pulled = site.pull(NAME)[NAME]
    assert [f["code"] for f in pulled["findings"]] == ["studio-double-annotation"]
    layer = site.space.layer(NAME, "doc-cafe")
    assert layer is not None
    assert len(layer.entities) == len(made.entities)


def test_two_annotators_save_while_a_push_runs(site: Site) -> None:
    """Small imports beside steady saving: what the server acknowledged is there, and once."""
    listed = documents("beside", 8)
    site.run("push", "--annotator", "from-nothing")
    stop = threading.Event()
    saved: dict[str, list[int]] = {NAME: [], "from-nothing": []}
    failed: list[BaseException] = []
    region = {"id": "r", "type": "labels", "from_name": "entity", "to_name": "text"}
    label = site.space.scheme.label_names[0]

    def save(name: str, api: Any, annotation: int) -> None:
        while not stop.is_set():
            end = len(saved[name]) % 20 + 1
            value = {"start": 0, "end": end, "labels": [label]}
            try:
                api.change(annotation, [region | {"value": value}])
                saved[name].append(end)
            except StudioError as error:
                failed.append(error)
            stop.wait(0.5)

    threads: list[threading.Thread] = []
    for name in saved:
        api, task = site.api(name), site.tasks(name)["doc-plain"]
        if not task.annotations:
            api.annotate(task.id, [])
        own = site.tasks(name)["doc-plain"].annotations[0]["id"]
        threads.append(threading.Thread(target=save, args=(name, api, own)))
    for thread in threads:
        thread.start()
    try:
        for _ in range(5):
            try:
                push(site.studio, site, listed)
                break
            except StudioError:
                continue
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    require_once(site, listed)
    for name, ends in saved.items():
        (annotation,) = site.tasks(name)["doc-plain"].annotations
        assert ends
        assert annotation["result"][0]["value"]["end"] == ends[-1]


def parse_file(site: Site, path: str, document: str) -> Any:
    from pathlib import Path

    from ijcorpus.markup import parse

    text = site.space.document(document).text
    return parse(
        Path(path).read_text(), site.space.scheme, document=document, annotator=NAME, text=text
    ).annotation
