"""One released version as checks see it: its manifest, card and tables, as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from msgspec import field

from ijcorpus.checks.view import Fault
from ijcorpus.document import Struct
from ijcorpus.finding import Location
from ijcorpus.scheme import LabelScheme

Row = dict[str, Any]


class File(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file of a release: its size in bytes, its SHA-256 and, of a table, its rows."""

    path: str
    bytes: int
    sha256: str
    rows: int | None = None


class Column(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A column's type; `labels` are the names that its places stand for, None elsewhere."""

    dtype: str
    labels: tuple[str, ...] | None = None


class Table(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A Parquet file as it is read: columns by dotted path, rows with labels as places."""

    config: str
    split: str
    columns: dict[str, Column] = field(default_factory=dict[str, Column])
    rows: tuple[Row, ...] = ()

    @property
    def path(self) -> str:
        """The file's path in the release."""
        return f"{self.config}/{self.split}.parquet"

    def name(self, column: str, place: int | None) -> str | None:
        """The label at a place of a column, or None where there is none."""
        labels = self.columns[column].labels if column in self.columns else None
        inside = labels is not None and place is not None and 0 <= place < len(labels)
        return labels[place] if labels is not None and place is not None and inside else None


class Card(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the README says: columns and rows of each configuration, and its tables of counts.

    `numbers` is title -> row -> column -> count.
    """

    columns: dict[str, dict[str, Column]]
    examples: dict[str, dict[str, int]]
    numbers: dict[str, dict[str, dict[str, int]]]


class ReleaseView(Struct, frozen=True, kw_only=True, dict=True, omit_defaults=True):
    """One released version.

    `described` are the files of its manifest, `committed` those of the manifest kept beside it
    (None without one), `found` those in its folder; `damage` is path -> why it cannot be read.
    `splits` are the frozen splits and `withheld` the documents whose text may not ship, as the
    corpus has them now.
    """

    version: str
    folder: str
    scheme: LabelScheme | None
    scheme_version: str
    described: tuple[File, ...]
    committed: tuple[File, ...] | None
    found: tuple[File, ...]
    counts: dict[str, dict[str, int]]
    tables: tuple[Table, ...]
    card: Card | None
    splits: dict[str, str]
    withheld: frozenset[str]
    damage: dict[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def files(self) -> dict[str, File]:
        """The files in the folder, by path."""
        return {file.path: file for file in self.found}

    def rows(self, config: str) -> Iterator[tuple[Table, Row]]:
        """Every row of a configuration, with its table."""
        return (
            (table, row) for table in self.tables if table.config == config for row in table.rows
        )

    @cached_property
    def documents(self) -> tuple[tuple[Table, Row], ...]:
        """The rows of whole documents: those with their text, then those without."""
        return tuple(pair for config in ("documents", "standoff") for pair in self.rows(config))

    def locate(self, fault: Fault) -> Location:
        """A place in this release; the record is `version/path`."""
        path = f"{self.folder}/{fault.record}" if fault.record in self.files else self.folder
        return Location(
            record=f"{self.version}/{fault.record}" if fault.record else self.version,
            path=path,
            document=fault.document,
            start=fault.start,
            end=fault.end,
        )

    def excerpt(self, fault: Fault) -> str:
        """A release's rows are not shown: they may be of withheld texts."""
        return ""
