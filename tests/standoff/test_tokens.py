from __future__ import annotations

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
