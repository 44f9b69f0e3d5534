"""Which word of the annotated text is which word of a copy: proved, or left open."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ijcorpus.standoff.code import Ints, Truths, packed, window_checks, word_hashes
from ijcorpus.standoff.edits import (
    UNKNOWN,
    Copy,
    between,
    from_end,
    from_start,
    in_place,
    substituted,
)
from ijcorpus.standoff.fingerprint import Fingerprint
from ijcorpus.standoff.gaps import RUN, filled
from ijcorpus.standoff.recall import recalled

NEAR = 8
"""A passage that stands in several places belongs to a neighbour at most so many passages off."""

DRIFT = 8
"""Most words by which a passage may be farther off after a gap than before it."""

MANY = 32
"""Most places, and most passages of the same words, that are looked at."""


class Alignment(NamedTuple):
    """The copy's word for each word of the annotated text, UNKNOWN (-1) where none is proved.

    `repeated` marks words of passages that the copy has in several places, none of them better.
    """

    found: Ints
    repeated: Truths

    @property
    def share(self) -> float:
        """The share of the words that were found."""
        return float(np.mean(self.found != UNKNOWN)) if len(self.found) else 0.0


def align(record: Fingerprint, forms: list[str]) -> Alignment:
    """Find the passages of a fingerprint among the words of a copy.

    Whole passages are looked up (64 bits of proof each), put in order, and the gaps between them
    closed by hypotheses of one or two edits. In a long text the sums of the whole then tell the
    hash of every word, unless the copy differs in too much. Time is nearly linear in the length of
    the copy.
    """
    hashes = word_hashes(forms, record.key)
    work = _Work(record, hashes)
    work.look_up()
    work.close_gaps()
    found = work.found
    if (told := recalled(record, found, hashes)) is not None:
        found[told != np.where(found == UNKNOWN, UNKNOWN, hashes[found])] = UNKNOWN
        found = filled(found, told, hashes)
    return Alignment(without_slips(without_strays(found), hashes), work.repeated)


def without_strays(found: Ints) -> Ints:
    """The alignment without words that may have met their like by chance.

    A word or two between edits can be another "of the" than the annotated one. They stay only
    where the words before and after are as far off as in the annotated text: then words were
    merely replaced around them.
    """
    known = np.flatnonzero(found != UNKNOWN)
    if not len(known):
        return found
    offset = found[known] - known
    breaks = (np.diff(known) != 1) | (np.diff(offset) != 0)
    starts = np.concatenate(([0], np.flatnonzero(breaks) + 1))
    ends = np.concatenate((starts[1:], [len(known)]))
    kept = found.copy()
    for n in np.flatnonzero(ends - starts < RUN):
        low, high = starts[n] - 1, ends[n]
        framed = low >= 0 and high < len(known)
        if not framed or not offset[low] == offset[low + 1] == offset[high]:
            kept[known[starts[n] : ends[n]]] = UNKNOWN
    return kept


def without_slips(found: Ints, hashes: Ints) -> Ints:
    """The alignment without words that may stand before or after words that were put in.

    Where "you A" became "you A ... A", nothing tells which A is the annotated one.
    """
    kept = found.copy()
    here, there = found[:-1], found[1:]
    for word in np.flatnonzero((here != UNKNOWN) & (there > here + 1)).tolist():
        last, first, back = int(found[word]), int(found[word + 1]), 0
        while back <= word and last >= back and hashes[last - back] == hashes[first - 1 - back]:
            kept[word - back] = UNKNOWN
            back += 1
        ahead = 0
        while (
            word + 1 + ahead < len(found)
            and first + ahead < len(hashes)
            and hashes[last + 1 + ahead] == hashes[first + ahead]
        ):
            kept[word + 1 + ahead] = UNKNOWN
            ahead += 1
    return kept


def whole_passages(record: Fingerprint, forms: list[str]) -> int:
    """How many passages of a fingerprint stand word for word among the words of a copy."""
    return len(_candidates(record, word_hashes(forms, record.key)))


class _Work:
    """One alignment while it is being made."""

    def __init__(self, record: Fingerprint, hashes: Ints) -> None:
        self.record = record
        self.bounds = record.bounds()
        self.sums = record.sums()
        self.hashes = hashes
        self.copy = Copy(hashes)
        self.found = np.full(record.words, UNKNOWN, dtype=np.int64)
        self.repeated = np.zeros(record.words, dtype=bool)
        self.taken = np.zeros(len(hashes), dtype=bool)
        self.length = record.passage
        self.solved = np.zeros(len(self.bounds) - 1, dtype=bool)
        self.tried: dict[int, tuple[int | None, int | None]] = {}
        self.searched: dict[int, tuple[int, int]] = {}

    def look_up(self) -> None:
        """Place the passages that the copy has word for word."""
        candidates = _candidates(self.record, self.hashes)
        chain = _chain(candidates, self.length)
        sure = dict(chain)
        shared = _shared(candidates)
        for passage, at in chain:
            unsure = passage in shared and not self._continues(sure, passage, at)
            lonely = len(candidates[passage]) > 1 and not self._near(sure, passage, at)
            if unsure or lonely:
                sure.pop(passage)
        for passage, places in candidates.items():
            if passage in sure:
                self._put(passage, np.arange(self._size(passage)) + sure[passage])
            elif len(places) > 1 or passage in shared:
                self.repeated[self._slice(passage)] = True
        # What is left stands once, out of order: it was moved.
        for passage, places in candidates.items():
            if passage not in sure and len(places) == 1 and passage not in shared:
                self._put(passage, np.arange(self._size(passage)) + places[0])

    def close_gaps(self) -> None:
        """Decode the passages with edits, each from the neighbours that are found."""
        while True:
            before = int(self.solved.sum())
            for order in (range(len(self.solved)), range(len(self.solved) - 1, -1, -1)):
                for passage in order:
                    if not self.solved[passage]:
                        self._decode(passage)
            self._search()
            if int(self.solved.sum()) == before:
                return

    def _decode(self, passage: int) -> None:
        start, end = edge = self._edge(passage)
        if self.tried.get(passage, (None, None)) == edge:
            return
        self.tried[passage] = edge
        sums, size = self.sums[:, passage], self._size(passage)
        map_ = None
        if start is not None and end is not None:
            map_ = between(sums, size, self.copy, start, end)
        if map_ is None and start is not None:
            map_ = from_start(sums, size, self.copy, start, len(self.hashes))
        if map_ is None and end is not None:
            map_ = from_end(sums, size, self.copy, end, 0)
        if map_ is not None:
            self._put(passage, map_)

    def _search(self) -> None:
        """Passages about where their neighbours lead, or, if both are lost, anywhere between."""
        known = np.flatnonzero(self.found != UNKNOWN)
        for passage in np.flatnonzero(~self.solved).tolist():
            room = self._room(known, passage)
            if room is None or self.searched.get(passage) == room:
                continue
            self.searched[passage] = room
            sums, size = self.sums[:, passage], self._size(passage)
            starts = self._starts(known, passage)
            map_ = in_place(sums, size, self.copy, *starts) if starts else None
            if map_ is None and self._edge(passage) == (None, None):
                map_ = substituted(sums, size, self.copy, *room)
            if map_ is not None:
                self._put(passage, map_)

    def _starts(self, known: Ints, passage: int) -> tuple[int, int] | None:
        """Where the passage begins if it is as far off as the words found before or after it."""
        first = self.bounds[passage]
        at = int(np.searchsorted(known, first))
        if not 0 < at < len(known):
            return None
        low, high = sorted(int(self.found[one] - one) for one in known[at - 1 : at + 1])
        return (first + low, first + high) if high - low <= DRIFT else None

    def _room(self, known: Ints, passage: int) -> tuple[int, int] | None:
        """The words of the copy between the found neighbours, near or far."""
        at = int(np.searchsorted(known, self.bounds[passage]))
        start = int(self.found[known[at - 1]]) + 1 if at else 0
        end = int(self.found[known[at]]) if at < len(known) else len(self.hashes)
        return (start, end) if start < end else None

    def _edge(self, passage: int) -> tuple[int | None, int | None]:
        """Where the passage begins and ends in the copy, as far as its neighbours tell."""
        first, last = self.bounds[passage], self.bounds[passage + 1]
        start = int(self.found[first - 1]) + 1 if first and self.found[first - 1] >= 0 else None
        end = int(self.found[last]) if last < len(self.found) and self.found[last] >= 0 else None
        return start, end

    def _put(self, passage: int, map_: Ints) -> None:
        """Take a place for a passage, unless another passage has it already."""
        places = map_[map_ != UNKNOWN]
        if not len(places) or places.min() < 0 or places.max() >= len(self.taken):
            return
        if self.taken[places].any():
            return
        self.taken[places] = True
        self.found[self._slice(passage)] = map_
        self.solved[passage] = True
        self.repeated[self._slice(passage)] = False

    def _size(self, passage: int) -> int:
        return self.bounds[passage + 1] - self.bounds[passage]

    def _slice(self, passage: int) -> slice:
        return slice(self.bounds[passage], self.bounds[passage + 1])

    def _continues(self, sure: dict[int, int], passage: int, at: int) -> bool:
        """Whether a neighbour stands right before or after."""
        return (
            sure.get(passage - 1) == at - self.length or sure.get(passage + 1) == at + self.length
        )

    def _near(self, sure: dict[int, int], passage: int, at: int) -> bool:
        """Whether a neighbour stands about where it should."""
        for step in (-1, 1, -2, 2, -3, 3):
            other = sure.get(passage + step)
            if other is not None and abs(other - at - step * self.length) <= NEAR * self.length:
                return True
        return False


def _candidates(record: Fingerprint, hashes: Ints) -> dict[int, list[int]]:
    """Every passage that stands word for word in the copy, with its places there."""
    sizes = np.diff(record.bounds())
    keys = packed(record.sums())
    found: dict[int, list[int]] = defaultdict(list)
    for size in sorted(set(sizes.tolist())):
        mine = np.flatnonzero(sizes == size)
        order = mine[np.argsort(keys[mine], kind="stable")]
        windows = packed(window_checks(hashes, size))
        low = np.searchsorted(keys[order], windows, side="left")
        inside = np.flatnonzero(low < len(order))
        hits = inside[keys[order][low[inside]] == windows[inside]]
        for at in hits.tolist():
            same = order[low[at] : low[at] + MANY]
            for passage in same[keys[same] == windows[at]].tolist():
                if len(found[passage]) < MANY:
                    found[passage].append(at)
    return dict(sorted(found.items()))


def _shared(candidates: dict[int, list[int]]) -> set[int]:
    """Passages whose words another passage has too."""
    users: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for passage, places in candidates.items():
        users[tuple(places)].append(passage)
    return {one for group in users.values() if len(group) > 1 for one in group}


def _chain(candidates: dict[int, list[int]], length: int) -> list[tuple[int, int]]:
    """The heaviest chain of passages that is in order in both texts.

    A passage counts 2, and 1 more when it stands right after the one before it.
    """
    pairs = [(passage, at) for passage, places in candidates.items() for at in places]
    if all(len(places) == 1 for places in candidates.values()) and all(
        before + length <= after for (_, before), (_, after) in pairwise(pairs)
    ):
        return pairs
    return _heaviest(pairs, length)


def _heaviest(pairs: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Dynamic programming over a Fenwick tree of best chains by where they end in the copy."""
    ends = sorted({at + length for _, at in pairs})
    rank = {end: n for n, end in enumerate(ends, start=1)}
    tree: list[tuple[int, int]] = [(0, UNKNOWN)] * (len(ends) + 1)
    best: list[tuple[int, int]] = []
    index = {pair: n for n, pair in enumerate(pairs)}
    starts = np.searchsorted(np.array(ends), [at for _, at in pairs], side="right")
    waiting: list[int] = []
    for n, (passage, at) in enumerate(pairs):
        if waiting and pairs[waiting[0]][0] != passage:
            for one in waiting:
                _raise(tree, rank[pairs[one][1] + length], (best[one][0], one))
            waiting = []
        score, before = _top(tree, int(starts[n]))
        joined = index.get((passage - 1, at - length))
        if joined is not None and best[joined][0] + 1 >= score:
            score, before = best[joined][0] + 1, joined
        best.append((score + 2, before))
        waiting.append(n)
    at = max(range(len(pairs)), key=lambda n: (best[n][0], -n), default=UNKNOWN)
    chain: list[tuple[int, int]] = []
    while at != UNKNOWN:
        chain.append(pairs[at])
        at = best[at][1]
    return chain[::-1]


def _raise(tree: list[tuple[int, int]], at: int, value: tuple[int, int]) -> None:
    while at < len(tree):
        if value[0] > tree[at][0]:
            tree[at] = value
        at += at & -at


def _top(tree: list[tuple[int, int]], at: int) -> tuple[int, int]:
    found = (0, UNKNOWN)
    while at:
        if tree[at][0] > found[0]:
            found = tree[at]
        at -= at & -at
    return found
