"""Words of a gap, when the hashes on both sides are known."""

from __future__ import annotations

import numpy as np

from ijcorpus.standoff.edits import UNKNOWN
from ijcorpus.standoff.gaps import filled

TEXT = np.arange(1000, 1400)


def closed(told: np.ndarray, copy: np.ndarray, first: int, last: int, shift: int) -> list[int]:
    """What is found of the words `first` to `last`, when the rest is, `shift` farther off after."""
    found = np.arange(len(told))
    found[last:] += shift
    found[first:last] = UNKNOWN
    return filled(found, told, copy)[first:last].tolist()


def test_words_that_join_either_neighbour() -> None:
    copy = np.concatenate((TEXT[:110], [5, 6, 7], TEXT[112:]))
    wanted = [*range(100, 110), UNKNOWN, UNKNOWN, *range(113, 121)]
    assert closed(TEXT, copy, 100, 120, 1) == wanted


def test_a_run_inside_a_rewritten_gap() -> None:
    copy = np.concatenate((TEXT[:100], np.arange(7), TEXT[108:114], np.arange(9), TEXT[120:]))
    wanted = [*[UNKNOWN] * 8, *range(107, 113), *[UNKNOWN] * 6]
    assert closed(TEXT, copy, 100, 120, 2) == wanted


def test_a_run_that_stands_twice_is_left_open() -> None:
    run = TEXT[108:112]
    copy = np.concatenate((TEXT[:100], [1], run, [2, 3, 4, 5], run, [6], TEXT[120:]))
    assert set(closed(TEXT, copy, 100, 120, -6)) == {UNKNOWN}


def test_common_words_prove_nothing() -> None:
    told = TEXT.copy()
    told[0:90] = np.tile([1, 2, 3], 30)
    told[108:111] = [1, 2, 3]
    copy = np.concatenate((told[:100], [7, 8, 1, 2, 3, 9], told[120:]))
    assert set(closed(told, copy, 100, 120, -14)) == {UNKNOWN}


def test_of_two_like_words_neither_is_taken_when_one_is_gone() -> None:
    told = TEXT.copy()
    told[104] = told[106] = 7
    copy = np.concatenate((told[:105], told[107:]))
    # x A y A z became x A z: either A.
    assert closed(told, copy, 104, 107, -2) == [UNKNOWN] * 3


def test_words_kept_where_those_around_were_replaced() -> None:
    copy = TEXT.copy()
    copy[[100, 102, 104]] = [1, 2, 3]
    assert closed(TEXT, copy, 100, 105, 0) == [UNKNOWN, 101, UNKNOWN, 103, UNKNOWN]


def test_a_word_given_away_elsewhere_is_not_taken_twice() -> None:
    found = np.arange(400)
    found[100:110] = UNKNOWN
    found[300:310] = range(100, 110)
    copy = TEXT.copy()
    assert set(filled(found, TEXT, copy)[100:110].tolist()) == {UNKNOWN}
