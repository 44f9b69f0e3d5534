"""`ijcorpus adjudicate`: settle disagreements, with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from ijcorpus.cli.context import Context, pass_context

if TYPE_CHECKING:
    from ijcorpus.adjudicate import Dispute
    from ijcorpus.annotation import Annotation, Decision
    from ijcorpus.workspace import Workspace


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """How one document stands: `problem` says why nothing was written though nothing is open."""

    document: str
    annotators: tuple[str, ...]
    disputes: int
    open: tuple[str, ...]
    stale: tuple[str, ...]
    written: bool
    problem: str


@click.command(epilog="Example: ijcorpus adjudicate --worksheet build/disputes")
@click.option(
    "--worksheet",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the open disputes to this FOLDER, a JSON form for each document.",
)
@click.option(
    "--decide",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Read the filled-in forms of this FOLDER and record the decisions.",
)
@click.option("--as", "adjudicator", help="The annotator who decides; needed if several may.")
@click.option("--replace", is_flag=True, help="Let --decide replace decisions on record.")
@pass_context
def adjudicate_command(
    ctx: Context,
    worksheet: Path | None,
    decide: Path | None,
    adjudicator: str | None,
    replace: bool,
) -> None:
    """Settle disagreements, with reasons.

    Without options: say what is open, and write the adjudicated annotation of every document of
    which nothing is. Exit code 1 when a dispute is open. A form has, for each dispute, the
    annotators' readings and four fields to fill in: "choice" (an annotator, or "other"),
    "reason" (one of the listed), "note" (in your own words), and with "other" the "reading" that
    stands instead, written like those shown; {} is nothing. A holder is "author",
    "unnamed:type" or {"mention": [start, end]}, or {"mention": "entity-id"} for the nearest.
    """
    if worksheet and decide:
        raise click.UsageError("--worksheet and --decide are two steps: name one of them.")
    if replace and not decide:
        raise click.UsageError("--replace is for --decide.")
    by = _adjudicator(ctx.workspace, adjudicator)
    if worksheet:
        _write_worksheets(ctx, worksheet)
        return
    decisions = ctx.workspace.decisions
    if decide:
        decisions = _record(ctx, decide, by, replace=replace)
    reports = [_apply(ctx.workspace, name, decisions, by) for name in _annotated(ctx.workspace)]
    _show(ctx, reports)
    if any(report.open or report.problem for report in reports):
        raise SystemExit(1)


def _adjudicator(workspace: Workspace, named: str | None) -> str:
    from ijcorpus.errors import AdjudicationError

    able = [name for name, annotator in workspace.annotators.items() if annotator.adjudicates]
    if named in able:
        return named
    if named is None and len(able) == 1:
        return able[0]
    raise AdjudicationError(
        f"{named or 'nobody'} is named with --as, but in {workspace.layout.annotators} "
        f"{', '.join(able) or 'nobody'} adjudicates. Name one of these."
    )


def _layers(workspace: Workspace, document: str) -> dict[str, Annotation]:
    """The layers of those who do not adjudicate."""
    layers = workspace.layers(document)
    return {name: a for name, a in layers.items() if not workspace.annotators[name].adjudicates}


def _annotated(workspace: Workspace) -> list[str]:
    return [name for name in workspace.sources if _layers(workspace, name)]


def _disputes(workspace: Workspace, document: str) -> tuple[Dispute, ...]:
    from ijcorpus.adjudicate import disputes

    sentences = workspace.standoff(document).sentences
    return disputes(document, _layers(workspace, document), sentences=sentences)[1]


def _text(workspace: Workspace, document: str) -> str | None:
    return workspace.document(document).text if workspace.has_text(document) else None


def _write_worksheets(ctx: Context, folder: Path) -> None:
    from ijcorpus.adjudicate import Worksheet, worksheet
    from ijcorpus.errors import AdjudicationError
    from ijcorpus.records import read_json, write_json

    workspace = ctx.workspace
    for kept in (workspace.layout.info.parent, workspace.layout.scheme.parent):
        if folder.resolve().is_relative_to(kept.resolve()):
            raise AdjudicationError(
                f"{folder} lies in {kept}, which is published, and worksheets may hold texts "
                "that may not ship. Name a folder elsewhere, such as build/disputes."
            )
    on_record = {decision.dispute for decision in workspace.decisions}
    written: dict[str, int] = {}
    for name in _annotated(workspace):
        found = [d for d in _disputes(workspace, name) if d.key not in on_record]
        path = folder / f"{name}.json"
        if not found:
            continue
        before = read_json(path, Worksheet) if path.exists() else None
        text = _text(workspace, name)
        document = workspace.standoff(name)
        form = worksheet(document, found, workspace.scheme, text=text, before=before)
        write_json(path, form)
        written[str(path)] = len(found)
    if ctx.json:
        ctx.emit(written)
        return
    ctx.console.print(
        f"{sum(written.values())} open disputes in {len(written)} worksheets in {folder}. "
        f"Fill them in, then: ijcorpus adjudicate --decide {folder}",
        soft_wrap=True,
    )


def _record(ctx: Context, folder: Path, by: str, *, replace: bool) -> tuple[Decision, ...]:
    """Add the decisions of all worksheets to those on record; all of them, or none."""
    from ijcorpus.errors import AdjudicationError
    from ijcorpus.records import write_jsonl

    workspace = ctx.workspace
    made, problems = _read_worksheets(workspace, folder, by)
    on_record = {(d.document, d.dispute): d for d in workspace.decisions}
    new = [d for d in made if on_record.get((d.document, d.dispute)) != d]
    changed = [d for d in new if (d.document, d.dispute) in on_record]
    if changed and not replace:
        problems += [
            f"{d.document}, dispute {d.dispute}: already decided otherwise; add --replace to "
            "decide it anew."
            for d in changed
        ]
    if problems:
        raise AdjudicationError("\n".join([f"nothing was recorded, of {folder}:", *problems]))
    on_record |= {(d.document, d.dispute): d for d in new}
    if new:
        write_jsonl(workspace.layout.decisions, on_record.values())
    ctx.progress.print(
        f"{len(new) - len(changed)} decisions added, {len(changed)} replaced.", soft_wrap=True
    )
    return tuple(on_record.values())


def _read_worksheets(
    workspace: Workspace, folder: Path, by: str
) -> tuple[list[Decision], list[str]]:
    from ijcorpus.adjudicate import Ground, Worksheet, decided
    from ijcorpus.records import read_json

    made: list[Decision] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.json")):
        sheet = read_json(path, Worksheet)
        source = workspace.source(sheet.document)
        ground = Ground(
            document=workspace.standoff(source.id),
            layers=_layers(workspace, source.id),
            disputes=_disputes(workspace, source.id),
            scheme=workspace.scheme,
            registry=workspace.registry,
            ships=source.rights == "full_text",
            text=_text(workspace, source.id),
            earlier=workspace.decisions,
        )
        decisions, faults = decided(sheet, ground, by=by)
        made += decisions
        problems += faults
    return made, problems


def _apply(workspace: Workspace, document: str, decisions: Iterable[Decision], by: str) -> Report:
    """Write the adjudicated annotation of a document if nothing is open."""
    from ijcorpus.adjudicate import adjudicate, without_quotes
    from ijcorpus.errors import AdjudicationError
    from ijcorpus.records import write_json

    layers = _layers(workspace, document)
    mine = [decision for decision in decisions if decision.document == document]
    keys = [dispute.key for dispute in _disputes(workspace, document)]
    settled = {decision.dispute for decision in mine}
    undecided = tuple(key for key in keys if key not in settled)
    path = workspace.layout.adjudication(document)
    problem = f"{path} no longer follows from the layers" if undecided and path.exists() else ""
    if not undecided:
        try:
            sentences = workspace.standoff(document).sentences
            result = adjudicate(document, layers, mine, adjudicator=by, sentences=sentences)
        except AdjudicationError as error:
            problem = str(error)
        else:
            ships = workspace.source(document).rights == "full_text"
            write_json(path, result if ships else without_quotes(result))
    return Report(
        document=document,
        annotators=tuple(layers),
        disputes=len(keys),
        open=undecided,
        stale=tuple(sorted(settled - {*keys})),
        written=not undecided and not problem,
        problem=problem,
    )


def _show(ctx: Context, reports: Sequence[Report]) -> None:
    if ctx.json:
        ctx.emit(reports)
        return
    from rich.table import Table

    table = Table("document", "annotators", "disputes", "open", "stale", "written")
    for report in reports:
        counts = [report.disputes, len(report.open), len(report.stale)]
        written = "yes" if report.written else "no"
        table.add_row(report.document, ", ".join(report.annotators), *map(str, counts), written)
    ctx.console.print(table)
    for report in reports:
        if report.problem:
            ctx.progress.print(report.problem, soft_wrap=True, markup=False)
        if report.stale:
            ctx.progress.print(
                f"{report.document}: decisions on {', '.join(report.stale)} apply to no dispute; "
                "a layer has changed since. They are kept and not used.",
                soft_wrap=True,
            )
