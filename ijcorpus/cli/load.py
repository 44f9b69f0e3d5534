"""`ijcorpus load`: the first rows of a released configuration."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ijcorpus.cli.context import Context, pass_context

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDEST = 48  # characters of a cell


@click.command(epilog="Example: ijcorpus load stance --split test --limit 3")
@click.argument("config", default="documents", metavar="[CONFIGURATION]")
@click.option("--split", show_default="the first", help="The split to show.")
@click.option("--version", show_default="the newest", help="The released version.")
@click.option("--limit", type=click.IntRange(0), default=5, show_default=True, help="Rows to show.")
@click.option(
    "--hydrated",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="A folder that 'ijcorpus hydrate' wrote; its rows come after the release's.",
)
@pass_context
def load_command(
    ctx: Context,
    config: str,
    split: str | None,
    version: str | None,
    limit: int,
    hydrated: Path | None,
) -> None:
    """Show the first rows of a CONFIGURATION of a release; labels by name.

    It is documents (the default), entities, stance, author_stance, annotations, standoff or
    registry.
    """
    from ijcorpus.joined import Joined
    from ijcorpus.published import find, named_rows

    whole = Joined(find(version, ctx.released), hydrated)
    split = split or whole.splits(config)[0]
    table = whole.table(config, split)
    rows = list(islice(named_rows(table), limit))
    if ctx.json:
        ctx.emit(rows)
        return
    for number, row in enumerate(rows):
        _show(ctx, f"{config}/{split}, row {number}", row)
    ctx.progress.print(
        f"{len(rows)} of {table.num_rows:,} rows, version {whole.release.manifest.version}; "
        f"splits: {', '.join(whole.splits(config))}",
        highlight=False,
    )


def _show(ctx: Context, title: str, row: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("column", "value", title=title, title_justify="left")
    for name, value in row.items():
        table.add_row(name, Text(_short(value)))
    ctx.console.print(table)


def _short(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        items: Sequence[Any] = value
        more = f", … {len(items) - 1} more" if len(items) > 1 else ""
        return f"[{_cut(str(items[0]))}{more}]" if items else "[]"
    return _cut(str(value))


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDEST else line[: _WIDEST - 1] + "…"
