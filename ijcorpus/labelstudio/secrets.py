"""The local server's accounts, in one file that only its owner can read."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec

from ijcorpus.document import Struct
from ijcorpus.errors import RecordError, StudioError
from ijcorpus.records import read_json, write_bytes

ADMIN_EMAIL = "admin@ijcorpus.example"


class Account(Struct, frozen=True, kw_only=True):
    """One account; `token` is empty until the server has given one."""

    email: str
    password: str
    token: str = ""

    def __repr__(self) -> str:
        return f"Account({self.email!r})"


class Accounts(Struct, frozen=True, kw_only=True):
    """The administrator's account and one an annotator."""

    admin: Account
    annotators: dict[str, Account]


def read_accounts(path: Path) -> Accounts | None:
    """The accounts of a server that was once started, or None."""
    if not path.exists():
        return None
    try:
        return read_json(path, Accounts)
    except RecordError as error:
        raise StudioError(
            f"{path} holds the server's accounts and cannot be read. Put it back, or move the "
            "folder away and begin again with 'ijcorpus studio up'."
        ) from error


def write_accounts(path: Path, accounts: Accounts) -> None:
    """Replace the accounts; the file's mode is 0600."""
    data = msgspec.json.format(msgspec.json.encode(accounts), indent=1) + b"\n"
    write_bytes(path, data, mode=0o600)


def new_account(email: str) -> Account:
    """An account with a fresh password."""
    return Account(email=email, password=secrets.token_urlsafe(24))
