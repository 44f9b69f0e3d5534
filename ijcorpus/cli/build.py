"""`ijcorpus build`: the release directory, compared with what was released."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ijcorpus.cli.context import Context, pass_context

if TYPE_CHECKING:
    from ijcorpus.published import Manifest
    from ijcorpus.workspace import Workspace


@click.command(epilog="Example: ijcorpus build --output /tmp/release")
@click.option(
    "--freeze",
    "freezing",
    is_flag=True,
    help="Make the build a released version in corpus/releases/.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    show_default="build/release below the root",
    help="The release directory to make or replace.",
)
@pass_context
def build_command(ctx: Context, freezing: bool, output: Path | None) -> None:
    """Build the release; exit 2 when it is not the version that was released.

    New documents are given a split, which they keep for ever, in annotations/splits.tsv.
    The version is that of corpus/corpus.toml. While it has no manifest in corpus/releases/ there
    is nothing to compare with; --freeze writes it, once.
    """
    from ijcorpus.release.build import build, freeze

    if freezing and output is not None:
        raise click.UsageError("--freeze says where the release lies: leave --output out.")
    workspace = ctx.workspace
    if freezing:
        _refuse_errors(workspace)
    folder = output or workspace.layout.release
    with ctx.progress.status("Building the release ..."):
        manifest = freeze(workspace) if freezing else build(workspace, folder)
    known = workspace.layout.manifest(manifest.version).exists()
    if ctx.json:
        ctx.emit(manifest)
        return
    _show(ctx, manifest)
    place = workspace.layout.releases / manifest.version if freezing else folder
    state = "as released" if known else "not released yet: 'ijcorpus build --freeze'"
    ctx.progress.print(f"version {manifest.version} in {place} ({state})", highlight=False)


def _refuse_errors(workspace: Workspace) -> None:
    """What is frozen never changes, so nothing is frozen with an error in it."""
    from ijcorpus.check import check_corpus
    from ijcorpus.errors import ReleaseError

    # A new document gets its split by this very build.
    codes = [
        finding.code
        for finding in check_corpus(workspace).findings
        if finding.severity == "error" and finding.code != "split-missing"
    ]
    if codes:
        raise ReleaseError(
            f"the checks find {len(codes)} errors ({', '.join(sorted(set(codes)))}). See them with "
            "'ijcorpus check', mend or waive them, and freeze then."
        )


def _show(ctx: Context, manifest: Manifest) -> None:
    from rich.table import Table

    table = Table("file", "rows", "bytes", "sha256")
    for file in manifest.files:
        rows = "" if file.rows is None else f"{file.rows:,}"
        table.add_row(file.path, rows, f"{file.bytes:,}", file.sha256[:16])
    for column in (table.columns[1], table.columns[2]):
        column.justify = "right"
    ctx.console.print(table)
