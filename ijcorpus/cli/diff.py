"""`ijcorpus diff`: what changed between two released versions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from ijcorpus.cli.context import Context, pass_context
from ijcorpus.errors import ReleaseError

if TYPE_CHECKING:
    from rich.table import Table

    from ijcorpus.comparison import Change, Comparison
    from ijcorpus.published import Release

_FORBIDDEN = "bold red"
_WIDEST = 60  # characters of a value
_MOST = 20  # rows of a table of what is no document
_SIGNS = {"added": "+", "removed": "-"}


@click.command(epilog="Example: ijcorpus diff 0.1.0 0.2.0 --document original-143")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--document", metavar="ID", help="Show each change of this document.")
@pass_context
def diff_command(ctx: Context, old: str, new: str, document: str | None) -> None:
    """Show what changed from OLD to NEW.

    Each is a released version, or a folder with a release, such as a build that is not released
    yet. Labels are those that were adjudicated; a pass is one annotator's work on one document, and
    an audit that of somebody who annotated afterwards to try the result.
    Mentions and judgements are told apart where the text did not change. A document never moves
    to another split between versions: if one did, it is shown in red.
    """
    from ijcorpus.comparison import compare

    found = compare(_opened(ctx, old), _opened(ctx, new))
    if document is not None:
        _show_document(ctx, found, document)
    elif ctx.json:
        ctx.emit(found)
    else:
        _show(ctx, found)
    if not ctx.json:
        ctx.progress.print(_between(found), highlight=False)


def _opened(ctx: Context, name: str) -> Release:
    from ijcorpus.published import MANIFEST, VERSION, Release, find, versions

    if VERSION.fullmatch(name):
        return find(name, ctx.released)
    if not (Path(name) / MANIFEST).is_file():
        known = ", ".join(versions(ctx.released)) or "there is none"
        raise ReleaseError(
            f"{name} is no release: neither a version ({known}) nor a folder with {MANIFEST}, as "
            "'ijcorpus build' makes in build/release."
        )
    return Release(Path(name))


def _between(found: Comparison) -> str:
    ends = (
        f"version {end.version} ({end.released}, scheme {end.scheme})"
        for end in (found.old, found.new)
    )
    return " -> ".join(ends)


def _show(ctx: Context, found: Comparison) -> None:
    moved = [change for change in found.changes if change.kind == "document moved"]
    for change in moved:
        places = ((values or {})["split"] for values in (change.old, change.new))
        ctx.console.print(
            f"{change.id} moved to another split ({' -> '.join(places)}): this must never happen.",
            style=_FORBIDDEN,
            highlight=False,
        )
    if not found.changes:
        ctx.console.print("No difference.")
    else:
        ctx.console.print(_totals(found))
    for table in (_counts(found), _documents(found), *_others(found)):
        if table.row_count:
            ctx.console.print(table)


def _totals(found: Comparison) -> Table:
    table = _table("Changes", "what", "changes")
    for kind, number in found.totals.items():
        style = _FORBIDDEN if kind == "document moved" else None
        table.add_row(kind, f"{number:,}", style=style)
    return _numbers(table, 1)


def _counts(found: Comparison) -> Table:
    table = _table("Counts that changed", "table", "row", "old", "new", "change")
    for count in found.counts:
        if count.old != count.new:
            row = (f"{count.old:,}", f"{count.new:,}", f"{count.new - count.old:+,}")
            table.add_row(count.table, count.name, *row)
    return _numbers(table, 2, 3, 4)


def _documents(found: Comparison) -> Table:
    table = _table("Documents", "document", "changes")
    by_document: dict[str, list[Change]] = {}
    for change in found.changes:
        if change.document is not None:
            by_document.setdefault(change.document, []).append(change)
    for name, changes in by_document.items():
        moved = any(change.kind == "document moved" for change in changes)
        table.add_row(name, _summary(changes), style=_FORBIDDEN if moved else None)
    return table


def _summary(changes: list[Change]) -> str:
    """Such as `mention +2 -1, judgement polarity changed 1, metadata changed (topic)`."""
    numbers = Counter((change.what, change.how) for change in changes)
    fields = {c.what: ", ".join(c.new or ()) for c in changes if c.what == "metadata"}
    told: dict[str, list[str]] = {}
    for (what, how), number in numbers.items():
        if what in ("document", "text", "structure", "tokens", "flags"):
            said = how
        elif what in fields:
            said = f"{how} ({fields[what]})"
        else:
            said = f"{_SIGNS[how]}{number}" if how in _SIGNS else f"{how} {number}"
        told.setdefault(what, []).append(said)
    return ", ".join(f"{what} {' '.join(said)}" for what, said in told.items())


def _others(found: Comparison) -> list[Table]:
    """A table of each kind of thing that belongs to no document."""
    by_what: dict[str, list[Change]] = {}
    for change in found.changes:
        if change.document is None:
            by_what.setdefault(change.what, []).append(change)
    tables: list[Table] = []
    for what, changes in by_what.items():
        table = _table(what.capitalize(), "name", "", "old", "new")
        for change in changes[:_MOST]:
            table.add_row(change.id, change.how, *_sides(change))
        if len(changes) > _MOST:
            table.add_row(f"... and {len(changes) - _MOST:,} more: --json", "", "", "")
        tables.append(table)
    return tables


def _show_document(ctx: Context, found: Comparison, name: str) -> None:
    if name not in (*found.old.documents, *found.new.documents):
        raise ReleaseError(
            f"neither version has a document {name!r}. "
            f"The new one has: {', '.join(found.new.documents)}."
        )
    changes = found.of(name)
    if ctx.json:
        ctx.emit(changes)
        return
    if not changes:
        ctx.console.print(f"{name} did not change.")
        return
    table = _table(name, "what", "where", "old", "new", "words")
    for change in changes:
        place = "" if change.start is None else f"{change.start}-{change.end}"
        named = "" if change.id == name or change.start is not None else f" {change.id}"
        style = _FORBIDDEN if change.kind == "document moved" else None
        words = change.words or ""
        table.add_row(f"{change.kind}{named}", place, *_sides(change), words, style=style)
    ctx.console.print(table)


def _table(title: str, *columns: str) -> Table:
    from rich.table import Table

    return Table(*columns, title=f"\n{title}", title_justify="left")


def _numbers(table: Table, *columns: int) -> Table:
    for column in columns:
        table.columns[column].justify = "right"
    return table


def _sides(change: Change) -> tuple[str, str]:
    """Old and new values, one a line; of what came or went the empty ones are left out."""
    every = change.how not in _SIGNS
    told = [
        "\n".join(
            f"{name}: {_cut(value)}"
            for name, value in (values or {}).items()
            if every or value not in (None, [], "")
        )
        for values in (change.old, change.new)
    ]
    return told[0], told[1]


def _cut(value: Any) -> str:
    line = " ".join(_plain(value).split())
    return line if len(line) <= _WIDEST else line[: _WIDEST - 1] + "…"


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(str, cast('list[Any]', value)))}]"
    return "none" if value in (None, "") else str(value)
