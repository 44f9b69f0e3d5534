"""A server of the user's own, by its address and a token; tokens, rights, versions, a full disk."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from studio_proxy import proxied
from studio_site import HARBOUR, Site, make, plain

from ijcorpus.errors import StudioError
from ijcorpus.labelstudio import login
from ijcorpus.labelstudio.api import Api
from ijcorpus.labelstudio.backup import restore
from ijcorpus.labelstudio.secrets import Account
from ijcorpus.records import write_json

pytestmark = pytest.mark.studio
NAME = "with-labels"


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, bool]]:
    """A folder, on a small disk of its own where this user may mount one."""
    folder = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield folder, mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def theirs(disk: tuple[Path, bool]) -> Iterator[Site]:
    """The server that somebody else runs."""
    site = Site(make(disk[0] / "theirs"))
    try:
        site.run("studio", "up")
        yield site
    finally:
        site.server.down()


@pytest.fixture
def mine(disk: tuple[Path, bool], theirs: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A corpus without a server, and the token of one of its annotators."""
    root = disk[0] / "mine"
    if not root.exists():
        make(root)
    monkeypatch.setenv("IJCORPUS_TEXTS", str(root / "copies"))
    monkeypatch.setenv("IJCORPUS_STUDIO_TOKEN", theirs.access.accounts[NAME].token)
    return Site(root)


