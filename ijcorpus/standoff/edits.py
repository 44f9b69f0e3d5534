"""Finding a passage in which words were changed, put in or left out.

A hypothesis says which words of the passage stand unchanged at which places of the copy; the
others are erasures. With u erasures the four checks leave 4 - u equations of 16 bits that must
hold, and a hypothesis is believed only when they do. Fewest erasures are tried first, at most
two: 32 bits are left to prove it, against some 2 ** 13 hypotheses, or 2 ** 15 in the passages of
long texts, where the sums of the whole then confirm each word once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ijcorpus.standoff.code import CHECKS, MODULUS, Ints, run_checks, running_sums, window_checks

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
        self.running = running_sums(hashes)

    def heads(self, starts: Ints, length: int) -> Ints:
        """Checks of the first 0 .. length words of a passage that begins at each of `starts`.

        One row a check, one column a start, and one layer a number of words.
        """
        first = starts[:, None]
        return self._checks(first, first + np.arange(length + 1), first)

    def feet(self, ends: Ints, length: int) -> Ints:
        """Checks of the words from place 0 .. length on of a passage that ends at `ends`."""
        first = ends[:, None] - length
        return self._checks(first + np.arange(length + 1), ends[:, None], first)

    def _checks(self, low: Ints, high: Ints, start: Ints) -> Ints:
        # Words outside the copy count nothing; a hypothesis that uses them is refused later.
        last = len(self.hashes)
        return run_checks(self.running, np.clip(low, 0, last), np.clip(high, 0, last), start)


def between(sums: Ints, length: int, copy: Copy, start: int, end: int) -> Ints | None:
    """Where the words of a passage stand, when it fills the words `start` to `end` of the copy.

    The answer has the word of the copy for each word of the passage, UNKNOWN for erasures; None
    when no hypothesis holds. Where several hold, only what they agree on is known. At one site
    any number of words may have been put in, such as a caption or an advertisement.
    """
    growth = end - start - length
    if growth < -ERASURES:
        return None
    starts, ends = np.array([start]), np.array([end])
    head, foot = copy.heads(starts, length), copy.feet(ends, length)
    for erased in range(ERASURES + 1):
        if erased + growth >= 0 and (found := _one_site(sums, head, foot, erased, starts, ends)):
            return _agreed(found)
        if growth > 2 * INSERTED:
            continue
        if found := list(_two_sites(sums, head, foot, copy, (start, end), erased)):
            return _agreed(found)
    return None


def from_start(sums: Ints, length: int, copy: Copy, start: int) -> Ints | None:
    """As `between`, when only the first word's place is known."""
    last = min(start + length + INSERTED, len(copy.hashes))
    ends = np.arange(start + length - ERASURES, last + 1)
    return _open(sums, length, copy, np.array([start]), ends)


def from_end(sums: Ints, length: int, copy: Copy, end: int) -> Ints | None:
    """As `between`, when only the last word's place is known."""
    starts = np.arange(max(end - length - INSERTED, 0), end - length + ERASURES + 1)
    return _open(sums, length, copy, starts, np.array([end]))


def substituted(sums: Ints, length: int, copy: Copy, start: int, end: int) -> Ints | None:
    """As `between`, anywhere in `start` to `end` of the copy, with one word changed in place."""
    if not length <= end - start <= GAP:
        return None
    found = _in_place(sums, length, copy, (start, end - length), np.arange(length)[None])
    return found[0] if len(found) == 1 else None


def in_place(sums: Ints, length: int, copy: Copy, low: int, high: int) -> Ints | None:
    """As `between`, with one or two words changed in place, when it begins in `low` to `high`."""
    room = max(low, 0), min(high, len(copy.hashes) - length)
    if room[0] > room[1]:
        return None
    for changed in (np.arange(length)[None], np.stack(np.triu_indices(length, 1))):
        if found := _in_place(sums, length, copy, room, changed):
            return found[0] if len(found) == 1 else None
    return None


def _in_place(
    sums: Ints, length: int, copy: Copy, room: tuple[int, int], changed: Ints
) -> list[Ints]:
    """Hypotheses that hold: it begins in `room`, and one column of `changed` has other words."""
    starts = np.arange(room[0], room[1] + 1)
    rest = (sums[:, None] - window_checks(copy.running, length, starts))[:, :, None]
    found: list[Ints] = []
    for start, which in _held(rest.__getitem__, *(changed + 1)):
        map_ = np.arange(length, dtype=np.int64) + starts[start]
        map_[changed[:, which]] = UNKNOWN
        found.append(map_)
    return found


