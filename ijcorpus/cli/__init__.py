"""The command line: parse, one library call, render."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from ijcorpus.cli.context import Context

COMMANDS = {
    "adjudicate": ("ijcorpus.cli.adjudicate", "Settle disagreements, with reasons."),
    "agree": ("ijcorpus.cli.agree", "Agreement between annotators, with intervals."),
    "annotators": ("ijcorpus.cli.annotators", "Who annotates; add one more."),
    "build": ("ijcorpus.cli.build", "Build the release and compare it with its manifest."),
    "check": ("ijcorpus.cli.check", "Check the corpus; exit 1 when an error is found."),
    "cite": ("ijcorpus.cli.cite", "How to cite a version."),
    "clean": ("ijcorpus.cli.clean", "Clean raw texts and show what was removed."),
    "diff": ("ijcorpus.cli.diff", "What changed between two released versions."),
    "enter": ("ijcorpus.cli.enter", "Send work in markup notation to Label Studio."),
    "fingerprint": ("ijcorpus.cli.fingerprint", "Fingerprints of texts that may not ship."),
    "hydrate": ("ijcorpus.cli.hydrate", "Join stand-off documents with your own copies."),
    "load": ("ijcorpus.cli.load", "Show the released rows of a configuration."),
    "prelabel": ("ijcorpus.cli.prelabel", "Prelabels from the registry."),
    "pull": ("ijcorpus.cli.pull", "Bring every annotator's work home into layers."),
    "push": ("ijcorpus.cli.push", "Send documents and prelabels to Label Studio."),
    "scheme": ("ijcorpus.cli.scheme", "What is made from the scheme: XML, JSON Schema, index."),
    "serve": ("ijcorpus.cli.serve", "Serve prelabels that Label Studio asks for."),
    "stats": ("ijcorpus.cli.stats", "Counts of documents, labels and judgements."),
    "studio": ("ijcorpus.cli.studio", "A local Label Studio server: up, down, status."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command is used.

    Each module has its click command under the command's name followed by `_command`.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All command names, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        return getattr(import_module(COMMANDS[cmd_name][0]), f"{cmd_name}_command")

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: ijcorpus load stance --split test",
)
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    show_default="this folder",
    help="The corpus root: the folder with corpus/ and annotations/.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
@click.version_option(package_name="ijcorpus")
@click.pass_context
def cli(ctx: click.Context, root: Path | None, as_json: bool) -> None:
    """The Israel-Japan Relations Corpus and the workbench that makes it.

    load, stats, cite, diff and hydrate use a released version, by default of those that travel in
    the package. The others work on a corpus root: name it with --root, or go into its folder.
    """
    ctx.obj = Context(root=root, json=as_json)


def main() -> Any:
    """Run the command line; what cannot go on becomes a message and exit code 2."""
    from ijcorpus.errors import CorpusError

    try:
        return cli(standalone_mode=True)
    except (CorpusError, OSError, UnicodeError) as error:
        click.echo(f"ijcorpus: {error}", err=True)
        sys.exit(2)
