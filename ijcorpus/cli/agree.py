"""`ijcorpus agree`: agreement between annotators, with intervals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from ijcorpus.cli.context import Context, pass_context

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.table import Table
    from rich.text import Text

    from ijcorpus.agreement import (
        Acceptance,
        Confusion,
        Disputed,
        Figure,
        Origins,
        Overview,
        PairOverview,
        Prelabelled,
    )
    from ijcorpus.annotation import Annotation
    from ijcorpus.workspace import Workspace

GROUPS = ("genre", "period", "vantage", "topic", "subset", "split")
_WIDE = 12  # values, from which on a confusion is a list
TIMES = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m"}


@click.command(epilog="Example: ijcorpus agree --split test --html build/agreement.html")
@click.option(
    "--annotators",
    nargs=2,
    metavar="A B",
    help="Whom to compare; by default every two with documents in common.",
)
@click.option("--split", help="Only the documents of this split.")
@click.option(
    "--calibration/--no-calibration",
    default=None,
    help="With or without the calibration documents; by default as annotations/assignment.toml "
    "says.",
)
@click.option(
    "--resamples",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="How many times documents are drawn anew for the intervals.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Where drawing starts.")
@click.option("--by-label", is_flag=True, help="Also for each entity label and proposition.")
@click.option(
    "--by",
    type=click.Choice([*GROUPS, *TIMES]),
    help="Also for each group of documents; day, week and month are when the later of those "
    "compared saved it (UTC).",
)
@click.option("--confusion", is_flag=True, help="Also what stands against what, as tables.")
@click.option(
    "--disputed",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Also the N most disputed sentences, with both readings.",
)
@click.option("--prelabels", is_flag=True, help="Also what became of the rule's prelabels.")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write everything to this FILE, a page with plots that needs nothing else.",
)
@pass_context
def agree_command(
    ctx: Context,
    annotators: tuple[str, str] | None,
    split: str | None,
    calibration: bool | None,
    resamples: int,
    seed: int,
    by_label: bool,
    by: str | None,
    confusion: bool,
    disputed: int,
    prelabels: bool,
    html: Path | None,
) -> None:
    """Agreement between every two annotators before adjudication, with 95% intervals."""
    from ijcorpus.agreement import overview

    space = ctx.workspace
    layers = _layers(space, _documents(space, split, calibration), annotators)
    names = [name for name in space.sources if any(name in work for work in layers.values())]
    sentences = {name: space.standoff(name).sentences for name in names}
    found = overview(
        layers,
        space.scheme,
        sentences=sentences,
        groups=_groups(space, names, by or GROUPS[0], [*layers]),
        grouped_by=by or GROUPS[0],
        prelabelled=_prelabelled(space, names) if prelabels or html else None,
        resamples=resamples,
        seed=seed,
        disputed=disputed or 20,
    )
    if html:
        _write(ctx, found, names, html)
    if ctx.json:
        ctx.emit(found)
        return
    for pair in found.pairs:
        _show(ctx, pair, by_label)
        if by:
            ctx.console.print(_grouped(pair, by))
        if confusion:
            for what, table in pair.confusions.items():
                ctx.console.print(_confused(what, table, pair.agreement.annotators))
        for sentence in pair.disputed[:disputed]:
            ctx.console.print(_sentence(space, sentence, pair.agreement.annotators))
    if prelabels:
        _show_prelabels(ctx, found)


def _documents(workspace: Workspace, split: str | None, calibration: bool | None) -> list[str]:
    from ijcorpus.errors import RecordError

    left_out = workspace.uncounted
    if calibration is not None and workspace.assignment is not None:
        left_out = frozenset(() if calibration else workspace.assignment.calibration)
    listed = [name for name in workspace.sources if name not in left_out]
    if split is None:
        return listed
    known = sorted(set(workspace.splits.values()))
    if split not in known:
        raise RecordError(f"There is no split {split!r}. Name one of {', '.join(known)}.")
    return [name for name in listed if workspace.splits.get(name) == split]


def _layers(
    workspace: Workspace, documents: list[str], annotators: tuple[str, str] | None
) -> dict[str, dict[str, Annotation]]:
    """The annotations of those named, or of all whose layers are passes, by document."""
    from ijcorpus.errors import RecordError

    known = workspace.annotators
    for name in annotators or ():
        if name not in known:
            raise RecordError(f"There is no annotator {name!r}. Name two of {', '.join(known)}.")
    passes = [name for name, annotator in known.items() if annotator.passes]
    layers: dict[str, dict[str, Annotation]] = {}
    for name in annotators or passes:
        found = ((document, workspace.layer(name, document)) for document in documents)
        layers[name] = {document: layer for document, layer in found if layer is not None}
    counts = [document for work in layers.values() for document in work]
    if len(counts) == len(set(counts)):
        raise RecordError(
            f"{' and '.join(annotators or passes) or 'Nobody'}: no document is annotated by two of "
            "them. Pull their work first, or name others with --annotators."
        )
    return layers


def _groups(
    workspace: Workspace, names: list[str], by: str, annotators: Sequence[str]
) -> dict[str, str]:
    if by in TIMES:
        return _dated(workspace, names, TIMES[by], annotators)
    if by == "split":
        return {name: workspace.splits[name] for name in names if name in workspace.splits}
    return {name: str(getattr(workspace.source(name), by)) for name in names}


def _dated(
    workspace: Workspace, names: list[str], form: str, annotators: Sequence[str]
) -> dict[str, str]:
    """The time at which each document was last saved by one of some annotators, in a form."""
    from datetime import UTC

    from ijcorpus.errors import RecordError
    from ijcorpus.labelstudio.times import completed

    folder = workspace.layout.studio / "snapshots"
    accounts = {workspace.annotators[name].email: name for name in annotators}
    moments = completed(folder, accounts)
    latest = {
        name: max(found)
        for name in names
        if (found := [moments[who, name] for who in annotators if (who, name) in moments])
    }
    if not latest:
        raise RecordError(
            f"{folder} does not say when these documents were annotated. Pull from the server on "
            "which they were, or group them by something else."
        )
    return {name: moment.astimezone(UTC).strftime(form) for name, moment in latest.items()}


def _prelabelled(workspace: Workspace, names: list[str]) -> Prelabelled:
    """The rule's prelabels of the documents whose text is at hand."""
    from ijcorpus.agreement import Prelabelled
    from ijcorpus.prelabel import prelabel

    entries = [*workspace.registry.values()]
    documents = [workspace.document(name) for name in names if workspace.has_text(name)]
    shown = {name for name, annotator in workspace.annotators.items() if annotator.prelabels}
    return Prelabelled(
        entities={document.id: prelabel(document, entries) for document in documents},
        shown_to=frozenset(shown),
    )


