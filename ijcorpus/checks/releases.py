"""Checks of a release's files: that they are there, unchanged, and what the card says of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ijcorpus.checks.released import File, ReleaseView
from ijcorpus.checks.view import Check, Fault

AGAIN = "fetch the release again, or restore it from its tag"


def _file_missing(view: ReleaseView) -> Iterator[Fault]:
    for file in view.described:
        if file.path not in view.files:
            yield Fault(
                f"version {view.version} has no {file.path}, which its manifest lists; {AGAIN}.",
                record=file.path,
            )


def _file_stray(view: ReleaseView) -> Iterator[Fault]:
    listed = {file.path for file in view.described}
    for path in view.files:
        if path not in listed:
            yield Fault(
                f"version {view.version} holds {path}, which its manifest does not list; "
                "remove it.",
                record=path,
            )


def _file_changed(view: ReleaseView) -> Iterator[Fault]:
    for file in view.described:
        found = view.files.get(file.path)
        if found and (found.bytes, found.sha256) != (file.bytes, file.sha256):
            yield Fault(
                f"{file.path} of version {view.version} has {found.bytes} bytes and the digest "
                f"{found.sha256[:12]}, not {file.bytes} and {file.sha256[:12]}; {AGAIN}.",
                record=file.path,
            )


def _file_unreadable(view: ReleaseView) -> Iterator[Fault]:
    for path, why in view.damage.items():
        yield Fault(f"{path} of version {view.version} cannot be read ({why}); {AGAIN}.",
                    record=path)  # fmt: skip


def _manifest_differs(view: ReleaseView) -> Iterator[Fault]:
    if view.committed is None:
        yield Fault(
            f"version {view.version} has no manifest beside its folder; "
            "make it with 'ijcorpus build --freeze'."
        )
    elif _plain(view.committed) != _plain(view.described):
        yield Fault(
            f"the manifest in the folder of version {view.version} is not the one that was "
            f"frozen; {AGAIN}.",
        )


def _plain(files: tuple[File, ...]) -> dict[str, File]:
    return {file.path: file for file in files}


def _count_differs(view: ReleaseView) -> Iterator[Fault]:
    described = {file.path: file.rows for file in view.described}
    for table in view.tables:
        said = (described.get(table.path), view.counts.get(table.config, {}).get(table.split))
        if said != (len(table.rows), len(table.rows)):
            yield Fault(
                f"{table.path} of version {view.version} has {len(table.rows)} rows, but the "
                f"manifest says {said[0]} of the file and {said[1]} of the split; {AGAIN}.",
                record=table.path,
            )


def _scheme_differs(view: ReleaseView) -> Iterator[Fault]:
    if view.scheme is not None and view.scheme.version != view.scheme_version:
        yield Fault(
            f"version {view.version} says that it was made with scheme {view.scheme_version}, but "
            f"holds scheme {view.scheme.version}; {AGAIN}."
        )


def _card_columns_differ(view: ReleaseView) -> Iterator[Fault]:
    for table in view.tables:
        said = view.card.columns.get(table.config) if view.card else None
        if said is None or list(said.items()) != list(table.columns.items()):
            both = {*(said or {}), *table.columns}
            other = [n for n in both if (said or {}).get(n) != table.columns.get(n)]
            yield Fault(
                f"README.md describes {table.config} otherwise than {table.path} is: "
                f"{', '.join(sorted(other)) or 'the order of columns'} differ; `datasets` will "
                f"refuse it or misname labels. {AGAIN.capitalize()}.",
                record=table.path,
            )


def _card_count_differs(view: ReleaseView) -> Iterator[Fault]:
    if view.card is None:
        return
    for table in view.tables:
        said = view.card.examples.get(table.config, {}).get(table.split)
        if said != len(table.rows):
            yield Fault(
                f"README.md says that {table.path} has {said} rows, but it has "
                f"{len(table.rows)}; {AGAIN}.",
                record=table.path,
            )
    for title, counted in _counted(view).items():
        if title in view.card.numbers:
            yield from _cells(title, view.card.numbers[title], counted)


def _cells(
    title: str, said: dict[str, dict[str, int]], counted: Counter[tuple[str, str]]
) -> Iterator[Fault]:
    written = {(r, c): n for r, cells in said.items() for c, n in cells.items()}
    for key in sorted({*counted, *written}):
        if written.get(key, 0) != counted[key]:
            yield Fault(
                f"README.md has {written.get(key, 0)} for {' and '.join(key)} under {title!r}, but "
                f"the tables have {counted[key]}; make the card from the data.",
                record="README.md",
            )


def _counted(view: ReleaseView) -> dict[str, Counter[tuple[str, str]]]:
    """The card's tables, counted again: title -> (row, column) -> count, totals included."""
    found: dict[str, Counter[tuple[str, str]]] = {}
    rows = Counter({(t.config, t.split): len(t.rows) for t in view.tables})
    for what in ("subset", "genre", "period", "vantage"):
        pairs = [(str(row.get(what)), table.split) for table, row in view.documents]
        found[f"Documents by {what}"] = _totalled(pairs)
    for title, of, column, across in (
        ("Mentions by label", "mentions", "label", None),
        ("Judgements by target", "judgements", "target", None),
        ("Judgements: target x polarity", "judgements", "target", "polarity"),
        ("Author stances: target x polarity", "author_stances", "target", "polarity"),
    ):
        found[title] = _totalled(_labelled(view, of, column, across))
    return {"Rows": rows, **found}


