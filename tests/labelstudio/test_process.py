from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ijcorpus.errors import StudioError
from ijcorpus.labelstudio import install, process
from ijcorpus.labelstudio.secrets import Account, Accounts, read_accounts, write_accounts
from ijcorpus.labelstudio.server import Access, Running, Server, access
from ijcorpus.layout import Layout
from ijcorpus.records import write_json


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])


def test_a_lock_is_held_once(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    with (
        process.lock(path, what="testing"),
        pytest.raises(StudioError, match="testing is under way"),
        process.lock(path, what="testing"),
    ):
        pass
    with process.lock(path, what="testing"):
        pass


def test_a_process_is_known_by_its_start() -> None:
    child = sleeper()
    known = process.identity(child.pid)
    assert known is not None
    assert "time.sleep(600)" in known[1]
    assert process.identity(os.getpid()) != known
    process.end(child.pid)
    assert process.identity(child.pid) is None


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """An empty cache, and the commands of installing: each only leaves what the real one does."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    commands: list[list[str]] = []

    def run(command: list[str], log: Path, environment: dict[str, str] | None = None) -> None:
        commands.append(command)
        if command[-1] == "version":
            assert environment is not None
            data = Path(environment["LABEL_STUDIO_BASE_DATA_DIR"])
            (data / install.DATABASE).write_bytes(b"empty")
        else:
            install.executable().parent.mkdir(parents=True, exist_ok=True)
            install.executable().touch()

    monkeypatch.setattr(install, "_run", run)
    return commands


def steps(ran: list[list[str]]) -> list[str]:
    """What was done, in short."""
    said = {str(install.home()): "venv", f"label-studio=={install.VERSION}": "pip"}
    return [said.get(command[-1], command[-1]) for command in ran]


def ensure(log: Path) -> Path:
    return install.ensure_installed(log, lambda _: None)


def test_an_interrupted_installation_is_made_again(tmp_path: Path, ran: list[list[str]]) -> None:
    leftover = install.home() / "bin" / "half"
    leftover.parent.mkdir(parents=True)
    for path in (leftover, install.executable(), install.template()):
        path.touch()
    for _ in range(2):
        assert ensure(tmp_path / "log") == install.executable()
    assert not leftover.exists()
    assert steps(ran) == ["venv", "pip", "version"]
    assert install.template().read_bytes() == b"empty"


def test_an_installation_is_complete_only_with_its_empty_database(
    tmp_path: Path, ran: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = install._run

    def interrupted(command: list[str], *rest: Any) -> None:
        if command[-1] == "version":
            raise KeyboardInterrupt
        run(command, *rest)

    monkeypatch.setattr(install, "_run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ensure(tmp_path / "log")
    assert not install.installed()
    monkeypatch.setattr(install, "_run", run)
    ran.clear()
    ensure(tmp_path / "log")
    assert steps(ran) == ["venv", "pip", "version"]
    install.template().unlink()
    assert not install.installed()
    ran.clear()
    ensure(tmp_path / "log")
    assert steps(ran) == ["version"]


def test_two_at_once_install_once(
    tmp_path: Path, ran: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, both = install._run, threading.Barrier(2)

    def slow(*arguments: Any) -> None:
        time.sleep(0.1)
        run(*arguments)

    def one() -> None:
        both.wait()
        ensure(tmp_path / "log")

    monkeypatch.setattr(install, "_run", slow)
    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert steps(ran) == ["venv", "pip", "version"]


def test_a_new_server_copies_the_template_and_makes_nothing(
    tmp_path: Path, ran: list[list[str]]
) -> None:
    ensure(tmp_path / "log")
    ran.clear()
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        install.ensure_database(tmp_path / name)
        made = tmp_path / name / install.DATABASE
        assert made.read_bytes() == b"empty"
        assert made.stat().st_mode & 0o777 == 0o600
    assert not ran
    (tmp_path / "one" / install.DATABASE).write_bytes(b"work")
    install.ensure_database(tmp_path / "one")
    assert (tmp_path / "one" / install.DATABASE).read_bytes() == b"work"
    assert install.template().read_bytes() == b"empty"


def test_a_failed_installation_says_where_the_reason_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(install.sys, "executable", "false")
    with pytest.raises(StudioError, match=r"install\.log has the reason"):
        install.ensure_installed(tmp_path / "install.log", lambda _: None)
    assert not install.installed()


def test_secrets_are_the_owner_s_alone_and_never_shown(tmp_path: Path) -> None:
    account = Account(email="a@example.org", password="hidden-1", token="hidden-2")
    write_accounts(tmp_path / "s.json", Accounts(admin=account, annotators={"a": account}))
    assert (tmp_path / "s.json").stat().st_mode & 0o777 == 0o600
    known = read_accounts(tmp_path / "s.json")
    shown = Access(url="http://x", token="hidden-3", accounts={"a": account}, local=True)
    assert "hidden" not in f"{known!r} {known} {account!r} {shown!r} {shown}"


def test_a_broken_secrets_file_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text("{}")
    with pytest.raises(StudioError, match="Put it back"):
        read_accounts(tmp_path / "s.json")


def test_a_stale_record_is_no_server(tmp_path: Path) -> None:
    server = Server(Layout(tmp_path))
    child = sleeper()
    known = process.identity(child.pid)
    assert known is not None
    try:
        for began in (known[0], "0"):
            record = Running(pid=child.pid, began=began, port=1, version="1")
            write_json(server.record, record)
            assert server.running() is None
            assert server.down() is False
        assert child.poll() is None
    finally:
        process.end(child.pid)
    with pytest.raises(StudioError, match="studio up"):
        server.access()


def test_the_environment_names_another_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IJCORPUS_STUDIO_URL", "https://studio.example.org/")
    with pytest.raises(StudioError, match="IJCORPUS_STUDIO_TOKEN"):
        access(Layout(tmp_path))
    monkeypatch.setenv("IJCORPUS_STUDIO_TOKEN", "t")
    found = access(Layout(tmp_path))
    assert (found.url, found.local) == ("https://studio.example.org", False)
