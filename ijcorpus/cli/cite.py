"""`ijcorpus cite`: how to cite a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from ijcorpus.cli.context import Context, pass_context

if TYPE_CHECKING:
    from ijcorpus.release.cite import Style


@click.command(epilog="Example: ijcorpus cite --format apa")
@click.option("--version", show_default="the newest", help="The released version.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["bibtex", "apa", "csl-json"]),
    default="bibtex",
    show_default=True,
    help="The citation's form.",
)
@pass_context
def cite_command(ctx: Context, version: str | None, style: str) -> None:
    """Print the citation of a released version."""
    from ijcorpus.published import find
    from ijcorpus.release.cite import citation

    info = find(version, ctx.released).manifest.info
    text = citation(info, cast("Style", style))
    if ctx.json and style != "csl-json":
        ctx.emit({"version": info.version, "format": style, "citation": text})
    else:
        click.echo(text)
