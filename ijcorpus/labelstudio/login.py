"""Accounts on a server, by the forms people use: sign up by invitation, log in, fetch the token."""

from __future__ import annotations

import importlib.util
import re
from typing import TYPE_CHECKING

from ijcorpus.errors import MissingExtraError, StudioError
from ijcorpus.labelstudio.secrets import Account

if TYPE_CHECKING:
    import httpx


def require() -> None:
    """Raise MissingExtraError before anything is begun that needs the client's packages."""
    for name in ("httpx", "label_studio_sdk"):
        if importlib.util.find_spec(name) is None:
            raise MissingExtraError(
                "Label Studio needs more packages: pip install 'ijcorpus[curate]'"
            )


def browser(url: str) -> httpx.Client:
    """A client with cookies that speaks to one server only and asks no proxy."""
    require()
    import httpx

    return httpx.Client(base_url=url, timeout=60, trust_env=False)


def token_of(url: str, account: Account) -> str | None:
    """The account's API token, or None when the server refuses email and password."""
    with browser(url) as session:
        if not _submit(session, "/user/login/", account):
            return None
        return _token(session, account)


def sign_up(url: str, account: Account, invitation: str) -> str:
    """Make an account with an invitation link, and give its API token."""
    with browser(url) as session:
        if not _submit(session, invitation, account):
            raise StudioError(
                f"{url} refuses to make an account for {account.email}. If it exists already "
                "with another password, put the old .studio/secrets.json back."
            )
        return _token(session, account)


def valid(url: str, token: str) -> bool:
    """Whether the server takes the token."""
    with browser(url) as session:
        answer = session.get(
            "/api/current-user/whoami", headers={"Authorization": f"Token {token}"}
        )
        return answer.status_code == 200


def invitation(url: str, token: str) -> str:
    """The path of the link that lets people sign up."""
    with browser(url) as session:
        answer = session.get("/api/invite", headers={"Authorization": f"Token {token}"})
        if answer.status_code != 200:
            raise StudioError(f"{url} gives no invitation link (HTTP {answer.status_code}).")
        link: str = answer.json()["invite_url"]
    return re.sub(r"^https?://[^/]+", "", link)


def _submit(session: httpx.Client, path: str, account: Account) -> bool:
    """Fill in a form with email and password; True when the server goes on from it."""
    session.get(path)
    fields = {
        "email": account.email,
        "password": account.password,
        "csrfmiddlewaretoken": session.cookies.get("csrftoken", ""),
    }
    return session.post(path, data=fields).status_code == 302


def _token(session: httpx.Client, account: Account) -> str:
    answer = session.get("/api/current-user/token")
    if answer.status_code != 200:
        raise StudioError(
            f"no API token for {account.email} (HTTP {answer.status_code}). Allow legacy API "
            "tokens in the organisation's settings and repeat."
        )
    return answer.json()["token"]
