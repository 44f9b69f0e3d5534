"""What `ijcorpus studio status` shows: how far everybody is, and how far they agree."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from typing import TYPE_CHECKING

import msgspec

from ijcorpus.agreement import agreement
from ijcorpus.document import Span, Struct
from ijcorpus.labelstudio.harvest import Pulled, harvest
from ijcorpus.labelstudio.progress import Progress, progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from ijcorpus.annotation import Annotator
    from ijcorpus.labelstudio.client import Studio
    from ijcorpus.workspace import Workspace

NOBODY = Progress(
    tasks=0, done=0, skipped=0, draft=0, open=0, per_day=None, ends=None, seconds=None,
    latest=None, odd=(),
)  # fmt: skip


class Agreeing(Struct, frozen=True, kw_only=True):
    """How far two agree on what both have finished on the server."""

    annotators: tuple[str, str]
    documents: int
    entities: float | None
    judgements: float | None


class Status(Struct, frozen=True, kw_only=True):
    """The server and everybody's work on it at one moment."""

    url: str | None
    healthy: bool
    annotators: dict[str, Progress] = msgspec.field(default_factory=dict[str, Progress])
    agreement: tuple[Agreeing, ...] = ()


def status_of(server: Studio, space: Workspace, annotators: Sequence[Annotator]) -> Status:
    """Ask the server; nothing is changed, on either side."""
    now = datetime.now(UTC)
    found: dict[str, Progress] = {}
    pulled: list[Pulled] = []
    for annotator in annotators:
        if server.api.project(server.title(annotator)) is None:
            found[annotator.id] = NOBODY
            continue
        snapshot = server.latest(annotator)
        work = harvest(snapshot, annotator, space.scheme, {})
        found[annotator.id] = progress(snapshot, work.states, annotator, now)
        pulled.append(work)
    return Status(
        url=server.access.url, healthy=True, annotators=found, agreement=_agreeing(space, pulled)
    )


def _agreeing(space: Workspace, pulled: Sequence[Pulled]) -> tuple[Agreeing, ...]:
    made: list[Agreeing] = []
    for one, other in combinations(pulled, 2):
        pairs = [
            (layer, other.annotations[name])
            for name, layer in one.annotations.items()
            if name in space.sources
            and name not in space.uncounted
            and name in other.annotations
            and other.annotations[name].digest == layer.digest
        ]
        if not pairs:
            continue
        documents = {layer.document: _sentences(space, layer.document) for layer, _ in pairs}
        found = agreement(pairs, space.scheme, resamples=1, sentences=documents)
        made.append(
            Agreeing(
                annotators=(one.annotator, other.annotator),
                documents=len(pairs),
                entities=found.entities.labelled.value,
                judgements=found.stances.triple.value,
            )
        )
    return tuple(made)


def _sentences(space: Workspace, document: str) -> tuple[Span, ...]:
    if space.has_text(document):
        return space.document(document).sentences
    return space.standoff(document).sentences


def shown(status: Status) -> RenderableType:
    """The status as tables."""
    from rich.console import Group
    from rich.table import Table

    table = Table()
    table.add_column("annotator")
    for column in (
        "tasks",
        "done",
        "skipped",
        "draft",
        "open",
        "a day",
        "ends",
        "median",
        "latest",
    ):
        table.add_column(column, justify="right")
    notes: list[str] = []
    for name, found in status.annotators.items():
        counts = (found.tasks, found.done, found.skipped, found.draft, found.open)
        table.add_row(
            name,
            *(str(count) for count in counts),
            "-" if found.per_day is None else f"{found.per_day:.1f}",
            found.ends or "-",
            _minutes(found.seconds),
            (found.latest or "-")[:16].replace("T", " "),
        )
        notes += [
            f"{name}: {odd.document} took {_minutes(odd.seconds)}; for its length "
            f"{_minutes(odd.typical)} is usual"
            for odd in found.odd
        ]
    for pair in status.agreement:
        first, second = pair.annotators
        notes.append(
            f"{first} and {second}, {pair.documents} documents: F1 {_number(pair.entities)} of "
            f"entities with label, {_number(pair.judgements)} of judgements"
        )
    return Group(f"Label Studio is up: {status.url}", table, *notes)


def _minutes(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
