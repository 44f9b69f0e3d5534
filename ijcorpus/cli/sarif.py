"""Findings as SARIF 2.1.0, the form in which code hosts show them in place (OASIS, 2020)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ijcorpus.checks import ALL_CHECKS, Report
from ijcorpus.document import sha256
from ijcorpus.finding import LEVELS, Finding, Location

if TYPE_CHECKING:
    from ijcorpus.workspace import Workspace

_NUMBERED = re.compile(r"line-(\d+)")
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def sarif(report: Report, workspace: Workspace) -> dict[str, Any]:
    """A SARIF log of one run; waived findings are in it as suppressed."""
    lines = _Lines(workspace)
    results = [_result(finding, lines) for finding in report.findings]
    results += [
        {**_result(finding, lines), "suppressions": [{"kind": "external"}]}
        for finding in report.waived
    ]
    return _log(results, {"executionSuccessful": True})


def refused(why: str) -> dict[str, Any]:
    """A SARIF log of a run that could not be: no results, and why."""
    notification = {"level": "error", "message": {"text": why}}
    return _log(
        [],
        {
            "executionSuccessful": False,
            "exitCode": 2,
            "toolExecutionNotifications": [notification],
        },
    )


def _log(results: list[dict[str, Any]], invocation: dict[str, Any]) -> dict[str, Any]:
    driver = {"name": "ijcorpus", "version": version("ijcorpus"), "rules": [*_rules()]}
    run = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rules() -> Iterator[dict[str, Any]]:
    for code, one in ALL_CHECKS.items():
        yield {
            "id": code,
            "shortDescription": {"text": one.explanation},
            # GitHub asks for these two as well.
            "fullDescription": {"text": one.explanation},
            "help": {"text": f"{one.explanation} See 'ijcorpus check --list'."},
            "defaultConfiguration": {"level": _LEVELS[one.severity]},
            "properties": {"tags": [LEVELS[one.level]]},
        }


def _result(finding: Finding, lines: _Lines) -> dict[str, Any]:
    at = finding.location
    # What a host recognises a finding by from run to run: its place's name, not its line.
    identity = sha256(json.dumps([finding.code, at.document, at.record, at.start, at.end]))
    return {
        "ruleId": finding.code,
        "ruleIndex": list(ALL_CHECKS).index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(at, lines, finding.message)],
        "relatedLocations": [_location(other, lines) for other in finding.others],
        "partialFingerprints": {"finding/v1": identity},
    }


def _location(at: Location, lines: _Lines, message: str = "") -> dict[str, Any]:
    path, line = lines.place(at, message)
    name = ":".join(part for part in (at.document, at.record) if part) or "corpus"
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(path)},
            "region": {"startLine": line},
        },
        "logicalLocations": [{"fullyQualifiedName": name}],
    }


class _Lines:
    """Files of a corpus root and the lines at which their records stand."""

    def __init__(self, workspace: Workspace) -> None:
        self._root, self._layout = workspace.layout.root, workspace.layout
        self._read: dict[str, list[str]] = {}

    def place(self, at: Location, message: str) -> tuple[str, int]:
        """The file of a location, relative to the root, and a line of it, counted from 1."""
        record = at.record.rpartition("/")[2]
        if at.path and (self._root / at.path).is_file():
            if numbered := _NUMBERED.fullmatch(record):
                return at.path, int(numbered[1])
            listed = at.path.endswith(".jsonl")
            line = self._listed(at, message) if listed else self._line(at.path, record)
            return at.path, line or 1
        for path, wanted in ((self._layout.sources, at.document), (self._layout.registry, record)):
            if wanted and (line := self._line(self._relative(path), wanted)):
                return self._relative(path), line
        return at.path or self._relative(self._layout.info), 1

    def _line(self, path: str, wanted: str) -> int:
        """The first line that names an id; 0 in a file of something else."""
        numbered = enumerate(self._lines(path), start=1)
        return next((n for n, line in numbered if f'"{wanted}"' in line), 0)

    def _listed(self, at: Location, message: str) -> int:
        """The line of a list that names most of a place and then of the message's words, or 0."""
        names, words = (at.record, at.document), message.replace("'", " ").split()
        scores = [
            (sum(f'"{one}"' in line for one in names), sum(f'"{one}"' in line for one in words))
            for line in self._lines(at.path)
        ]
        best = max(scores, default=(0, 0))
        return scores.index(best) + 1 if best[0] else 0

    def _lines(self, path: str) -> list[str]:
        if path not in self._read:
            file = self._root / path
            text = file.suffix in (".json", ".jsonl") and file.is_file()
            self._read[path] = file.read_text(errors="replace").splitlines() if text else []
        return self._read[path]

    def _relative(self, path: Any) -> str:
        return path.relative_to(self._root).as_posix()