def _labelled(view: ReleaseView, of: str, column: str, across: str | None) -> list[tuple[str, str]]:
    """Labels of the marks in a list column, with their split or with another label."""
    return [
        (
            str(table.name(f"{of}.{column}", one[column])),
            str(table.name(f"{of}.{across}", one[across])) if across else table.split,
        )
        for table, row in view.documents
        for one in row.get(of) or ()
    ]


def _totalled(pairs: list[tuple[str, str]]) -> Counter[tuple[str, str]]:
    cells = Counter(pairs)
    for row, column in pairs:
        cells.update([(row, "total"), ("total", column), ("total", "total")])
    return cells


FILE_CHECKS: tuple[Check[ReleaseView], ...] = (
    Check(
        code="release-file-missing",
        level=7,
        severity="error",
        explanation="A release must have every file that its manifest lists.",
        function=_file_missing,
    ),
    Check(
        code="release-file-stray",
        level=7,
        severity="error",
        explanation="A release must have no file that its manifest does not list.",
        function=_file_stray,
    ),
    Check(
        code="release-file-changed",
        level=7,
        severity="error",
        explanation="A released file must have the size and digest that its manifest gives.",
        function=_file_changed,
    ),
    Check(
        code="release-file-unreadable",
        level=7,
        severity="error",
        explanation="Manifest, scheme, card and tables of a release must be readable.",
        function=_file_unreadable,
    ),
    Check(
        code="release-manifest-differs",
        level=7,
        severity="error",
        explanation="The manifest in a release must be the one that was frozen beside it.",
        function=_manifest_differs,
    ),
    Check(
        code="release-count-differs",
        level=7,
        severity="error",
        explanation="A table must have as many rows as the manifest says, of file and split.",
        function=_count_differs,
    ),
    Check(
        code="release-scheme-differs",
        level=7,
        severity="error",
        explanation="The scheme in a release must be the one that its manifest names.",
        function=_scheme_differs,
    ),
    Check(
        code="release-card-columns-differ",
        level=7,
        severity="error",
        explanation="The card's columns, types and order of labels must be those of the tables.",
        function=_card_columns_differ,
    ),
    Check(
        code="release-card-count-differs",
        level=7,
        severity="error",
        explanation="Every number of the card must be what the tables give.",
        function=_card_count_differs,
    ),
)
