from __future__ import annotations

import pytest

from ijcorpus.clean import CLEANER, removed
from ijcorpus.document import sha256

RAW = """Skip to content\r
The Harbour Post\r
A paper for both coasts\r
\r
A harbour between two seas\r
\r
Filed under: Ports\r
A harbour between two seas\r
The old quay of Haifa, seen from the sea (Harbour Archive, 2014)\r
\r
By Tama Nir\r
No. 12 \u00a0 \u00a0 May 3, 2019\r
\r
  \u2022 The port is old.\r
  \u2022 The port is  busy.\r
The old quay\r
The old quay of Haifa, seen from the sea\r
(Harbour Archive, 2014)\r
\r
HAIFA, May 3 \u2014 The port moved 1.5 million boxes in 2018.1 It is HaifaÃ¢â‚¬â„¢s largest.\r
\r
Why it matters\r
\r
\u201cWe need ships,\u201d said a pilot. \u201cShips need us.\u201d2\r
\r
\u201cWe need ships,\u201d said a pilot.\r
\r
Advertisement\r
\r
Glossary\r
Quay: a place where ships are tied.\r
TEU: a box of twenty feet.\r
\r
Notes\r
1 Port figures.\r
2 Spoken in May.\r
\r
Related stories\r
\u2022 Ten cranes\r
\u2022 Nine cranes\r
"""


def test_sections(cleaned, sections) -> None:
    assert sections(cleaned(RAW)) == [
        ("title", "A harbour between two seas"),
        ("caption", "The old quay of Haifa, seen from the sea (Harbour Archive, 2014)"),
        ("byline", "By Tama Nir"),
        ("date", "No. 12 May 3, 2019"),
        ("summary", "The port is old."),
        ("summary", "The port is busy."),
        (
            "body",
            "HAIFA, May 3 \u2014 The port moved 1.5 million boxes in 2018."
            " It is Haifa\u2019s largest.",
        ),
        ("heading", "Why it matters"),
        ("body", "\u201cWe need ships,\u201d said a pilot. \u201cShips need us.\u201d"),
        ("heading", "Glossary"),
        ("glossary", "Quay: a place where ships are tied."),
        ("glossary", "TEU: a box of twenty feet."),
        ("heading", "Notes"),
        ("note", "1 Port figures."),
        ("note", "2 Spoken in May."),
    ]


def test_identity(cleaned) -> None:
    document = cleaned(RAW)
    assert document.cleaner == CLEANER
    assert document.raw_sha256 == sha256(RAW)
    assert cleaned(RAW) == document
    assert cleaned(document.text).text == document.text


def test_pieces_tell_what_went(source) -> None:
    pieces = list(removed(source, RAW.encode()))
    assert "".join(piece.raw for piece in pieces) == RAW
    dropped = [piece.raw.strip() for piece in pieces if piece.action == "dropped"]
    assert any("Advertisement" in raw for raw in dropped)
    assert {"1", "2"} <= set(dropped)
    changed = {piece.raw: piece.clean for piece in pieces if piece.action == "changed"}
    assert changed[" \u00a0 \u00a0 "] == " "
    assert "\u2019" in changed.values()


def test_raw_offsets(cleaned) -> None:
    document = cleaned(RAW)
    for words in ("1.5 million", "Why it matters", "Spoken in May", "largest"):
        at = document.text.index(words)
        start, end = document.raw_map.interval(at, at + len(words))
        assert RAW[start:end] == words


def test_wrapped_lines_become_paragraphs(cleaned, sections) -> None:
    raw = (
        "A harbour between two seas\n\n"
        "The port was closed for a day in the spring of that year, and the\n"
        "ships that had come from Yokohama waited in the bay while the men of\n"
        "the night shift slept in their cars.  Nobody knew when the gates would\n"
        "open.\n\n"
        "(a)  The pilots met.\n(b)  The owners did not.\n"
    )
    assert [kind for kind, _ in sections(cleaned(raw))] == ["title", "body", "body", "body"]
    assert "and the ships that had come" in cleaned(raw).text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("so\u00adft hy\u200bphen \ufeffmark.", "soft hyphen mark."),
        ("a\u00a0b\tc  d\u2003e.", "a b c d e."),
        ("cafe\u0301 and na\u00efve.", "caf\u00e9 and na\u00efve."),
        ("\u201cIt\u2019s\u201d \u2013 or \u2018not\u2019 \u2026 \u00bd \u33a1.", None),
        ("communiqu\u00c3\u00a9 \u00e2\u20ac\u201d here.", "communiqu\u00e9 \u2014 here."),
    ],
)
def test_characters(cleaned, raw: str, text: str | None) -> None:
    assert cleaned(raw).text == (text or raw)


def test_title_on_a_line_with_the_site(cleaned, sections) -> None:
    document = cleaned(
        "Menu\nA Harbour between Two Seas | The Harbour Post\n\nIt rained all day.\n"
    )
    assert sections(document)[0] == ("title", "A Harbour between Two Seas")


def test_row_of_buttons_keeps_the_date(cleaned, sections) -> None:
    document = cleaned("A harbour between two seas\n12 July 2008 | World | Print\n\nIt rained.\n")
    assert sections(document)[1] == ("date", "12 July 2008")


def test_short_answers_may_repeat(cleaned) -> None:
    text = cleaned(
        "A harbour between two seas\n\nQ: Is it open?\n\nYes.\n\nQ: Is it far?\n\nYes.\n"
    ).text
    assert text.count("Yes.") == 2
