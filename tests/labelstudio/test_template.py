"""Two corpora on one machine, each with a server made of the same empty database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from studio_site import Site, make

from ijcorpus.labelstudio import install, login

pytestmark = pytest.mark.studio


ACCOUNTS = {"htx_user": "password", "authtoken_token": "key", "organization": "token"}


def kept(database: Path) -> set[str]:
    """The password hashes, tokens and invitations that a database holds."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as opened:
        return {
            str(value)
            for table, column in ACCOUNTS.items()
            for (value,) in opened.execute(f"select {column} from {table}")  # noqa: S608
        }


def test_a_second_corpus_copies_the_template_and_shares_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install.ensure_installed(tmp_path / "install.log", lambda _: None)
    before = install.template().read_bytes()
    assert not kept(install.template())

    def run(command: list[str], *_: object) -> None:
        raise AssertionError(f"{command}: nothing is made after the installation")

    monkeypatch.setattr(install, "_run", run)
    tokens, secrets = list[str](), list[set[str]]()
    for name in ("first", "second"):
        site = Site(make(tmp_path / name))
        site.run("studio", "up")
        try:
            url, known = site.access.url, site.access.accounts
            assert not any(login.valid(url, token) for token in tokens)
            tokens = [site.access.token, *(account.token for account in known.values())]
            assert all(login.valid(url, token) for token in tokens)
        finally:
            site.server.down()
        key = (site.server.data / ".env").read_text()
        passwords = {account.password for account in known.values()}
        secrets.append({*tokens, *passwords, *kept(site.server.data / install.DATABASE), key})
    assert not secrets[0] & secrets[1]
    assert install.template().read_bytes() == before
