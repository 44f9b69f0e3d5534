from __future__ import annotations

import random
from itertools import combinations

import pytest

from ijcorpus.checks import overlap
from ijcorpus.checks.overlap import (
    Run,
    resemblance,
    resembling,
    shared_runs,
    shingles,
    words,
)
from ijcorpus.checks.subject import excerpt

SONG = "the old kettle of wend began to sing in the dark and nobody heard"


def test_words_know_their_place_whatever_their_case_and_apostrophe() -> None:
    text = "O’Hara's  kettle-lid, 3 cups."
    assert [word.form for word in words(text)] == ["o'hara's", "kettle", "lid", "3", "cups"]
    assert [text[w.start : w.end] for w in words(text)] == [
        "O’Hara's",
        "kettle",
        "lid",
        "3",
        "cups",
    ]
    assert words("_ -- …") == []


def test_shingles_begin_where_they_first_stand() -> None:
    assert shingles(words("a b a b"), 2) == {("a", "b"): 0, ("b", "a"): 1}
    assert shingles(words("a b"), 3) == {}


def test_a_shared_run_is_as_long_as_it_can_be() -> None:
    there = words(f"They say that {SONG}.")
    here = words(f"So it is: {SONG.upper().lower()}, they say that. {SONG}")
    runs = list(shared_runs(here, there))
    assert runs == [Run(3, 3, 14), Run(17, 0, 17)]
    assert list(shared_runs(here, there, index=shingles(there))) == runs


@pytest.mark.parametrize(
    ("count", "expected"),
    [pytest.param(7, 0, id="seven words are free"), pytest.param(8, 1, id="eight are not")],
)
def test_eight_words_are_too_many(count: int, expected: int) -> None:
    here = words(" ".join(SONG.split()[:count]) + " once more")
    assert len(list(shared_runs(here, words(SONG)))) == expected


def test_names_titles_and_dates_are_set_aside() -> None:
    name = "the Society for the Protection of Old Kettles in Wend on 3 May 1901"
    assert list(shared_runs(words(f"So {name} met."), words(f"Yes, {name} sang."))) == []
    # The name alone stands first, so that the longer run must be found from within it.
    twice = words(f"Yes, {name}. No, {name} sang again.")
    assert len(list(shared_runs(words(f"{name} sang again"), twice))) == 1
    met = f"{name} sang again"
    assert len(list(shared_runs(words(f"So {met} today."), words(f"Yes, {met}.")))) == 1


def test_resemblance() -> None:
    assert resemblance(words(SONG), words(SONG.title())) == 1
    assert resemblance(words(SONG), words("another song altogether, and a longer one")) == 0
    assert resemblance(words(""), words("")) == 0


def test_an_excerpt_points_at_its_place() -> None:
    text = "First line.\nTea for Ada\u200b Moss, please; nobody else wants any of it at all."
    line, carets = excerpt(text, 20, 29).split("\n")
    assert line == "First line. Tea for Ada· Moss, please; nobody else wants an"
    assert carets.index("^") == line.index("Ada·") and carets.count("^") == 9


def test_an_excerpt_cuts_what_is_long_and_bears_what_is_wrong() -> None:
    assert excerpt("x" * 200, 10, 190) == f"{'x' * 70}...\n{' ' * 10}{'^' * 60}"
    assert excerpt("tea", 40, 90) == "tea\n   ^"
    assert excerpt("tea", -5, 2) == "tea\n^^"
    assert excerpt("tea", 2, 1) == "tea\n  ^"


def test_texts_that_resemble_each_other_are_found_part_by_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance = random.Random(4)
    texts = [" ".join(chance.choices("abcdefgh", k=60)) for _ in range(6)]
    texts += [f"{texts[0]} {texts[1]}", texts[2].upper(), "a b", ""]
    pairs = [
        (one, other, share)
        for one, other in combinations(range(len(texts)), 2)
        if (share := resemblance(words(texts[one]), words(texts[other]))) > 0.3
    ]
    assert {(0, 6), (1, 6), (2, 7)} == {(one, other) for one, other, _ in pairs}
    assert [*resembling(texts, n=5, least=0.3)] == pairs
    # However few runs are looked at in one go, the pairs are the same.
    monkeypatch.setattr(overlap, "_AT_ONCE", 50)
    assert [*resembling(texts, n=5, least=0.3)] == pairs
