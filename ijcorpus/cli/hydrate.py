"""`ijcorpus hydrate`: released annotations joined with the reader's own copies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ijcorpus.cli.context import Context, pass_context

if TYPE_CHECKING:
    from ijcorpus.hydration import Hydrated


@click.command(epilog="Example: ijcorpus hydrate --from ~/copies --output hydrated.parquet")
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder with your copies, each at the path that the release gives it.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Where to write what was joined: a .parquet file with the columns of `documents`, or a "
    "folder with a JSON file a document.",
)
@click.option("--version", show_default="the newest", help="The released version.")
@pass_context
def hydrate_command(ctx: Context, folder: Path, output: Path | None, version: str | None) -> None:
    """Join withheld documents with your own copies; exit 1 when one could not be joined.

    A document is joined only when its cleaned copy is, character by character, the text that was
    annotated; otherwise the reason is given and nothing is guessed.
    """
    from ijcorpus.hydration import hydrate
    from ijcorpus.published import find, near

    release = find(version, near(ctx.root))
    found = hydrate(folder, version=version, root=release.folder)
    if output is not None:
        from ijcorpus.release.hydrated import write

        joined = [(one.source, one.result) for one in found if one.result is not None]
        write(output, joined, release.scheme)
    if ctx.json:
        ctx.emit([_record(one) for one in found])
    else:
        _show(ctx, found)
    if any(one.result is None for one in found):
        sys.exit(1)


def _record(one: Hydrated) -> dict[str, str]:
    return {"document": one.source.id, "status": one.status, "reason": one.reason}


def _show(ctx: Context, found: list[Hydrated]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("document", "status", "reason")
    for one in found:
        table.add_row(one.source.id, one.status, Text(one.reason))
    ctx.console.print(table)
    done = sum(one.result is not None for one in found)
    ctx.progress.print(f"{done} of {len(found)} documents joined", highlight=False)
