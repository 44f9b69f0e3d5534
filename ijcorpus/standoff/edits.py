"""Finding a passage in which words were changed, put in or left out.

A hypothesis says which words of the passage stand unchanged at which places of the copy; the
others are erasures. With u erasures the four checks leave 4 - u equations of 16 bits that must
hold, and a hypothesis is believed only when they do. Fewest erasures are tried first, at most
two: 32 bits are left to prove it, against some 2 ** 13 hypotheses, or 2 ** 15 in the passages of
long texts, where the sums of the whole then confirm each word once more.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ijcorpus.standoff.code import CHECKS, MODULUS, Ints, Truths, weights, window_checks

ERASURES = 2
"""Most words of a passage that may be unknown."""

INSERTED = 12
"""Most words put in at a site, where other sites or an open end leave more hypotheses."""

GAP = 160
"""Most words of a gap in which a passage without a found neighbour is looked for."""

UNKNOWN = -1


class Copy:
    """The word hashes of a copy, with the weighted sums that hypotheses are tested with."""

    def __init__(self, hashes: Ints) -> None:
        self.hashes = hashes

    def prefix(self, start: int, length: int) -> Ints:
        """Sums of the first 0 .. length words when the passage begins at `start`."""
        sums = np.zeros((CHECKS, length + 1), dtype=np.int64)
        np.cumsum(self._terms(start, length), axis=1, out=sums[:, 1:])
        return sums

    def suffix(self, end: int, length: int) -> Ints:
        """Sums of the words from place 0 .. length on when the passage ends at `end`."""
        sums = self.prefix(end - length, length)
        return sums[:, -1:] - sums

    def _terms(self, start: int, length: int) -> Ints:
        # Words outside the copy count nothing; a hypothesis that uses them is refused later.
        found = np.zeros(length, dtype=np.int64)
        low, high = max(start, 0), min(start + length, len(self.hashes))
        if low < high:
            found[low - start : high - start] = self.hashes[low:high]
        return weights(length) * found


def between(sums: Ints, length: int, copy: Copy, start: int, end: int) -> Ints | None:
    """Where the words of a passage stand, when it fills the words `start` to `end` of the copy.

    The answer has the word of the copy for each word of the passage, UNKNOWN for erasures; None
    when no hypothesis holds. Where several hold, only what they agree on is known. At one site
    any number of words may have been put in, such as a caption or an advertisement.
    """
    growth = end - start - length
    if growth < -ERASURES:
        return None
    head, foot = copy.prefix(start, length), copy.suffix(end, length)
    for erased in range(ERASURES + 1):
        if erased + growth >= 0 and (
            found := _one_site(sums, head, foot[None], erased, start, np.array([end]))
        ):
            return _agreed(found)
        if growth > 2 * INSERTED:
            continue
        if found := list(_two_sites(sums, head, foot, copy, (start, end), erased)):
            return _agreed(found)
    return None


def from_start(sums: Ints, length: int, copy: Copy, start: int, limit: int) -> Ints | None:
    """As `between`, when only the first word's place is known; `limit` is where room ends."""
    ends = np.arange(start + length - ERASURES, min(start + length + INSERTED, limit) + 1)
    if not len(ends):
        return None
    head = copy.prefix(start, length)
    feet = np.stack([copy.suffix(int(end), length) for end in ends])
    for erased in range(ERASURES + 1):
        fit = ends - start - length + erased >= 0
        if found := _one_site(sums, head, feet[fit], erased, start, ends[fit]):
            return _agreed(found)
    return None


def from_end(sums: Ints, length: int, copy: Copy, end: int, limit: int) -> Ints | None:
    """As `between`, when only the last word's place is known; `limit` is where room begins."""
    lowest = max(end - length - INSERTED, limit)
    for erased in range(ERASURES + 1):
        found: list[Ints] = []
        for start in range(end - length + erased, lowest - 1, -1):
            head, foot = copy.prefix(start, length), copy.suffix(end, length)
            found += _one_site(sums, head, foot[None], erased, start, np.array([end]))
        if found:
            return _agreed(found)
    return None


def substituted(sums: Ints, length: int, copy: Copy, start: int, end: int) -> Ints | None:
    """As `between`, anywhere in `start` to `end` of the copy, with one word changed in place."""
    if not length <= end - start <= GAP:
        return None
    rest = (sums[:, None] - window_checks(copy.hashes[start:end], length)) % MODULUS
    found: list[Ints] = []
    for place in range(length):
        for at in np.flatnonzero(_proved(rest, np.int64(place + 1), 1)):
            map_ = np.arange(length, dtype=np.int64) + start + int(at)
            map_[place] = UNKNOWN
            found.append(map_)
    return _agreed(found) if len(found) == 1 else None


