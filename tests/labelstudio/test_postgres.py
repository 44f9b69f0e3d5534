"""The same workbench on a real PostgreSQL, on the loopback address, as a team would have it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from studio_site import HARBOUR, Site, make

from ijcorpus.errors import StudioError
from ijcorpus.labelstudio.install import DATABASE

pytestmark = pytest.mark.studio
PASSWORD = "only-for-this-test"


def programs() -> Path | None:
    """Where PostgreSQL's own programs are; Debian keeps them out of the path."""
    found = shutil.which("initdb")
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return Path(found).resolve().parent if found else versions[-1].parent if versions else None


@pytest.fixture(scope="module")
def database() -> Iterator[dict[str, str]]:
    """A PostgreSQL of our own: its settings for Label Studio. It refuses to run as root."""
    import tempfile

    folder = programs()
    if folder is None:
        assert not os.environ.get("CI"), "PostgreSQL must be there in CI"
        pytest.skip("there is no PostgreSQL (Debian's package is postgresql)")
    user = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = Path(tempfile.mkdtemp(prefix="ijcorpus-pg-", dir="/tmp"))
    try:
        secret = home / "password"
        secret.write_text(PASSWORD)
        if user:
            for path in (home, secret):
                shutil.chown(path, **user)
        data = str(home / "data")
        initdb = [folder / "initdb", "-D", data, "-U", "team", "-E", "UTF8", "--locale=C.UTF-8"]
        initdb += ["-A", "scram-sha-256", f"--pwfile={secret}", "--no-sync"]
        subprocess.run(initdb, check=True, capture_output=True, cwd=home, **user)
        told = f"-c listen_addresses=127.0.0.1 -c port={port} -c fsync=off -k {home}"
        start = [folder / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", told, "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, cwd=home, **user)
        stop = [folder / "pg_ctl", "-D", data, "-m", "immediate", "stop"]
        try:
            yield {
                "POSTGRE_HOST": "127.0.0.1",
                "POSTGRE_PORT": str(port),
                "POSTGRE_NAME": "postgres",
                "POSTGRE_USER": "team",
                "POSTGRE_PASSWORD": PASSWORD,
            }
        finally:
            subprocess.run(stop, check=True, stdout=subprocess.DEVNULL, cwd=home, **user)
    finally:
        shutil.rmtree(home)


def test_a_team_works_on_postgresql(
    database: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(make(tmp_path / "root"))
    monkeypatch.setenv("IJCORPUS_TEXTS", str(site.root / "copies"))
    for name, value in database.items():
        monkeypatch.setenv(name, value)
    try:
        site.run("studio", "up")
        assert not (site.server.data / DATABASE).exists()
        for count in (3, 0):
            assert [len(pushed["created"]) for pushed in site.run("push")] == [count, count]
        site.run("enter", "--as", "with-labels", site.mark("doc-harbour", HARBOUR))
        assert site.pull("with-labels")["with-labels"]["documents"]["doc-harbour"] == "written"
        assert len(site.tasks("with-labels")["doc-harbour"].predictions) == 1
        with pytest.raises(StudioError, match="pg_dump"):
            site.run("studio", "backup", str(tmp_path / "b.zip"))
        site.run("studio", "down")

        with monkeypatch.context() as forgotten:
            for name in database:
                forgotten.delenv(name)
            with pytest.raises(StudioError, match="POSTGRE_ settings as they were"):
                site.run("studio", "up")
        site.run("studio", "up")
        assert site.pull("with-labels")["with-labels"]["documents"]["doc-harbour"] == "unchanged"
        kept = [path for path in (site.root / ".studio").rglob("*") if path.is_file()]
        assert kept
        assert not [path for path in kept if PASSWORD.encode() in path.read_bytes()]
    finally:
        site.server.down()
