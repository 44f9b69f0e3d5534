"""What two annotators chose for the same thing: labels and senses of spans, flags, characters.

Choices are pairs (document, value, value), ready for `tables`; characters come as tables at once,
because there are too many of them to list, and with the units that they make up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ijcorpus.annotation import Annotation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ijcorpus.annotation import Entity

    Counts = NDArray[np.float64]
    Whole = NDArray[np.int64]

Choice = tuple[int, str, str]
Pair = tuple[Annotation, Annotation]


def span_labels(pairs: Sequence[Pair]) -> list[Choice]:
    """The two labels of each span that both have with the same ends."""
    return [(number, one.label, other.label) for number, one, other in _same_ends(pairs)]


def span_senses(pairs: Sequence[Pair]) -> list[Choice]:
    """The two senses of each such span, where labels are equal and both give a sense.

    A sense belongs to its label: `label sense` is one value.
    """
    return [
        (number, f"{one.label} {one.sense}", f"{other.label} {other.sense}")
        for number, one, other in _same_ends(pairs)
        if one.label == other.label and one.sense is not None and other.sense is not None
    ]


def flag_choices(pairs: Sequence[Pair], flags: Sequence[str]) -> list[Choice]:
    """For each document and flag, whether the two gave it: `yes` or `no`."""
    words = ("no", "yes")
    return [
        (number, words[flag in one.flags], words[flag in other.flags])
        for number, (one, other) in enumerate(pairs)
        for flag in flags
    ]


def _same_ends(pairs: Sequence[Pair]) -> Iterator[tuple[int, Entity, Entity]]:
    for number, (one, other) in enumerate(pairs):
        there = {(entity.start, entity.end): entity for entity in other.entities}
        for entity in {(e.start, e.end): e for e in one.entities}.values():
            if match := there.get((entity.start, entity.end)):
                yield number, entity, match


def character_tables(
    pairs: Sequence[Pair], labels: Sequence[str], lengths: Sequence[int]
) -> Counts:
    """How many characters have which two labels: documents x label x label.

    The last label is none, the one before stands for all that are not listed. `lengths` are the
    documents' lengths in characters. Spans of one annotator are taken to be flat.
    """
    import numpy as np

    codes = {label: number for number, label in enumerate(labels)}
    size = len(labels) + 2
    a, b = (_spans([pair[side].entities for pair in pairs], codes) for side in (0, 1))
    # All documents on one line, so that spans of different ones never meet.
    width = 1 + max([*lengths, *(int(side[2].max(initial=0)) for side in (a, b))])
    a_starts, a_ends = a[0] * width + a[1], a[0] * width + a[2]
    b_starts, b_ends = b[0] * width + b[1], b[0] * width + b[2]
    begins = np.searchsorted(b_ends, a_starts, side="right")
    counts = np.maximum(np.searchsorted(b_starts, a_ends, side="left") - begins, 0)
    at_a = np.repeat(np.arange(len(a_starts)), counts)
    within = np.arange(len(at_a)) - np.repeat(np.cumsum(counts) - counts, counts)
    at_b = np.repeat(begins, counts) + within
    shared = np.minimum(a_ends[at_a], b_ends[at_b]) - np.maximum(a_starts[at_a], b_starts[at_b])
    tables = np.zeros((len(pairs), size, size))
    np.add.at(tables, (a[0][at_a], a[3][at_a], b[3][at_b]), shared)
    marked = np.zeros((2, len(pairs), size))
    for number, side in enumerate((a, b)):
        np.add.at(marked[number], (side[0], side[3]), side[2] - side[1])
    # What only one of them marked stands against none; flat spans leave nothing below zero.
    only_a = np.maximum(marked[0] - tables.sum(axis=2), 0)
    only_b = np.maximum(marked[1] - tables.sum(axis=1), 0)
    tables[:, :, -1], tables[:, -1, :] = only_a, only_b
    tables[:, -1, -1] = np.maximum(np.asarray(lengths, dtype=float) - tables.sum(axis=(1, 2)), 0)
    return tables


def unit_squares(pairs: Sequence[Pair], labels: Sequence[str]) -> Counts:
    """The sums of the squared lengths of both annotators' units: documents x label.

    One more label at the end stands for all that are not listed.
    """
    import numpy as np

    codes = {label: number for number, label in enumerate(labels)}
    squares = np.zeros((len(pairs), len(labels) + 1))
    for side in (0, 1):
        document, start, end, label = _spans([pair[side].entities for pair in pairs], codes)
        np.add.at(squares, (document, label), (end - start) ** 2)
    return squares


def unit_rows(characters: Counts, squares: Counts) -> Counts:
    """What `figures.unitizing_alpha` takes, from character tables and the sums of squares.

    The first is documents x label x label with gaps as the last label, the second documents.
    """
    import numpy as np

    gaps = characters[:, -1].sum(axis=1) + characters[:, :, -1].sum(axis=1)
    flat = characters.reshape(len(characters), characters.shape[-1] ** 2)
    return np.column_stack((flat, squares + gaps))


def against_the_rest(table: Counts, number: int) -> Counts:
    """Tables of one label and everything else: documents x 2 x 2."""
    import numpy as np

    both = table[:, number, number]
    first, second = table[:, number, :].sum(axis=1), table[:, :, number].sum(axis=1)
    rest = table.sum(axis=(1, 2)) - first - second + both
    flat = np.stack((both, first - both, second - both, rest), axis=-1)
    return flat.reshape(len(table), 2, 2)


def _spans(
    side: Sequence[Sequence[Entity]], codes: dict[str, int]
) -> tuple[Whole, Whole, Whole, Whole]:
    import numpy as np

    flat = [
        (document, entity)
        for document, entities in enumerate(side)
        for entity in sorted(entities, key=lambda entity: (entity.start, entity.end))
    ]
    return (
        np.array([document for document, _ in flat], dtype=np.int64),
        np.array([entity.start for _, entity in flat], dtype=np.int64),
        np.array([entity.end for _, entity in flat], dtype=np.int64),
        np.array([codes.get(entity.label, len(codes)) for _, entity in flat], dtype=np.int64),
    )
