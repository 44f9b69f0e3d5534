from __future__ import annotations

import pytest


def body(cleaned, text: str) -> str:
    return cleaned(f"{text}\n").text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("The rule ended in the 1990s.1 Since then trade grew.", None),
        ("They sell phone technologies.789 Demand is high.", None),
        ("Clinics share data.11, 12", None),
        ("He called it \u201ca start.\u201d2 Others did not.", None),
        ("The port left a mark20 on the coast.", None),
        ("Growth was steady\u00b3 and calm.", None),
        ("It was agreed\u00b9\u00b2\u2070.", None),
        ("It was agreed[3] at once.", None),
        ("It was agreed [3].", None),
        ("It was agreed.[12, 13] Then it was not.", None),
        ("It was signed in 2014.5 The rest came later.", "signed in 2014. The rest"),
        ("The wounded were about 80.1  Most were young.", "about 80. Most"),
        ("They paid (in yen)4 and left.", "(in yen) and"),
        ("The rate is 46%.3 The bank denies it.", "46%. The"),
        ("He spoke,7 and then sat.", "spoke, and"),
        ("A dagger\u2020 marks it.", "dagger marks"),
    ],
)
def test_marks_go(cleaned, raw: str, text: str | None) -> None:
    clean_text = body(cleaned, raw)
    if text is None:
        assert not any(c.isdigit() for c in clean_text.replace("1990", ""))
    else:
        assert text in clean_text


@pytest.mark.parametrize(
    "text",
    [
        "Growth was 3.5 percent.",
        "Trade reached $1.51 billion in 2018.",
        "See No. 621 and No.621 of the series.",
        "The \u201cSociety 5.0\u201d plan cost \u00a51.1 billion.",
        "An F-35, the G7, COVID-19 and covid19 are names.",
        "See sect. 4.2, sect.4, p.12 and Art.9 of v2.0.",
        "The Merkava4 and Hayabusa2 are machines.",
        "The park has 10 km\u00b2 and 10\u2076 trees.",
        "It came in [2014], or so they say.",
        "He is 5\u20192 tall and was born on Sept.18 1952.",
        "Read example.com/page.3 and write to a.b1@example.com today.",
        "They met at 10.30 and left at 16:45.",
        "The class of \u201990 met.",
        "Article 4(2) and Article 4(a)1 apply.",
        "About 1,200 of the 12,000 left.",
    ],
)
def test_numbers_stay(cleaned, text: str) -> None:
    assert body(cleaned, text) == text
