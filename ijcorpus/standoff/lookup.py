"""Passages that a copy has word for word: where they stand, and which are in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ijcorpus.standoff.code import MODULUS, Ints, equal_pairs, packed, window_checks
from ijcorpus.standoff.edits import UNKNOWN

MANY = 32
"""Most places, and most passages of the same words, that are looked at."""


def candidates(bounds: Sequence[int], sums: Ints, running: Ints) -> dict[int, list[int]]:
    """Every passage that stands word for word in a text, with its places there.

    `bounds` and `sums` are those of a fingerprint, `running` are the running sums of the text.
    """
    sizes = np.diff(bounds)
    found: dict[int, list[int]] = defaultdict(list)
    for size in sorted(set(sizes.tolist())):
        mine = np.flatnonzero(sizes == size)
        starts = _starts(running[0], size, sums[0, mine])
        windows = packed(window_checks(running, size, starts))
        places, passages = equal_pairs(windows, packed(sums[:, mine]), MANY)
        for passage, at in zip(mine[passages].tolist(), starts[places].tolist(), strict=True):
            if len(found[passage]) < MANY:
                found[passage].append(at)
    return dict(sorted(found.items()))


def _starts(total: Ints, size: int, wanted: Ints) -> Ints:
    """The runs of `size` words whose first check is among those wanted: most are out by that."""
    known = np.zeros(MODULUS, dtype=bool)
    known[wanted] = True
    return np.flatnonzero(known[(total[size:] - total[:-size]) % MODULUS])


def shared(found: dict[int, list[int]]) -> set[int]:
    """Passages whose words another passage has too."""
    users: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for passage, places in found.items():
        users[tuple(places)].append(passage)
    return {one for group in users.values() if len(group) > 1 for one in group}


def heaviest_chain(found: dict[int, list[int]], sizes: Sequence[int]) -> list[tuple[int, int]]:
    """The heaviest chain of passages, of so many words each, that is in order in both texts.

    A passage counts 2, and 1 more when it stands right after the one before it.
    """
    pairs = [(passage, at) for passage, places in found.items() for at in places]
    if all(len(places) == 1 for places in found.values()) and all(
        before + sizes[one] <= after for (one, before), (_, after) in pairwise(pairs)
    ):
        return pairs
    return _heaviest(pairs, sizes)


def _heaviest(pairs: list[tuple[int, int]], sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Dynamic programming over a Fenwick tree of best chains by where they end in the copy."""
    lasts = [at + sizes[passage] for passage, at in pairs]
    ends = sorted(set(lasts))
    rank = {end: n for n, end in enumerate(ends, start=1)}
    tree: list[tuple[int, int]] = [(0, UNKNOWN)] * (len(ends) + 1)
    best: list[tuple[int, int]] = []
    ending = {
        (passage, end): n for n, ((passage, _), end) in enumerate(zip(pairs, lasts, strict=True))
    }
    starts = np.searchsorted(np.array(ends), [at for _, at in pairs], side="right")
    waiting: list[int] = []
    for n, (passage, at) in enumerate(pairs):
        if waiting and pairs[waiting[0]][0] != passage:
            for one in waiting:
                _raise(tree, rank[lasts[one]], (best[one][0], one))
            waiting = []
        score, before = _top(tree, int(starts[n]))
        joined = ending.get((passage - 1, at))
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
