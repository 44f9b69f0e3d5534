"""How far an annotator is: counts, pace, when the rest may be done, and odd lead times."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from ijcorpus.annotation import Annotator
from ijcorpus.document import Struct
from ijcorpus.labelstudio import config
from ijcorpus.labelstudio.harvest import Snapshot, State
from ijcorpus.labelstudio.times import zoned

ODD = 3.5
"""From this modified z-score on a lead time is an outlier (Iglewicz and Hoaglin 1993)."""
ENOUGH = 5
"""With fewer timed documents no lead time is called odd."""


class Odd(Struct, frozen=True, kw_only=True):
    """A document that took unusually long or short for its length."""

    document: str
    seconds: float
    typical: float


class Progress(Struct, frozen=True, kw_only=True):
    """One annotator's progress.

    `per_day` is finished documents per day on which at least one was finished; `ends` is the date
    by which the rest is done if every day from now on is such a day (ISO 8601, None when nothing
    is finished yet). `seconds` is the median lead time; work that was not done in the browser has
    none. `latest` is when the last document was finished or changed.
    """

    tasks: int
    done: int
    skipped: int
    draft: int
    open: int
    per_day: float | None
    ends: str | None
    seconds: float | None
    latest: str | None
    odd: tuple[Odd, ...]


class _Work(NamedTuple):
    document: str
    characters: int
    seconds: float | None
    at: datetime | None


def progress(
    snapshot: Snapshot, states: Mapping[str, State], annotator: Annotator, now: datetime
) -> Progress:
    """The progress that a snapshot shows at a moment; `now` has a time zone.

    `states` are the documents' states as `harvest` gives them.
    """
    work = _finished(snapshot, annotator, {name for name, s in states.items() if s == "done"})
    counts = Counter(states.values())
    left = counts["open"] + counts["draft"]
    moments = [item.at for item in work if item.at is not None]
    days = {moment.astimezone(now.tzinfo).date() for moment in moments}
    per_day = len(moments) / len(days) if days else None
    ends = None
    if left == 0 and moments:
        ends = max(moments).astimezone(now.tzinfo).date().isoformat()
    elif per_day:
        # Today's share may be done already; what is left of it is not counted on.
        ends = (now.date() + timedelta(days=math.ceil(left / per_day))).isoformat()
    timed = [item.seconds for item in work if item.seconds is not None]
    return Progress(
        tasks=len(states),
        done=counts["done"],
        skipped=counts["skipped"],
        draft=counts["draft"],
        open=counts["open"],
        per_day=per_day,
        ends=ends,
        seconds=statistics.median(timed) if timed else None,
        latest=max(moments).isoformat() if moments else None,
        odd=_odd(work),
    )


def _finished(snapshot: Snapshot, annotator: Annotator, done: set[str]) -> list[_Work]:
    """The newest finished annotation of each document that is done."""
    found: dict[str, _Work] = {}
    for task in snapshot.tasks:
        data = cast("dict[str, Any]", task.get("data") or {})
        document = str(data.get("ij_key", "")).rpartition("@")[0]
        for item in cast("list[dict[str, Any]]", task.get("annotations") or []):
            by = item.get("completed_by")
            number = cast("dict[str, Any]", by).get("id") if isinstance(by, dict) else by
            mine = snapshot.users.get(str(number)) == annotator.email
            if document not in done or not mine or item.get("was_cancelled"):
                continue
            lead = item.get("lead_time")
            made = _Work(
                document=document,
                characters=len(str(data.get(config.TEXT, ""))),
                seconds=float(lead) if isinstance(lead, int | float) and lead > 0 else None,
                at=zoned(item.get("updated_at")),
            )
            before = found.get(document)
            if before is None or _later(made, before):
                found[document] = made
    return list(found.values())


def _later(one: _Work, other: _Work) -> bool:
    return one.at is not None and (other.at is None or one.at > other.at)


def _odd(work: Sequence[_Work]) -> tuple[Odd, ...]:
    """Lead times far from the median, on a logarithmic scale and by length of text."""
    timed = [item for item in work if item.seconds is not None and item.characters]
    if len(timed) < ENOUGH:
        return ()
    logs = [math.log((item.seconds or 0) / item.characters) for item in timed]
    middle = statistics.median(logs)
    spread = statistics.median(abs(value - middle) for value in logs)
    found: list[Odd] = []
    for item, value in zip(timed, logs, strict=True):
        score = 0.6745 * abs(value - middle) / spread if spread else 0.0
        if score > ODD:
            typical = math.exp(middle) * item.characters
            found.append(Odd(document=item.document, seconds=item.seconds or 0.0, typical=typical))
    return tuple(sorted(found, key=lambda odd: odd.document))
