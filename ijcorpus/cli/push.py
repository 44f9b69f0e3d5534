"""`ijcorpus push`: documents and prelabels go to Label Studio."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ijcorpus.cli.context import Context, pass_context
from ijcorpus.cli.studio import chosen, studio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ijcorpus.document import Document
    from ijcorpus.labelstudio.client import Prelabels, Pushed


@click.command("push", epilog="Example: ijcorpus push --annotator pass-a original-001 original-002")
@click.argument("documents", nargs=-1, metavar="[DOCUMENT]...")
@click.option("--annotator", "names", multiple=True, help="Only to this annotator; repeatable.")
@pass_context
def push_command(ctx: Context, documents: tuple[str, ...], names: tuple[str, ...]) -> None:
    """Send documents (all that are at hand) and prelabels to every annotator's project.

    Only what is missing is sent, so it may be repeated at any time. A document whose text
    changed is sent anew, unless somebody has worked on the old text.
    """
    space = ctx.workspace
    people, server = chosen(ctx, names), studio(ctx)
    listed = [space.document(name) for name in documents] or list(space.documents())
    titles = {document.id: space.source(document.id).title for document in listed}
    wanted = any(annotator.prelabels for annotator in people)
    prelabels = _prelabels(ctx, listed) if wanted else None
    instructions = _instructions(ctx)
    done: list[Pushed] = []
    for annotator in people:
        with ctx.progress.status(f"pushing {len(listed)} documents to {annotator.id}"):
            done.append(server.push(annotator, listed, titles, prelabels, instructions))
    if ctx.json:
        ctx.emit(done)
    else:
        _render(ctx, done)


def _prelabels(ctx: Context, documents: Sequence[Document]) -> Prelabels:
    from ijcorpus.labelstudio.client import Prelabels
    from ijcorpus.prelabel import prelabel, rule_version

    entries = tuple(ctx.workspace.registry.values())
    found = {document.id: prelabel(document, entries) for document in documents}
    return Prelabels(version=rule_version(entries), entities=found)


def _instructions(ctx: Context) -> str:
    """The guidelines as HTML, for the annotators' screens."""
    from ijcorpus.labelstudio.instructions import instructions

    pages = [ctx.workspace.layout.guidelines / name for name in ctx.workspace.scheme.guidelines]
    return instructions(page.read_text() for page in pages if page.is_file())


def _render(ctx: Context, done: Sequence[Pushed]) -> None:
    from rich.table import Table

    table = Table("annotator", "new", "there already", "replaced", "prelabelled", "not pushed")
    for pushed in done:
        lists = (pushed.created, pushed.kept, pushed.replaced, pushed.prelabelled, pushed.foreign)
        table.add_row(pushed.annotator, *(str(len(listed)) for listed in lists))
    ctx.console.print(table)
