"""`ijcorpus clean`: clean raw texts and show what was removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ijcorpus.cli.context import Context, pass_context

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ijcorpus.clean.pieces import Piece


@click.command(epilog="Example: ijcorpus clean original-012 --diff")
@click.argument("documents", nargs=-1)
@click.option(
    "--diff",
    is_flag=True,
    help="Show in colour what was removed or rewritten in the DOCUMENTS; without any, how much "
    "was in each.",
)
@click.option("--all", "every", is_flag=True, help="With --diff: show it of all documents.")
@click.option("--text", "show_text", is_flag=True, help="Print the clean text.")
@click.option("--record", is_flag=True, help="Write corpus/standoff/ for texts that may not ship.")
@pass_context
def clean_command(
    ctx: Context,
    documents: tuple[str, ...],
    diff: bool,
    every: bool,
    show_text: bool,
    record: bool,
) -> None:
    """Clean raw texts: all that are at hand, or the DOCUMENTS named.

    With --json the counts are printed, and with --diff those of what was removed.
    """
    if ctx.json and show_text:
        raise click.UsageError("--json gives counts; leave --text out.")
    if every and (documents or not diff):
        raise click.UsageError("--all goes with --diff and without documents.")
    workspace = ctx.workspace
    names = documents or tuple(name for name in workspace.sources if workspace.has_text(name))
    whole = diff and not ctx.json and (every or bool(documents))
    rows: list[dict[str, object]] = []
    for name in names:
        document = workspace.document(name)
        if whole:
            _print_diff(ctx, name)
        if show_text:
            click.echo(document.text)
        if record and workspace.source(name).rights == "standoff":
            from ijcorpus.records import write_json

            write_json(workspace.layout.standoff_document(name), document.standoff())
        rows.append(
            {
                "document": name,
                "characters": len(document.text),
                "sections": len(document.sections),
                "sentences": len(document.sentences),
                "digest": document.digest,
                "cleaner": document.cleaner,
                **(_removed(_pieces(ctx, name)) if diff and not whole else {}),
            }
        )
    if ctx.json:
        ctx.emit(rows)
    elif diff and not whole:
        _print_table(ctx, rows, ("document", "raw_characters", "dropped", "rewritten", "lines"))
        ctx.progress.print(
            "Characters of the raw text that were dropped or rewritten, and the lines that they "
            "stand in. See them with 'ijcorpus clean --diff DOCUMENT', or all with --diff --all.",
            highlight=False,
        )
    elif not (diff or show_text):
        digests = [{**row, "digest": str(row["digest"])[:12]} for row in rows]
        _print_table(ctx, digests, ("document", "characters", "sections", "sentences", "digest"))


def _print_table(ctx: Context, rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    from rich.table import Table

    table = Table(*(column.replace("_", " ") for column in columns))
    for row in rows:
        table.add_row(*(str(row[column]) for column in columns))
    ctx.console.print(table)


def _pieces(ctx: Context, name: str) -> Iterator[Piece]:
    from ijcorpus.clean import removed
    from ijcorpus.fetch import raw_bytes

    source = ctx.workspace.source(name)
    return removed(source, raw_bytes(source, ctx.workspace.layout))


def _removed(pieces: Iterator[Piece]) -> dict[str, int]:
    """Characters of a raw text, how many were dropped or rewritten, and on how many lines.

    White space that became other white space counts as kept.
    """
    raw = dropped = rewritten = line = 0
    lines = set[int]()
    for piece in pieces:
        size, last = len(piece.raw), line + piece.raw.count("\n")
        raw += size
        if piece.action != "kept":
            lines.update(range(line, last + 1))
            dropped += size if piece.action == "dropped" else 0
            rewritten += size if piece.action == "changed" else 0
        line = last
    return {"raw_characters": raw, "dropped": dropped, "rewritten": rewritten, "lines": len(lines)}


def _print_diff(ctx: Context, name: str) -> None:
    """The raw text with what was dropped and rewritten: in colour, or in marks when piped."""
    from rich.text import Text

    marks = ("", "") if ctx.console.is_terminal else ("[-", "-]")
    added = ("", "") if ctx.console.is_terminal else ("{+", "+}")
    shown = Text()
    for piece in _pieces(ctx, name):
        if piece.action == "kept":
            shown.append(piece.raw)
            continue
        style = "red strike" if piece.action == "dropped" else "yellow strike"
        shown.append(f"{marks[0]}{piece.raw}{marks[1]}", style=style)
        if piece.clean:
            shown.append(f"{added[0]}{piece.clean}{added[1]}", style="green")
    ctx.console.rule(f"{name}: red was dropped, yellow became green")
    ctx.console.print(shown, soft_wrap=not ctx.console.is_terminal)