def fill(folder: Path) -> Path:
    """Use up a disk to its last byte."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return ballast


def test_the_same_commands_work_with_a_server_of_one_s_own(
    mine: Site, theirs: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = ("--url", theirs.access.url)
    assert len(mine.run("push", *url)[0]["created"]) == 3
    assert not mine.run("push", *url)[0]["created"]
    assert mine.run("push", "--plan", *url)[0]["change"] == "same"
    work = mine.mark("doc-harbour", HARBOUR)
    assert mine.run("enter", "--as", NAME, *url, work)[0]["did"] == "entered"
    with pytest.raises(StudioError, match="from-nothing"):
        mine.run("enter", "--as", "from-nothing", *url, work)
    assert mine.run("pull", "--annotator", NAME, *url)[0]["documents"]["doc-harbour"] == "written"
    monkeypatch.setenv("IJCORPUS_STUDIO_URL", theirs.access.url)
    assert mine.run("pull", "--annotator", NAME)[0]["documents"]["doc-harbour"] == "unchanged"
    assert not (mine.root / ".studio" / "data").exists()
    token = os.environ["IJCORPUS_STUDIO_TOKEN"].encode()
    kept = [path for path in mine.root.rglob("*") if path.is_file()]
    assert not [path for path in kept if token in path.read_bytes()]


def test_status_and_adjudication_work_there_as_well(mine: Site, theirs: Site) -> None:
    url = ("--url", theirs.access.url)
    mine.run("push", *url)
    mine.run("enter", "--as", NAME, *url, mine.mark("doc-harbour", HARBOUR))
    mine.run("pull", "--annotator", NAME, *url)
    found = mine.run("studio", "status", *url)
    assert (found["url"], found["annotators"][NAME]["done"]) == (theirs.access.url, 1)
    assert mine.run("studio", "status")["healthy"] is False

    first = mine.space.layer(NAME, "doc-harbour")
    assert first is not None
    other = msgspec.structs.replace(first, annotator="from-nothing", entities=first.entities[:-1])
    write_json(mine.space.layout.layer("from-nothing", "doc-harbour"), other)
    (key,) = mine.run("adjudicate", "--push", *url)["result"]["created"]
    judge = Account(email="judge@tiny.example", password="a-long-password-2")
    link = login.invitation(theirs.access.url, theirs.access.token)
    api = Api(theirs.access.url, login.sign_up(theirs.access.url, judge, link))
    chosen = {"ruling": NAME, "reason": "guideline"}
    api.annotate(theirs.tasks("judge")[key].id, [
        {"id": name, "from_name": name, "to_name": "text", "type": "choices",
         "value": {"choices": [value]}} for name, value in chosen.items()
    ])  # fmt: skip
    assert all(report["written"] for report in mine.run("adjudicate", "--pull", *url))
    (decision,) = mine.space.decisions
    assert (decision.dispute, decision.choice, decision.by) == (key, NAME, "judge")
    mine.space.layout.layer("from-nothing", "doc-harbour").unlink()


def expired() -> str:
    """A personal token that ended long ago."""
    parts = ({"alg": "HS256", "typ": "JWT"}, {"token_type": "refresh", "exp": 1, "user_id": 1})
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*coded, b"c2ln"]).decode()


@pytest.mark.parametrize("token", ["f" * 40, expired(), "not-a-token", "e30.e30.e30"])
def test_a_token_that_is_not_valid_is_a_named_error(
    mine: Site, theirs: Site, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("IJCORPUS_STUDIO_TOKEN", token)
    for command in ("push", "pull"):
        with pytest.raises(StudioError, match="[Tt]oken") as caught:
            mine.run(command, "--url", theirs.access.url)
        assert token not in str(caught.value)


@pytest.mark.parametrize("version", ["1.12.1", "1.22.9", "1.24.0", "2.0.0", "no version"])
def test_a_version_that_was_never_tried_is_refused(mine: Site, theirs: Site, version: str) -> None:
    with proxied(lambda: int(theirs.access.url.rpartition(":")[2])) as proxy:
        proxy.rewrite = lambda path, body: (
            json.dumps({"release": version}).encode() if "/api/version" in path else body
        )
        for command in ("push", "pull"):
            with pytest.raises(StudioError, match=version):
                mine.run(command, "--url", proxy.url)
        asked = {path.partition("?")[0] for _, path in proxy.seen}
        assert asked == {"/api/version/"}


def test_a_user_without_rights_changes_nothing(
    mine: Site, theirs: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = theirs.studio.api.project(f"tiny · {NAME}")
    if project is None:
        mine.run("push", "--url", theirs.access.url)
    url, admin = theirs.access.url, theirs.access.token
    guest = Account(email="guest@tiny.example", password="a-long-password-1")
    token = login.sign_up(url, guest, login.invitation(url, admin))
    client: Any = theirs.studio.api._client
    users = theirs.studio.api.users()
    number = next(key for key, email in users.items() if email == guest.email)
    http = client._client_wrapper.httpx_client
    answer = http.request(f"api/organizations/1/memberships/{number}/", method="DELETE")
    assert answer.status_code == 204
    before = theirs.tasks(NAME)
    monkeypatch.setenv("IJCORPUS_STUDIO_TOKEN", token)
    for command in ("push", "pull"):
        with pytest.raises(StudioError):
            mine.run(command, "--url", url)
    assert theirs.tasks(NAME) == before


def test_a_server_with_a_full_disk_loses_nothing(theirs: Site, disk: tuple[Path, bool]) -> None:
    folder, mounted = disk
    if not mounted:
        pytest.skip("only root may mount a small disk")
    # Larger than what a database may have left over in its own pages.
    listed = [plain(f"large-{n}", f"{n}\n" + "A line of text.\n" * 60_000) for n in range(4)]
    titles = {document.id: document.id for document in listed}
    name = theirs.annotator("from-nothing")
    theirs.studio.push(name, listed[:1], titles)
    ballast = fill(folder)
    try:
        with pytest.raises(StudioError, match="full|No space|lost|HTTP 500"):
            theirs.studio.push(name, listed, titles)
    finally:
        ballast.unlink()
    for _ in range(2):
        theirs.studio.push(name, listed, titles)
        there = theirs.tasks("from-nothing")
        assert {d.id: there[d.id].data["text"] for d in listed} == {d.id: d.text for d in listed}


def test_a_pull_to_a_full_disk_changes_no_layer(
    mine: Site, theirs: Site, disk: tuple[Path, bool]
) -> None:
    if not disk[1]:
        pytest.skip("only root may mount a small disk")
    url = ("--annotator", NAME, "--url", theirs.access.url)
    mine.run("push", *url)
    folder = mine.root / "annotations" / "layers"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    small = mine.root / ".studio" / "snapshots"
    small.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(small)]
    subprocess.run(mount, check=True)
    try:
        with pytest.raises(StudioError, match="Make room"):
            mine.run("pull", *url)
        assert not list(small.iterdir())
    finally:
        subprocess.run(["umount", str(small)], check=True)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    mine.run("pull", *url)


def test_a_backup_brings_a_server_back(mine: Site, theirs: Site, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    mine.run("push", "--url", theirs.access.url)
    theirs.run("studio", "backup", str(file))
    before = {name: theirs.tasks(name) for name in (NAME, "from-nothing")}
    port = theirs.access.url
    gone = theirs.tasks(NAME)["doc-plain"]
    theirs.studio.api.delete_task(gone.id)
    with pytest.raises(StudioError, match="studio down"):
        restore(theirs.server, file, replace=True)
    theirs.run("studio", "down")
    with pytest.raises(StudioError, match="--replace"):
        theirs.run("studio", "restore", str(file))
    theirs.run("studio", "restore", str(file), "--replace")
    theirs.run("studio", "up")
    assert theirs.access.url == port
    assert {name: theirs.tasks(name) for name in before} == before
    secret = theirs.access.accounts[NAME].token
    assert theirs.api(NAME).whoami() == f"{NAME}@tiny.example"
    assert secret == os.environ["IJCORPUS_STUDIO_TOKEN"]
