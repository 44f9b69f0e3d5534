"""A folder of files, put in its place at once."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from ijcorpus.errors import ReleaseError
from ijcorpus.layout import inside

LEFT = 3600.0
"""The age in seconds from which on a half-written folder is of a run that was killed."""


def replace_folder(
    destination: Path, files: Mapping[str, bytes], *, marker: str, kind: str
) -> None:
    """Write files beside their folder's place, then change places: no reader sees half of it.

    Raises ReleaseError, and leaves everything as it was, when something else stands there than
    an earlier folder of this `kind`, which the file `marker` in it tells.
    """
    there = destination.exists() or destination.is_symlink()
    if there and not _replaceable(destination, marker):
        raise ReleaseError(
            f"{destination} is there and is no {kind}: it will not be replaced. "
            "Name another place, or remove it."
        )
    destination = destination.absolute()
    destination.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{destination.name}-ijcorpus-"
    for left in destination.parent.iterdir():
        if left.name.startswith(prefix) and time.time() - left.lstat().st_mtime > LEFT:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=destination.parent, prefix=prefix) as temporary:
        fresh, old = Path(temporary) / "new", Path(temporary) / "old"
        for path, data in files.items():
            place = inside(fresh, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        if destination.exists():
            destination.replace(old)
        try:
            fresh.replace(destination)
        except BaseException:
            if old.exists():
                old.replace(destination)
            raise


def _replaceable(place: Path, marker: str) -> bool:
    return place.is_dir() and ((place / marker).is_file() or not any(place.iterdir()))
