"""`ijcorpus hydrate`: released annotations joined with the reader's own copies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ijcorpus.cli.context import Context, pass_context

if TYPE_CHECKING:
    from ijcorpus.hydration import Hydrated

_STATUSES = ("exact", "realigned", "ambiguous", "missing")


@click.command(epilog="Example: ijcorpus hydrate --from ~/copies --output hydrated.parquet")
@click.option(
    "--from",
    "copies",
    type=click.Path(path_type=Path),
    required=True,
    help="The folder with your copies, whatever their names, or one file.",
)
@click.option(
    "--fingerprints",
    type=click.Path(path_type=Path, file_okay=False),
    show_default="those found with the release",
    help="The folder with the fingerprints that let a copy differ from the annotated text.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Where to write what was joined: a .parquet file with the columns of `documents`, or a "
    "folder with a JSON file a document.",
)
@click.option("--version", show_default="the newest", help="The released version.")
@pass_context
def hydrate_command(
    ctx: Context,
    copies: Path,
    fingerprints: Path | None,
    output: Path | None,
    version: str | None,
) -> None:
    """Join withheld documents with your own copies; exit 1 when one could not be joined.

    A copy whose cleaned text is the annotated text is joined exactly. With a fingerprint, another
    form of the text is joined too, and every annotation is exact, realigned, ambiguous or
    missing, with a reason; only those exact or realigned are written. With --json every
    annotation is listed, with the edited words inside it.
    """
    from ijcorpus.hydration import hydrate
    from ijcorpus.published import find

    if output is not None:
        ctx.refuse_published(output)
    release = find(version, ctx.released)
    found = hydrate(copies, version=version, root=release.folder, fingerprints=fingerprints)
    if output is not None:
        from ijcorpus.release.hydrated import write

        joined = [(one.source, one.result) for one in found if one.result is not None]
        write(output, joined, release.scheme)
    if ctx.json:
        ctx.emit([_record(one) for one in found])
    else:
        _show(ctx, found)
        if output is None:
            ctx.progress.print("Nothing was written: name a file or folder with --output.")
    if any(one.result is None for one in found):
        sys.exit(1)


def _record(one: Hydrated) -> dict[str, Any]:
    return {
        "document": one.source.id,
        "status": one.status,
        "file": one.file,
        "coverage": round(one.share, 4),
        **{status: one.count(status) for status in _STATUSES},
        "reason": one.reason,
        "annotations": one.placed,
    }


def _show(ctx: Context, found: list[Hydrated]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("document", "status", "coverage", *_STATUSES, "reason")
    for one in found:
        counts = (str(one.count(status)) for status in _STATUSES)
        table.add_row(one.source.id, one.status, f"{one.share:.0%}", *counts, Text(one.reason))
    ctx.console.print(table)
    done = sum(one.result is not None for one in found)
    ctx.progress.print(f"{done} of {len(found)} documents joined", highlight=False)
