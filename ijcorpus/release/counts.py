"""Counts of a release's rows, as tables for the card and the command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ijcorpus.published import Release
from ijcorpus.scheme import LabelScheme

Row = Mapping[str, Any]
Splits = Mapping[str, Sequence[Row]]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table of counts: a title, a header and rows of the same width, totals last."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]

    def markdown(self) -> str:
        """The table in Markdown, without its title."""
        lines = [self.header, tuple("---" for _ in self.header), *self.rows]
        return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def count_tables(documents: Splits, scheme: LabelScheme) -> list[Table]:
    """Every table of counts, from the rows of `documents` and `standoff` by split."""
    splits = [split for split, rows in documents.items() if rows]
    every = {split: documents[split] for split in splits}
    tables = [
        _crossed(f"Documents by {what}", what, _cells(every, _field(what)), splits)
        for what in ("subset", "genre", "period", "vantage")
    ]
    mentions = _cells(every, _inner("mentions", "label"))
    tables.append(_crossed("Mentions by label", "label", mentions, splits, scheme.label_names))
    judged = _cells(every, _inner("judgements", "target"))
    tables.append(_crossed("Judgements by target", "target", judged, splits, scheme.target_names))
    tables.append(_polarities("Judgements: target x polarity", every, "judgements", scheme))
    tables.append(_polarities("Author stances: target x polarity", every, "author_stances", scheme))
    return tables


def released_documents(release: Release) -> dict[str, list[dict[str, Any]]]:
    """The rows of `documents` and `standoff` of a release, by split."""
    found: dict[str, list[dict[str, Any]]] = {}
    for config in ("documents", "standoff"):
        for split in release.manifest.counts.get(config, ()):
            found.setdefault(split, []).extend(release.rows(config, split))
    return found


def size_table(counts: Mapping[str, Mapping[str, int]]) -> Table:
    """Rows by configuration and split."""
    splits = list(dict.fromkeys(split for by_split in counts.values() for split in by_split))
    rows = [
        (config, *(by_split.get(split, 0) for split in splits))
        for config, by_split in counts.items()
    ]
    return Table(title="Rows", header=("configuration", *splits), rows=tuple(rows))


def _field(name: str) -> Callable[[Row], list[str]]:
    return lambda row: [row[name]]


def _inner(name: str, field: str) -> Callable[[Row], list[str]]:
    return lambda row: [one[field] for one in row[name]]


def _cells(every: Splits, values: Callable[[Row], list[str]]) -> Counter[tuple[str, str]]:
    cells: Counter[tuple[str, str]] = Counter()
    for split, rows in every.items():
        for row in rows:
            cells.update((value, split) for value in values(row))
    return cells


def _polarities(title: str, every: Splits, what: str, scheme: LabelScheme) -> Table:
    cells = Counter(
        (one["target"], one["polarity"])
        for rows in every.values()
        for row in rows
        for one in row[what]
    )
    return _crossed(title, "target", cells, scheme.polarity_names, scheme.target_names)


def _crossed(
    title: str,
    what: str,
    cells: Counter[tuple[str, str]],
    columns: Sequence[str],
    order: Iterable[str] | None = None,
) -> Table:
    keys = list(order) if order is not None else sorted({key for key, _ in cells})
    rows: list[tuple[str | int, ...]] = []
    for key in keys:
        numbers = [cells[key, column] for column in columns]
        rows.append((key, *numbers, sum(numbers)))
    sums = [sum(cells[key, column] for key in keys) for column in columns]
    rows.append(("total", *sums, sum(sums)))
    return Table(title=title, header=(what, *columns, "total"), rows=tuple(rows))
