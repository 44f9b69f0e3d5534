"""Safe repairs: made as a diff, applied file by file at once, and taken back."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from ijcorpus.annotation import Annotation, canonical
from ijcorpus.document import Struct, sha256
from ijcorpus.errors import RecordError
from ijcorpus.finding import Finding, Repair
from ijcorpus.layout import inside
from ijcorpus.records import read_bytes, read_json, write_bytes, write_json
from ijcorpus.workspace import Workspace

# How JSON may be laid out: spaces a level, on one line, without any.
_INDENTS = (1, 2, 4, 0, -1)


class Change(Struct, frozen=True, kw_only=True):
    """One file before and after a repair; the path is relative to the root."""

    path: str
    before: str
    after: str

    def diff(self) -> str:
        """The change as a unified diff."""
        lines = difflib.unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            f"a/{self.path}",
            f"b/{self.path}",
        )
        return "".join(lines)


def plan(workspace: Workspace, findings: Iterable[Finding]) -> tuple[Change, ...]:
    """The changes that the safe repairs among the findings make; nothing is written."""
    by_path: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.repair and finding.repair.safe and finding.location.path:
            by_path[finding.location.path].append(finding)
    changes = (_change(workspace, path, found) for path, found in sorted(by_path.items()))
    return tuple(change for change in changes if change.before != change.after)


def apply(workspace: Workspace, changes: Sequence[Change]) -> None:
    """Write the changes, and first of all how to take them back."""
    if changes:
        journal = workspace.layout.build / "repairs.json"
        write_json(journal, [*_journal(workspace), changes])
        for change in changes:
            write_bytes(workspace.layout.root / change.path, change.after.encode())


def undo(workspace: Workspace) -> tuple[Change, ...]:
    """Take the last repair back; raises RecordError when a file was changed since."""
    journal = _journal(workspace)
    if not journal:
        raise RecordError(
            f"{workspace.layout.build / 'repairs.json'}: there is no repair to take back. "
            "Only what 'ijcorpus check --fix' did can be undone."
        )
    last = journal.pop()
    for change in last:
        path = inside(workspace.layout.root, change.path)
        data = read_bytes(path, remedy="Put the file back.")
        if sha256(data) not in (sha256(change.after), sha256(change.before)):
            raise RecordError(
                f"{path} was changed after the repair, so nothing was taken back. "
                "Undo your own change first."
            )
    for change in last:
        write_bytes(workspace.layout.root / change.path, change.before.encode())
    write_json(workspace.layout.build / "repairs.json", journal)
    return last


def _journal(workspace: Workspace) -> list[tuple[Change, ...]]:
    path = workspace.layout.build / "repairs.json"
    return read_json(path, list[tuple[Change, ...]]) if path.exists() else []


def _change(workspace: Workspace, path: str, findings: Sequence[Finding]) -> Change:
    file = inside(workspace.layout.root, path)
    before, annotation = file.read_text(), read_json(file, Annotation)
    counts = Counter(mark.id for mark in (*annotation.entities, *annotation.stances))
    # The last part of a record is the mark's id; an id that is there twice says nothing.
    moves = {
        name: finding.repair
        for finding in findings
        if finding.repair
        and finding.repair.kind == "move"
        and counts[name := finding.location.record.rpartition("/")[2]] == 1
    }
    text = _text(workspace, annotation)
    record: dict[str, Any] = msgspec.json.decode(before)
    for mark in (*record.get("entities", ()), *record.get("stances", ())):
        if mark["id"] in moves:
            _move(mark, moves[mark["id"]], text)
    made = msgspec.convert(record, Annotation)
    ordered = any(finding.repair and finding.repair.kind == "canonical" for finding in findings)
    # What was in its one form stays so: a mark that is moved can change places with another.
    ordered |= annotation == canonical(annotation) and made != canonical(made)
    unclear = max(counts.values(), default=1) > 1
    after = msgspec.json.encode(record if unclear or not ordered else canonical(made))
    return Change(path=path, before=before, after=_as_written(after, before))


def _as_written(record: bytes, before: str) -> str:
    """A record laid out as the file was before, so that a diff shows what is repaired alone."""
    inner = before.rstrip()
    for indent in _INDENTS:
        if msgspec.json.format(inner.encode(), indent=indent).decode() == inner:
            end = before[len(inner) :]
            return msgspec.json.format(record, indent=indent).decode() + end
    return msgspec.json.format(record, indent=1).decode() + "\n"


def _text(workspace: Workspace, annotation: Annotation) -> str | None:
    """The text that quotes may be taken from: at hand, and allowed to ship."""
    if workspace.source(annotation.document).rights != "full_text":
        return None
    return workspace.document(annotation.document).text


def _move(mark: dict[str, Any], repair: Repair, text: str | None) -> None:
    """Move a mark as it is written, and no more: what it says and what it leaves out stays."""
    start, end = repair.start, repair.end
    if start is None or end is None:
        return
    mark["start"], mark["end"] = start, end
    if mark.get("quote"):
        mark["quote"] = text[start:end] if text is not None else mark["quote"].strip()