def _write(ctx: Context, found: Overview, names: list[str], path: Path) -> None:
    """The page shows the texts that may ship, and of the others only offsets."""
    from ijcorpus.agreement import page
    from ijcorpus.records import write_bytes

    space = ctx.workspace
    free = [name for name in names if space.source(name).rights == "full_text"]
    texts = {name: space.document(name).text for name in free if space.has_text(name)}
    title = f"{space.info.title} {space.info.version}"
    write_bytes(path, page(found, title=title, texts=texts).encode())
    ctx.progress.print(f"{path} was written.", soft_wrap=True, markup=False)


def _show(ctx: Context, pair: PairOverview, by_label: bool) -> None:
    result = pair.agreement
    first, second = result.annotators
    ctx.console.print(
        f"{first} and {second} on {result.documents} documents; 95% intervals from "
        f"{result.resamples} resamples of documents, seed {result.seed}",
        soft_wrap=True,
    )
    parts = {
        "entities": (result.entities, result.entities.by_label),
        "stances": (result.stances, result.stances.by_target),
        "author": (result.author, {}),
        "flags": (result.flags, {}),
        "entities where a prelabel lies, and where none does": (pair.anchoring, {}),
    }
    for title, (whole, groups) in parts.items():
        if whole is None:
            continue
        table = _table(title)
        _rows(table, "", whole)
        for name, group in groups.items() if by_label else ():
            _rows(table, name, group)
        ctx.console.print(table)


def _table(title: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, collapse_padding=True)
    for column in ("of", "figure"):
        table.add_column(column, no_wrap=True)
    for column in ("value", "95% interval", "agreed", "first", "second"):
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _rows(table: Table, of: str, group: msgspec.Struct) -> None:
    """One row a figure; of groups, only those with an item."""
    from ijcorpus.agreement import figures

    for name, figure in figures(group).items():
        if not of or figure.first or figure.second:
            _row(table, of, name, figure)


