"""Locks that end with their holder, and processes known by more than their number."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ijcorpus.errors import StudioError


@contextmanager
def lock(path: Path, *, what: str, wait: float = 0.0) -> Generator[int]:
    """Hold a lock file; yields its descriptor. The lock ends with the last process that holds it.

    Raises StudioError when somebody else still holds it after `wait` seconds.
    """
    import fcntl

    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() >= deadline:
                    raise StudioError(
                        f"{what} is under way elsewhere ({path} is locked). Wait for it to end."
                    ) from error
                time.sleep(0.2)
        yield handle
    finally:
        os.close(handle)


def identity(pid: int) -> tuple[str, str] | None:
    """When a process started and its command line; None when there is no such process."""
    folder = Path("/proc") / str(pid)
    if Path("/proc/self/stat").exists():
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (
                (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            )
        except OSError:
            return None
        # A process ends with its last thread: until then it holds its port and its locks.
        state, threads, began = fields[0], int(fields[17]), fields[19]
        return None if state == "Z" and threads <= 1 else (began, command)
    listed = subprocess.run(
        ["ps", "-p", str(pid), "-o", "lstart=,command="], capture_output=True, text=True
    ).stdout.strip()
    return (listed[:24], listed[24:]) if listed else None


def end(pid: int, *, patience: float = 15.0) -> None:
    """Ask a process to end, and end it if it does not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            _reap(pid)
            if identity(pid) is None:
                return
            time.sleep(0.1)
    raise StudioError(f"process {pid} does not end. End it by hand and repeat.")


def _reap(pid: int) -> None:
    """Take leave of a child of ours; a process that is none needs nothing."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
