"""When documents were finished, from the snapshots that pulls leave behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from ijcorpus.labelstudio.harvest import Snapshot
from ijcorpus.records import read_json

Done = tuple[str, str]
"""An annotator's id and a document's."""


def completed(folder: Path, accounts: Mapping[str, str]) -> dict[Done, datetime]:
    """When each annotator last saved each document, over all snapshots in a folder.

    `accounts` maps e-mail addresses, in small letters, to annotators. Work without a time zone,
    skipped work and work by other accounts are left out. Raises RecordError for a snapshot that
    cannot be read.
    """
    found: dict[Done, datetime] = {}
    for path in sorted(folder.glob("*.json")):
        for done, moment in _saved(read_json(path, Snapshot), accounts):
            found[done] = max(moment, found.get(done, moment))
    return found


def _saved(snapshot: Snapshot, accounts: Mapping[str, str]) -> Iterator[tuple[Done, datetime]]:
    for task in snapshot.tasks:
        data = _mapping(task.get("data"))
        document = str(data.get("ij_key", "")).rpartition("@")[0]
        listed = task.get("annotations")
        for item in map(_mapping, cast("list[object]", listed) if isinstance(listed, list) else []):
            user = item.get("completed_by")
            number = _mapping(user).get("id") if isinstance(user, dict) else user
            annotator = accounts.get(snapshot.users.get(str(number), "").lower())
            moment = zoned(item.get("updated_at"))
            if document and annotator and moment and not item.get("was_cancelled"):
                yield (annotator, document), moment


def zoned(said: object) -> datetime | None:
    """The moment in UTC that a text says (ISO 8601); None when it says none, or no time zone."""
    try:
        moment = datetime.fromisoformat(str(said))
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):  # the year 1, east of Greenwich
        return None


def _mapping(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
