"""Files of records: JSON and JSON lines, read strictly and written atomically."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import msgspec

from ijcorpus.errors import RecordError

T = TypeVar("T")


def write_bytes(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Replace a file at once: readers see the old bytes or the new, never a part."""
    with replacing(path, mode=mode) as file:
        file.write(data)


@contextmanager
def replacing(path: Path, *, mode: int = 0o644) -> Generator[BinaryIO]:
    """A file to write piece by piece, which replaces the one of that path at once in the end.

    Nothing is replaced when an exception leaves the block.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb", buffering=1 << 20) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_bytes(path: Path, *, remedy: str) -> bytes:
    """A file's bytes; raises RecordError with the remedy when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise RecordError(f"{path}: {error.strerror or error}. {remedy}") from error


def read_text(path: Path, *, remedy: str) -> str:
    """A UTF-8 file's text; raises RecordError with the place when it is none."""
    try:
        return read_bytes(path, remedy=remedy).decode()
    except UnicodeDecodeError as error:
        raise RecordError(
            f"{path}: byte {error.start} is not UTF-8. Save the file as UTF-8."
        ) from None


def read_json(path: Path, kind: type[T]) -> T:
    """One record; raises RecordError that names the file and the place inside it."""
    data = read_bytes(path, remedy="Put the file back, or run the command that makes it.")
    return decode(data, kind, where=str(path))


def write_json(path: Path, record: Any) -> None:
    """One record as indented JSON with a last line end."""
    write_bytes(path, msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")


def read_jsonl(path: Path, kind: type[T]) -> Iterator[T]:
    """Records in file order, one a line; blank lines are passed over."""
    data = read_bytes(path, remedy="Put the file back, or make an empty one.")
    for number, line in enumerate(data.splitlines(), start=1):
        if line.strip():
            yield decode(line, kind, where=f"{path}, line {number}")


def write_jsonl(path: Path, records: Iterable[Any]) -> None:
    """Records as JSON lines."""
    with replacing(path) as file:
        file.writelines(msgspec.json.encode(record) + b"\n" for record in records)


def decode(data: bytes, kind: type[T], *, where: str) -> T:
    """A record from JSON; `where` names the place for the error message."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordError(f"{where}: {error}. Mend the record and repeat.") from error
