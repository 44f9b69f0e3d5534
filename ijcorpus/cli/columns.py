"""The CoNLL file that `ijcorpus pull` writes beside the layers."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from ijcorpus.annotation import Annotation
    from ijcorpus.cli.context import Context


class Columns:
    """One annotator's entities as CoNLL, document by document; no text that may not ship."""

    def __init__(self, ctx: Context, path: Path, file: BinaryIO) -> None:
        self.space, self.path, self.file = ctx.workspace, path, file
        self.documents: list[str] = []
        self.withheld: list[str] = []
        self.overlapping = 0

    def add(self, annotation: Annotation, *, withheld: bool) -> None:
        """Write a document, or note that it must not be written."""
        from ijcorpus.release.conll import conll, flat

        name = annotation.document
        if withheld:
            self.withheld.append(name)
            return
        document, mentions = self.space.document(name), flat(annotation.entities)
        self.file.write(conll(document.text, mentions, document.sentences).encode())
        self.documents.append(name)
        self.overlapping += len(annotation.entities) - len(mentions)

    def report(self) -> dict[str, object]:
        """What to tell machines: the documents in the file's order, and what it leaves out."""
        return {
            "file": str(self.path),
            "documents": self.documents,
            "withheld": self.withheld,
            "overlapping": self.overlapping,
        }

    def lines(self) -> list[str]:
        """The same for people."""
        said = [f"{len(self.documents)} documents are in {self.path}."]
        if self.withheld:
            listed = ", ".join(self.withheld)
            said.append(f"Not in it, since their texts may not ship: {listed}.")
        if self.overlapping:
            said.append(
                f"Not marked in it, since they overlap others: {self.overlapping} mentions. Of two "
                "the one that begins first stands, or the longer one."
            )
        return said


@contextmanager
def columns(ctx: Context, path: Path | None) -> Generator[Columns | None]:
    """The file of a path, which is replaced as a whole in the end; None without a path.

    Raises RecordError for a place in the corpus.
    """
    from ijcorpus.records import replacing

    if path is None:
        yield None
        return
    ctx.refuse_published(path)
    with replacing(path) as file:
        yield Columns(ctx, path, file)
