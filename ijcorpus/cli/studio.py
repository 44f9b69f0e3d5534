"""`ijcorpus studio`: the local Label Studio server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ijcorpus.cli.context import Context, pass_context

if TYPE_CHECKING:
    from ijcorpus.annotation import Annotator
    from ijcorpus.cli.status import Status
    from ijcorpus.labelstudio.client import Studio
    from ijcorpus.labelstudio.server import Server


url_option = click.option(
    "--url",
    help="A server of your own, instead of this corpus's; IJCORPUS_STUDIO_TOKEN has the token.",
)


@click.group("studio", epilog="Example: ijcorpus studio up")
def studio_command() -> None:
    """A local Label Studio server for this corpus.

    It listens on this machine only and calls nobody. Its data, its log and the passwords of the
    annotators' accounts (secrets.json) are in the folder .studio. To work with a server of your
    own instead, set IJCORPUS_STUDIO_URL and IJCORPUS_STUDIO_TOKEN.
    """


@studio_command.command("up", epilog="Example: ijcorpus studio up")
@click.option(
    "--allow-backend",
    is_flag=True,
    help="Let Label Studio ask services on this machine for predictions, as 'ijcorpus serve' is.",
)
@pass_context
def up(ctx: Context, allow_backend: bool) -> None:
    """Start the server and give every annotator an account.

    The first time, Label Studio is installed in a folder of its own, with an empty database
    that the servers of all corpora begin with; that takes some minutes, a start takes seconds.
    May be repeated at any time.
    """
    server = _server(ctx)
    with ctx.progress.status("starting") as status:
        access = server.up(
            annotators(ctx), lambda said: status.update(said), backends=allow_backend
        )
    emails = {name: account.email for name, account in access.accounts.items()}
    if ctx.json:
        ctx.emit({"url": access.url, "accounts": emails})
        return
    ctx.console.print(f"Label Studio is up: {access.url}", highlight=False)
    for name, email in emails.items():
        ctx.console.print(f"  {name} logs in as {email}", highlight=False)
    ctx.console.print(f"The passwords are in {server.secrets}.", highlight=False, soft_wrap=True)


@studio_command.command("down", epilog="Example: ijcorpus studio down")
@pass_context
def down(ctx: Context) -> None:
    """End the server; its data stay."""
    ended = _server(ctx).down()
    if ctx.json:
        ctx.emit({"ended": ended})
    else:
        ctx.console.print("Label Studio is down." if ended else "Label Studio was not running.")


@studio_command.command(
    "status",
    epilog="Examples: ijcorpus studio status --watch; "
    "ijcorpus studio status --url https://studio.example.org",
)
@click.option("--watch", is_flag=True, help="Show it anew again and again, until Ctrl+C.")
@click.option(
    "--every",
    type=click.FloatRange(min=1),
    default=20,
    show_default=True,
    help="With --watch: how many seconds lie between.",
)
@url_option
@pass_context
def status(ctx: Context, watch: bool, every: float, url: str | None) -> None:
    """Whether the server is up, how far every annotator is, and how far they agree.

    The pace is finished documents a day, of the days on which any was finished; the end is when
    the rest is done at that pace. Documents that took unusually long or short are named.
    """
    from ijcorpus.cli.status import Status, shown

    if watch and ctx.json:
        raise click.UsageError("--watch is for people; without it, --json answers once.")
    if watch:
        _watch(ctx, every, url)
        return
    found = _status(ctx, url)
    if ctx.json:
        ctx.emit(found or Status(url=None, healthy=False))
    elif found is None:
        ctx.console.print("Label Studio is down. Start it with 'ijcorpus studio up'.")
    else:
        ctx.console.print(shown(found), highlight=False)


@studio_command.command("logs", epilog="Example: ijcorpus studio logs --lines 50")
@click.option("--lines", default=20, show_default=True, help="How many lines from the end.")
@pass_context
def logs(ctx: Context, lines: int) -> None:
    """The end of the server's log."""
    click.echo(_server(ctx).tail(lines))


@studio_command.command("backup", epilog="Example: ijcorpus studio backup studio-monday.zip")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_context
def backup(ctx: Context, file: Path) -> None:
    """Copy the server's work, accounts and settings into FILE; the server may be up.

    FILE has the passwords and every text: only its owner can read it. Keep it as safe.
    """
    from ijcorpus.labelstudio.backup import backup as write

    manifest = write(_server(ctx), file)
    if ctx.json:
        ctx.emit({"file": str(file), "manifest": manifest})
    else:
        ctx.console.print(f"{len(manifest.files)} files are in {file}.", highlight=False)


@studio_command.command("restore", epilog="Example: ijcorpus studio restore studio-monday.zip")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="Put it in the place of the work that is there.")
@pass_context
def restore(ctx: Context, file: Path, replace: bool) -> None:
    """Put the work of a backup back; the server must be down.

    FILE is checked as a whole first. What is replaced is kept in .studio/before-restore.
    """
    from ijcorpus.labelstudio.backup import restore as put_back

    manifest = put_back(_server(ctx), file, replace=replace)
    if ctx.json:
        ctx.emit({"file": str(file), "manifest": manifest})
    else:
        ctx.console.print("The work is back. Start with 'ijcorpus studio up'.", highlight=False)


def annotators(ctx: Context) -> list[Annotator]:
    """Those who annotate on a server: people and models, not rules and not adjudicators."""
    listed = ctx.workspace.annotators.values()
    return [item for item in listed if item.kind != "rule" and not item.adjudicates]


def chosen(ctx: Context, names: tuple[str, ...]) -> list[Annotator]:
    """The annotators of these ids, or all; raises a usage error for an unknown one."""
    listed = {item.id: item for item in annotators(ctx)}
    for name in names:
        if name not in listed:
            raise click.BadParameter(f"no annotator {name!r}; there are: {', '.join(listed)}.")
    return [listed[name] for name in names] if names else list(listed.values())


def studio(ctx: Context, url: str | None = None) -> Studio:
    """The server to work with: the one named, else the environment's, else this corpus's own."""
    from ijcorpus.labelstudio.client import Studio
    from ijcorpus.labelstudio.server import access

    space = ctx.workspace
    reached, listed = access(space.layout, url), space.registry.values()
    return Studio(reached, space.layout, space.info.name, space.scheme, listed)


def _server(ctx: Context) -> Server:
    from ijcorpus.labelstudio.server import Server

    return Server(ctx.workspace.layout)


def _status(ctx: Context, url: str | None) -> Status | None:
    """How everything stands, or None when this corpus's own server is asked and is down."""
    import os

    from ijcorpus.cli.status import status_of
    from ijcorpus.labelstudio.server import URL_VARIABLE

    server = _server(ctx)
    running = server.running()
    healthy = running is not None and server.healthy(running)
    if not (healthy or url or os.environ.get(URL_VARIABLE)):
        return None
    return status_of(studio(ctx, url), ctx.workspace, annotators(ctx))


def _watch(ctx: Context, every: float, url: str | None) -> None:
    import time

    from rich.live import Live

    from ijcorpus.cli.status import shown

    with Live(console=ctx.console, auto_refresh=False) as live:
        try:
            while True:
                found = _status(ctx, url)
                live.update(shown(found) if found else "Label Studio is down.", refresh=True)
                time.sleep(every)
        except KeyboardInterrupt:
            return