def in_place(sums: Ints, length: int, copy: Copy, low: int, high: int) -> Ints | None:
    """As `between`, with one or two words changed in place, when it begins in `low` to `high`."""
    low, high = max(low, 0), min(high, len(copy.hashes) - length)
    if low > high:
        return None
    windows = window_checks(copy.hashes[low : high + length], length)
    rest = ((sums[:, None] - windows) % MODULUS)[:, :, None]
    alone = np.arange(length)[:, None]
    for places in (alone, np.stack(np.triu_indices(length, 1), axis=1)):
        total, product = (places + 1).sum(axis=1), (places + 1).prod(axis=1)
        one = places.shape[1] == 1
        hits = np.argwhere(_proved(rest, total, 1) if one else _recurrence(rest, total, product))
        if len(hits) == 1:
            [[start, which]] = hits.tolist()
            map_ = np.arange(length, dtype=np.int64) + low + start
            map_[places[which]] = UNKNOWN
            return map_
        if len(hits):
            return None
    return None


def _one_site(
    sums: Ints, head: Ints, feet: Ints, erased: int, start: int, ends: Ints
) -> list[Ints]:
    """Hypotheses with one edit that hold: p words from `start`, the rest up to one of `ends`."""
    length = head.shape[1] - 1
    count = length - erased + 1
    rest = sums[:, None] - head[:, :count] - feet[:, :, erased : erased + count]
    places = np.arange(1, count + 1, dtype=np.int64)
    proved = _proved(np.moveaxis(rest % MODULUS, 1, 0), places, erased)
    found: list[Ints] = []
    for which, prefix in np.argwhere(proved):
        map_ = np.arange(length, dtype=np.int64) + start
        map_[prefix + erased :] += int(ends[which]) - start - length
        map_[prefix : prefix + erased] = UNKNOWN
        found.append(map_)
    return found


def _two_sites(
    sums: Ints, head: Ints, foot: Ints, copy: Copy, room: tuple[int, int], erased: int
) -> Iterator[Ints]:
    """Hypotheses with two edits that hold, `erased` words unknown in all."""
    start, end = room
    length = head.shape[1] - 1
    growth = end - start - length
    for first in range(erased + 1):
        second = erased - first
        for shift in range(-first, min(growth + second, INSERTED) + 1):
            middle = copy.prefix(start + shift, length)
            left = (head[:, : length + 1 - first] - middle[:, first:])[:, :, None]
            right = (middle[:, : length + 1 - second] + foot[:, second:])[:, None, :]
            rest = (sums[:, None, None] - left - right) % MODULUS
            one = np.arange(1, rest.shape[1] + 1, dtype=np.int64)[:, None]
            two = np.arange(1, rest.shape[2] + 1, dtype=np.int64)[None, :]
            proved = _proved_two(rest, one, two, first, second) & (two > one + first)
            for p, q in np.argwhere(proved):
                map_ = np.arange(length, dtype=np.int64) + start
                map_[p + first :] += shift
                map_[q + second :] += growth - shift
                map_[p : p + first] = UNKNOWN
                map_[q : q + second] = UNKNOWN
                yield map_


def _proved_two(rest: Ints, one: Ints, two: Ints, first: int, second: int) -> Truths:
    if first + second == 2 and first == second:
        return _recurrence(rest, one + two, one * two)
    return _proved(rest, one if first else two, first + second)


def _proved(rest: Ints, place: Ints | np.int64, erased: int) -> Truths:
    """Whether what is left of the checks is explained by `erased` unknown words at `place`."""
    if erased == 0:
        return np.all(rest == 0, axis=0)
    if erased == 1:
        return np.all((rest[1:] - place * rest[:-1]) % MODULUS == 0, axis=0)
    return _recurrence(rest, 2 * place + 1, place * (place + 1))


def _recurrence(rest: Ints, total: Ints | np.int64, product: Ints | np.int64) -> Truths:
    """Two unknown words at places x and y: every three checks obey x + y and x * y."""
    return np.all((rest[2:] - total * rest[1:-1] + product * rest[:-2]) % MODULUS == 0, axis=0)


def _agreed(found: list[Ints]) -> Ints:
    every = np.stack(found)
    return np.where((every == every[0]).all(axis=0), every[0], UNKNOWN)
