"""`ijcorpus clean`: clean raw texts and show what was removed."""

from __future__ import annotations

import click

from ijcorpus.cli.context import Context, pass_context


@click.command(epilog="Example: ijcorpus clean original-012 --diff")
@click.argument("documents", nargs=-1)
@click.option("--diff", is_flag=True, help="Show what was removed or rewritten, in colour.")
@click.option("--text", "show_text", is_flag=True, help="Print the clean text.")
@click.option("--record", is_flag=True, help="Write corpus/standoff/ for texts that may not ship.")
@pass_context
def clean_command(
    ctx: Context, documents: tuple[str, ...], diff: bool, show_text: bool, record: bool
) -> None:
    """Clean raw texts: all that are at hand, or the DOCUMENTS named."""
    from rich.table import Table

    if ctx.json and (diff or show_text):
        raise click.UsageError("--json gives counts; leave --diff and --text out.")
    workspace = ctx.workspace
    names = documents or tuple(name for name in workspace.sources if workspace.has_text(name))
    rows: list[dict[str, object]] = []
    for name in names:
        document = workspace.document(name)
        source = workspace.source(name)
        if diff:
            _print_diff(ctx, name)
        if show_text:
            click.echo(document.text)
        if record and source.rights == "standoff":
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
            }
        )
    if ctx.json:
        ctx.emit(rows)
    elif not (diff or show_text):
        table = Table("document", "characters", "sections", "sentences", "digest")
        for row in rows:
            values = [str(row[key]) for key in ("document", "characters", "sections", "sentences")]
            table.add_row(*values, str(row["digest"])[:12])
        ctx.console.print(table)


def _print_diff(ctx: Context, name: str) -> None:
    """The raw text with what was dropped and rewritten: in colour, or in marks when piped."""
    from rich.text import Text

    from ijcorpus.clean import removed
    from ijcorpus.fetch import raw_bytes

    workspace = ctx.workspace
    source = workspace.source(name)
    marks = ("", "") if ctx.console.is_terminal else ("[-", "-]")
    added = ("", "") if ctx.console.is_terminal else ("{+", "+}")
    shown = Text()
    for piece in removed(source, raw_bytes(source, workspace.layout)):
        if piece.action == "kept":
            shown.append(piece.raw)
            continue
        style = "red strike" if piece.action == "dropped" else "yellow strike"
        shown.append(f"{marks[0]}{piece.raw}{marks[1]}", style=style)
        if piece.clean:
            shown.append(f"{added[0]}{piece.clean}{added[1]}", style="green")
    ctx.console.rule(f"{name}: red was dropped, yellow became green")
    ctx.console.print(shown, soft_wrap=not ctx.console.is_terminal)
