"""The library for texts of one's own: strings and spans, without a corpus."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from ijcorpus.document import Span
from ijcorpus.records import write_json
from ijcorpus.standoff.fingerprint import decode_fingerprint
from ijcorpus.standoff.plain import place_all, protect

TEXT = (
    "In spring the harbour board met twice, and its chairman, Aki Mori, spoke against the new "
    "toll. Ferries from Haifa had stopped calling, he said, and every lamp on the pier stayed "
    "dark. The board closed its books in June and left the pier to Olive Bank. A gardener who "
    "had been asked to stay counted the gulls instead, wrote their number in green ink, and went."
)
NAMES = ("Aki Mori", "Haifa", "June", "Olive Bank")
SPANS = [(TEXT.index(name), TEXT.index(name) + len(name)) for name in NAMES]


def found(copy: str) -> dict[str, tuple[str, str]]:
    """Status by name, with the words of the place or the reason."""
    record = protect(TEXT, SPANS, name="minutes-1", salt="a test")
    placed = place_all(record, copy)
    assert set(placed) == {Span(*span) for span in SPANS}
    return {
        TEXT[span.start : span.end]: (
            put.status,
            put.reason if put.start is None else copy[put.start : put.end],
        )
        for span, put in placed.items()
    }


def test_half_a_character_is_refused_in_the_text_and_borne_in_the_copy() -> None:
    with pytest.raises(ValueError, match=r"minutes-1: half a character at 2\."):
        protect("a \udcff", [], name="minutes-1", salt="a test")
    assert found("\udcff" + TEXT)["Haifa"] == ("realigned", "Haifa")


def test_the_text_itself_is_exact() -> None:
    assert found(TEXT) == {name: ("exact", name) for name in NAMES}


def test_an_edited_copy_is_realigned_or_says_why_not() -> None:
    copy = "THE MINUTES\n\n" + TEXT.replace("spoke", "voted").replace("June", "July")
    told = found(copy.replace(", ", ",\n").replace("stayed", "\u201cstayed\u201d"))
    for name in ("Aki Mori", "Haifa", "Olive Bank"):
        assert told[name] == ("realigned", name)
    assert told["June"][0] == "ambiguous" and "another word stands" in told["June"][1]


def test_an_edge_inside_a_word_is_counted_in_letters() -> None:
    text = TEXT.replace("gardener", "gard\u00e9ner")
    begun, ended = text.index("\u00e9ner"), text.index("\u00e9ner") + 1
    word = text.index("gard")
    spans = [(ended, ended + 3), (word, ended), (begun, ended), (word + 2, ended + 3)]
    record = protect(text, spans, name="minutes-1", salt="a test")
    for there, wanted in (
        ("gar-\nde\u0301ner", ("ner", "gar-\nde\u0301", "e\u0301", "r-\nde\u0301ner")),
        ("gard\u00e9\u00adner", ("ner", "gard\u00e9", "\u00e9", "rd\u00e9\u00adner")),
        ("GARD\u00c9NER", ("NER", "GARD\u00c9", "\u00c9", "RD\u00c9NER")),
    ):
        copy = text.replace("gard\u00e9ner", there)
        placed = place_all(record, copy)
        found = [placed[Span(*span)] for span in spans]
        assert tuple(copy[one.start : one.end] for one in found) == wanted


def test_another_text_gets_nothing() -> None:
    other = "Nothing was signed in Haifa that year, and nobody spoke of Aki Mori or of June. " * 9
    assert {status for status, _ in found(other).values()} == {"missing"}


def test_what_is_published_has_no_word_and_comes_back(tmp_path: Path) -> None:
    record = protect(TEXT, SPANS, name="minutes-1", salt="a test")
    write_json(tmp_path / "minutes-1.json", record)
    data = (tmp_path / "minutes-1.json").read_bytes()
    assert decode_fingerprint(data, where="here") == record
    written = set(re.findall(r"[a-z]{4,}", data.decode().lower()))
    assert not written & set(re.findall(r"[a-z]{4,}", TEXT.lower()))


def test_a_short_text_is_joined_with_itself_only() -> None:
    text = "The pier of Haifa was dark."
    record = protect(text, [(12, 17)], name="short", salt="a test")
    assert record.checks == ""
    assert [put.status for put in place_all(record, text).values()] == ["exact"]
    assert [put.status for put in place_all(record, text.upper()).values()] == ["missing"]


def test_what_cannot_hold_elsewhere_is_refused() -> None:
    with pytest.raises(ValueError, match=r"minutes-1: the text is not in NFC"):
        protect("Cafe\u0301 " * 20, [], name="minutes-1", salt="a test")
    with pytest.raises(ValueError, match=r"ends after the text, at 6\."):
        protect("A pier", [(2, 7)], name="minutes-1", salt="a test")
    with pytest.raises(ValueError, match="empty, inverted or negative"):
        protect("A pier", [(4, 2)], name="minutes-1", salt="a test")


def test_names_and_salts_key_the_hashes() -> None:
    made = {
        msgspec.json.encode(protect(TEXT, SPANS, name=name, salt=salt).checks)
        for name, salt in (("a", "x"), ("b", "x"), ("a", "y"))
    }
    assert len(made) == 3
