"""`ijcorpus adjudicate`: settle disagreements, with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from ijcorpus.cli.context import Context, pass_context
from ijcorpus.cli.studio import annotators, studio, url_option

if TYPE_CHECKING:
    from ijcorpus.annotation import Decision
    from ijcorpus.cli.settling import Settling
    from ijcorpus.labelstudio.adjudication import Bench


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """How one document stands: `problem` says why nothing was written though nothing is open."""

    document: str
    annotators: tuple[str, ...]
    disputes: int
    open: tuple[str, ...]
    stale: tuple[str, ...]
    written: bool
    problem: str


@click.command(
    epilog="Examples: ijcorpus adjudicate --worksheet build/disputes; "
    "ijcorpus adjudicate --push --url https://studio.example.org"
)
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
@click.option("--here", is_flag=True, help="Decide one dispute after the other in the terminal.")
@click.option("--push", is_flag=True, help="Make a task of each open dispute in Label Studio.")
@click.option("--pull", is_flag=True, help="Record what was decided in Label Studio.")
@click.option("--document", help="With --here: only this document.")
@click.option("--as", "named", help="The annotator who decides; needed if several may.")
@click.option("--replace", is_flag=True, help="Let new decisions replace those on record.")
@click.option(
    "--agreed-by",
    type=click.IntRange(min=1),
    help="How many annotators must share a reading for it to pass; by default what "
    "annotations/adjudication.toml says, or all.",
)
@url_option
@pass_context
def adjudicate_command(
    ctx: Context,
    worksheet: Path | None,
    decide: Path | None,
    here: bool,
    push: bool,
    pull: bool,
    document: str | None,
    named: str | None,
    replace: bool,
    agreed_by: int | None,
    url: str | None,
) -> None:
    """Settle disagreements, with reasons.

    Without options: say what is open, and write the adjudicated annotation of every document of
    which nothing is. Exit code 1 when a dispute is open.

    There are three ways to decide. --here shows each dispute in the terminal and takes keys; it
    saves after every decision and goes on where it was left. --push and --pull do the same in a
    project of the adjudicator's in Label Studio. --worksheet writes JSON forms for --decide: for
    each dispute the annotators' readings and four fields, "choice" (an annotator, or "other"),
    "reason" (one of the listed), "note" (in your own words), and with "other" the "reading" that
    stands instead, written like those shown; {} is nothing. A holder is "author",
    "unnamed:type" or {"mention": [start, end]}, or {"mention": "entity-id"} for the nearest.
    """
    from ijcorpus.cli.settling import Settling, adjudicator

    steps = {"--worksheet": worksheet, "--decide": decide, "--here": here, "--push": push}
    asked = [name for name, value in {**steps, "--pull": pull}.items() if value]
    if len(asked) > 1:
        raise click.UsageError(f"{' and '.join(asked)} are separate steps: name one of them.")
    if replace and not (decide or pull):
        raise click.UsageError("--replace is for --decide and --pull.")
    if document and not here:
        raise click.UsageError("--document is for --here.")
    if url and not (push or pull):
        raise click.UsageError("--url is for --push and --pull.")
    by = adjudicator(ctx.workspace, named)
    settling = Settling(ctx.workspace, by, agreed_by)
    if worksheet:
        _write_worksheets(ctx, settling, worksheet)
        return
    if push:
        _push(ctx, settling, url)
        return
    if decide:
        _record(ctx, settling, decide, replace=replace)
    if pull:
        _pull(ctx, settling, url, replace=replace)
    if here:
        from ijcorpus.cli.here import decide_here

        decide_here(ctx, settling, document)
    decisions = settling.record()
    reports = [_apply(settling, name, decisions) for name in settling.documents()]
    _show(ctx, reports)
    if any(report.open or report.problem for report in reports):
        raise SystemExit(1)


def _write_worksheets(ctx: Context, settling: Settling, folder: Path) -> None:
    from ijcorpus.adjudicate import Worksheet, worksheet
    from ijcorpus.records import read_json, write_json

    workspace = ctx.workspace
    ctx.refuse_published(folder)
    written: dict[str, int] = {}
    for name in settling.documents():
        found = settling.open(name)
        path = folder / f"{name}.json"
        if not found:
            continue
        before = read_json(path, Worksheet) if path.exists() else None
        document, text = workspace.standoff(name), settling.text(name)
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


def _record(ctx: Context, settling: Settling, folder: Path, *, replace: bool) -> None:
    """Add the decisions of all worksheets to those on record; all of them, or none."""
    from ijcorpus.adjudicate import Worksheet, decided
    from ijcorpus.records import read_json

    made: list[Decision] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.json")):
        sheet = read_json(path, Worksheet)
        decisions, faults = decided(sheet, settling.ground(sheet.document), by=settling.by)
        told = {(d.document, d.dispute): d for d in made}
        problems += [
            f"{path}: dispute {d.dispute} of {d.document} is decided otherwise in another worksheet"
            for d in decisions
            if told.get((d.document, d.dispute), d) != d
        ]
        made += decisions
        problems += faults
    _keep(ctx, settling, made, problems, replace=replace, source=str(folder))


def _keep(
    ctx: Context,
    settling: Settling,
    made: Sequence[Decision],
    problems: list[str],
    *,
    replace: bool,
    source: str,
) -> None:
    from ijcorpus.errors import AdjudicationError

    added = replaced = 0
    if not problems:
        added, replaced, problems = settling.keep(made, replace=replace)
    if problems:
        raise AdjudicationError("\n".join([f"nothing was recorded, of {source}:", *problems]))
    ctx.progress.print(f"{added} decisions added, {replaced} replaced.", soft_wrap=True)


def _bench(ctx: Context, settling: Settling, url: str | None) -> Bench:
    """The adjudicator's project, on a server where the adjudicator has an account."""
    from ijcorpus.labelstudio.adjudication import Bench
    from ijcorpus.labelstudio.server import Server

    judge = ctx.workspace.annotators[settling.by]
    connected = studio(ctx, url)
    if connected.access.local and judge.id not in connected.access.accounts:
        Server(ctx.workspace.layout).up([*annotators(ctx), judge], lambda _: None)
        connected = studio(ctx, url)
    return Bench(connected, judge)


