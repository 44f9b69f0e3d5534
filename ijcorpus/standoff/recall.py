"""The hashes of every annotated word, when a copy has most of them: from the sums of the whole."""

from __future__ import annotations

import numpy as np

from ijcorpus.standoff.code import MODULUS, Ints, Truths, weights
from ijcorpus.standoff.edits import UNKNOWN
from ijcorpus.standoff.fingerprint import Fingerprint
from ijcorpus.standoff.whole import recovered

NEAREST = 16
"""A word so near to one that was found is likely as far off as that one."""

FRAMES = (160, 2000)
"""As is one in a gap of so many words, when both its ends are equally far off."""


def recalled(record: Fingerprint, found: Ints, hashes: Ints) -> Ints | None:
    """The hash of each annotated word, or None when the copy differs in too much.

    `found` are the words of the copy that were found, UNKNOWN where none was. Words that were not
    are guessed to stand where their neighbours lead, and those that passages tell of are reckoned;
    wrong guesses are found out, and what comes back has 48 bits of proof for each strand.
    """
    sums = record.strand_sums()
    if not sums.size or not (found != UNKNOWN).any():
        return None
    for frame in FRAMES:
        guess, likely = _guessed(found, hashes, frame)
        _reckon(record, found, hashes, guess, likely)
        told = np.empty_like(guess)
        for n in range(len(sums)):
            strand = slice(n, None, len(sums))
            one = recovered(sums[n], guess[strand], likely[strand])
            if one is None:
                break
            told[strand] = one
        else:
            return told
    return None


def _guessed(found: Ints, hashes: Ints, frame: int) -> tuple[Ints, Truths]:
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
    from_left = (since <= NEAREST) & (since <= until)
    place = every + np.where(framed | from_left, left, right)
    likely = framed | from_left | (until <= NEAREST)
    likely &= (place >= 0) & (place < len(hashes))
    return np.where(likely, hashes[np.clip(place, 0, len(hashes) - 1)], 0), likely


def _reckon(record: Fingerprint, found: Ints, hashes: Ints, guess: Ints, likely: Truths) -> None:
    """Put in the one or two words that were not found in a passage, from its own sums."""
    bounds, sums = np.array(record.bounds()), record.sums()
    lost = np.flatnonzero(found == UNKNOWN)
    passage = np.searchsorted(bounds, lost, side="right") - 1
    for one, count in zip(*np.unique(passage, return_counts=True), strict=True):
        if count > 2:
            continue
        first, end = int(bounds[one]), int(bounds[one + 1])
        places = lost[passage == one] - first
        part = np.where(found[first:end] == UNKNOWN, 0, hashes[found[first:end]])
        rest = (sums[:2, one] - weights(end - first)[:2] @ part) % MODULUS
        guess[first + places] = _unknown(rest.tolist(), (places + 1).tolist())
        likely[first + places] = True


def _unknown(rest: list[int], places: list[int]) -> list[int]:
    """One or two words by what is left of the first two sums."""
    if len(places) == 1:
        return [rest[0]]
    x, y = places
    last = (rest[1] - x * rest[0]) * pow(y - x, -1, MODULUS) % MODULUS
    return [(rest[0] - last) % MODULUS, last]
