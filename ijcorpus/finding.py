"""Findings: faults in data, as values with a stable code, a severity and a place."""

from __future__ import annotations

from typing import Literal

from ijcorpus.document import Struct

Severity = Literal["error", "warning", "info"]


class Location(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a fault is: file, document, record and code points `[start, end)` of the text."""

    document: str = ""
    record: str = ""
    path: str = ""
    start: int | None = None
    end: int | None = None


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One fault: its stable code, how bad, where, and in words with the remedy.

    `excerpt` is the text around the place; it is empty for texts that may not ship.
    """

    code: str
    severity: Severity
    location: Location
    message: str
    excerpt: str = ""
    others: tuple[Location, ...] = ()
