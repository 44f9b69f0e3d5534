from __future__ import annotations

import random
import unicodedata

import pytest

from ijcorpus.standoff.tokens import words


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("The \u201cold\u201d man\u2019s dog", ["the", "old", "man", "s", "dog"]),
        ("govern-\nment of anti-\nWar", ["government", "of", "anti", "war"]),
        ("soft\u00adhy\u200bphen", ["softhyphen"]),
        ("well-known x_y", ["well", "known", "x", "y"]),
        ("\ufb01nd STRASSE stra\u00dfe", ["find", "strasse", "strasse"]),
        ("in 1952\u20132026, 3.5%", ["in", "1952", "2026", "3", "5"]),
        ("", []),
    ],
)
def test_forms(text: str, forms: list[str]) -> None:
    assert words(text).forms == forms


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_unicode_forms_are_one(form: str) -> None:
    text = "caf\u00e9 \u014csaka Z\u00fcrich \u1e69 na\u00efve"
    cut = words(unicodedata.normalize(form, text))
    assert cut.forms == words(text).forms
    assert len(cut.starts) == 5


def test_places_are_code_points_of_the_text() -> None:
    text = "\U0001f38c An  envoy\u2019s"
    cut = words(text)
    assert [text[a:b] for a, b in zip(cut.starts, cut.ends, strict=True)] == ["An", "envoy", "s"]


ALPHABETS = (
    "abcdefgXYZ",
    "\u00e9\u00df\u00c5\u0130\u0131\u0149\u017f\u01c5",
    "\u0391\u03a3\u03c2\u03c3\u1f88\u1fb3",
    "\u0416\u0436\u0451 \u05d0\u0647\u0939\u0e01",
    "\u4e2d\u6587\uac00\u1100\u1161 \uff21\uff76\uff9e",
    "\ufb01\u2460\u00bd\u00b2\u2075\u1d2c\u2126\u212a",
    "0123456789",
    " \t\n\r\f\u00a0\u2003\u2028\u3000",
    "_-\u2010\u2014'\u2019\u201c.,;\u00ab\U0001f38c\ud800",
)
JOINER = "\n\u200b"
"""What makes a text be cut by the regular expression, and adds no word to it."""


@pytest.mark.parametrize("seed", range(40))
def test_texts_with_and_without_joined_words_are_cut_alike(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(50):
        letters = "".join(rng.sample(ALPHABETS, rng.randint(1, len(ALPHABETS))))
        text = "".join(rng.choices(letters, k=rng.randrange(60)))
        assert words(text) == words(text + JOINER)
