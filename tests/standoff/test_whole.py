"""Missing and wrong words of a text, given back by the sums over the whole of it."""

from __future__ import annotations

import numpy as np
import pytest

from ijcorpus.standoff.code import MODULUS
from ijcorpus.standoff.whole import GENERATOR, PROOF, recovered, whole_sums


def strand(length: int, erased: int, wrong: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hashes, what a reader has of them, and which of those the reader takes as known."""
    rng = np.random.default_rng(length + erased + wrong)
    hashes = rng.integers(0, MODULUS, length)
    places = rng.permutation(length)[: erased + wrong]
    known = np.ones(length, dtype=bool)
    known[places[:erased]] = False
    guess = hashes.copy()
    guess[places] = (guess[places] + rng.integers(1, MODULUS, len(places))) % MODULUS
    return hashes, guess, known


def test_the_sums_are_those_of_the_definition() -> None:
    hashes, _, _ = strand(70, 0, 0)
    wanted = [
        sum(int(h) * pow(GENERATOR, i * j, MODULUS) for i, h in enumerate(hashes)) % MODULUS
        for j in range(1, 21)
    ]
    assert whole_sums(hashes, 20).tolist() == wanted


def test_every_word_of_a_strand_has_a_weight_of_its_own() -> None:
    assert len({pow(GENERATOR, n, MODULUS) for n in range(MODULUS - 1)}) == MODULUS - 1


@pytest.mark.parametrize("length", [80, 4000, 32_000])
@pytest.mark.parametrize(("erased", "wrong"), [(0, 0), (1, 0), (0, 1), (4, 2), (37, 0), (0, 18)])
def test_missing_and_wrong_words_come_back(length: int, erased: int, wrong: int) -> None:
    hashes, guess, known = strand(length, erased, wrong)
    sums = whole_sums(hashes, 37 + PROOF)
    found = recovered(sums, guess, known)
    assert found is not None and (found == hashes).all()


@pytest.mark.parametrize(("erased", "wrong"), [(38, 0), (36, 1), (0, 19), (0, 80), (79, 1)])
def test_what_is_too_much_is_not_guessed(erased: int, wrong: int) -> None:
    hashes, guess, known = strand(80, erased, wrong)
    assert recovered(whole_sums(hashes, 37 + PROOF), guess, known) is None


def test_many_missing_and_many_wrong_words_of_a_long_strand() -> None:
    hashes, guess, known = strand(24_000, 2500, 240)
    found = recovered(whole_sums(hashes, 3000), guess, known)
    assert found is not None and (found == hashes).all()
