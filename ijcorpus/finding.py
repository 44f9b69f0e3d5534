"""Findings: faults in data, as values with a stable code, a level, a severity and a place."""

from __future__ import annotations

from typing import Literal

from ijcorpus.document import Struct

Severity = Literal["error", "warning", "info"]
Level = Literal[1, 2, 3, 4, 5, 6, 7]

LEVELS: dict[Level, str] = {
    1: "files and encoding",
    2: "records and schema",
    3: "text and spans",
    4: "labels, links and scheme",
    5: "stance",
    6: "corpus",
    7: "release",
}


class Location(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a fault is: file, document, record and code points `[start, end)` of the text."""

    document: str = ""
    record: str = ""
    path: str = ""
    start: int | None = None
    end: int | None = None


class Repair(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a finding can be mended: its mark goes to `[start, end)`, or its file into one form.

    `safe` says that the data leave no choice, so that a program may do it by itself.
    """

    kind: Literal["move", "canonical"]
    safe: bool
    start: int | None = None
    end: int | None = None


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One fault: its stable code, how bad, where, and in words with the remedy.

    `excerpt` is the text around the place; it is empty for texts that may not ship.
    """

    code: str
    level: Level
    severity: Severity
    location: Location
    message: str
    excerpt: str = ""
    others: tuple[Location, ...] = ()
    repair: Repair | None = None
