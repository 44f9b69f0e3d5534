"""`ijcorpus stats`: counts of a release."""

from __future__ import annotations

import click

from ijcorpus.cli.context import Context, pass_context


@click.command(epilog="Example: ijcorpus stats --version 0.2.0")
@click.option("--version", show_default="the newest", help="The released version.")
@pass_context
def stats_command(ctx: Context, version: str | None) -> None:
    """Count documents, labels and judgements of a release.

    To count a build that is not released, name its directory: ijcorpus --root build/release stats
    """
    from ijcorpus.published import find
    from ijcorpus.release.counts import count_tables, released_documents, size_table

    release = find(version, ctx.released)
    counted = count_tables(released_documents(release), release.scheme)
    tables = [size_table(release.manifest.counts), *counted]
    if ctx.json:
        ctx.emit(tables)
        return
    from rich.table import Table

    for each in tables:
        shown = Table(*each.header, title=f"\n{each.title}", title_justify="left")
        for row in each.rows:
            shown.add_row(*("" if cell == 0 else str(cell) for cell in row))
        for column in shown.columns[1:]:
            column.justify = "right"
        ctx.console.print(shown)
    ctx.progress.print(f"version {release.manifest.version}", highlight=False)
