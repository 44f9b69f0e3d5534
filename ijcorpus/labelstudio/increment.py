"""A pull of what changed since the last one, which gives what a pull of everything gives.

Label Studio sets a task's `updated_at` whenever its text or an annotation is saved or deleted, but
not for drafts, predictions or a deleted task: tasks with drafts are asked for always, and whatever
else changed shows in the counts, or in times that went back. Then everything is asked for.
What does not show: predictions that another program deleted and imported anew, as many and of the
same version. Those of `ijcorpus push` have another version when they say something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from ijcorpus.annotation import Annotator
from ijcorpus.document import Struct, sha256
from ijcorpus.errors import CorpusError
from ijcorpus.labelstudio.api import Api, Json, Totals, where
from ijcorpus.labelstudio.harvest import Snapshot
from ijcorpus.records import read_json, write_json

LATE = timedelta(minutes=15)
"""How much later than the time it is given a change may be stored, by a request that takes long."""
FEW = 200
"""So many tasks are asked for by number, or half of all; for more, everything is quicker."""
_BATCH = 100
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


class Last(Struct, frozen=True, kw_only=True):
    """What the last pull left: of which project, when its newest task had changed, and the file."""

    project: int
    created: str
    model_version: str
    newest: str
    snapshot: str


class Export(Struct, frozen=True, kw_only=True):
    """All tasks, how many of them were asked for, and the newest change when asking began."""

    tasks: list[Json]
    asked: int
    newest: str


def exported(api: Api, project: Json, last: Last | None, before: Sequence[Json]) -> Export:
    """All tasks of a project as they are now; `before` is what `last` was told."""
    number, newest = project["id"], api.newest(project["id"])
    if last is not None and newest and last == _left(project, last):
        asked = _asked(api, number, last, before)
        if asked is not None:
            tasks = _renewed(api, number, asked, before)
            if _counts(tasks) == api.totals(number):
                return Export(tasks=tasks, asked=len(asked), newest=newest)
    tasks = api.export(number)
    return Export(tasks=tasks, asked=len(tasks), newest=newest)


def recall(folder: Path, snapshots: Path, annotator: Annotator) -> tuple[Last | None, list[Json]]:
    """What the last pull left, if it is there and whole."""
    try:
        last = read_json(folder / f"{annotator.id}.json", Last)
        _moment(last.newest)
        data = (snapshots / last.snapshot).read_bytes()
        if last.snapshot != f"{sha256(data)[:16]}.json":
            return None, []
        return last, [*msgspec.json.decode(data, type=Snapshot).tasks]
    except (CorpusError, OSError, ValueError, OverflowError):  # DecodeError is a ValueError
        return None, []


def remember(
    folder: Path, annotator: Annotator, project: Json, export: Export, snapshot: str
) -> None:
    """Leave for the next pull what this one was told; nothing of an empty project."""
    path = folder / f"{annotator.id}.json"
    path.unlink(missing_ok=True)
    if export.newest:
        left = Last(
            project=0, created="", model_version="", newest=export.newest, snapshot=snapshot
        )
        write_json(path, _left(project, left))


def _left(project: Json, last: Last) -> Last:
    """What was left, as if of this project as it is."""
    return msgspec.structs.replace(
        last,
        project=project["id"],
        created=str(project["created_at"]),
        model_version=project["model_version"] or "",
    )


def _asked(api: Api, project: int, last: Last, before: Sequence[Json]) -> set[int] | None:
    """The tasks to ask for anew; None when nothing can be told of the others, or few would be."""
    since = _moment(last.newest) - LATE
    told = since.strftime(_TIME)
    changed = api.matching(project, where("updated_at", "greater_or_equal", "Datetime", told))
    recent = {task["id"] for task in before if _moment(task["updated_at"]) >= since}
    # One of these that is not among them is gone, or its time went back: an older state returned.
    if not recent <= changed:
        return None
    drafted = api.matching(project, where("draft_exists", "equal", "Boolean", True))
    asked = changed | drafted | {task["id"] for task in before if task["drafts"]}
    return asked if len(asked) <= max(FEW, len(before) // 2) else None


def _renewed(api: Api, project: int, asked: set[int], before: Sequence[Json]) -> list[Json]:
    """The tasks as they were, with those asked for as they are; one that is gone is left out."""
    numbers = sorted(asked)
    kept = [task for task in before if task["id"] not in asked]
    for start in range(0, len(numbers), _BATCH):
        kept += api.export(project, numbers[start : start + _BATCH])
    return kept


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said).astimezone(UTC)


def _counts(tasks: Sequence[Json]) -> Totals:
    annotations = [item for task in tasks for item in task["annotations"]]
    return Totals(
        tasks=len(tasks),
        annotations=sum(not item["was_cancelled"] for item in annotations),
        predictions=sum(len(task["predictions"]) for task in tasks),
    )
