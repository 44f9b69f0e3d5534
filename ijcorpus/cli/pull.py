"""`ijcorpus pull`: every annotator's work comes home into layers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click
from msgspec.structs import replace

from ijcorpus.cli.columns import columns
from ijcorpus.cli.context import Context, pass_context
from ijcorpus.cli.studio import chosen, studio, url_option
from ijcorpus.errors import StudioError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ijcorpus.annotation import Annotation, Annotator
    from ijcorpus.cli.columns import Columns
    from ijcorpus.labelstudio.client import Studio
    from ijcorpus.labelstudio.harvest import Pulled


@click.command(
    "pull",
    epilog="Examples: ijcorpus pull --annotator pass-a; "
    "ijcorpus pull --export project-1.json --annotator pass-a --conll build/pass-a.conll",
)
@click.option("--annotator", "names", multiple=True, help="Only from this one; repeatable.")
@click.option("--full", is_flag=True, help="Ask for everything, not only for what changed.")
@click.option(
    "--export",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Read the annotator's work from a JSON export instead of asking a server.",
)
@click.option(
    "--conll",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the annotator's entities to this file, too, as CoNLL (BIO).",
)
@url_option
@pass_context
def pull_command(
    ctx: Context,
    names: tuple[str, ...],
    full: bool,
    file: Path | None,
    conll: Path | None,
    url: str | None,
) -> None:
    """Bring finished work home: one file an annotator and document in annotations/layers.

    What the server said is kept as it was in .studio/snapshots, and what could not be read in
    .studio/quarantine. Drafts, skips, double work and faults are reported; exit code 1 when
    something is wrong. Layers of texts that may not ship quote no word of them.

    Only tasks that changed since the last pull are asked for; the outcome is that of a full pull.

    An export is what somebody downloaded in Label Studio's own page, in the format JSON. Without
    e-mail addresses in it, all its work must be one account's, and counts as the annotator's.

    CoNLL is a token, two empty columns and a tag a line, with sentences and documents parted as in
    CoNLL-2003. Texts that may not ship are not in it.
    """
    people = chosen(ctx, names)
    if (file or conll) and len(people) != 1:
        raise click.UsageError("--export and --conll are about one annotator: name --annotator.")
    if file and (full or url):
        raise click.UsageError("--export asks no server: leave --full and --url out.")
    server = None if file else studio(ctx, url)
    digests = {document.id: document.digest for document in ctx.workspace.documents()}
    done: list[_Home] = []
    for annotator in people:
        home = _Home(ctx, annotator)
        try:
            with (
                ctx.progress.status(f"pulling {annotator.id}"),
                columns(ctx, conll) as home.columns,
            ):
                if server is None:
                    home.read(cast("Path", file), digests)
                else:
                    home.ask(server, digests, full)
        except OSError as error:
            raise StudioError(
                f"{error.filename or ctx.root}: {error.strerror}. Make room and pull again: a "
                "file is written as a whole or not at all."
            ) from error
        done.append(home)
    if ctx.json:
        ctx.emit([home.report() for home in done])
    else:
        _render(ctx, done)
    if any(finding.severity == "error" for home in done for finding in home.pulled.findings):
        sys.exit(1)


class _Home:
    """One annotator's work on its way into layers, and what became of each document's task."""

    pulled: Pulled
    columns: Columns | None = None

    def __init__(self, ctx: Context, annotator: Annotator) -> None:
        self.ctx, self.annotator = ctx, annotator
        self.became: dict[str, str] = {}

    def ask(self, server: Studio, digests: Mapping[str, str], full: bool) -> None:
        """Pull from a server."""
        self.pulled = server.pull(self.annotator, digests, full=full)
        for annotation in self.pulled.annotations.values():
            self.write(annotation)

    def read(self, file: Path, digests: Mapping[str, str]) -> None:
        """Pull from an export; layers are written while it is read."""
        from ijcorpus.labelstudio.export import Export, put_aside

        space, folder = self.ctx.workspace, self.ctx.workspace.layout.studio
        export = Export(file, self.annotator)
        snapshot = export.keep(folder / "snapshots")
        for layer in export.layers(space.scheme, digests):
            self.write(layer.annotation)
        self.pulled = replace(export.pulled(), snapshot=snapshot)
        put_aside(folder / "quarantine", self.pulled)

    def write(self, annotation: Annotation) -> None:
        """Write a layer unless it is there already."""
        from ijcorpus.annotation import without_quotes
        from ijcorpus.records import write_json

        space, document = self.ctx.workspace, annotation.document
        withheld = _withheld(self.ctx, document)
        layer = without_quotes(annotation) if withheld else annotation
        if space.layer(self.annotator.id, document) == layer:
            self.became[document] = "unchanged"
        else:
            write_json(space.layout.layer(self.annotator.id, document), layer)
            self.became[document] = "written"
        if self.columns:
            self.columns.add(annotation, withheld=withheld)

    @property
    def states(self) -> dict[str, str]:
        """What became of each document's task."""
        return {**self.pulled.states, **self.became}

    def report(self) -> dict[str, object]:
        """What to tell machines: no word of the texts."""
        aside = self.pulled.quarantined.items()
        said: dict[str, object] = {
            "annotator": self.annotator.id,
            "documents": self.states,
            "findings": self.pulled.findings,
            "set_aside": {document: len(items) for document, items in aside},
            "snapshot": self.pulled.snapshot,
            "asked": self.pulled.asked,
        }
        return said | ({"conll": self.columns.report()} if self.columns else {})


def _withheld(ctx: Context, document: str) -> bool:
    """Whether the text may not ship; so it is with what the corpus does not know."""
    source = ctx.workspace.sources.get(document)
    return source is None or source.rights == "standoff"


def _render(ctx: Context, done: Sequence[_Home]) -> None:
    from rich.table import Table

    states = [home.states for home in done]
    table = Table("document", *(home.annotator.id for home in done))
    for document in sorted({document for state in states for document in state}):
        table.add_row(document, *(state.get(document, "-") for state in states))
    ctx.console.print(table)
    for home in done:
        lines = [f"{f.severity} {f.code}: {f.message}" for f in home.pulled.findings]
        lines += home.columns.lines() if home.columns else []
        for line in lines:
            said = f"{home.annotator.id}: {line}"
            ctx.console.print(said, highlight=False, markup=False, soft_wrap=True)
