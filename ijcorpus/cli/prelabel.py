"""`ijcorpus prelabel`: prelabels from the registry."""

from __future__ import annotations

import click

from ijcorpus.cli.context import Context, pass_context


@click.command(epilog="Example: ijcorpus prelabel original-012 --markup > original-012.md")
@click.argument("documents", nargs=-1)
@click.option("--markup", is_flag=True, help="Print the text in markup notation, to go on from.")
@pass_context
def prelabel_command(ctx: Context, documents: tuple[str, ...], markup: bool) -> None:
    """Find registry names in documents: all that are at hand, or the DOCUMENTS named.

    How many are found is printed; with --json each of them.
    """
    from ijcorpus.prelabel import prelabel

    workspace = ctx.workspace
    names = documents or tuple(name for name in workspace.sources if workspace.has_text(name))
    entries = tuple(workspace.registry.values())
    found = {name: prelabel(workspace.document(name), entries) for name in names}
    if markup:
        from ijcorpus.annotation import Annotation
        from ijcorpus.markup import render

        for name, entities in found.items():
            document = workspace.document(name)
            annotation = Annotation(
                document=name,
                digest=document.digest,
                scheme=workspace.scheme.version,
                annotator="rule",
                entities=entities,
            )
            click.echo(render(document.text, annotation), nl=False)
    elif ctx.json:
        ctx.emit(found)
    else:
        _print(ctx, {name: len(entities) for name, entities in found.items()})


def _print(ctx: Context, counts: dict[str, int]) -> None:
    from rich.table import Table

    table = Table("document", "prelabels")
    table.columns[1].justify = "right"
    for name, count in counts.items():
        table.add_row(name, str(count))
    ctx.console.print(table)
