"""E-mail addresses as people write them: Label Studio keeps them in small letters."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from studio_site import HARBOUR, Site, make

from ijcorpus.labelstudio.secrets import read_accounts, write_accounts

pytestmark = pytest.mark.studio
NAME = "from-nothing"
WRITTEN = "From-Nothing@Tiny.Example"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server for a corpus whose annotators were listed by hand."""
    site = Site(make(tmp_path_factory.mktemp("mixed") / "root"))
    path = site.space.layout.annotators
    text = path.read_text()
    assert WRITTEN.lower() in text
    path.write_text(text.replace(WRITTEN.lower(), WRITTEN))
    try:
        site.run("studio", "up")
        yield site
    finally:
        site.server.down()


def test_work_comes_home_whatever_the_case_of_the_address(mixed: Site) -> None:
    mixed.run("push")
    mixed.run("enter", "--as", NAME, mixed.mark("doc-harbour", HARBOUR))
    assert mixed.pull(NAME)[NAME]["documents"]["doc-harbour"] == "written"
    assert mixed.run("enter", "--as", NAME, mixed.mark("doc-harbour", HARBOUR)) == [
        {"document": "doc-harbour", "did": "unchanged"}
    ]
    assert mixed.run("studio", "status")["annotators"][NAME]["done"] == 1


def test_a_server_that_keeps_capitals_is_understood(
    mixed: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = mixed.studio.api
    users: Any = api._client.users
    monkeypatch.setattr(users, "list", lambda: [SimpleNamespace(id=7, email=WRITTEN)])
    monkeypatch.setattr(users, "whoami", lambda: SimpleNamespace(id=7, email=WRITTEN))
    assert api.users() == {7: WRITTEN.lower()}
    assert api.whoami() == WRITTEN.lower()


def test_an_account_that_was_kept_as_it_was_written_stays_the_same(mixed: Site) -> None:
    secrets = mixed.server.secrets
    accounts = read_accounts(secrets)
    assert accounts is not None
    secrets.write_text(secrets.read_text().replace(WRITTEN.lower(), WRITTEN))
    try:
        mixed.run("studio", "up")
        after = read_accounts(secrets)
        assert after is not None
        assert after.annotators[NAME].password == accounts.annotators[NAME].password
        assert after.annotators[NAME].email == WRITTEN
    finally:
        write_accounts(secrets, accounts)
