"""A local Label Studio: one server a corpus root, on the loopback address, with no way out."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager

import msgspec

from ijcorpus.annotation import Annotator
from ijcorpus.document import Struct
from ijcorpus.errors import RecordError, StudioError
from ijcorpus.labelstudio import database, login
from ijcorpus.labelstudio.install import (
    DATABASE,
    HOST,
    VERSION,
    Progress,
    ensure_database,
    ensure_installed,
    environment,
    executable,
)
from ijcorpus.labelstudio.process import end, identity, lock
from ijcorpus.labelstudio.secrets import (
    ADMIN_EMAIL,
    Account,
    Accounts,
    new_account,
    read_accounts,
    write_accounts,
)
from ijcorpus.layout import Layout
from ijcorpus.records import read_json, write_json

URL_VARIABLE = "IJCORPUS_STUDIO_URL"
TOKEN_VARIABLE = "IJCORPUS_STUDIO_TOKEN"  # noqa: S105 (the variable's name)
PATIENCE = 900.0
# Label Studio asks addresses of its own machine only with both.
_BACKENDS = {
    "LABEL_STUDIO_ML_BLOCK_LOCAL_IP": "false",
    "LABEL_STUDIO_SSRF_PROTECTION_ENABLED": "false",
}


class Running(Struct, frozen=True, kw_only=True):
    """The server we started: its process, when that process began, and its port.

    `backends` says whether it may ask prelabel services on this machine.
    """

    pid: int
    began: str
    port: int
    version: str
    backends: bool = False


class Access(Struct, frozen=True, kw_only=True):
    """How to reach a server: its address, a token for managing, and the annotators' accounts.

    `local` says whether it is the server of this corpus root; another one has no accounts here.
    """

    url: str
    token: str
    accounts: dict[str, Account]
    local: bool

    def __repr__(self) -> str:
        return f"Access({self.url!r})"


class Server:
    """The server of one corpus root; all its data, accounts and logs are in `.studio`."""

    def __init__(self, layout: Layout) -> None:
        self.folder = layout.studio.resolve()
        self.record = self.folder / "server.json"
        self.secrets = self.folder / "secrets.json"
        self.settings = self.folder / "settings.json"
        # The server inherits this lock and holds it as long as it lives: never two on one folder.
        self.guard = self.folder / "server.lock"
        self.data = self.folder / "data"
        self.log = self.folder / "log" / "server.log"

    def up(
        self, annotators: Iterable[Annotator], progress: Progress, *, backends: bool = False
    ) -> Access:
        """Start the server unless it runs, and give every annotator an account.

        With `backends` it may ask services on this machine for predictions. May be called any
        number of times, also after a crash. Raises StudioError when the server cannot be
        installed, does not come up, had its work in another database, or runs already and may
        ask nobody.
        """
        login.require()
        with self.changing("starting", wait=PATIENCE):
            ensure_installed(self.log.with_name("install.log"), progress)
            running = self.running()
            if running is None:
                kept = database.read_settings(self.settings)
                database.require_same(kept, self.settings, self.data)
            elif backends and not running.backends:
                raise StudioError(
                    "Label Studio runs already, and may ask no service on this machine. End it "
                    "with 'ijcorpus studio down', then start it anew."
                )
            accounts = self._accounts(annotators)
            if running is None:
                self.data.mkdir(mode=0o700, exist_ok=True)
                if database.wanted() == database.SQLITE:
                    ensure_database(self.data)
                running = self._start(accounts.admin, backends)
            self._wait(running, progress)
            accounts = self._admit(_url(running), accounts, progress)
        return _access(running, accounts)

    @contextmanager
    def changing(self, what: str, *, wait: float = 0.0) -> Generator[None]:
        """Hold the folder while the server's state is changed as a whole."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with lock(self.folder / "up.lock", what=f"{what} Label Studio", wait=wait):
            yield

    def down(self) -> bool:
        """End the server that `up` started; False when none runs. Its data stay."""
        running = self.running()
        if running is not None:
            end(running.pid)
        self.record.unlink(missing_ok=True)
        return running is not None

    def running(self) -> Running | None:
        """The server we started, if its process still lives and is the same one."""
        try:
            record = read_json(self.record, Running)
        except RecordError:
            return None
        now = identity(record.pid)
        same = now is not None and now[0] == record.began and str(self.data) in now[1]
        return record if same else None

    def healthy(self, running: Running) -> bool:
        """Whether the server answers that it is up."""
        import httpx

        try:
            with login.browser(_url(running)) as session:
                return session.get("/health", timeout=10).json().get("status") == "UP"
        except (httpx.HTTPError, ValueError):
            return False

    def access(self) -> Access:
        """How to reach the running server; raises StudioError when it does not run."""
        running, accounts = self.running(), read_accounts(self.secrets)
        if running is None or accounts is None or not accounts.admin.token:
            raise StudioError(
                f"Label Studio is not running for {self.folder}. Start it with "
                "'ijcorpus studio up'."
            )
        return _access(running, accounts)

    def tail(self, lines: int = 20) -> str:
        """The end of the server's log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _accounts(self, annotators: Iterable[Annotator]) -> Accounts:
        """The accounts on record, with new ones for new annotators; written before use."""
        known = read_accounts(self.secrets)
        if known is None:
            if (self.data / DATABASE).exists():
                raise StudioError(
                    f"{self.data} holds a server's data but {self.secrets} is gone. Put it back, "
                    "or move .studio away and begin again."
                )
            known = Accounts(admin=new_account(ADMIN_EMAIL), annotators={})
        listed = dict(known.annotators)
        for annotator in annotators:
            have = listed.get(annotator.id)
            if have is None or have.email.lower() != annotator.email:
                listed[annotator.id] = new_account(annotator.email)
        accounts = Accounts(admin=known.admin, annotators=listed)
        write_accounts(self.secrets, accounts)
        return accounts

    def _start(self, admin: Account, backends: bool) -> Running:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        port = _free_port(database.read_settings(self.settings).port)
        command = [str(executable()), "start", "--no-browser", "--internal-host", HOST]
        command += ["--port", str(port), "--data-dir", str(self.data)]
        kept = database.Settings(port=port, database=database.wanted())
        database.write_settings(self.settings, kept)
        with (
            lock(self.guard, what="another Label Studio on this folder", wait=20) as held,
            self.log.open("ab") as log,
        ):
            process = subprocess.Popen(
                command,
                env=self._environment(admin) | (_BACKENDS if backends else {}),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(held,),
            )
        now = identity(process.pid)
        began = now[0] if now else ""
        running = Running(
            pid=process.pid, began=began, port=port, version=VERSION, backends=backends
        )
        write_json(self.record, running)
        return running

    def _environment(self, admin: Account) -> dict[str, str]:
        return (
            environment(self.data)
            | database.environment()
            | {
                "LABEL_STUDIO_USERNAME": admin.email,
                "LABEL_STUDIO_PASSWORD": admin.password,
                "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
                "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
                # Labels, names and relations of predictions are validated only with this flag.
                "fflag_feat_utc_210_prediction_validation_15082025": "1",
            }
        )

    def _wait(self, running: Running, progress: Progress) -> None:
        began, said = time.monotonic(), -1
        while not self.healthy(running):
            if identity(running.pid) is None or self.running() is None:
                raise StudioError(f"Label Studio ended while starting. {self.log} says why.")
            waited = time.monotonic() - began
            if waited > PATIENCE:
                raise StudioError(f"Label Studio is not up after {waited:.0f} s; see {self.log}.")
            if int(waited) // 10 > said:
                said = int(waited) // 10
                progress(f"waiting for Label Studio ({waited:.0f} s)")
            time.sleep(0.5)

    def _admit(self, url: str, accounts: Accounts, progress: Progress) -> Accounts:
        """Accounts and tokens for all, kept as soon as each is known."""
        admin = self._token(url, accounts.admin)
        if admin is None:
            raise StudioError(
                f"{url} refuses the administrator of {self.secrets}. Put the old "
                "file back, or move .studio away and begin again."
            )
        accounts = msgspec.structs.replace(accounts, admin=admin)
        for name, account in accounts.annotators.items():
            known = self._token(url, account)
            if known is None:
                progress(f"making an account for {name}")
                link = login.invitation(url, admin.token)
                token = login.sign_up(url, account, link)
                known = msgspec.structs.replace(account, token=token)
            accounts = msgspec.structs.replace(
                accounts, annotators=accounts.annotators | {name: known}
            )
            write_accounts(self.secrets, accounts)
        write_accounts(self.secrets, accounts)
        return accounts

    def _token(self, url: str, account: Account) -> Account | None:
        """The account with a token that works, or None when it is not on the server."""
        if account.token and login.valid(url, account.token):
            return account
        token = login.token_of(url, account)
        return msgspec.structs.replace(account, token=token) if token else None


def access(layout: Layout, url: str | None = None) -> Access:
    """The server to work with: the one named, or that the environment names, or this root's.

    The token of a server that is named comes from the environment, and from nowhere else.
    """
    url, token = url or os.environ.get(URL_VARIABLE), os.environ.get(TOKEN_VARIABLE)
    if not url:
        return Server(layout).access()
    if not url.startswith(("http://", "https://")):
        raise StudioError(f"{url!r} is no address of a server. Begin it with http:// or https://.")
    if not token:
        raise StudioError(f"a server is named ({url}) but {TOKEN_VARIABLE} is not set. Set it.")
    return Access(url=url.rstrip("/"), token=token, accounts={}, local=False)


def _access(running: Running, accounts: Accounts) -> Access:
    return Access(
        url=_url(running), token=accounts.admin.token, accounts=accounts.annotators, local=True
    )


def _url(running: Running) -> str:
    return f"http://{HOST}:{running.port}"


def _free_port(wanted: int) -> int:
    """The wanted port if it is free, or any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise StudioError("no port is free on this machine.")