def _row(table: Table, of: str, name: str, figure: Figure) -> None:
    counts = (f"{figure.agreed:g}", str(figure.first), str(figure.second))
    table.add_row(of, name, *_numbers(figure), *counts)


def _numbers(figure: Figure) -> tuple[str, str]:
    if figure.value is None:
        return "-", "-"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}", "-"
    return f"{figure.value:.3f}", f"{figure.low:.3f} to {figure.high:.3f}"


def _grouped(pair: PairOverview, by: str) -> Table:
    from ijcorpus.agreement import headlines

    table = _table(f"by {by}")
    for name, group in pair.groups.items():
        for what, figure in headlines(group).items():
            _row(table, f"{name} ({group.documents})", what, figure)
    return table


def _confused(what: str, confusion: Confusion, names: Sequence[str]) -> Table:
    """A square table, or a list of what differs where a square would not fit a screen."""
    from rich import box
    from rich.table import Table

    values = [value or "nothing" for value in confusion.values]
    table = Table(title_justify="left", box=box.SIMPLE_HEAD)
    if len(values) > _WIDE:
        table.title = f"{what} that differ"
        for column in names:
            table.add_column(column)
        table.add_column("times", justify="right")
        for times, one, other in _differing(confusion.counts):
            table.add_row(values[one], values[other], str(times))
        return table
    table.title = f"{what}; rows: {names[0]}, columns: {names[1]}"
    table.add_column("", no_wrap=True)
    for value, column in zip(values, zip(*confusion.counts, strict=True), strict=True):
        # Names may fold, numbers never.
        digits = len(str(max(column)))
        table.add_column(value, justify="right", overflow="fold", min_width=digits)
    for value, row in zip(values, confusion.counts, strict=True):
        table.add_row(value, *(str(count or "") for count in row))
    return table


def _differing(counts: Sequence[Sequence[int]]) -> list[tuple[int, int, int]]:
    """How often which row met which other column, the most frequent first."""
    found = (
        (count, row, column)
        for row, there in enumerate(counts)
        for column, count in enumerate(there)
        if count and row != column
    )
    return sorted(found, key=lambda item: (-item[0], item[1], item[2]))


def _show_prelabels(ctx: Context, found: Overview) -> None:
    if found.origins:
        title = "entities by origin, as recorded when prelabels were shown"
        ctx.console.print(
            _by_annotator(title, "documents accepted changed added share", found.origins)
        )
    columns = "shown documents prelabels kept changed dropped added rate"
    title = "prelabels that the rule gives now"
    ctx.console.print(_by_annotator(title, columns, found.acceptance))
    for row in (row for row in found.origins if row.gone):
        ctx.console.print(
            f"{row.gone} of the {row.accepted} prelabels that {row.annotator} accepted are none of "
            "the rule as it is now: it has changed since they were shown.",
            markup=False,
        )


def _by_annotator(title: str, columns: str, rows: Sequence[Origins | Acceptance]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("annotator", no_wrap=True)
    for column in columns.split():
        table.add_column(column, justify="right", overflow="fold")
    for row in rows:
        values = (getattr(row, column) for column in columns.split())
        table.add_row(row.annotator, *(_cell(value) for value in values))
    return table


def _cell(value: float | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _sentence(workspace: Workspace, found: Disputed, names: Sequence[str]) -> Text:
    """A sentence, where its text is at hand, and under it what only one of the two said."""
    from rich.text import Text

    at_hand = workspace.has_text(found.document)
    text = workspace.document(found.document).text if at_hand else None
    shown = Text(f"{found.document} [{found.start}, {found.end})\n", style="bold")
    if text is not None:
        shown.append(text[found.start : found.end] + "\n", style="not bold")
    for line, style in _said(found, names, text):
        shown.append(line + "\n", style=f"not bold {style}")
    return shown


def _said(found: Disputed, names: Sequence[str], text: str | None) -> Iterator[tuple[str, str]]:
    sides = ((names[0], found.first, "yellow"), (names[1], found.second, "cyan"))
    for name, marks, style in sides:
        for mark in marks:
            words = f"[{mark.start}, {mark.end})" if text is None else text[mark.start : mark.end]
            yield f"  {name}: {words!r} {mark.said}", style
