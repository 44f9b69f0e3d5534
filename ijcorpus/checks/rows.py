"""Checks of a release's rows: labels, offsets, splits, and that no withheld word is in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from ijcorpus.checks.released import ReleaseView, Row, Table
from ijcorpus.checks.view import Check, Fault
from ijcorpus.document import sha256

BUILD = "build the release anew under a new version"
# Columns that can hold words of a text; a stand-off table has none of them.
_WORDED = ("text", "quote", "note", "evidence", "tokens")
_BEGIN, _INSIDE = "B-", "I-"


def _labels_differ(view: ReleaseView) -> Iterator[Fault]:
    scheme = view.scheme
    if scheme is None:
        return
    wanted = {
        "label": scheme.label_names,
        "tags": scheme.bio_names,
        "target": scheme.target_names,
        "polarity": scheme.polarity_names,
        "attribution": scheme.names("attributions"),
    }
    for table in view.tables:
        for path, column in table.columns.items():
            names = wanted.get(path.rpartition(".")[2])
            if names is not None and column.labels != names:
                yield Fault(
                    f"{path} of {table.path} names its labels {', '.join(column.labels or ())}, "
                    f"but scheme.json has {', '.join(names)}, in this order; {BUILD}.",
                    record=table.path,
                )


def _label_out_of_range(view: ReleaseView) -> Iterator[Fault]:
    for table in view.tables:
        for path, column in table.columns.items():
            if column.labels is None:
                continue
            for number, row in enumerate(table.rows):
                wrong = {v for v in _values(row, path.split(".")) if not _ranged(v, column.labels)}
                if wrong:
                    yield Fault(
                        f"row {number} of {table.path} has {', '.join(map(str, wrong))} in {path}, "
                        f"which has {len(column.labels)} labels; {BUILD}.",
                        record=table.path,
                    )


def _ranged(value: Any, labels: tuple[str, ...]) -> bool:
    return value is None or (isinstance(value, int) and 0 <= value < len(labels))


def _values(value: Any, path: list[str]) -> Iterator[Any]:
    """The values below a dotted path, through lists."""
    if isinstance(value, list | tuple):
        for one in value:
            yield from _values(one, path)
    elif not path:
        yield value
    elif isinstance(value, dict):
        yield from _values(value.get(path[0]), path[1:])


def _standoff_text(view: ReleaseView) -> Iterator[Fault]:
    for table in view.tables:
        worded = [p for p in table.columns if p.rpartition(".")[2] in _WORDED]
        if table.config == "standoff":
            for path in worded:
                yield Fault(
                    f"{table.path} has the column {path}, though the texts of these documents may "
                    f"not ship; {BUILD} without it.",
                    record=table.path,
                )
            continue
        for number, row in enumerate(table.rows):
            document = row.get("document", row.get("id"))
            said = [p for p in worded if any(_values(row, p.split(".")))]
            if document in view.withheld and said:
                yield Fault(
                    f"row {number} of {table.path} is of {document}, whose text may not ship, and "
                    f"has words in {', '.join(said)}; withdraw the release.",
                    record=table.path,
                    document=str(document),
                )


def _split_differs(view: ReleaseView) -> Iterator[Fault]:
    for table, row in view.documents:
        frozen = view.splits.get(row["id"])
        if frozen != table.split:
            yield Fault(
                f"version {view.version} has {row['id']} in {table.split}, but the frozen splits "
                f"have it in {frozen or 'none'}; a released document keeps its split.",
                record=table.path,
                document=row["id"],
            )


def _document_twice(view: ReleaseView) -> Iterator[Fault]:
    first: dict[str, Table] = {}
    counts = Counter((table.path, row["id"]) for table, row in view.documents)
    for table, row in view.documents:
        other = first.setdefault(row["id"], table)
        if other is not table or counts[table.path, row["id"]] > 1:
            yield Fault(
                f"{row['id']} is in {table.path} and again in {other.path}; a system would be "
                f"judged on what it has learnt. {BUILD.capitalize()}.",
                record=table.path,
                document=row["id"],
            )


def _row_unknown_document(view: ReleaseView) -> Iterator[Fault]:
    known = {row["id"]: table.split for table, row in view.documents}
    for table in view.tables:
        wrong = {d for row in table.rows if (d := row.get("document")) is not None
                 and known.get(d) != table.split}  # fmt: skip
        for document in sorted(wrong):
            yield Fault(
                f"{table.path} has rows of {document}, which is no document of {table.split} in "
                f"this release; {BUILD}.",
                record=table.path,
                document=document,
            )


def _surface_differs(view: ReleaseView) -> Iterator[Fault]:
    for table, row in view.rows("documents"):
        text = row.get("text") or ""
        for mark in (*row.get("mentions", ()), *row.get("judgements", ())):
            if not 0 <= mark["start"] < mark["end"] <= len(text) or (
                text[mark["start"] : mark["end"]] != mark["text"]
            ):
                yield Fault(
                    f"{mark['id']} of {row['id']} in {table.path} is not what its text has at "
                    f"[{mark['start']}, {mark['end']}); {BUILD}.",
                    record=table.path,
                    document=row["id"],
                )


def _digest_differs(view: ReleaseView) -> Iterator[Fault]:
    for table, row in view.rows("documents"):
        if sha256(row.get("text") or "") != row.get("text_sha256"):
            yield Fault(
                f"the text of {row['id']} in {table.path} is not the one of its digest; {BUILD}.",
                record=table.path,
                document=row["id"],
            )


def _tags_broken(view: ReleaseView) -> Iterator[Fault]:
    for table, row in view.rows("entities"):
        why = _broken(table, row)
        if why:
            yield Fault(
                f"sentence {row['sentence']} of {row['document']} in {table.path} has {why}; "
                f"{BUILD}.",
                record=table.path,
                document=row["document"],
            )


def _broken(table: Table, row: Row) -> str:
    """What is wrong with the tags of a sentence, empty if nothing is."""
    tags = [table.name("tags", place) or "" for place in row["tags"]]
    if len({len(row[n]) for n in ("tokens", "token_starts", "token_ends", "tags")}) != 1:
        return "not as many tags as tokens"
    if sum(tag.startswith(_BEGIN) for tag in tags) != len(row["entity_ids"]):
        return "not as many ids as mentions"
    for before, tag in pairwise(["", *tags]):
        if tag.startswith(_INSIDE) and before[2:] != tag[2:]:
            return f"{tag} after {before or 'nothing'}"
    places = zip(row["tokens"], row["token_starts"], row["token_ends"], strict=True)
    if any(row["text"][start:end] != token for token, start, end in places):
        return "tokens that are not at their places"
    return ""


ROW_CHECKS: tuple[Check[ReleaseView], ...] = (
    Check(
        code="release-labels-differ",
        level=7,
        severity="error",
        explanation="Label columns must name the scheme's labels, all of them, in its order.",
        function=_labels_differ,
    ),
    Check(
        code="release-label-out-of-range",
        level=7,
        severity="error",
        explanation="A label must be a place in its column's names.",
        function=_label_out_of_range,
    ),
    Check(
        code="release-standoff-text",
        level=7,
        severity="error",
        explanation="No table may hold words of a text that may not ship.",
        function=_standoff_text,
    ),
    Check(
        code="release-split-differs",
        level=7,
        severity="error",
        explanation="A released document must be in the split that is frozen for it.",
        function=_split_differs,
    ),
    Check(
        code="release-document-twice",
        level=7,
        severity="error",
        explanation="A document must be in a release once.",
        function=_document_twice,
    ),
    Check(
        code="release-row-misplaced",
        level=7,
        severity="error",
        explanation="Every row must be of a document that the release has in the same split.",
        function=_row_unknown_document,
    ),
    Check(
        code="release-surface-differs",
        level=7,
        severity="error",
        explanation="The words of a released mark must be those at its place in the text.",
        function=_surface_differs,
    ),
    Check(
        code="release-digest-differs",
        level=7,
        severity="error",
        explanation="The digest of a released text must be that of the text.",
        function=_digest_differs,
    ),
    Check(
        code="release-tags-broken",
        level=7,
        severity="error",
        explanation="Tags must fit their tokens, mentions their ids, and I- follow its own kind.",
        function=_tags_broken,
    ),
)
