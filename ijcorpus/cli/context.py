"""What every command is given: the corpus root, and how to answer."""

from __future__ import annotations

import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from ijcorpus.workspace import Workspace


class Context:
    """The root and the wish for JSON; the workspace and console are made when asked for."""

    def __init__(self, *, root: Path | None, json: bool) -> None:
        self.root = root or Path()
        self.json = json
        self._named = root

    @cached_property
    def released(self) -> Path | None:
        """Where to look for releases: the root that was named, else this folder if it has any.

        None means the releases that travel in the package.
        """
        from ijcorpus.published import near

        return self._named or near(self.root)

    @cached_property
    def workspace(self) -> Workspace:
        """The opened corpus root."""
        from ijcorpus.workspace import Workspace

        return Workspace(self.root)

    @cached_property
    def console(self) -> Console:
        """Tables and colours on standard output."""
        from rich.console import Console

        return Console(markup=False, emoji=False)

    @cached_property
    def progress(self) -> Console:
        """Progress and notes on standard error, so that output can be piped."""
        from rich.console import Console

        return Console(stderr=True, markup=False, emoji=False)

    def refuse_published(self, place: Path) -> None:
        """Raise RecordError for a place in the corpus, where texts that may not ship would ship."""
        from ijcorpus.errors import RecordError

        for kept in (self.root / "corpus", self.root / "annotations"):
            if place.resolve().is_relative_to(kept.resolve()):
                raise RecordError(
                    f"{place} lies in {kept}, which is published, and what is written there may "
                    "hold texts that may not ship. Name a place elsewhere, such as build/."
                )

    def emit(self, record: Any) -> None:
        """Print a record (or list of records) as JSON."""
        import msgspec

        sys.stdout.write(msgspec.json.format(msgspec.json.encode(record), indent=1).decode() + "\n")


pass_context = click.make_pass_decorator(Context)
