"""Backups of a folder with a server's work; a real server's is in test_other_server."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from ijcorpus.errors import StudioError
from ijcorpus.labelstudio.backup import backup, restore
from ijcorpus.labelstudio.database import Settings, wanted, write_settings
from ijcorpus.labelstudio.install import DATABASE
from ijcorpus.labelstudio.process import lock
from ijcorpus.labelstudio.secrets import Account, Accounts, write_accounts
from ijcorpus.labelstudio.server import Server
from ijcorpus.layout import Layout


@pytest.fixture
def server(tmp_path: Path) -> Server:
    server = Server(Layout(tmp_path / "root"))
    server.data.mkdir(parents=True)
    with closing(sqlite3.connect(server.data / DATABASE)) as made, made:
        made.execute("CREATE TABLE work (said TEXT)")
    say(server, "first")
    (server.data / ".env").write_text("SECRET_KEY=hidden\n")
    (server.data / "media" / "upload").mkdir(parents=True)
    (server.data / "media" / "upload" / "a b.json").write_text("[]")
    admin = Account(email="a@example.org", password="p", token="t")
    write_accounts(server.secrets, Accounts(admin=admin, annotators={}))
    write_settings(server.settings, Settings(port=8090))
    return server


def say(server: Server, what: str) -> None:
    with closing(sqlite3.connect(server.data / DATABASE)) as opened, opened:
        opened.execute("INSERT INTO work VALUES (?)", (what,))


def said(server: Server) -> list[str]:
    with closing(sqlite3.connect(server.data / DATABASE)) as opened:
        return [row[0] for row in opened.execute("SELECT said FROM work")]


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def repacked(file: Path, made: Path, drop: str = "", **changed: bytes | str) -> Path:
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            if name != drop:
                new.writestr(name, changed.get(name) or old.read(name))
        for name in changed.keys() - set(old.namelist()):
            new.writestr(name, changed[name])
    return made


def test_what_is_restored_is_what_was_there(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    manifest = backup(server, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(manifest.files) == 5
    kept = (files(server.folder), said(server))
    say(server, "second")
    (server.data / ".env").unlink()
    with pytest.raises(StudioError, match="--replace"):
        restore(server, file)
    assert said(server) == ["first", "second"]
    for _ in range(2):
        restore(server, file, replace=True)
        assert said(server) == kept[1]
        now = files(server.folder)
        assert {
            n: d
            for n, d in now.items()
            if not n.startswith("before-restore/") and DATABASE not in n
        } == {n: d for n, d in kept[0].items() if DATABASE not in n}
        for name in ("secrets.json", f"data/{DATABASE}", "data/.env"):
            assert (server.folder / name).stat().st_mode & 0o777 == 0o600
    assert not (server.folder / "restoring").exists()

    other = Server(Layout(tmp_path / "other"))
    restore(other, file)
    assert said(other) == ["first"]
    assert not (other.folder / "before-restore").exists()


def test_a_backup_is_consistent_while_somebody_writes(server: Server, tmp_path: Path) -> None:
    """What is not committed is not in it, and what is committed is, also from the WAL."""
    with closing(sqlite3.connect(server.data / DATABASE)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("INSERT INTO work VALUES ('committed')")
        opened.commit()
        opened.execute("INSERT INTO work VALUES ('not yet')")
        backup(server, tmp_path / "b.zip")
    other = Server(Layout(tmp_path / "other"))
    restore(other, tmp_path / "b.zip")
    assert said(other) == ["first", "committed"]


def test_what_is_replaced_is_kept(server: Server, tmp_path: Path) -> None:
    backup(server, tmp_path / "b.zip")
    say(server, "second")
    restore(server, tmp_path / "b.zip", replace=True)
    with closing(sqlite3.connect(server.folder / "before-restore" / "data" / DATABASE)) as old:
        assert [row[0] for row in old.execute("SELECT said FROM work")] == ["first", "second"]


def test_a_backup_replaces_no_file(server: Server, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("mine")
    with pytest.raises(StudioError, match="there already"):
        backup(server, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_text() == "mine"


def test_there_must_be_work_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="studio up"):
        backup(Server(Layout(tmp_path)), tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


def test_a_server_that_is_up_is_not_restored(server: Server, tmp_path: Path) -> None:
    backup(server, tmp_path / "b.zip")
    with lock(server.guard, what="a server"), pytest.raises(StudioError, match="studio down"):
        restore(server, tmp_path / "b.zip", replace=True)


@pytest.mark.parametrize(
    "name", ["../evil", "/tmp/evil", "data/media/../../../evil", "data/other", "evil", "data\\evil"]
)
def test_an_archive_cannot_leave_its_folder(server: Server, tmp_path: Path, name: str) -> None:
    backup(server, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        manifest = msgspec.json.decode(packed.read("backup.json"))
    manifest["files"][name] = "0"
    evil = repacked(
        tmp_path / "b.zip",
        tmp_path / "evil.zip",
        **{name: b"evil", "backup.json": msgspec.json.encode(manifest)},
    )
    target = Server(Layout(tmp_path / "deep" / "er" / "root"))
    with pytest.raises(StudioError, match="no file of a backup"):
        restore(target, evil)
    assert not list(tmp_path.rglob("evil"))
    assert not (target.folder / "data").exists()


@pytest.mark.parametrize(
    ("drop", "changed", "message"),
    [
        ("", {"secrets.json": b"{}"}, "not what was backed up"),
        ("", {"extra": b"x"}, "other files than it says"),
        ("secrets.json", {}, "other files than it says"),
        ("backup.json", {}, "no sound backup"),
        ("", {"backup.json": b"[]"}, "no sound backup"),
        ("", {"backup.json": b'{"format":1,"label_studio":"1.2.3","files":{}}'}, r"1\.2\.3"),
    ],
)
def test_a_spoilt_archive_changes_nothing(
    server: Server, tmp_path: Path, drop: str, changed: dict[str, bytes], message: str
) -> None:
    backup(server, tmp_path / "b.zip")
    spoilt = repacked(tmp_path / "b.zip", tmp_path / "spoilt.zip", drop, **changed)
    before = files(server.folder)
    with pytest.raises(StudioError, match=message):
        restore(server, spoilt, replace=True)
    assert files(server.folder) == before


def test_a_cut_file_is_no_backup(server: Server, tmp_path: Path) -> None:
    backup(server, tmp_path / "b.zip")
    data = (tmp_path / "b.zip").read_bytes()
    for cut in (0, 10, len(data) // 2, len(data) - 1):
        (tmp_path / "cut.zip").write_bytes(data[:cut])
        with pytest.raises(StudioError, match="no sound backup"):
            restore(server, tmp_path / "cut.zip", replace=True)
    assert said(server) == ["first"]


def test_a_damaged_database_is_not_backed_up(server: Server, tmp_path: Path) -> None:
    (server.data / DATABASE).write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(StudioError):
        backup(server, tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


def test_postgresql_is_backed_up_by_its_own_tools(server: Server, tmp_path: Path) -> None:
    write_settings(server.settings, Settings(database="postgresql://db:5432/ls"))
    with pytest.raises(StudioError, match="pg_dump"):
        backup(server, tmp_path / "b.zip")


def test_a_half_set_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wanted() == "sqlite"
    monkeypatch.setenv("POSTGRE_NAME", "ls")
    with pytest.raises(StudioError, match="POSTGRE_HOST"):
        wanted()
    for name, value in (("HOST", "db"), ("USER", "u"), ("PASSWORD", "hidden")):
        monkeypatch.setenv(f"POSTGRE_{name}", value)
    assert wanted() == "postgresql://db:5432/ls"


def test_forgotten_settings_do_not_show_an_empty_server(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ijcorpus.labelstudio.server.ensure_installed", lambda *_: None)
    write_settings(server.settings, Settings(database="postgresql://db:5432/ls"))
    with pytest.raises(StudioError, match="POSTGRE_ settings as they were"):
        server.up([], lambda _: None)
