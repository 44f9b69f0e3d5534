"""`ijcorpus studio`: the local Label Studio server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ijcorpus.cli.context import Context, pass_context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ijcorpus.annotation import Annotator
    from ijcorpus.labelstudio.client import Studio
    from ijcorpus.labelstudio.server import Server


@click.group("studio", epilog="Example: ijcorpus studio up")
def studio_command() -> None:
    """A local Label Studio server for this corpus.

    It listens on this machine only and calls nobody. Its data, its log and the passwords of the
    annotators' accounts (secrets.json) are in the folder .studio. To work with a server of your
    own instead, set IJCORPUS_STUDIO_URL and IJCORPUS_STUDIO_TOKEN.
    """


@studio_command.command("up", epilog="Example: ijcorpus studio up")
@pass_context
def up(ctx: Context) -> None:
    """Start the server and give every annotator an account.

    The first time, Label Studio is installed in a folder of its own, and the start takes a
    minute or two. May be repeated at any time.
    """
    server = _server(ctx)
    with ctx.progress.status("starting") as status:
        access = server.up(annotators(ctx), lambda said: status.update(said))
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


@studio_command.command("status", epilog="Example: ijcorpus studio status")
@pass_context
def status(ctx: Context) -> None:
    """Whether the server is up, and how far every annotator is."""
    from ijcorpus.labelstudio.server import URL_VARIABLE, access

    server = _server(ctx)
    import os

    running = server.running()
    healthy = running is not None and server.healthy(running)
    if not healthy and not os.environ.get(URL_VARIABLE):
        if ctx.json:
            ctx.emit({"url": None, "healthy": False, "annotators": {}})
        else:
            ctx.console.print("Label Studio is down. Start it with 'ijcorpus studio up'.")
        return
    url = access(ctx.workspace.layout).url
    progress = dict(_progress(ctx, studio(ctx)))
    if ctx.json:
        ctx.emit({"url": url, "healthy": True, "annotators": progress})
        return
    from rich.table import Table

    ctx.console.print(f"Label Studio is up: {url}", highlight=False)
    states = ("tasks", "done", "skipped", "draft", "open")
    table = Table("annotator", *states)
    for name, counts in progress.items():
        table.add_row(name, *(str(counts[state]) for state in states))
    ctx.console.print(table)


@studio_command.command("logs", epilog="Example: ijcorpus studio logs --lines 50")
@click.option("--lines", default=20, show_default=True, help="How many lines from the end.")
@pass_context
def logs(ctx: Context, lines: int) -> None:
    """The end of the server's log."""
    click.echo(_server(ctx).tail(lines))


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


def studio(ctx: Context) -> Studio:
    """The server to work with: the one the environment names, or this corpus's own."""
    from ijcorpus.labelstudio.client import Studio
    from ijcorpus.labelstudio.server import access

    space = ctx.workspace
    return Studio(access(space.layout), space.layout, space.info.name, space.scheme)


def _server(ctx: Context) -> Server:
    from ijcorpus.labelstudio.server import Server

    return Server(ctx.workspace.layout)


def _progress(ctx: Context, server: Studio) -> Iterator[tuple[str, dict[str, int]]]:
    from collections import Counter

    from ijcorpus.labelstudio.harvest import harvest

    for annotator in annotators(ctx):
        if server.api.project(server.title(annotator)) is None:
            yield annotator.id, dict.fromkeys(("tasks", "done", "skipped", "draft", "open"), 0)
            continue
        pulled = harvest(server.snapshot(annotator), annotator, ctx.workspace.scheme, {})
        counts = Counter(pulled.states.values())
        states = {state: counts[state] for state in ("done", "skipped", "draft", "open")}
        yield annotator.id, {"tasks": len(pulled.states), **states}
