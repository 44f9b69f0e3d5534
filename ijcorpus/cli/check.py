"""`ijcorpus check`: findings, grouped by code, with the place in the text."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, get_args

import click

from ijcorpus.checks import Report, table
from ijcorpus.cli.context import Context, pass_context
from ijcorpus.finding import Finding, Severity

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
@click.option("--annotator", help="Only this annotator's work; 'adjudicated' for what stands.")
@click.option("--document", help="Only this document.")
@click.option("--list", "listed", is_flag=True, help="Print the table of checks and stop.")
@pass_context
def check_command(
    ctx: Context, severity: Severity, annotator: str | None, document: str | None, listed: bool
) -> None:
    """Check the corpus: texts, annotations, links, splits, rights.

    Exit code 0: no errors; 1: errors were found; 2: the checks could not run.
    """
    if listed:
        click.echo(table(), nl=False)
        return
    report = _report(ctx, annotator, document)
    allowed = SEVERITIES[: SEVERITIES.index(severity) + 1]
    shown = Report(
        findings=tuple(f for f in report.findings if f.severity in allowed), waived=report.waived
    )
    if ctx.json:
        ctx.emit(shown)
    else:
        _render(ctx.console, shown, Counter(f.severity for f in report.findings))
    if any(finding.severity == "error" for finding in report.findings):
        sys.exit(1)


def _report(ctx: Context, annotator: str | None, document: str | None) -> Report:
    from ijcorpus.check import check_corpus
    from ijcorpus.checks.view import ADJUDICATED

    if document is not None:
        ctx.workspace.source(document)
    known = (*ctx.workspace.annotators, ADJUDICATED)
    if annotator is not None and annotator not in known:
        raise click.BadParameter(
            f"{annotator!r} is no annotator; there are {', '.join(known)}.",
            param_hint="--annotator",
        )
    return check_corpus(ctx.workspace).about(document=document, annotator=annotator)


def _render(console: Console, report: Report, counts: Counter[Severity]) -> None:
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
    console.out(f"\n{_totals(counts, report)}", highlight=False)


def _summary(console: Console, groups: Iterable[list[Finding]]) -> None:
    from rich.table import Table

    summary = Table(box=None, pad_edge=False)
    summary.add_column("code", no_wrap=True)
    summary.add_column("severity")
    summary.add_column("findings", justify="right")
    summary.add_column("documents", justify="right")
    for group in groups:
        documents = {f.location.document for f in group if f.location.document}
        style = STYLES[group[0].severity]
        row = (group[0].code, group[0].severity, str(len(group)), str(len(documents)))
        summary.add_row(*row, style=style)
    console.print(summary)


def _group(console: Console, group: list[Finding]) -> None:
    first = group[0]
    heading = f"\n{first.code} ({first.severity}, {len(group)})"
    console.out(heading, style=STYLES[first.severity], highlight=False)
    for finding in group:
        console.out(f"  {place(finding)}: {finding.message}", highlight=False)
        for line in finding.excerpt.split("\n") if finding.excerpt else ():
            console.out(f"      {line}", highlight=False)


def place(finding: Finding) -> str:
    """Where a finding is, in one word: `document:layer/record:start-end`."""
    at = finding.location
    interval = f"{at.start}-{at.end}" if at.start is not None else ""
    return ":".join(part for part in (at.document, at.record, interval) if part) or "corpus"


def _totals(counts: Counter[Severity], report: Report) -> str:
    said = ", ".join(f"{counts[name]} {name}{'s' * (counts[name] != 1)}" for name in SEVERITIES)
    hidden = counts.total() - len(report.findings)
    more = f"; {hidden} not shown, see --severity info" if hidden else ""
    waived = f"; {len(report.waived)} waived" if report.waived else ""
    return f"{said}{waived}{more}"
