"""What holds for any text: cleaning twice is cleaning once, and nothing loses its place."""

from __future__ import annotations

import random
import unicodedata
from itertools import pairwise

import ftfy
from hypothesis import given, settings
from hypothesis import strategies as st

from ijcorpus.clean import clean, decode, removed
from ijcorpus.clean.characters import _MAY_BE_MOJIBAKE, repair_mojibake
from ijcorpus.clean.trace import Traced
from ijcorpus.errors import CleanError

LINES = """Skip to content
A harbour between two seas
A harbour between two seas | Post
\u2022 Point one about trade.
- a dash item
* * *
12 July 2008 | World | Print
By A. Writer
The deal was worth $3.5 billion.12 It grew.
They make technology.11, 12
Photo: A ship in Haifa, 2014
[Photo: A ship in Haifa, 2014]
(Harbour Press, 2014)
A ship in Haifa
\u201cThese quoted words stand here alone.\u201d
He said: \u201cThese quoted words stand here alone.\u201d Then he left the room at once.
Glossary
A definition of the term that is long enough.
1 A note.
Related stories
Opinion
Home > World
Israel\u00c2\u00a0and Japan, \u00e2\u20ac\u0153friends
cafe\u0301 a\u00adb x\u200by word\u00b3 km\u00b2
a wrapped line of text that goes on until it ends here and is
continued on the next one, in lower case until the
third line of it.
More
\u2014
\u2022 \u2022 - * item
word[3] mark20
5
page 2 of 3""".splitlines()
CHARACTERS = st.text(
    "ab AB.,;:12\u2022-*[]()|>/\u201c\u201d\u2019\"'\u00a0\t\u00b3\u00c3\u00e2\u2122\u0301\u2026",
    max_size=30,
)
BREAKS = st.sampled_from(["\n", "\n\n", "\r\n", " ", "\u2028", ""])
TEXTS = st.lists(st.tuples(st.sampled_from(LINES) | CHARACTERS, BREAKS), min_size=1, max_size=12)


@settings(max_examples=300, deadline=None)
@given(TEXTS.map(lambda lines: "".join(a + b for a, b in lines)))
def test_any_text(source, text: str) -> None:
    raw = text.encode()
    try:
        document = clean(source, raw)
    except CleanError:
        return
    assert clean(source, document.text.encode()).text == document.text
    assert document.text == document.text.strip()
    assert unicodedata.is_normalized("NFC", document.text)
    assert "".join(piece.raw for piece in removed(source, raw)) == decode(raw)
    check_places(document)


def check_places(document) -> None:
    """Sections are two line ends apart; all their characters have a place and a sentence."""
    assert document.sections[0].start == 0
    assert document.sections[-1].end == len(document.text)
    for before, after in pairwise(document.sections):
        assert document.text[before.end : after.start] == "\n\n"
    for section in document.sections:
        for at in range(section.start, section.end):
            document.raw_map.interval(at, at + 1)
        inside = [s for s in document.sentences if section.start <= s.start < section.end]
        assert inside[-1].end == section.end
        held = "".join(document.text[s.start : s.end] for s in inside)
        section_text = document.text[section.start : section.end]
        assert "".join(held.split()) == "".join(section_text.split())


@given(st.text("ab .\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u2022\n1", max_size=30))
def test_the_guard_skips_only_what_ftfy_leaves(text: str) -> None:
    assert not _MAY_BE_MOJIBAKE.search(text)
    assert ftfy.fix_encoding(text) == text


def test_repairs_are_those_of_ftfy() -> None:
    draw = random.Random(7)
    good = (
        "Israel\u2019s \u201cfriends\u201d \u2014 caf\u00e9, na\u00efve, \u00a5100 \u2026 \u00dcber"
    )
    for _ in range(200):
        words = draw.sample(good.split(), 6)
        line = " ".join(
            word.encode().decode("cp1252", "replace") if draw.random() < 0.5 else word
            for word in words
        )
        assert repair_mojibake(Traced.of(line)).text == ftfy.fix_encoding(line)