def _push(ctx: Context, settling: Settling, url: str | None) -> None:
    from ijcorpus.adjudicate import disputes
    from ijcorpus.labelstudio.adjudication import Docket

    space = ctx.workspace
    dockets: list[Docket] = []
    names: dict[str, None] = {}
    for name in settling.documents():
        if not space.has_text(name):
            ctx.progress.print(f"{name}: its text is not at hand; decide it with --here.")
            continue
        layers = settling.layers(name)
        names |= dict.fromkeys(layers)
        agreed, _ = disputes(
            name,
            layers,
            sentences=space.standoff(name).sentences,
            agreed_by=settling.rule.agreed_by,
        )
        found = tuple(settling.open(name))
        dockets.append(Docket(document=space.document(name), disputes=found, agreed=agreed))
    bench = _bench(ctx, settling, url)
    done = bench.push(dockets, [*names])
    if ctx.json:
        ctx.emit({"project": bench.title, "result": done})
        return
    ctx.console.print(
        f"{bench.title}: {len(done.created)} disputes sent, {len(done.kept)} were there, "
        f"{len(done.removed)} closed ones removed. Log in as {bench.adjudicator.email}, decide, "
        "then: ijcorpus adjudicate --pull",
        soft_wrap=True,
        highlight=False,
    )


def _pull(ctx: Context, settling: Settling, url: str | None, *, replace: bool) -> None:
    bench = _bench(ctx, settling, url)
    grounds = {name: settling.ground(name) for name in settling.documents()}
    made, problems = bench.pull(grounds)
    _keep(ctx, settling, made, problems, replace=replace, source=bench.title)


def _apply(settling: Settling, document: str, decisions: Iterable[Decision]) -> Report:
    """Write the adjudicated annotation of a document if nothing is open."""
    from ijcorpus.adjudicate import adjudicate
    from ijcorpus.annotation import without_quotes
    from ijcorpus.errors import AdjudicationError
    from ijcorpus.records import write_json

    workspace, layers = settling.space, settling.layers(document)
    mine = [decision for decision in decisions if decision.document == document]
    keys = [dispute.key for dispute in settling.disputes(document)]
    settled = {decision.dispute for decision in mine}
    undecided = tuple(key for key in keys if key not in settled)
    path = workspace.layout.adjudication(document)
    problem = f"{path} no longer follows from the layers" if undecided and path.exists() else ""
    if not undecided:
        try:
            result = adjudicate(
                document,
                layers,
                mine,
                adjudicator=settling.by,
                sentences=workspace.standoff(document).sentences,
                agreed_by=settling.rule.agreed_by,
            )
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
