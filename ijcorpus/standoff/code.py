"""The arithmetic of fingerprints: weighted sums of keyed word hashes, modulo a prime.

A passage of words w[0] .. w[n-1] has four checks: the sums of hash(w[i]) * (i + 1) ** j for
j = 0 .. 3. They are the syndromes of a Reed-Solomon code: whoever holds a copy in which one or
two words of a passage differ finds out which ones, and has 48 or 32 bits of proof left; whoever
holds no copy has four sums of sixteen unknowns, none of which says anything of a single word.

What this gives away. Hashing each word to 8 bits gives 8 bits a word, and each word can be guessed
by itself. Here 4 bits or fewer are published for each token, in one of two layouts, and nothing
short of a passage can be confirmed.

What is known already does not count. Labels that link names give those names away, with their
places; so do title, byline and date. An attacker who is told all but four words of a passage solves
its sums for them; all but six, and a list of common words is enough. So a passage goes on until it
has PASSAGE words that nothing published with it tells.

A text below LONG words has 64 bits for each 16 such words. English prose carries some 7 to 11 bits
a word under an n-gram model, so 2 ** 50 texts or more fit the checks of a passage, and to find one
takes a guess of all 16 words. Limits: whoever knows nine of the 16 words otherwise can learn the
rest. A large neural model that predicts a text at 4 bits a word leaves no margin, only the cost of
listing some 2 ** 32 likely halves for each passage: for a text it may have learnt by heart, publish
offsets alone.

A longer text has 64 bits for each 20 such words, and the bits that are left in sums over the whole
text (`ijcorpus.standoff.whole`), but for four words in the middle of each passage, which follow
from the passage's own sums. Nothing short of the whole can be confirmed by those. But whoever holds
nine tenths of the text gets the hashes of the last tenth, 16 bits a word, and can look its words up
one by one: for a text whose copies go about with a part left out that must stay secret, publish
offsets alone.

`scripts/bench_leakage.py` tries. And a changed word goes unnoticed once in 65,521, when its hash
is that of the word it replaced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

MODULUS = 65521
"""The largest prime below 2 ** 16: a check is 16 bits."""

CHECKS = 4
"""Sums published for a passage."""

PASSAGE = 16
"""Unknown words of a passage: 64 bits for 16 words are 4 bits a word."""

LONG = 3_000
"""Words from which a text has longer passages, and sums over the whole."""

LONG_PASSAGE = 20
"""Unknown words of a passage of a long text: 3.2 bits a word, the rest is left for the whole."""


def word_hashes(forms: Iterable[str], key: bytes) -> Ints:
    """The keyed hash, below MODULUS, of each word form."""
    forms = list(forms)
    distinct = list(set(forms))
    keyed = hashlib.blake2b(digest_size=8, key=key)
    digests: list[bytes] = []
    for form in distinct:
        one = keyed.copy()
        one.update(form.encode())
        digests.append(one.digest())
    below = np.frombuffer(b"".join(digests), dtype=">u8") % np.uint64(MODULUS)
    known = dict(zip(distinct, below.tolist(), strict=True))
    return np.fromiter(map(known.__getitem__, forms), dtype=np.int64, count=len(forms))


@cache
def weights(length: int) -> Ints:
    """The weights of the words of a passage: one row a check, one column a place."""
    places = np.arange(1, length + 1, dtype=np.int64)
    rows: list[Ints] = [np.ones(length, dtype=np.int64)]
    for _ in range(CHECKS - 1):
        rows.append(rows[-1] * places % MODULUS)
    found = np.stack(rows)
    found.flags.writeable = False
    return found


def inverse(square: Ints) -> Ints:
    """The inverse of a square matrix modulo MODULUS, by Gauss and Jordan."""
    size = len(square)
    rows = np.concatenate([square % MODULUS, np.eye(size, dtype=np.int64)], axis=1)
    for n in range(size):
        pivot = n + int(np.flatnonzero(rows[n:, n])[0])
        rows[[n, pivot]] = rows[[pivot, n]]
        rows[n] = rows[n] * pow(int(rows[n, n]), -1, MODULUS) % MODULUS
        others = np.arange(size) != n
        rows[others] = (rows[others] - rows[others, n : n + 1] * rows[n]) % MODULUS
    return rows[:, size:]


def running_sums(hashes: Ints) -> Ints:
    """The sums of hash * place ** j of the first 0, 1, .. words, places counted from 0.

    They overflow, which does no harm: arithmetic modulo 2 ** 64 is exact for what comes of them.
    """
    sums = np.zeros((CHECKS, len(hashes) + 1), dtype=np.int64)
    part, places = hashes, np.arange(len(hashes))
    for row in sums:
        np.cumsum(part, out=row[1:])
        part = part * places
    return sums


def run_checks(running: Ints, low: Ints, high: Ints, start: Ints) -> Ints:
    """The checks of the words `low` to `high`, half-open, of a passage that begins at `start`.

    One row a check, with the shape of the three arrays together. Places are turned into those of
    the passage by the binomial theorem. Exact for passages of up to 4,000 words.
    """
    sums = running[:, high] - running[:, low]
    for row in range(1, CHECKS):
        sums[row:] += (1 - start) * sums[row - 1 : -1]
    return sums % MODULUS


def window_checks(running: Ints, length: int, starts: Ints) -> Ints:
    """The checks of the runs of `length` words from each of `starts` on, by `running_sums`."""
    return run_checks(running, starts, starts + length, starts)


def packed(checks: Ints) -> NDArray[np.uint64]:
    """The checks of each column as one 64-bit number, so that passages can be looked up."""
    found = np.zeros(checks.shape[1], dtype=np.uint64)
    for row in checks:
        found = (found << np.uint64(16)) | row.astype(np.uint64)
    return found


def equal_pairs(one: Ints | NDArray[np.uint64], two: Ints | NDArray[np.uint64], most: int) -> Ints:
    """The places in `one` and `two`, two rows, that hold the same number.

    They come in the order of `one`, then of `two`; at most `most` of `two` for each of `one`.
    """
    order = np.argsort(two, kind="stable")
    low = np.searchsorted(two, one, side="left", sorter=order)
    high = np.searchsorted(two, one, side="right", sorter=order)
    counts = np.minimum(high - low, most)
    skipped = low - (np.cumsum(counts) - counts)
    found = order[np.arange(counts.sum()) + np.repeat(skipped, counts)]
    return np.stack([np.repeat(np.arange(len(one)), counts), found])
