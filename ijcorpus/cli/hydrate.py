"""`ijcorpus hydrate`: released annotations joined with the reader's own copies."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ijcorpus.cli.context import Context, pass_context

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ijcorpus.fetch.shelf import Fetched
    from ijcorpus.hydration import Hydrated
    from ijcorpus.published import Release

_STATUSES = ("exact", "realigned", "ambiguous", "missing")


@click.command(epilog="Example: ijcorpus hydrate --from ~/copies --fetch --output ~/hydrated")
@click.option(
    "--from",
    "copies",
    type=click.Path(path_type=Path),
    help="The folder with your copies, whatever their names, or one file: text, HTML, MHTML, TEI "
    "or PDF.",
)
@click.option(
    "--fetch",
    is_flag=True,
    help="Download what is not among your copies from the addresses that the release gives: one "
    "request at a time, as robots.txt allows.",
)
@click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    show_default="ijcorpus in your cache folder",
    help="Where to keep what was fetched, so that it is not downloaded twice.",
)
@click.option(
    "--allow-private",
    is_flag=True,
    help="Also ask addresses on this machine and on private networks.",
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
    help="Where to write what was joined: a folder, which gets all configurations of the release "
    "as Parquet, or a .parquet file with `documents` alone.",
)
@click.option("--version", show_default="the newest", help="The released version.")
@pass_context
def hydrate_command(
    ctx: Context,
    copies: Path | None,
    fetch: bool,
    cache: Path | None,
    allow_private: bool,
    fingerprints: Path | None,
    output: Path | None,
    version: str | None,
) -> None:
    """Join withheld documents with your own copies.

    Exit 1 when one could not be joined, or a file among the copies may not be opened. Of a single
    file named with --from, without --fetch, one document is wanted: exit 1 when it is a copy of
    none. Files of other kinds are named, and count for nothing.

    A copy whose cleaned text is the annotated text is joined exactly. With a fingerprint, another
    form of the text is joined too, and every annotation is exact, realigned, ambiguous or
    missing, with a reason; only those exact or realigned are written. With --json every
    annotation is listed, with the edited words inside it. What was written is read with
    'ijcorpus load --hydrated', or ijcorpus.load(..., hydrated=FOLDER).
    """
    from ijcorpus.copies import REOPEN
    from ijcorpus.hydration import hydrate
    from ijcorpus.published import find

    if output is not None:
        ctx.refuse_published(output)
    if copies is None and not fetch:
        raise click.UsageError("Name your copies with --from, or ask for --fetch.")
    release = find(version, ctx.released)
    unread: dict[Path, str] = {}
    join = partial(
        hydrate, root=release.folder, fingerprints=fingerprints, unread=unread.__setitem__
    )
    found = join(copies) if copies is not None else []
    fetched: list[Fetched] = []
    if fetch:
        place = cache or _cache()
        ctx.refuse_published(place)
        joined = {one.source.id for one in found if one.result is not None}
        fetched = _fetch(release, joined, place, private=allow_private)
        files = [Path(one.file) for one in fetched if one.file]
        every = [*([copies] if copies else []), *files]
        found = join(every)
    if output is not None:
        from ijcorpus.release.hydrated import write

        write(output, found, release)
    if ctx.json:
        asked = {one.document: one for one in fetched}
        records = [_record(one, asked.get(one.source.id)) for one in found]
        ctx.emit([*records, *(_unread(path, reason) for path, reason in unread.items())])
    else:
        if fetch:
            _show_fetched(ctx, fetched)
        _show(ctx, found, unread)
        if output is None:
            ctx.progress.print("Nothing was written: name a file or folder with --output.")
    alone = copies is not None and copies.is_file() and not fetch
    joined_all = (any if alone else all)(one.result is not None for one in found)
    if not joined_all or any(reason.endswith(REOPEN) for reason in unread.values()):
        sys.exit(1)


def _fetch(release: Release, joined: set[str], cache: Path, *, private: bool) -> list[Fetched]:
    """What came of the addresses of the withheld documents that are not joined yet."""
    from ijcorpus.fetch.shelf import Shelf
    from ijcorpus.fetch.web import Web
    from ijcorpus.hydration import withheld

    wanted = [one.source for one in withheld(root=release.folder) if one.source.id not in joined]
    with Web(private=private) as web:
        return Shelf(cache, web).fetch(wanted)


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "ijcorpus" / "fetched"


def _record(one: Hydrated, fetched: Fetched | None) -> dict[str, Any]:
    return {
        "document": one.source.id,
        "status": one.status,
        "file": one.file,
        "coverage": round(one.share, 4),
        **{status: one.count(status) for status in _STATUSES},
        "reason": one.reason,
        "annotations": one.placed,
        "left_out": one.left_out,
        "outside": one.outside,
        **({} if fetched is None else {"fetched": fetched}),
    }


def _unread(path: Path, reason: str) -> dict[str, Any]:
    """The record of a file that is no document's, as far as anybody can tell."""
    return {"document": None, "status": "unread", "file": str(path), "reason": reason}


def _show_fetched(ctx: Context, fetched: list[Fetched]) -> None:
    from rich.table import Table

    table = Table("document", "fetch", "bytes", "seen")
    for one in fetched:
        size = f"{one.bytes:,}" if one.file else ""
        table.add_row(one.document, one.outcome, size, one.seen)
    ctx.console.print(table)
    _explain(ctx, ((one.document, f"{one.url} {one.reason}".strip()) for one in fetched))


def _show(ctx: Context, found: list[Hydrated], unread: dict[Path, str]) -> None:
    from rich.table import Table

    table = Table("document", "status", "coverage", *_STATUSES)
    for one in found:
        counts = (str(one.count(status)) for status in _STATUSES)
        table.add_row(one.source.id, one.status, f"{one.share:.1%}", *counts)
    ctx.console.print(table)
    _explain(ctx, ((one.source.id, one.reason) for one in found))
    _explain(ctx, ((str(path), f"not read: {reason}") for path, reason in unread.items()))
    done = sum(one.result is not None for one in found)
    told = f"; {len(unread)} of your files could not be read" if unread else ""
    ctx.progress.print(f"{done} of {len(found)} documents joined{told}", highlight=False)


def _explain(ctx: Context, reasons: Iterable[tuple[str, str]]) -> None:
    """Reasons under their table, whole: a cell would cut paths and addresses off."""
    for document, reason in reasons:
        if reason:
            line = f"{document}: {reason.removeprefix(f'{document}: ')}"
            ctx.console.print(line, highlight=False, soft_wrap=True)
