from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ijcorpus.clean.trace import Edit, Traced, between, join, rewrite

EDITS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 4), st.text("xyz", max_size=4)))


def in_order(found: list[tuple[int, int, str]], length: int) -> list[Edit]:
    edits: list[Edit] = []
    for start, size, replacement in sorted(found):
        end = min(start + size, length)
        if start < length and end > start and (not edits or edits[-1].end <= start):
            edits.append(Edit(start, end, replacement))
    return edits


@given(st.text("abc \n\u00e9", min_size=1, max_size=40), EDITS, EDITS)
def test_untouched_characters_keep_their_place(text, first, second) -> None:
    once = Traced.of(text).edit(in_order(first, len(text)))
    twice = once.edit(in_order(second, len(once)))
    for at, character in enumerate(twice.text):
        if character not in "xyz":
            start, end = twice.place(at, at + 1)
            assert text[start:end] == character


@given(st.text("ab\u00e9\u00c3", max_size=20), st.text("ab\u00e9\u00c3", max_size=20))
def test_rewrite_makes_the_other_text(before: str, after: str) -> None:
    assert Traced.of(f"__{before}__").edit(rewrite(2, before, after)).text == f"__{after}__"


def test_map_merges_runs() -> None:
    traced = join([Traced.of("abcdef").cut(0, 3), Traced.of("abcdef").cut(3, 6)])
    assert [tuple(msg) for msg in map(_fields, traced.raw_map().runs)] == [(0, 6, 0, 6)]


def test_a_space_stands_for_what_lay_between() -> None:
    whole = Traced.of("one\n  two")
    one, two = whole.cut(0, 3), whole.cut(6, 9)
    joined = join([one, between(one, two), two])
    assert joined.text == "one two"
    assert joined.raw_map().interval(3, 4) == (3, 6)


def test_joins_have_no_place() -> None:
    joined = join([Traced.of("ab").cut(0, 1), Traced.of("ab").cut(1, 2)], "\n\n")
    with pytest.raises(ValueError, match="no raw character"):
        joined.raw_map().interval(1, 2)


def test_nothing_to_do_gives_the_same_object() -> None:
    traced = Traced.of("plain")
    assert traced.sub(re.compile("x"), "") is traced


def _fields(run) -> tuple[int, int, int, int]:
    return run.clean_start, run.clean_length, run.raw_start, run.raw_length
