"""Label Studio in a virtual environment of its own, made on first use and kept for the user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from ijcorpus.errors import StudioError
from ijcorpus.labelstudio.process import lock
from ijcorpus.records import write_bytes

VERSION = "1.23.2"
DATABASE = "label_studio.sqlite3"
HOST = "127.0.0.1"
Progress = Callable[[str], None]
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME", "SYSTEMROOT")


def home() -> Path:
    """Where this version of Label Studio is or will be installed."""
    named = os.environ.get("XDG_CACHE_HOME")
    cache = Path(named) if named else Path.home() / ".cache"
    return cache / "ijcorpus" / f"label-studio-{VERSION}"


def executable() -> Path:
    """The program that starts Label Studio."""
    return home() / "bin" / "label-studio"


def template() -> Path:
    """The empty database of this version that every new server begins with."""
    return home().with_name(f"{home().name}.sqlite3")


def installed() -> bool:
    """Whether the installation was completed, and its template is there."""
    return _complete() and template().is_file()


def ensure_installed(log: Path, progress: Progress) -> Path:
    """Install Label Studio with an empty database unless it is there, and name its program.

    An interrupted installation has no completion mark and is made again. What pip and Label
    Studio say goes to `log`. Raises StudioError when one of them fails.
    """
    folder = home()
    with lock(folder.with_suffix(".lock"), what="installing Label Studio", wait=1800):
        if installed():
            return executable()
        if not _complete():
            progress(f"installing Label Studio {VERSION} (once; about 1 GB) in {folder}")
            shutil.rmtree(folder, ignore_errors=True)
            template().unlink(missing_ok=True)
            _run([sys.executable, "-m", "venv", str(folder)], log)
            pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--no-input"]
            _run([*pip, "--disable-pip-version-check", f"label-studio=={VERSION}"], log)
        progress("preparing an empty database (once; about a minute)")
        _prepare(log)
        _mark().write_text(f"label-studio=={VERSION}\n")
    return executable()


def _mark() -> Path:
    return home() / ".complete"


def _complete() -> bool:
    return _mark().is_file() and executable().is_file()


def _prepare(log: Path) -> None:
    """Make the template: hundreds of migrations, so that no new server has to run them.

    It is made by a command, not by a server: there is no account, token or key in it.
    """
    with tempfile.TemporaryDirectory(prefix="ijcorpus-") as folder:
        # The command says the version; the database is made on the way.
        _run([str(executable()), "version"], log, environment(Path(folder)))
        write_bytes(template(), (Path(folder) / DATABASE).read_bytes(), mode=0o600)


def environment(data: Path) -> dict[str, str]:
    """What Label Studio is told: its folder, silence, and nothing of ours but the bare minimum.

    It reads even names such as HOST and PASSWORD, so that everything else is left out.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "PYTHONUNBUFFERED": "1",
        "LABEL_STUDIO_BASE_DATA_DIR": str(data),
        "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
        "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
        "LABEL_STUDIO_FEATURE_FLAGS_OFFLINE": "true",
        "LABEL_STUDIO_SENTRY_DSN": "",
        "LABEL_STUDIO_FRONTEND_SENTRY_DSN": "",
        # No way out of this machine: a proxy that is not there.
        "HTTP_PROXY": f"http://{HOST}:9",
        "HTTPS_PROXY": f"http://{HOST}:9",
        "NO_PROXY": f"{HOST},localhost",
    }


def ensure_database(data: Path) -> None:
    """Give a new server's folder a copy of the template; a database that is there stays."""
    if not (data / DATABASE).exists():
        write_bytes(data / DATABASE, template().read_bytes(), mode=0o600)


def _run(command: list[str], log: Path, environment: dict[str, str] | None = None) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        code = subprocess.run(
            command, stdout=file, stderr=subprocess.STDOUT, env=environment
        ).returncode
    if code:
        raise StudioError(
            f"{' '.join(command[1:4])} ended with code {code}; {log} has the reason. Mend it (a "
            "network, a package index, 1 GB of room) and repeat."
        )
