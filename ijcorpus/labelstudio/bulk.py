"""Exports of many tasks, read without the cost of looking for cycles that they cannot have."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import msgspec


def read_export(data: bytes) -> list[dict[str, Any]]:
    """The tasks of an export's JSON; raises msgspec.DecodeError when it is none."""
    with uncollected():
        return msgspec.json.decode(data, type=list[dict[str, Any]])


@contextmanager
def uncollected() -> Generator[None]:
    """Let Python's collector wait while many records are made.

    JSON and what is read of it have no cycles, but the collector would walk all of them again for
    every quarter that is added.
    """
    waits = not gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not waits:
            gc.enable()
