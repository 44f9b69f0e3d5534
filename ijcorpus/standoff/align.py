"""Which word of the annotated text is which word of a copy: proved, or left open."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from ijcorpus.standoff.code import Ints, Truths, running_sums, word_hashes
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
from ijcorpus.standoff.lookup import candidates, heaviest_chain, shared
from ijcorpus.standoff.recall import recalled

NEAR = 8
"""A passage that stands in several places belongs to a neighbour at most so many passages off."""

DRIFT = 8
"""Most words by which a passage may be farther off after a gap than before it."""


class Alignment:
    """The copy's word for each word of the annotated text, UNKNOWN (-1) where none is proved.

    `repeated` marks words of passages that the copy has in several places, none of them better.
    Nothing tells like words beside an edit from each other ("A A" became "A"): where one is found,
    it joins the words around it. And of a stretch of a passage or more that the annotated text has
    twice, but the copy once as it was, either may be found, as long as the sums of the whole do not
    tell: the text is short, or the copy differs in too much.
    """

    def __init__(self, found: Ints, repeated: Truths) -> None:
        self.found = found
        self.repeated = repeated

    @property
    def share(self) -> float:
        """The share of the words that were found."""
        return float(np.mean(self.found != UNKNOWN)) if len(self.found) else 0.0

    @cached_property
    def words(self) -> list[int]:
        """`found` as a list, which is quicker to read word by word."""
        return self.found.tolist()

    def together(self, first: int, last: int) -> bool:
        """Whether the words `first` to `last` are found, one right after the other."""
        return self.words[first] != UNKNOWN and self._breaks[first] == self._breaks[last]

    @cached_property
    def _breaks(self) -> list[int]:
        """How often, up to each word, one does not stand right after the one before it."""
        return np.cumsum(np.diff(self.found, prepend=0) != 1).tolist()


def align(record: Fingerprint, forms: list[str]) -> Alignment:
    """Find the passages of a fingerprint among the words of a copy.

    Whole passages are looked up (64 bits of proof each) and put in order. In a long text the sums
    of the whole then tell the hash of every word. In a short one, and where the copy differs in too
    much, the gaps are closed by hypotheses of one or two edits, before the sums of the whole are
    tried again. Time is nearly linear in the length of the copy.
    """
    hashes = word_hashes(forms, record.key)
    work = _Work(record, hashes)
    work.look_up()
    told = recalled(record, work.found, hashes)
    while told is None and work.close_gaps():
        told = recalled(record, work.found, hashes)
    if told is not None:
        work.fill(told)
    found = without_doubles(without_slips(work.found, hashes), hashes)
    if told is not None:  # The same the other way round: "A ... A" became "A".
        back = _inverse(found, len(hashes))
        found = _inverse(without_doubles(without_slips(back, told), told), len(told))
    return Alignment(without_strays(found, hashes, told), work.repeated)


def without_strays(found: Ints, hashes: Ints, told: Ints | None = None) -> Ints:
    """The alignment without words that may have met their like by chance.

    A word or two between edits can be another "of the" than the annotated one. They stay only
    where the words before and after are as far off as in the annotated text, and none between
    those is like them: then words were merely replaced around them. `hashes` are those of the
    copy, `told` those of the annotated text if they are known.
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
        stray = known[low + 1 : high]
        framed = low >= 0 and high < len(known)
        if framed and offset[low] == offset[low + 1] == offset[high]:
            here, size = int(known[low]) + 1, int(known[high] - known[low]) - 1
            between = [hashes[here + offset[low] :][:size]]
            between += [told[here:][:size]] if told is not None else []
            if all(np.isin(part, hashes[found[stray]]).sum() == len(stray) for part in between):
                continue
        kept[stray] = UNKNOWN
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


def without_doubles(found: Ints, hashes: Ints) -> Ints:
    """The alignment without words beside a gap that may be another of the same there.

    Where "x A" became "y A A", nothing tells which A is the annotated one, unless the words after
    the gap are as far off as those before: then x was merely replaced by A.
    """
    kept, known = found.copy(), np.flatnonzero(found != UNKNOWN)
    free = np.ones(len(hashes), dtype=bool)
    free[found[known]] = False
    wide = np.flatnonzero((np.diff(known) > 1) & (np.diff(found[known] - known) != 0))
    for step, edges in ((1, known[wide + 1]), (-1, known[wide])):
        for word in edges.tolist():
            there = int(found[word]) - step
            if not 0 <= there < len(hashes) or not free[there]:
                continue
            while 0 <= word < len(found) and found[word] == there + step:
                if hashes[there] != hashes[there + step]:
                    break
                kept[word] = UNKNOWN
                word, there = word + step, there + step
    return kept


def _inverse(found: Ints, size: int) -> Ints:
    """The annotated word for each of the `size` words of the copy, or the other way round."""
    known = np.flatnonzero(found != UNKNOWN)
    inverse = np.full(size, UNKNOWN)
    inverse[found[known]] = known
    return inverse


