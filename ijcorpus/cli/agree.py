"""`ijcorpus agree`: agreement between annotators, with intervals."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import click
import msgspec

from ijcorpus.cli.context import Context, pass_context

if TYPE_CHECKING:
    from rich.table import Table

    from ijcorpus.agreement import Agreement, Figure
    from ijcorpus.annotation import Annotation
    from ijcorpus.workspace import Workspace


@click.command(epilog="Example: ijcorpus agree --annotators pass-a pass-b --split test")
@click.option(
    "--annotators",
    nargs=2,
    metavar="A B",
    help="Whom to compare; by default the first two with documents in common.",
)
@click.option("--split", help="Only the documents of this split.")
@click.option(
    "--resamples",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="How many times documents are drawn anew for the intervals.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Where drawing starts.")
@click.option("--by-label", is_flag=True, help="Also for each entity label and proposition.")
@pass_context
def agree_command(
    ctx: Context,
    annotators: tuple[str, str] | None,
    split: str | None,
    resamples: int,
    seed: int,
    by_label: bool,
) -> None:
    """Agreement between two annotators before adjudication, with 95% intervals."""
    from ijcorpus.agreement import agreement

    workspace = ctx.workspace
    names = _documents(workspace, split)
    pairs = _pairs(workspace, names, annotators)
    sentences = {one.document: workspace.standoff(one.document).sentences for one, _ in pairs}
    result = agreement(pairs, workspace.scheme, resamples=resamples, seed=seed, sentences=sentences)
    if ctx.json:
        ctx.emit(result)
    else:
        _show(ctx, result, by_label)


def _documents(workspace: Workspace, split: str | None) -> list[str]:
    from ijcorpus.errors import RecordError

    if split is None:
        return [*workspace.sources]
    known = sorted(set(workspace.splits.values()))
    if split not in known:
        raise RecordError(f"There is no split {split!r}. Name one of {', '.join(known)}.")
    return [name for name in workspace.sources if workspace.splits.get(name) == split]


def _pairs(
    workspace: Workspace, documents: list[str], annotators: tuple[str, str] | None
) -> list[tuple[Annotation, Annotation]]:
    """The annotations of two annotators of the documents that both have annotated."""
    from ijcorpus.errors import RecordError

    known = workspace.annotators
    for name in annotators or ():
        if name not in known:
            raise RecordError(f"There is no annotator {name!r}. Name two of {', '.join(known)}.")
    passes = [name for name, annotator in known.items() if not annotator.adjudicates]
    for first, second in [annotators] if annotators else combinations(passes, 2):
        layers = [(workspace.layer(first, d), workspace.layer(second, d)) for d in documents]
        pairs = [(one, other) for one, other in layers if one and other]
        if pairs:
            return pairs
    raise RecordError(
        f"{' and '.join(annotators or passes) or 'Nobody'}: no document is annotated by two of "
        "them. Pull their work first, or name others with --annotators."
    )


def _show(ctx: Context, result: Agreement, by_label: bool) -> None:
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
    }
    for title, (whole, groups) in parts.items():
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
    from ijcorpus.agreement import Figure

    for name, figure in msgspec.structs.asdict(group).items():
        if isinstance(figure, Figure) and (not of or figure.first or figure.second):
            counts = (f"{figure.agreed:g}", str(figure.first), str(figure.second))
            table.add_row(of, name.replace("_", " "), *_numbers(figure), *counts)


def _numbers(figure: Figure) -> tuple[str, str]:
    if figure.value is None:
        return "-", "-"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}", "-"
    return f"{figure.value:.3f}", f"{figure.low:.3f} to {figure.high:.3f}"
