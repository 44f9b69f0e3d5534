"""Where a server keeps its work: SQLite in its own folder, or a PostgreSQL that the team runs."""

from __future__ import annotations

import os
from pathlib import Path

from ijcorpus.document import Struct
from ijcorpus.errors import StudioError
from ijcorpus.labelstudio.install import DATABASE
from ijcorpus.records import read_json, write_bytes, write_json

SQLITE = "sqlite"
_NEEDED = ("POSTGRE_HOST", "POSTGRE_NAME", "POSTGRE_USER", "POSTGRE_PASSWORD")
_PORT = "POSTGRE_PORT"


class Settings(Struct, frozen=True, kw_only=True):
    """What a server's folder keeps between starts: its port, and which database has its work."""

    port: int = 0
    database: str = SQLITE


def read_settings(path: Path) -> Settings:
    """The settings on record, or those of a new server."""
    return read_json(path, Settings) if path.exists() else Settings()


def write_settings(path: Path, settings: Settings) -> None:
    """Replace the settings."""
    write_json(path, settings)


def wanted() -> str:
    """The database that the environment asks for: SQLITE, or `postgresql://host:port/name`.

    Raises StudioError when only some of the POSTGRE_ settings are there.
    """
    given = {name for name in (*_NEEDED, _PORT) if os.environ.get(name)}
    if not given:
        return SQLITE
    if lacking := [name for name in _NEEDED if name not in given]:
        raise StudioError(
            f"{', '.join(sorted(given))} is set, but not {', '.join(lacking)}. Set all of "
            f"{', '.join(_NEEDED)} for PostgreSQL, or none for SQLite."
        )
    environ = os.environ
    port = environ.get(_PORT, "5432")
    return f"postgresql://{environ['POSTGRE_HOST']}:{port}/{environ['POSTGRE_NAME']}"


def environment() -> dict[str, str]:
    """What Label Studio is told of its database; the password goes nowhere else."""
    if wanted() == SQLITE:
        return {}
    told = {name: os.environ[name] for name in (*_NEEDED, _PORT) if os.environ.get(name)}
    return told | {"DJANGO_DB": "default"}


def require_same(kept: Settings, path: Path, data: Path) -> None:
    """Refuse to start on another database than the one that has the work so far.

    Raises StudioError; without this, forgotten settings would show an empty server.
    """
    known = path.exists() or (data / DATABASE).exists()
    if known and kept.database != wanted():
        raise StudioError(
            f"the work of {data.parent} is in {kept.database}, but the environment asks for "
            f"{wanted()}. Give the POSTGRE_ settings as they were, or move the folder away."
        )


def write_copy(database: Path, copy: Path) -> None:
    """A consistent copy of an SQLite database, also while a server writes to it.

    Raises StudioError when the database is damaged.
    """
    import sqlite3
    from contextlib import closing

    write_bytes(copy, b"", mode=0o600)
    try:
        with (
            closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise StudioError(f"{database} cannot be copied: {error}. Restore a backup.") from error
    require_sound(copy, str(database))


def require_sound(database: Path, name: str) -> None:
    """Raise StudioError when a file is no sound SQLite database."""
    import sqlite3
    from contextlib import closing

    try:
        with closing(sqlite3.connect(database)) as opened:
            said = opened.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        said = str(error)
    if said != "ok":
        raise StudioError(f"{name} is damaged: {said}. Use another backup.")
