from __future__ import annotations

import pytest

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
