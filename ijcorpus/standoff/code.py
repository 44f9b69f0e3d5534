"""The arithmetic of fingerprints: weighted sums of keyed word hashes, modulo a prime.

A passage of words w[0] .. w[n-1] has four checks: the sums of hash(w[i]) * (i + 1) ** j for
j = 0 .. 3. They are the syndromes of a Reed-Solomon code: whoever holds a copy in which one or
two words of a passage differ finds out which ones, and has 48 or 32 bits of proof left; whoever
holds no copy has four sums of sixteen unknowns, none of which says anything of a single word.

What this gives away. Hashing each word to 8 bits gives 8 bits a word, and each word can be guessed
by itself. Here 4 bits are published a word or fewer, in one of two layouts.

A text below LONG words has 64 bits for each 16 words, and only a whole passage can be confirmed.
English prose carries some 7 to 11 bits a word under an n-gram model, so 2 ** 50 texts or more fit
the checks of a passage, and to find one takes a guess of all 16 words. Limits: whoever knows 12 of
the 16 words learns the other 4. A large neural model that predicts a text at 4 bits a word leaves
no margin, only the cost of listing some 2 ** 32 likely halves for each passage: for a text it may
have learnt by heart, publish offsets alone.

A longer text has 64 bits for each 32 words, and the other half of its bits in sums over the whole
text (`ijcorpus.standoff.whole`). Nothing short of the whole can be confirmed by those: at 4 bits a
word, 2 ** 64 texts fit each passage. But whoever holds seven eighths of the whole text gets the
hashes of the other eighth, 16 bits a word, and can look its words up one by one: for a text whose
copies go about with a part left out that must stay secret, publish offsets alone.

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
"""Words of a passage: 64 bits for 16 words are 4 bits a word."""

LONG = 10_000
"""Words from which a text has longer passages, and sums over the whole."""

LONG_PASSAGE = 32
"""Words of a passage of a long text: 2 bits a word, and as many are left for the whole."""


def word_hashes(forms: Iterable[str], key: bytes) -> Ints:
    """The keyed hash, below MODULUS, of each word form."""
    forms = list(forms)
    keyed = hashlib.blake2b(digest_size=8, key=key)
    known: dict[str, int] = {}
    for form in set(forms):
        one = keyed.copy()
        one.update(form.encode())
        known[form] = int.from_bytes(one.digest(), "big") % MODULUS
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


def window_checks(hashes: Ints, length: int) -> Ints:
    """The checks of every run of `length` words: one row a check, one column a first word."""
    count = max(len(hashes) - length + 1, 0)
    sums = np.zeros((CHECKS, count), dtype=np.int64)
    for place, column in enumerate(weights(length).T):
        part = hashes[place : place + count]
        for row, weight in enumerate(column):
            sums[row] += part * weight
    return sums % MODULUS


def packed(checks: Ints) -> NDArray[np.uint64]:
    """The checks of each column as one 64-bit number, so that passages can be looked up."""
    found = np.zeros(checks.shape[1], dtype=np.uint64)
    for row in checks:
        found = (found << np.uint64(16)) | row.astype(np.uint64)
    return found
