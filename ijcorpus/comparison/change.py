"""What a comparison is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from ijcorpus.document import Struct

Row = dict[str, Any]
What = Literal[
    "document",
    "text",
    "metadata",
    "structure",
    "tokens",
    "mention",
    "judgement",
    "author stance",
    "flags",
    "annotator",
    "pass",
    "audit",
    "registry entry",
    "configuration",
    "column",
    "scheme",
    "card",
]
How = Literal[
    "added",
    "removed",
    "changed",
    "moved",
    "access changed",
    "relabelled",
    "relinked",
    "sense changed",
    "polarity changed",
]


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that changed.

    `id` names it: a document, a mention, an entry, a column; what belongs to a document has
    `document` too. `old` and `new` are its values by field, and of what changed only the fields
    that did. `start` and `end` are code points of the text; `words` is the text around them, the
    span in brackets, where the text ships in both releases.
    """

    what: What
    how: How
    id: str
    document: str | None = None
    start: int | None = None
    end: int | None = None
    old: Row | None = None
    new: Row | None = None
    words: str | None = None

    @property
    def kind(self) -> str:
        """What changed and how, such as `mention relinked`."""
        return f"{self.what} {self.how}"


class Count(Struct, frozen=True, kw_only=True):
    """A number of the card in both releases: the title of its table, its row, and the numbers."""

    table: str
    name: str
    old: int
    new: int


class Version(Struct, frozen=True, kw_only=True):
    """One of the two releases, with the ids of its documents.

    `guidelines` are the pages the labels follow, `digest` the SHA-256 of the manifest, `changes`
    the release's own account of what is new.
    """

    version: str
    released: str
    scheme: str
    guidelines: tuple[str, ...]
    digest: str
    changes: tuple[str, ...]
    documents: tuple[str, ...]


class Comparison(Struct, frozen=True, kw_only=True):
    """Two releases: how many changes of each kind, the counts of both, and every change."""

    old: Version
    new: Version
    totals: dict[str, int]
    counts: tuple[Count, ...]
    changes: tuple[Change, ...]

    def of(self, document: str) -> tuple[Change, ...]:
        """The changes of one document."""
        return tuple(change for change in self.changes if change.document == document)


def differing(old: Row, new: Row, fields: Iterable[str] | None = None) -> tuple[Row, Row] | None:
    """Old and new values of the fields that differ, None when none does.

    Without `fields` those that both sides have: a column that one release lacks is told as a
    column, once.
    """
    asked = [name for name in old if name in new] if fields is None else fields
    names = [name for name in asked if old.get(name) != new.get(name)]
    if not names:
        return None
    return {name: old.get(name) for name in names}, {name: new.get(name) for name in names}


def keyed(
    what: What,
    old: Mapping[str, Row],
    new: Mapping[str, Row],
    *,
    document: str | None = None,
    columns: bool = False,
) -> Iterator[Change]:
    """What was added, removed or changed among things that have a name.

    Of rows of a table (`columns`) only the fields that both sides have are compared; elsewhere a
    field that is not there has its default.
    """
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            how: How = "added" if before is None else "removed"
            yield Change(what=what, how=how, id=name, document=document, old=before, new=after)
            continue
        fields = None if columns else dict.fromkeys([*before, *after])
        if pair := differing(before, after, fields):
            first, last = pair
            yield Change(what=what, how="changed", id=name, document=document, old=first, new=last)
