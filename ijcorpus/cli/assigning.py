"""Who gets what in a push: the assignment, if the corpus has one, else everybody everything."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from ijcorpus.assignment import added, read_given
from ijcorpus.records import read_text, write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ijcorpus.annotation import Annotator
    from ijcorpus.assignment import Given
    from ijcorpus.document import Document
    from ijcorpus.labelstudio.client import Studio
    from ijcorpus.workspace import Workspace


def assigned(space: Workspace, server: Studio) -> Given | None:
    """Everybody's documents, whether or not they are at hand; None without an assignment.

    What stands in a project already was given, even where the record does not know it.
    """
    if space.assignment is None:
        return None
    from ijcorpus.labelstudio.pushing import held

    people = [space.annotators[name] for name in space.assignable.annotators]
    return space.assign({one.id: held(server, one) for one in people})


def record(space: Workspace, given: Given) -> None:
    """Put on record what is given now; nothing that stands there is changed."""
    path = space.layout.assigned
    before = read_text(path, remedy="Make it readable.") if path.exists() else ""
    listed = read_given(
        before, space.assignable, name=str(path)
    )  # another push may have been first
    if new := added(listed, given):
        gap = "\n" if before and not before.endswith("\n") else ""
        write_bytes(path, f"{before}{gap}{new}".encode())


def shares(
    given: Given | None,
    people: Sequence[Annotator],
    documents: Sequence[Document],
    named: Sequence[str],
) -> dict[str, list[Document]]:
    """The documents of a push by annotator, in order; `named` are those that were asked for.

    Raises a usage error when a named document is nobody's whom the push is for.
    """
    if given is None:
        return {one.id: [*documents] for one in people}
    at_hand = {document.id: document for document in documents}
    found = {one.id: [at_hand[d] for d in given[one.id] if d in at_hand] for one in people}
    sent = {document.id for listed in found.values() for document in listed}
    for name in named:
        if name not in sent:
            raise click.BadParameter(
                f"{name} is assigned to none of {', '.join(found)}. Add a line with the annotator, "
                "a tab and the document to annotations/assigned.tsv to give it all the same."
            )
    return found


def told(space: Workspace, given: Mapping[str, Sequence[str]], annotator: str) -> str:
    """In a sentence what an annotator has and gets."""
    documents = given[annotator]
    counts = Counter(space.assignable.splits[name] for name in documents)
    first = len(set(documents) & set(space.assignment.calibration)) if space.assignment else 0
    listed = ", ".join(f"{split} {count}" for split, count in counts.items())
    new = sum(name not in space.assigned.get(annotator, ()) for name in documents)
    return (
        f"is assigned {len(documents)} documents ({listed or 'none'}; {first} for calibration), "
        f"{new} of them new"
    )
