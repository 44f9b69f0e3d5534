"""Closing gaps when the hash of every annotated word is known: which words of the copy they are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ijcorpus.standoff.code import MODULUS, Ints, equal_pairs
from ijcorpus.standoff.edits import UNKNOWN

RUN = 3
"""Words in a row that can be proved by themselves, inside a gap."""

CHANCE = -16.0
"""A run is believed when chance makes fewer of it in the gap: a power of 2, as of a hash."""

CELLS = 1 << 23
"""Largest gap, in words times words of the copy, that is searched inside."""


SAME = 64
"""Three words in a row that the copy has more often in a gap are not looked at."""


def filled(found: Ints, told: Ints, hashes: Ints) -> Ints:
    """The alignment with the words of its gaps that stand in the copy between the same neighbours.

    `told` are the hashes of the annotated words, `hashes` those of the copy. Words are taken that
    join a found neighbour; then, inside, runs of words that both sides of the gap have once and
    that are too rare to meet there by chance.
    """
    gaps = _Gaps(found, told, hashes)
    for first, last in list(_unknown(gaps.found)):
        gaps.close(first, last)
    return gaps.found


def _unknown(found: Ints) -> Iterator[tuple[int, int]]:
    """The runs of words without a place, half-open."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], found == UNKNOWN, [False]))))
    return zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True)


class _Gaps:
    """An alignment while its gaps are being closed."""

    def __init__(self, found: Ints, told: Ints, hashes: Ints) -> None:
        self.found = found.copy()
        self.told = told
        # A word that has been given away is like no other.
        self.free = hashes.copy()
        self.free[found[found != UNKNOWN]] = UNKNOWN
        counts = np.bincount(told, minlength=MODULUS)
        self.rarity = np.log2(np.maximum(counts, 1) / max(len(told), 1))

    def close(self, first: int, last: int) -> None:
        """Close the gap of the words `first` to `last`, half-open, as far as can be."""
        low = int(self.found[first - 1]) + 1 if first else 0
        high = int(self.found[last]) if last < len(self.found) else len(self.free)
        waiting = [(first, last, low, high)]
        while waiting:
            first, last, low, high = waiting.pop()
            first, last, low, high = self._ends(first, last, low, high)
            if first >= last or low >= high:
                continue
            if last - first == high - low <= 2 * RUN:
                self._take_same(first, last, low)
            elif (run := self._run(first, last, low, high)) is not None:
                here, there, size = run
                self._take(here, there, size)
                waiting.append((first, here, low, there))
                waiting.append((here + size, last, there + size, high))

    def _ends(self, first: int, last: int, low: int, high: int) -> tuple[int, int, int, int]:
        """Take the words that join the neighbours; the gap that is left."""
        size = last - first
        told, room = self.told[first:last], high - low
        ahead = _same(told, self.free[low : low + size]) if first else 0
        behind = 0
        if last < len(self.found) and not ahead == size == room:
            behind = _same(told[::-1], self.free[max(high - size, 0) : high][::-1])
        # Words that could be those after one neighbour or those before the other stay open.
        over = ahead + behind - (min(size, room) if room >= 0 else size)
        if over > 0:
            ahead, behind = max(ahead - over, 0), max(behind - over, 0)
        self._take(first, low, ahead)
        self._take(last - behind, high - behind, behind)
        return first + ahead, last - behind, low + ahead, high - behind

    def _take_same(self, first: int, last: int, low: int) -> None:
        """Words that stayed while those around them were replaced one by one."""
        for n in range(last - first):
            if self.told[first + n] == self.free[low + n]:
                self._take(first + n, low + n, 1)

    def _take(self, here: int, there: int, size: int) -> None:
        self.found[here : here + size] = np.arange(there, there + size)
        self.free[there : there + size] = UNKNOWN

    def _run(self, first: int, last: int, low: int, high: int) -> tuple[int, int, int] | None:
        """The longest run that both sides have, once each, and not by chance."""
        rows, columns = last - first, high - low
        if min(rows, columns) < RUN or rows * columns > CELLS:
            return None
        ends, others, length = _runs(self.told[first:last], self.free[low:high])
        for n in np.lexsort((others, ends, -length)).tolist():
            size = int(length[n])
            here, there = first + int(ends[n]) - size + 1, low + int(others[n]) - size + 1
            rivals = (length >= size) & ((ends == ends[n]) | (others == others[n]))
            chance = self.rarity[self.told[here : here + size]].sum() + np.log2(rows * columns)
            if rivals.sum() == 1 and chance < CHANCE:
                return here, there, size
        return None


def _same(one: Ints, two: Ints) -> int:
    """How many words two sides have in common from the beginning on."""
    size = min(len(one), len(two))
    differ = np.flatnonzero(one[:size] != two[:size])
    return int(differ[0]) if len(differ) else size


def _runs(one: Ints, two: Ints) -> tuple[Ints, Ints, Ints]:
    """Where common runs of RUN words or more end in either side, and how long each is there."""
    row, column = equal_pairs(_triples(one), _triples(two), SAME + 1)
    rare = np.bincount(row)[row] <= SAME
    row, column = row[rare], column[rare]
    order = np.lexsort((row, column - row))
    row, column = row[order], column[order]
    every = np.arange(len(row))
    goes_on = (np.diff(row, prepend=-2) == 1) & (np.diff(column, prepend=-2) == 1)
    begun = np.maximum.accumulate(np.where(goes_on, 0, every))
    return row + RUN - 1, column + RUN - 1, every - begun + RUN


def _triples(hashes: Ints) -> Ints:
    """Each three words in a row as one number; a word given away is UNKNOWN, like no other."""
    one, two, three = (hashes[n : len(hashes) - RUN + 1 + n] + 1 for n in range(RUN))
    return one << 34 | two << 17 | three