def in_passages(record: Fingerprint, forms: list[str]) -> int:
    """How many words are in passages that stand word for word among the words of a copy."""
    running = running_sums(word_hashes(forms, record.key))
    found = candidates(record.bounds(), record.sums(), running)
    return sum(record.lengths[passage] for passage in found)


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
        self.again = set(record.again)
        self.moved: dict[int, int] = {}
        """Where passages stand that the copy has once, out of order."""
        self.solved = np.zeros(len(self.bounds) - 1, dtype=bool)
        self.tried: dict[int, tuple[int | None, int | None]] = {}
        self.searched: dict[int, tuple[int, int]] = {}

    def look_up(self) -> None:
        """Place the passages that the copy has word for word."""
        found = candidates(self.bounds, self.sums, self.copy.running)
        chain = heaviest_chain(found, self.record.lengths)
        sure, users = dict(chain), shared(found) | self.again
        for passage, at in chain:
            unsure = passage in users and not self._continues(sure, passage, at)
            lonely = len(found[passage]) > 1 and not self._near(sure, passage, at)
            if unsure or lonely:
                sure.pop(passage)
        self._put_chain(sure)
        for passage, places in found.items():
            if passage not in sure and (len(places) > 1 or passage in users):
                self.repeated[self._slice(passage)] = True
            elif passage not in sure:
                self.moved[passage] = places[0]

    def close_gaps(self) -> bool:
        """Decode passages with edits, each from the neighbours that are found; whether any was."""
        before = int(self.solved.sum())
        for step in (1, -1):
            for passage in np.flatnonzero(~self.solved)[::step].tolist():
                self._decode(passage)
        self._search()
        self._put_moved()
        return int(self.solved.sum()) > before

    def fill(self, told: Ints) -> None:
        """Close the gaps by the hashes of all words."""
        there = np.where(self.found == UNKNOWN, UNKNOWN, self.hashes[self.found])
        self.found[there != told] = UNKNOWN
        self.found = filled(self.found, told, self.hashes)
        if self.moved:
            self.taken[:] = False
            self.taken[self.found[self.found != UNKNOWN]] = True
            self._put_moved()
            self.found = filled(self.found, told, self.hashes)

    def _put_moved(self) -> None:
        """Take the places of moved passages that no words in order have taken, nor can have."""
        owner = _inverse(self.found, len(self.hashes))
        known = np.flatnonzero(owner != UNKNOWN)
        for passage, at in self.moved.items():
            if (self.found[self._slice(passage)] != UNKNOWN).any():
                continue
            place = int(np.searchsorted(known, at))
            around = owner[known[max(place - 1, 0) : place + 1]].tolist()
            # Words may come again where others were edited: those are not these.
            gap = around[-1] - around[0] - 1 if len(around) == 2 else UNKNOWN
            if self._continues(self.moved, passage, at) or gap < self._size(passage) // 2:
                self._put(passage, np.arange(self._size(passage)) + at)

    def _decode(self, passage: int) -> None:
        start, end = edge = self._edge(passage)
        if self.tried.get(passage, (None, None)) == edge:
            return
        self.tried[passage] = edge
        sums, size = self.sums[:, passage], self._size(passage)
        fits = start is not None and end is not None and end - start == size
        if passage in self.again and not fits:
            return  # what would be found is the other time
        map_ = None
        if start is not None and end is not None:
            map_ = between(sums, size, self.copy, start, end)
        if map_ is None and start is not None:
            map_ = from_start(sums, size, self.copy, start)
        if map_ is None and end is not None:
            map_ = from_end(sums, size, self.copy, end)
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
            alone = passage not in self.again and self._edge(passage) == (None, None)
            if map_ is None and alone:
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

    def _put_chain(self, sure: dict[int, int]) -> None:
        """Take the places of whole passages, which cannot be in each other's way."""
        passages = np.array(list(sure), dtype=np.int64)
        starts, bounds = np.array(list(sure.values()), dtype=np.int64), np.array(self.bounds)
        sizes = bounds[passages + 1] - bounds[passages]
        inside = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        places = np.repeat(starts, sizes) + inside
        self.found[np.repeat(bounds[passages], sizes) + inside] = places
        self.taken[places] = True
        self.solved[passages] = True

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
        return any(self._off(sure, passage, at, step) == 0 for step in (-1, 1))

    def _near(self, sure: dict[int, int], passage: int, at: int) -> bool:
        """Whether a neighbour stands about where it should."""
        steps = (self._off(sure, passage, at, step) for step in (-1, 1, -2, 2, -3, 3))
        return any(off is not None and off <= NEAR * self._size(passage) for off in steps)

    def _off(self, sure: dict[int, int], passage: int, at: int, step: int) -> int | None:
        """By how many words a neighbour stands elsewhere than it should."""
        other = sure.get(passage + step)
        if other is None:
            return None
        return abs(other - at - (self.bounds[passage + step] - self.bounds[passage]))
