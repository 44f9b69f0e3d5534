"""A local server's work in one file, and back: the database, its key, accounts and settings."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

import msgspec

from ijcorpus.document import Struct
from ijcorpus.errors import StudioError
from ijcorpus.labelstudio.database import SQLITE, read_settings, require_sound, write_copy
from ijcorpus.labelstudio.install import DATABASE, VERSION
from ijcorpus.labelstudio.process import lock
from ijcorpus.labelstudio.server import Server
from ijcorpus.records import write_bytes

_MANIFEST = "backup.json"
_BEFORE = "before-restore"
_STATE = f"data/{DATABASE}"
# The server's signing key: without it, sessions and tokens would not be valid any more.
_KEY = "data/.env"
_PLAIN = ("secrets.json", "settings.json")
_MEDIA = "data/media"


class Manifest(Struct, frozen=True, kw_only=True):
    """What a backup holds: the server's version, and the SHA-256 of each file by name."""

    format: int
    label_studio: str
    files: dict[str, str]


def backup(server: Server, file: Path) -> Manifest:
    """Write a backup of mode 0600; the server may be up, and people may be at work.

    Raises StudioError when there is nothing to back up, the file is there already, or the work is
    in PostgreSQL, which has tools of its own.
    """
    kept = read_settings(server.settings)
    if kept.database != SQLITE:
        raise StudioError(
            f"the work is in {kept.database}. Back that up with pg_dump, and copy {server.folder}."
        )
    if not (server.data / DATABASE).exists() or not server.secrets.exists():
        raise StudioError(f"{server.folder} has no server's work. Begin with 'ijcorpus studio up'.")
    if file.exists():
        raise StudioError(f"{file} is there already. Name another file.")
    file.parent.mkdir(parents=True, exist_ok=True)
    with (
        server.changing("backing up"),
        tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder,
    ):
        copy = Path(folder) / DATABASE
        write_copy(server.data / DATABASE, copy)
        files = {_STATE: copy}
        files |= {name: server.folder / name for name in (*_PLAIN, _KEY)}
        media = (
            path
            for path in (server.folder / _MEDIA).rglob("*")
            if path.is_file() and not path.is_symlink()
        )
        files |= {path.relative_to(server.folder).as_posix(): path for path in media}
        made = Path(folder) / "backup.zip"
        manifest = _pack(made, {name: path for name, path in files.items() if path.is_file()})
        made.replace(file)
    return manifest


def restore(server: Server, file: Path, *, replace: bool = False) -> Manifest:
    """Put a backup back; work that is there is moved to `before-restore`, if it may be replaced.

    Nothing is changed unless the whole file is sound. Raises StudioError when the server is up,
    its folder has work and `replace` is not set, or the file is no backup of this version.
    """
    with (
        server.changing("restoring"),
        lock(server.guard, what="the server ('ijcorpus studio down' ends it)"),
    ):
        occupied = [name for name in ("data", *_PLAIN) if (server.folder / name).exists()]
        if occupied and not replace:
            raise StudioError(
                f"{server.folder} has a server's work already. Repeat with --replace: what is "
                f"there is then kept in {_BEFORE}."
            )
        fresh = server.folder / "restoring"
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            manifest = _unpack(file, fresh)
            _exchange(server.folder, fresh, occupied)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return manifest


def _pack(archive: Path, files: dict[str, Path]) -> Manifest:
    from hashlib import file_digest

    digests: dict[str, str] = {}
    write_bytes(archive, b"", mode=0o600)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, path in sorted(files.items()):
            # What is packed is what was counted, even of a file that changes meanwhile.
            with tempfile.TemporaryFile(dir=archive.parent) as still, path.open("rb") as source:
                shutil.copyfileobj(source, still)
                still.seek(0)
                digests[name] = file_digest(still, "sha256").hexdigest()
                still.seek(0)
                with packed.open(name, "w", force_zip64=True) as target:
                    shutil.copyfileobj(still, target)
        manifest = Manifest(format=1, label_studio=VERSION, files=digests)
        packed.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    handle = os.open(archive, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return manifest


def _unpack(file: Path, folder: Path) -> Manifest:
    """Write a backup's files below a folder, each proved by its digest."""
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = msgspec.json.decode(packed.read(_MANIFEST), type=Manifest)
            _require_fit(file, manifest, packed.namelist())
            for name, digest in manifest.files.items():
                _extract(packed, name, digest, folder / name)
    except (OSError, KeyError, zipfile.BadZipFile, msgspec.DecodeError, EOFError) as error:
        raise StudioError(f"{file} is no sound backup: {error}. Use another one.") from error
    except (zipfile.LargeZipFile, NotImplementedError, RuntimeError) as error:
        raise StudioError(f"{file} is no backup of ours: {error}. Use another one.") from error
    require_sound(folder / _STATE, f"the database in {file}")
    return manifest


def _require_fit(file: Path, manifest: Manifest, names: list[str]) -> None:
    if manifest.format != 1 or manifest.label_studio != VERSION:
        raise StudioError(
            f"{file} is of Label Studio {manifest.label_studio} (format {manifest.format}), but "
            f"this is {VERSION}. Restore it with the version of ijcorpus that made it."
        )
    if sorted(names) != sorted([*manifest.files, _MANIFEST]):
        raise StudioError(f"{file} holds other files than it says. Use another backup.")
    for name in manifest.files:
        if not _allowed(name):
            raise StudioError(f"{file} has {name!r}, which is no file of a backup. Do not use it.")
    if lacking := [name for name in (_STATE, _PLAIN[0]) if name not in manifest.files]:
        raise StudioError(f"{file} lacks {', '.join(lacking)}. Use another backup.")


def _allowed(name: str) -> bool:
    """Whether a name is one that a backup has: nothing may leave its folder."""
    path = PurePosixPath(name)
    plain = ".." not in path.parts and "\\" not in name and str(path) == name
    return name in (_STATE, _KEY, *_PLAIN) or (plain and path.is_relative_to(_MEDIA))


def _extract(packed: zipfile.ZipFile, name: str, digest: str, path: Path) -> None:
    from hashlib import file_digest

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w+b") as target, packed.open(name) as source:
        shutil.copyfileobj(source, target)
        target.flush()
        os.fsync(target.fileno())
        target.seek(0)
        found = file_digest(target, "sha256").hexdigest()
    if found != digest:
        raise StudioError(f"{name} in the backup is not what was backed up. Use another backup.")


def _exchange(folder: Path, fresh: Path, occupied: list[str]) -> None:
    """The old work aside, the new work in; an older `before-restore` makes room."""
    before = folder / _BEFORE
    if "data" in occupied:
        shutil.rmtree(before, ignore_errors=True)
    before.mkdir(mode=0o700, exist_ok=True)
    for name in occupied:
        (folder / name).replace(before / name)
    for path in sorted(fresh.iterdir()):
        path.replace(folder / path.name)
    if not occupied:
        before.rmdir()
