from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ijcorpus.annotation import Entity
from ijcorpus.document import Span
from ijcorpus.release.conll import conll, flat
from ijcorpus.release.tokens import words

PIECES = [
    "ab",
    "a",
    "U.S.",
    "1,000",
    "n't",
    "’s",
    "-",
    ".",
    ",",
    " ",
    "\n",
    "\u00a0",
    "é",
    "👩🏽",
    "²",
    "東",
    "x\u0301",
]
texts = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


def entity(start: int, end: int, label: str = "A") -> Entity:
    return Entity(id=f"e{start}-{end}", start=start, end=end, label=label)


@st.composite
def marked(draw: st.DrawFn) -> tuple[str, list[tuple[int, int, str]], list[Span]]:
    """A text with mentions that do not overlap, and its sentences."""
    text = draw(texts)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    mentions = [
        (a, b, draw(st.sampled_from("AB")))
        for a, b in zip(cuts, cuts[1:], strict=False)
        if text[a:b].strip() and draw(st.booleans())
    ]
    edges = sorted({0, len(text), *draw(st.sets(st.integers(0, len(text)), max_size=4))})
    return text, mentions, [Span(a, b) for a, b in zip(edges, edges[1:], strict=False)]


def read(lines: str) -> list[tuple[str, str]]:
    """The label and characters of each entity, as any reader of BIO finds them."""
    found: list[tuple[str, str]] = []
    for line in lines.splitlines():
        word, *_, tag = line.split(" ") if line else ("", "O")
        if tag.startswith("B-"):
            found.append((tag[2:], word))
        elif tag.startswith("I-"):
            assert found[-1][0] == tag[2:]
            found[-1] = (tag[2:], found[-1][1] + word)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("don't stop", ["don't", "stop"]),
        ("the U.S. envoy", ["the", "U.S.", "envoy"]),
        ("to the U.S.", ["to", "the", "U.S."]),
        ("1,000 or 3.5.", ["1,000", "or", "3.5", "."]),
        ("Haifa,Osaka", ["Haifa", ",", "Osaka"]),
        ("Haifa-based", ["Haifa-based"]),
        ("Osaka's Lind’s", ["Osaka", "'s", "Lind", "’s"]),
        ("O'Neill's 'so'", ["O'Neill", "'s", "'", "so", "'"]),
        ("“Well,” (he) said…", ["“", "Well", ",", "”", "(", "he", ")", "said", "…"]),
        ("50% of $5", ["50", "%", "of", "$", "5"]),
        ("東京、大阪。", ["東京", "、", "大阪", "。"]),
        ("👩🏽\u200d🚀 x\u0301", ["👩🏽\u200d🚀", "x\u0301"]),
        (" \n\t", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(texts | st.text())
@settings(deadline=None)
def test_words_hold_every_character_but_white_space(text: str) -> None:
    found = words(text)
    assert "".join(found) == "".join(text.split())
    assert not any(re.search(r"\s", word) for word in found)
    assert found == [word for piece in text.split() for word in words(piece)]


@given(st.characters(categories=["L", "N", "M"]), st.sampled_from(["", "a", "1"]))
@settings(max_examples=400, deadline=None)
def test_the_short_way_through_words_is_the_long_one(letter: str, more: str) -> None:
    """A full stop or comma at a word's end goes the same way as any other mark there."""
    for end in ".,":
        assert words(letter + more + end)[:-1] == words(letter + more + "!")[:-1]
        assert words(letter + more + end)[-1] == end


@given(marked())
@settings(max_examples=300, deadline=None)
def test_every_mention_is_there_as_it_is(
    made: tuple[str, list[tuple[int, int, str]], list[Span]],
) -> None:
    text, mentions, sentences = made
    lines = conll(text, mentions, sentences)
    expected = [(label, "".join(text[start:end].split())) for start, end, label in mentions]
    assert read(lines) == expected
    opening, *rows = lines.split("\n")
    assert opening == "-DOCSTART- -X- O O"
    assert "".join(row.split(" ")[0] for row in rows if row) == "".join(text.split())
    assert all(re.fullmatch(r"\S+ -X- _ (O|[BI]-[AB])", row) for row in rows if row)


def test_sentences_are_parted_but_not_within_a_mention() -> None:
    text = "Ann Bo left. Cy came. Di."
    sentences = [Span(0, 3), Span(4, 12), Span(13, 21), Span(22, 25)]
    expected = """\
-DOCSTART- -X- O O

Ann -X- _ B-A
Bo -X- _ I-A
left -X- _ O
. -X- _ O

Cy -X- _ B-B
came -X- _ O
. -X- _ O

Di -X- _ O
. -X- _ O

"""
    assert conll(text, [(0, 6, "A"), (13, 15, "B")], sentences) == expected


def test_a_mention_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[1, 2\) holds no token"):
        conll("a b", [(1, 2, "A")])


def test_of_mentions_that_overlap_the_first_then_the_longest_stands() -> None:
    found = flat([entity(0, 4), entity(0, 9, "B"), entity(5, 12), entity(12, 14), entity(13, 14)])
    assert found == [(0, 9, "B"), (12, 14, "A")]
    assert flat([entity(0, 4), entity(4, 5)]) == [(0, 4, "A"), (4, 5, "A")]


def test_spacy_reads_it() -> None:
    from spacy.training.converters import conll_ner_to_docs

    text = "Mira Lind left Osaka. Bo stayed."
    one = conll(text, [(0, 9, "A"), (15, 20, "B")], [Span(0, 21), Span(22, 32)])
    two = conll("Haifa waits.", [(0, 5, "B")], [Span(0, 12)])
    docs = list(conll_ner_to_docs(one + two, n_sents=0, no_print=True))
    assert [[(e.text, e.label_) for e in doc.ents] for doc in docs] == [
        [("Mira Lind", "A"), ("Osaka", "B")],
        [("Haifa", "B")],
    ]
    assert [len(list(doc.sents)) for doc in docs] == [2, 1]
