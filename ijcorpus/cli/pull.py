"""`ijcorpus pull`: every annotator's work comes home into layers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ijcorpus.cli.context import Context, pass_context
from ijcorpus.cli.studio import chosen, studio, url_option
from ijcorpus.errors import StudioError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ijcorpus.labelstudio.harvest import Pulled


@click.command("pull", epilog="Example: ijcorpus pull --annotator pass-a")
@click.option("--annotator", "names", multiple=True, help="Only from this one; repeatable.")
@click.option("--full", is_flag=True, help="Ask for everything, not only for what changed.")
@url_option
@pass_context
def pull_command(ctx: Context, names: tuple[str, ...], full: bool, url: str | None) -> None:
    """Bring finished work home: one file an annotator and document in annotations/layers.

    What the server said is kept as it was in .studio/snapshots, and what could not be read in
    .studio/quarantine. Drafts, skips, double work and faults are reported; exit code 1 when
    something is wrong. Layers of texts that may not ship quote no word of them.

    Only tasks that changed since the last pull are asked for; the outcome is that of a full pull.
    """
    people, server = chosen(ctx, names), studio(ctx, url)
    digests = {document.id: document.digest for document in ctx.workspace.documents()}
    done: list[Pulled] = []
    written: dict[str, dict[str, str]] = {}
    for annotator in people:
        try:
            with ctx.progress.status(f"pulling {annotator.id}"):
                pulled = server.pull(annotator, digests, full=full)
            written[annotator.id] = _write(ctx, pulled)
        except OSError as error:
            raise StudioError(
                f"{error.filename or ctx.root}: {error.strerror}. Make room and pull again: a "
                "layer is written as a whole or not at all."
            ) from error
        done.append(pulled)
    if ctx.json:
        ctx.emit([_report(pulled, written[pulled.annotator]) for pulled in done])
    else:
        _render(ctx, written, done)
    if any(finding.severity == "error" for pulled in done for finding in pulled.findings):
        sys.exit(1)


def _report(pulled: Pulled, written: Mapping[str, str]) -> dict[str, object]:
    """What to tell machines: no word of the texts."""
    return {
        "annotator": pulled.annotator,
        "documents": written,
        "findings": pulled.findings,
        "set_aside": {document: len(items) for document, items in pulled.quarantined.items()},
        "snapshot": pulled.snapshot,
        "asked": pulled.asked,
    }


def _write(ctx: Context, pulled: Pulled) -> dict[str, str]:
    """Write the layers that changed; what became of each document's task."""
    from ijcorpus.annotation import without_quotes
    from ijcorpus.records import write_json

    became: dict[str, str] = dict(pulled.states)
    space = ctx.workspace
    for document, annotation in pulled.annotations.items():
        layer = without_quotes(annotation) if _withheld(ctx, document) else annotation
        if space.layer(pulled.annotator, document) == layer:
            became[document] = "unchanged"
        else:
            write_json(space.layout.layer(pulled.annotator, document), layer)
            became[document] = "written"
    return became


def _withheld(ctx: Context, document: str) -> bool:
    """Whether the text may not ship; so it is with what the corpus does not know."""
    source = ctx.workspace.sources.get(document)
    return source is None or source.rights == "standoff"


def _render(ctx: Context, written: Mapping[str, Mapping[str, str]], done: Sequence[Pulled]) -> None:
    from rich.table import Table

    table = Table("document", *written)
    documents = sorted({document for states in written.values() for document in states})
    for document in documents:
        table.add_row(document, *(states.get(document, "-") for states in written.values()))
    ctx.console.print(table)
    for pulled in done:
        for finding in pulled.findings:
            line = f"{pulled.annotator}: {finding.severity} {finding.code}: {finding.message}"
            ctx.console.print(line, highlight=False, markup=False, soft_wrap=True)
