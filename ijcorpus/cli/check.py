"""`ijcorpus check`: findings, by level and code, with the place in the text."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, get_args

import click
import msgspec

from ijcorpus.checks import Report, table
from ijcorpus.cli.context import Context, pass_context
from ijcorpus.errors import CorpusError
from ijcorpus.finding import LEVELS, Finding, Level, Location, Repair, Severity
from ijcorpus.layout import TEXTS_VARIABLE

if TYPE_CHECKING:
    from rich.console import Console

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}


@click.command("check", epilog="Example: ijcorpus check --severity info --document original-012")
@click.option(
    "--severity",
    type=click.Choice(SEVERITIES),
    default="warning",
    show_default=True,
    help="Show findings at least as bad as this; the exit code minds errors only.",
)
@click.option(
    "--level",
    type=click.IntRange(1, 7),
    default=7,
    show_default=True,
    help="Check up to this level: "
    + ", ".join(f"{number} {name}" for number, name in LEVELS.items())
    + ".",
)
@click.option("--annotator", help="Only this annotator's work; 'adjudicated' for what stands.")
@click.option("--document", help="Only this document.")
@click.option("--fix", is_flag=True, help="Apply safe repairs, show a diff, check anew.")
@click.option("--undo", is_flag=True, help="Take the last --fix back and stop.")
@click.option("--sarif", "as_sarif", is_flag=True, help="Print SARIF 2.1.0 for code hosts.")
@click.option("--fresh", is_flag=True, help="Check everything, whether or not it has changed.")
@click.option("--list", "listed", is_flag=True, help="Print the table of checks and stop.")
@pass_context
def check_command(
    ctx: Context,
    severity: Severity,
    level: Level,
    annotator: str | None,
    document: str | None,
    fix: bool,
    undo: bool,
    as_sarif: bool,
    fresh: bool,
    listed: bool,
) -> None:
    """Check the corpus: texts, annotations, links, splits, rights, releases.

    Exit code 0: no errors; 1: errors were found; 2: the checks could not run.
    """
    if listed:
        click.echo(table(), nl=False)
        return
    if undo:
        _undo(ctx)
        return
    find = partial(_report, annotator=annotator, document=document, level=level, fresh=fresh)
    try:
        report = find(ctx)
        if fix and _fix(ctx, report):
            report = find(ctx)
    except (CorpusError, OSError, UnicodeError, click.ClickException) as error:
        _refused(ctx, error, as_sarif=as_sarif)
        raise
    allowed = SEVERITIES[: SEVERITIES.index(severity) + 1]
    shown = msgspec.structs.replace(
        report, findings=tuple(f for f in report.findings if f.severity in allowed)
    )
    if as_sarif:
        from ijcorpus.cli.sarif import sarif

        ctx.emit(sarif(shown, ctx.workspace))
    elif ctx.json:
        ctx.emit(shown)
    else:
        render(ctx.console, shown, Counter(f.severity for f in report.findings))
    if any(finding.severity == "error" for finding in report.findings):
        sys.exit(1)


def _refused(ctx: Context, error: Exception, *, as_sarif: bool) -> None:
    """Say to programs, too, that the checks could not run, and why."""
    why = error.format_message() if isinstance(error, click.ClickException) else str(error)
    if as_sarif:
        from ijcorpus.cli.sarif import refused

        ctx.emit(refused(why))
    elif ctx.json:
        ctx.emit({"error": why})


def _fix(ctx: Context, report: Report) -> bool:
    """Apply the safe repairs; whether there were any. The diff goes to standard error."""
    from ijcorpus.check.repair import apply, plan

    changes = plan(ctx.workspace, report.findings)
    apply(ctx.workspace, changes)
    for change in changes:
        click.echo(change.diff(), err=True, nl=False)
    files = f"{len(changes)} file{'s' * (len(changes) != 1)}"
    click.echo(f"{files} repaired" + (", see --undo" if changes else ""), err=True)
    return bool(changes)


def _undo(ctx: Context) -> None:
    from ijcorpus.check.repair import undo

    for change in undo(ctx.workspace):
        click.echo(f"{change.path} is as it was before", err=True)


def _report(
    ctx: Context, *, annotator: str | None, document: str | None, level: Level, fresh: bool
) -> Report:
    from ijcorpus.check import check_corpus
    from ijcorpus.check.cache import Cache
    from ijcorpus.checks.subject import ADJUDICATED
    from ijcorpus.workspace import Workspace

    # Opened anew: a repair may have changed what the context's workspace has read.
    workspace = Workspace(ctx.root)
    if document is not None:
        workspace.source(document)
    known = (*workspace.annotators, ADJUDICATED)
    if annotator is not None and annotator not in known:
        raise click.BadParameter(
            f"{annotator!r} is no annotator; there are {', '.join(known)}.",
            param_hint="--annotator",
        )
    if fresh:
        report = check_corpus(workspace, level=level)
    else:
        cache = Cache(workspace.layout.build / "checked.msgpack")
        report = check_corpus(workspace, level=level, memory=cache)
        cache.save()
    return report.about(document=document, annotator=annotator)


def render(console: Console, report: Report, counts: Counter[Severity]) -> None:
    """The report as a table of counts, then finding by finding; `counts` has those left out."""
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        groups[finding.code].append(finding)
    worst_first = sorted(
        groups.values(), key=lambda g: (SEVERITIES.index(g[0].severity), g[0].code)
    )
    if worst_first:
        _summary(console, worst_first)
    for group in worst_first:
        _group(console, group)
    if report.waived:
        console.out(f"\nwaived ({len(report.waived)})", style="bold", highlight=False)
        for finding in report.waived:
            console.out(f"  {finding.code}  {place(finding)}: {finding.message}", highlight=False)
    if report.unseen:
        console.out(f"\n{_unseen(report)}", highlight=False)
    console.out(f"\n{_totals(counts, report)}", highlight=False)


def _unseen(report: Report) -> str:
    names, one = ", ".join(report.unseen), len(report.unseen) == 1
    return (
        f"{len(report.unseen)} text{' is' if one else 's are'} not at hand ({names}): "
        f"{len(report.blind)} checks could not look at {'it' if one else 'them'}. "
        f"Name the folder of your copies in {TEXTS_VARIABLE}."
    )


def _summary(console: Console, groups: Iterable[list[Finding]]) -> None:
    from rich.table import Table

    summary = Table(box=None, pad_edge=False)
    summary.add_column("level", justify="right")
    summary.add_column("code", no_wrap=True)
    summary.add_column("severity")
    summary.add_column("findings", justify="right")
    summary.add_column("documents", justify="right")
    for group in groups:
        documents = {f.location.document for f in group if f.location.document}
        style = STYLES[group[0].severity]
        row = (
            str(group[0].level),
            group[0].code,
            group[0].severity,
            str(len(group)),
            str(len(documents)),
        )
        summary.add_row(*row, style=style)
    console.print(summary)


def _group(console: Console, group: list[Finding]) -> None:
    first = group[0]
    heading = f"\n{first.code} ({first.severity}, level {first.level}, {len(group)})"
    console.out(heading, style=STYLES[first.severity], highlight=False)
    for finding in group:
        console.out(f"  {place(finding)}: {finding.message}", highlight=False)
        if finding.others:
            also = ", ".join(map(_place, finding.others))
            console.out(f"      see also {also}", highlight=False)
        for line in finding.excerpt.split("\n") if finding.excerpt else ():
            console.out(f"      {line}", highlight=False)
        if finding.repair:
            console.out(f"      {_repair(finding.repair)}", highlight=False)


def _repair(repair: Repair) -> str:
    """A suggested repair in words, and whether --fix applies it."""
    what = f"move it to [{repair.start}, {repair.end})"
    how = "--fix does it" if repair.safe else "if you agree"
    return f"repair: {'put it in order' if repair.kind == 'canonical' else what} ({how})"


def place(finding: Finding) -> str:
    """Where a finding is, in one word: `document:layer/record:start-end`."""
    return _place(finding.location)


def _place(at: Location) -> str:
    interval = f"{at.start}-{at.end}" if at.start is not None else ""
    return ":".join(part for part in (at.document, at.record, interval) if part) or "corpus"


def _totals(counts: Counter[Severity], report: Report) -> str:
    said = ", ".join(f"{counts[name]} {name}{'s' * (counts[name] != 1)}" for name in SEVERITIES)
    hidden = counts.total() - len(report.findings)
    more = f"; {hidden} not shown, see --severity info" if hidden else ""
    waived = f"; {len(report.waived)} waived" if report.waived else ""
    return f"{said}{waived}{more}"