def _open(sums: Ints, length: int, copy: Copy, starts: Ints, ends: Ints) -> Ints | None:
    """One edit between one of `starts` and one of `ends`; fewest words unknown first."""
    every = np.broadcast_shapes(starts.shape, ends.shape)
    shape = (CHECKS, *every, length + 1)
    heads = np.broadcast_to(copy.heads(starts, length), shape)
    feet = np.broadcast_to(copy.feet(ends, length), shape)
    starts, ends = np.broadcast_to(starts, every), np.broadcast_to(ends, every)
    for erased in range(ERASURES + 1):
        fit = ends - starts - length + erased >= 0
        if found := _one_site(sums, heads[:, fit], feet[:, fit], erased, starts[fit], ends[fit]):
            return _agreed(found)
    return None


def _one_site(
    sums: Ints, heads: Ints, feet: Ints, erased: int, starts: Ints, ends: Ints
) -> list[Ints]:
    """Hypotheses with one edit that hold: p words from a start, the rest up to its end."""
    length = heads.shape[2] - 1
    count = length - erased + 1
    rest = sums[:, None, None] - heads[:, :, :count] - feet[:, :, erased:]
    first = np.arange(1, count + 1)
    found: list[Ints] = []
    for which, prefix in _held(rest.__getitem__, *(first + n for n in range(erased))):
        map_ = np.arange(length, dtype=np.int64) + starts[which]
        map_[prefix + erased :] += ends[which] - starts[which] - length
        map_[prefix : prefix + erased] = UNKNOWN
        found.append(map_)
    return found


def _two_sites(
    sums: Ints, head: Ints, foot: Ints, copy: Copy, room: tuple[int, int], erased: int
) -> Iterator[Ints]:
    """Hypotheses with two edits that hold, `erased` words unknown in all."""
    start, end = room
    length = head.shape[2] - 1
    growth = end - start - length
    for first in range(erased + 1):
        second = erased - first
        shifts = np.arange(-first, min(growth + second, INSERTED) + 1)
        middle = copy.heads(start + shifts, length)
        left = sums[:, None, None] - head[:, :, : length + 1 - first] + middle[:, :, first:]
        right = middle[:, :, : length + 1 - second] + foot[:, :, second:]

        def rest(row: int, left: Ints = left, right: Ints = right) -> Ints:
            return left[row, :, :, None] - right[row, :, None]

        one, two = np.arange(1, left.shape[2] + 1)[:, None], np.arange(1, right.shape[2] + 1)
        unknown = [*(one + n for n in range(first)), *(two + n for n in range(second))]
        for which, p, q in _held(rest, *unknown):
            if q <= p + first:
                continue
            map_ = np.arange(length, dtype=np.int64) + start
            map_[p + first :] += shifts[which]
            map_[q + second :] += growth - shifts[which]
            map_[p : p + first] = UNKNOWN
            map_[q : q + second] = UNKNOWN
            yield map_


def _held(rest: Callable[[int], Ints], *places: Ints) -> list[list[int]]:
    """Where what is left of the checks is explained by unknown words at `places`, counted from 1.

    `rest` gives what is left of one of the CHECKS. It must obey the recurrence with the places for
    its roots: r[j + 1] = x * r[j] for one word, r[j + 2] = (x + y) * r[j + 1] - x * y * r[j] for
    two.
    """
    factors: list[Ints] = []
    if places:
        factors = [sum(places[1:], places[0]), *(-one * places[0] for one in places[1:])]
    first = _off(rest, factors, len(places))
    hits = np.unravel_index(np.flatnonzero(first == 0), first.shape)
    for row in range(len(places) + 1, CHECKS):
        if not len(hits[0]):
            return []
        held = np.broadcast_to(_off(rest, factors, row), first.shape)[hits] == 0
        hits = tuple(one[held] for one in hits)
    return np.stack(hits, axis=1).tolist()


def _off(rest: Callable[[int], Ints], factors: list[Ints], row: int) -> Ints:
    """By how much a check is off the recurrence."""
    return sum((-f * rest(row - n) for n, f in enumerate(factors, 1)), rest(row)) % MODULUS


def _agreed(found: list[Ints]) -> Ints:
    every = np.stack(found)
    return np.where((every == every[0]).all(axis=0), every[0], UNKNOWN)
