"""Findings as SARIF 2.1.0, the form in which code hosts show them in place (OASIS, 2020)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ijcorpus.checks import ALL_CHECKS, Report
from ijcorpus.document import sha256
from ijcorpus.finding import LEVELS, Finding, Location

if TYPE_CHECKING:
    from ijcorpus.workspace import Workspace

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
    driver = {"name": "ijcorpus", "version": version("ijcorpus"), "rules": [*_rules()]}
    run = {
        "tool": {"driver": driver},
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
        "locations": [_location(at, lines)],
        "relatedLocations": [_location(other, lines) for other in finding.others],
        "partialFingerprints": {"finding/v1": identity},
    }


def _location(at: Location, lines: _Lines) -> dict[str, Any]:
    path, line = lines.place(at)
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

    def place(self, at: Location) -> tuple[str, int]:
        """The file of a location, relative to the root, and a line of it, counted from 1."""
        record = at.record.rpartition("/")[2]
        for path, wanted in (
            (at.path, record),
            (self._relative(self._layout.sources), at.document),
            (self._relative(self._layout.registry), record),
        ):
            line = self._line(path, wanted) if path and wanted else 0
            if line:
                return path, line
        return at.path or self._relative(self._layout.info), 1

    def _line(self, path: str, wanted: str) -> int:
        """The first line that names an id; the first line of a file of something else."""
        if path not in self._read:
            file = self._root / path
            text = file.suffix in (".json", ".jsonl") and file.is_file()
            self._read[path] = file.read_text(errors="replace").splitlines() if text else []
        named = (n for n, line in enumerate(self._read[path], start=1) if f'"{wanted}"' in line)
        return next(named, 0)

    def _relative(self, path: Any) -> str:
        return path.relative_to(self._root).as_posix()
