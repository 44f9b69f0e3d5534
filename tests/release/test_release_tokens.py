from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ijcorpus.document import Span
from ijcorpus.release.tokens import english_tokenizer, tag


def test_tokens_are_spacys() -> None:
    text = "  Japan's U.S. envoy\nleft."
    tokens = english_tokenizer()(text)
    assert [text[t.start : t.end] for t in tokens] == [
        "Japan",
        "'s",
        "U.S.",
        "envoy",
        "left",
        ".",
    ]


def test_tags_mark_the_first_token_of_each_mention() -> None:
    tokens = [Span(0, 3), Span(4, 8), Span(8, 11)]
    assert tag(tokens, [(0, 8, "A"), (8, 11, "A")]) == (tokens, ["B-A", "I-A", "B-A"], 0)


def test_edges_inside_a_token_cut_it() -> None:
    pieces, tags, cut = tag([Span(0, 10)], [(2, 4, "A"), (4, 6, "B")])
    assert pieces == [Span(0, 2), Span(2, 4), Span(4, 6), Span(6, 10)]
    assert (tags, cut) == (["O", "B-A", "B-B", "O"], 1)


@pytest.mark.parametrize(
    ("mentions", "message"),
    [([(0, 3, "A"), (2, 5, "B")], "overlap"), ([(3, 4, "A")], "holds no token")],
)
def test_what_bio_cannot_say(mentions: list[tuple[int, int, str]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        tag([Span(0, 3), Span(4, 8)], mentions)


@st.composite
def apart(draw: st.DrawFn, most: int) -> list[tuple[int, int]]:
    """Intervals in text order that do not overlap."""
    found, place = [], 0
    for _ in range(draw(st.integers(0, most))):
        start = place + draw(st.integers(0, 2))
        place = start + draw(st.integers(1, 4))
        found.append((start, place))
    return found


def compared(tokens: list[Span], mentions: list[tuple[int, int, str]]) -> object:
    """What `tag` gives, found by comparing every token with every mention."""
    edges = sorted({edge for start, end, _ in mentions for edge in (start, end)})
    bounds = [
        [token.start, *(edge for edge in edges if token.start < edge < token.end), token.end]
        for token in tokens
    ]
    pieces = [Span(a, b) for listed in bounds for a, b in pairwise(listed)]
    tags = ["O"] * len(pieces)
    for start, end, label in mentions:
        held = [i for i, piece in enumerate(pieces) if start <= piece.start and piece.end <= end]
        if not held:
            return f"the mention [{start}, {end}) holds no token"
        for i in held:
            tags[i] = f"{'B' if i == held[0] else 'I'}-{label}"
    return pieces, tags, sum(len(listed) > 2 for listed in bounds)


@given(apart(8), apart(5))
@settings(max_examples=400, deadline=None)
def test_one_pass_tags_what_comparing_all_with_all_does(
    intervals: list[tuple[int, int]], marked: list[tuple[int, int]]
) -> None:
    tokens = [Span(*interval) for interval in intervals]
    mentions = [(start, end, "AB"[start % 2]) for start, end in marked]
    try:
        found: object = tag(tokens, mentions)
    except ValueError as error:
        found = str(error)
    assert found == compared(tokens, mentions)
