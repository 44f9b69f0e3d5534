"""The sums over a whole text: a Reed-Solomon code that gives back the hashes of missing words.

The words of a text are dealt in turn to strands of at most 32,000 words. A strand with the word
hashes h[0], h[1], .. has the sums S[j] = sum(h[i] * g ** (i * j)), j = 1 .. s, where g generates
the multiplicative group of the integers modulo MODULUS. A reader who holds all but e words of the
strand, and a wrong word at f places that nobody knows, gets all of them back when e + 2 * f <= s;
PROOF sums more must hold, and they prove the result. Berlekamp and Massey's algorithm finds the
wrong words, Forney's formula the values; products and values of polynomials go through the fast
Fourier transform (Bluestein's chirp), so that a novel takes some hundredths of a second.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ijcorpus.standoff.code import MODULUS, Ints, Truths

GENERATOR = 17
"""A primitive root of MODULUS."""

ORDER = MODULUS - 1

HALF = MODULUS // 2

PROOF = 3
"""Sums, of 16 bits each, that must hold beyond those that were used up."""


class _Powers(NamedTuple):
    """`exp[k]` is GENERATOR ** k for k in 0 .. ORDER - 1, and `log` its inverse."""

    exp: Ints
    log: Ints


def whole_sums(hashes: Ints, count: int) -> Ints:
    """The `count` sums of one strand."""
    return _values(hashes, count + 1)[1:]


def recovered(sums: Ints, guess: Ints, known: Truths) -> Ints | None:
    """The hashes of every word of a strand, or None when too much of it is unknown.

    `guess` holds the hashes of the words marked `known`; some of them may be wrong.
    """
    missing = np.flatnonzero(~known)
    if len(missing) + PROOF > len(sums):
        return None
    rest = (sums - whole_sums(np.where(known, guess, 0), len(sums))) % MODULUS
    found = _solved(rest, missing, len(guess))
    return None if found is None else (np.where(known, guess, 0) + found) % MODULUS


def _solved(rest: Ints, missing: Ints, length: int) -> Ints | None:
    """What must be added at each word, by sums of which nothing is left unexplained."""
    erased = _locator(missing)
    unexplained = _product(rest, erased)[: len(rest)]
    wrong = _recurrence(unexplained[len(missing) :])
    if wrong is None:
        return None
    every = _product(erased, wrong)
    at = np.flatnonzero(_values(every, length, inverse=True) == 0)
    if len(at) != len(every) - 1:
        return None
    top = _product(rest, every)[: len(rest)]
    if top[len(at) :].any():
        return None
    found = np.zeros(length, dtype=np.int64)
    if not len(at):
        return found
    slope = np.arange(1, len(every), dtype=np.int64) * every[1:] % MODULUS
    above = _values(top[: len(at)], length, inverse=True)[at]
    below = _values(slope, length, inverse=True)[at]
    found[at] = -above * _inverse(below) % MODULUS
    return found


def _recurrence(given: Ints) -> Ints | None:
    """Berlekamp and Massey: the shortest recurrence of a sequence, when PROOF terms confirm it."""
    size = len(given)
    backwards = given[::-1].copy()
    now = before = np.ones(1, dtype=np.int64)
    length, gap, last, confirmed = 0, 1, 1, 0
    for n in range(size):
        enough = 2 * length + PROOF
        if enough > size or (confirmed >= PROOF and enough <= n):
            break
        start = size - 1 - n
        off = int(now @ backwards[start : start + len(now)]) % MODULUS
        confirmed = confirmed + 1 if not off else 0
        if off:
            factor = off * pow(last, -1, MODULUS) % MODULUS
            made = np.zeros(max(len(now), gap + len(before)), dtype=np.int64)
            made[: len(now)] = now
            made[gap : gap + len(before)] -= factor * before
            made %= MODULUS
            if 2 * length <= n:
                length, before, last, gap = n + 1 - length, now, off, 0
            now = made
        gap += 1
    return now if confirmed >= PROOF and len(now) == length + 1 and now[length] else None


def _locator(places: Ints) -> Ints:
    """The polynomial, lowest power first, whose roots are the inverses of the words' weights."""
    if not len(places):
        return np.ones(1, dtype=np.int64)
    size = 1 << (len(places) - 1).bit_length()
    rows = np.zeros((size, 2), dtype=np.int64)
    rows[:, 0] = 1
    rows[: len(places), 1] = MODULUS - _powers().exp[places]
    while len(rows) > 1:
        rows = _product(rows[0::2], rows[1::2])
    return rows[0, : len(places) + 1]


def _values(terms: Ints, count: int, *, inverse: bool = False) -> Ints:
    """A polynomial at GENERATOR ** 0 .. count - 1, or at their inverses."""
    first = len(terms) - 1
    size = _smooth(first + count)
    down, spectrum = _chirp(size, inverse)
    folded = _spectrum((terms * down[: len(terms)] % MODULUS)[::-1], size)
    # What the shorter transform folds over falls on the places before `first`.
    made = np.fft.irfft(folded * spectrum, size)[first : first + count]
    return np.rint(made).astype(np.int64) % MODULUS * down[:count] % MODULUS


@lru_cache(maxsize=8)
def _chirp(size: int, inverse: bool) -> tuple[Ints, NDArray[np.complex128]]:
    """Bluestein's chirp: what terms and values are multiplied by, and the spectrum between."""
    exp = _powers().exp
    steps = np.arange(size, dtype=np.int64)
    chirp = steps * (steps - 1) // 2 % ORDER
    up, down = exp[chirp], exp[-chirp % ORDER]
    return (up, _spectrum(down, size)) if inverse else (down, _spectrum(up, size))


def _smooth(size: int) -> int:
    """The least 2 ** n, or 3 or 5 times that, from `size` on: quick to transform."""
    return min(odd << max(-(-size // odd) - 1, 0).bit_length() for odd in (1, 3, 5))


def _product(one: Ints, two: Ints) -> Ints:
    """Products of polynomials, along the last axis."""
    length = one.shape[-1] + two.shape[-1] - 1
    size = _smooth(length)
    made = np.fft.irfft(_spectrum(one, size) * _spectrum(two, size), size)[..., :length]
    return np.rint(made).astype(np.int64) % MODULUS


def _spectrum(terms: Ints, size: int) -> NDArray[np.complex128]:
    """Terms are centred: below 2 ** 15, sums stay within what a double holds exactly enough."""
    return np.fft.rfft(terms - MODULUS * (terms > HALF), size)


def _inverse(values: Ints) -> Ints:
    powers = _powers()
    return powers.exp[-powers.log[values] % ORDER]


@cache
def _powers() -> _Powers:
    exp = np.ones(ORDER, dtype=np.int64)
    done = 1
    while done < ORDER:
        part = min(done, ORDER - done)
        exp[done : done + part] = exp[:part] * pow(GENERATOR, done, MODULUS) % MODULUS
        done += part
    log = np.zeros(MODULUS, dtype=np.int64)
    log[exp] = np.arange(ORDER, dtype=np.int64)
    return _Powers(exp, log)
