"""The hashes of every annotated word, when a copy has most of them: from the sums of the whole."""

from __future__ import annotations

import numpy as np

from ijcorpus.standoff.code import (
    CHECKS,
    MODULUS,
    Ints,
    Truths,
    inverse,
    run_checks,
    running_sums,
    weights,
)
from ijcorpus.standoff.edits import UNKNOWN
from ijcorpus.standoff.fingerprint import Fingerprint
from ijcorpus.standoff.whole import PROOF, recovered

GUESSES = ((160, 0), (160, 8), (2000, 8))
"""What is tried in turn: a word likely stands as far off as both ends of its gap do, in a gap of
so many words or fewer; or as far off as a word that was found, so many words away or fewer."""


def recalled(record: Fingerprint, found: Ints, hashes: Ints) -> Ints | None:
    """The hash of each annotated word, or None when the copy differs in too much.

    `found` are the words of the copy that were found, UNKNOWN where none was. Words that were not
    are guessed to stand where their neighbours lead, and those that passages tell of are reckoned;
    wrong guesses are found out, and what comes back has 48 bits of proof for each strand.
    """
    sums = record.strand_sums()
    if not sums.size or not (found != UNKNOWN).any():
        return None
    tried: Truths | None = None
    summed = record.summed()
    for frame, nearest in GUESSES:
        guess, likely = _guessed(found, hashes, frame, nearest)
        if tried is not None and (likely == tried).all():
            continue
        tried = likely.copy()
        _reckon(record, found, hashes, guess, likely)
        told = _decoded(sums, guess[summed], likely[summed])
        if told is not None:
            return _completed(record, told, summed)
    return None


def _decoded(sums: Ints, guess: Ints, likely: Truths) -> Ints | None:
    """The hash of each word by the sums of all strands, if every strand can be told."""
    strands = [slice(n, None, len(sums)) for n in range(len(sums))]
    if any(np.sum(~likely[one]) + PROOF > sums.shape[1] for one in strands):
        return None
    told = np.empty_like(guess)
    for own, one in zip(sums, strands, strict=True):
        part = recovered(own, guess[one], likely[one])
        if part is None:
            return None
        told[one] = part
    return told


def _completed(record: Fingerprint, told: Ints, summed: Truths) -> Ints:
    """All hashes, from those in the sums over the whole: the others follow in each passage."""
    every = np.zeros(record.words, dtype=np.int64)
    every[summed] = told
    bounds = np.array(record.bounds())
    starts, ends = bounds[:-1], bounds[1:]
    running = running_sums(every)
    rest = (record.sums() - run_checks(running, starts, ends, starts)) % MODULUS
    for size in set(record.lengths):
        first = (size - CHECKS) // 2
        mine = np.flatnonzero(ends - starts == size)
        solved = inverse(weights(size)[:, first : first + CHECKS]) @ rest[:, mine] % MODULUS
        for row, word in enumerate(solved):
            every[starts[mine] + first + row] = word
    return every


def _guessed(found: Ints, hashes: Ints, frame: int, nearest: int) -> tuple[Ints, Truths]:
    """The hash of each word where it likely stands, and which words have such a place."""
    size = len(found)
    every = np.arange(size)
    known = found != UNKNOWN
    before = np.maximum.accumulate(np.where(known, every, -1))
    after = np.minimum.accumulate(np.where(known, every, size)[::-1])[::-1]
    since = np.where(before >= 0, every - before, size)
    until = np.where(after < size, after - every, size)
    left = found[before] - before
    right = found[np.minimum(after, size - 1)] - after
    framed = (since + until <= frame) & (left == right)
    from_left = (since <= nearest) & (since <= until)
    place = every + np.where(framed | from_left, left, right)
    likely = framed | from_left | (until <= nearest)
    likely &= (place >= 0) & (place < len(hashes))
    return np.where(likely, hashes[np.clip(place, 0, len(hashes) - 1)], 0), likely


def _reckon(record: Fingerprint, found: Ints, hashes: Ints, guess: Ints, likely: Truths) -> None:
    """Put in the one or two words that were not found in a passage, from its own sums."""
    bounds, lost = np.array(record.bounds()), np.flatnonzero(found == UNKNOWN)
    which = np.searchsorted(bounds, lost, side="right") - 1
    passages, firsts, counts = np.unique(which, return_index=True, return_counts=True)
    starts, ends = bounds[passages], bounds[passages + 1]
    running = running_sums(np.where(found == UNKNOWN, 0, hashes[found]))
    rest = (record.sums()[:, passages] - run_checks(running, starts, ends, starts)) % MODULUS
    for n in np.flatnonzero(counts <= 2).tolist():
        words = lost[firsts[n] : firsts[n] + counts[n]]
        guess[words] = _unknown(rest[:2, n].tolist(), (words - starts[n] + 1).tolist())
        likely[words] = True


def _unknown(rest: list[int], places: list[int]) -> list[int]:
    """One or two words by what is left of the first two sums."""
    if len(places) == 1:
        return [rest[0]]
    x, y = places
    last = (rest[1] - x * rest[0]) * pow(y - x, -1, MODULUS) % MODULUS
    return [(rest[0] - last) % MODULUS, last]
