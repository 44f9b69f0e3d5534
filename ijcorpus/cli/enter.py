"""`ijcorpus enter`: work in markup notation, or of a layer, goes to Label Studio."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ijcorpus.cli.context import Context, pass_context
from ijcorpus.cli.studio import chosen, studio, url_option

if TYPE_CHECKING:
    from ijcorpus.annotation import Annotation, Annotator


@click.command("enter", epilog="Example: ijcorpus enter --as pass-a drafts/original-003.md")
@click.argument(
    "files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path, exists=True)
)
@click.option("--as", "name", required=True, help="The annotator whose work it is.")
@click.option("--from-layers", is_flag=True, help="Send the annotator's layers instead of files.")
@click.option("--replace", is_flag=True, help="Replace what the annotator said on the server.")
@url_option
@pass_context
def enter_command(
    ctx: Context,
    files: tuple[Path, ...],
    name: str,
    from_layers: bool,
    replace: bool,
    url: str | None,
) -> None:
    """Send work in markup notation to Label Studio, in the annotator's own name.

    A file's name without its ending is the document's id. What is there already and says the
    same stays; what says something else is replaced only with --replace.
    """
    if from_layers == bool(files):
        raise click.UsageError("name FILEs in markup notation, or say --from-layers.")
    annotator = chosen(ctx, (name,))[0]
    work = _layers(ctx, annotator) if from_layers else [_marked(ctx, annotator, f) for f in files]
    with ctx.progress.status(f"entering {len(work)} documents as {annotator.id}"):
        server = studio(ctx, url)
        entered = list(server.enter(annotator, work, replace=replace, origins=not from_layers))
    if ctx.json:
        ctx.emit(entered)
        return
    from rich.table import Table

    table = Table("document", annotator.id)
    for item in entered:
        table.add_row(item.document, item.did)
    ctx.console.print(table)


def _marked(ctx: Context, annotator: Annotator, file: Path) -> Annotation:
    """The annotation in a markup file, of exactly the document's text."""
    from ijcorpus.markup import parse

    document = ctx.workspace.document(file.stem)
    return parse(
        file.read_text(),
        ctx.workspace.scheme,
        document=document.id,
        annotator=annotator.id,
        text=document.text,
    ).annotation


def _layers(ctx: Context, annotator: Annotator) -> list[Annotation]:
    """The annotator's layers of all documents at hand; refuses layers of another text."""
    from ijcorpus.errors import TextMismatchError

    layers: list[Annotation] = []
    for document in ctx.workspace.documents():
        layer = ctx.workspace.layer(annotator.id, document.id)
        if layer is None:
            continue
        if layer.digest != document.digest:
            raise TextMismatchError(
                f"{document.id}: the layer of {annotator.id} was made of the text "
                f"{layer.digest[:12]}, but the text is {document.digest[:12]}. Bring the old text "
                "back, or annotate the document anew."
            )
        layers.append(layer)
    return layers
