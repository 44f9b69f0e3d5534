"""Entities of two annotators, matched one to one and counted by document.

A *lane* is where spans may match: a document, or one label in a document. An annotator's spans
are taken as a set and to be flat, as the scheme asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ijcorpus.annotation import Entity

    Counts = NDArray[np.float64]
    Whole = NDArray[np.int64]


class SpanCounts(NamedTuple):
    """Counts (agreed, first, second) along the last axis, documents along the one before.

    `exact`: spans with equal ends. `partial`: one to one, as many as can be, a point for equal
    ends and half a point for any overlap (the 'partial' measure of SemEval-2013 task 9, Segura-
    Bedmar et al. 2013). `link_accuracy`: of the exact pairs with a link on either side, those
    with the same. `link`: linked spans, agreed if ends and link are equal (the strong annotation
    match of Cornolti et al. 2013).
    """

    exact: Counts
    partial: Counts
    link_accuracy: Counts
    link: Counts


class _Table(NamedTuple):
    document: Whole
    start: Whole
    end: Whole
    label: Whole
    link: Whole


def entity_counts(
    first: Sequence[Sequence[Entity]], second: Sequence[Sequence[Entity]], labels: Sequence[str]
) -> tuple[SpanCounts, SpanCounts]:
    """What two annotators share, whatever the labels, and label by label.

    Both list each document's entities, in the same order of documents. The second result has a
    leading axis: the labels as listed, and one more for all that are not.
    """
    codes = {label: number for number, label in enumerate(labels)}
    links = {"": 0}
    a, b = (_table(side, codes, links) for side in (first, second))
    documents = len(first)
    overall = _counts(a, a.document, b, b.document, (documents,))
    lanes = (a.label * documents + a.document, b.label * documents + b.document)
    return overall, _counts(a, lanes[0], b, lanes[1], (len(labels) + 1, documents))


def _table(
    side: Sequence[Sequence[Entity]], codes: dict[str, int], links: dict[str, int]
) -> _Table:
    import numpy as np

    unlisted = len(codes)
    flat = [entity for entities in side for entity in entities]
    return _Table(
        document=np.repeat(np.arange(len(side)), [len(entities) for entities in side]),
        start=np.array([entity.start for entity in flat], dtype=np.int64),
        end=np.array([entity.end for entity in flat], dtype=np.int64),
        label=np.array([codes.get(entity.label, unlisted) for entity in flat], dtype=np.int64),
        link=np.array(
            [links.setdefault(entity.entity_id, len(links)) for entity in flat], dtype=np.int64
        ),
    )


def _counts(
    a: _Table, lane_a: Whole, b: _Table, lane_b: Whole, shape: tuple[int, ...]
) -> SpanCounts:
    import numpy as np

    lanes = int(np.prod(shape))
    width = 1 + max(int(side.end.max(initial=0)) for side in (a, b))
    keys_a, rows_a = np.unique((lane_a * width + a.start) * width + a.end, return_index=True)
    keys_b, rows_b = np.unique((lane_b * width + b.start) * width + b.end, return_index=True)
    _, at_a, at_b = np.intersect1d(keys_a, keys_b, assume_unique=True, return_indices=True)
    exact_a, exact_b = rows_a[at_a], rows_b[at_b]
    overlaps = _overlaps(np.delete(keys_a, at_a), np.delete(keys_b, at_b), width)
    asked = (a.link[exact_a] > 0) | (b.link[exact_b] > 0)
    equal = asked & (a.link[exact_a] == b.link[exact_b])

    def count(lane: Whole) -> Counts:
        return np.bincount(lane, minlength=lanes).reshape(shape).astype(float)

    def rows(agreed: Counts, of_a: Counts, of_b: Counts) -> Counts:
        return np.stack((agreed, of_a, of_b), axis=-1)

    exact, of_a, of_b = count(lane_a[exact_a]), count(lane_a[rows_a]), count(lane_b[rows_b])
    half = count(np.array(overlaps, dtype=np.int64)) / 2
    agreed, compared = count(lane_a[exact_a[equal]]), count(lane_a[exact_a[asked]])
    linked_a, linked_b = rows_a[a.link[rows_a] > 0], rows_b[b.link[rows_b] > 0]
    return SpanCounts(
        exact=rows(exact, of_a, of_b),
        partial=rows(exact + half, of_a, of_b),
        link_accuracy=rows(agreed, compared, compared),
        link=rows(agreed, count(lane_a[linked_a]), count(lane_b[linked_b])),
    )


def _overlaps(keys_a: Whole, keys_b: Whole, width: int) -> list[int]:
    """The lanes of the pairs of overlapping spans, one to one, as many as can be.

    From left to right, the earliest two that overlap are paired. For flat spans no pairing has
    more: if either were better off with a later span, the two later ones would cross.
    """
    found: list[int] = []
    spans, others = iter(_places(keys_a, width)), iter(_places(keys_b, width))
    one, other = next(spans, None), next(others, None)
    while one is not None and other is not None:
        if one[0] < other[1] and other[0] < one[1]:
            found.append(one[0] // width)
            one, other = next(spans, None), next(others, None)
        elif one[1] <= other[1]:
            one = next(spans, None)
        else:
            other = next(others, None)
    return found


def _places(keys: Whole, width: int) -> list[tuple[int, int]]:
    """Spans on one line, lane after lane."""
    starts = keys // width
    ends = starts // width * width + keys % width
    return list(zip(starts.tolist(), ends.tolist(), strict=True))
