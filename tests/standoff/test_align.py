from __future__ import annotations

import random

import numpy as np
import pytest
from mutants import FILLER

from ijcorpus.document import Document, RawMap, Span
from ijcorpus.standoff.align import UNKNOWN, Alignment, align
from ijcorpus.standoff.fingerprint import fingerprint, place_of
from ijcorpus.standoff.place import Placement, place
from ijcorpus.standoff.tokens import words

LETTERS = "bcdfghjklmnp"
WORDS = [f"{a}{n}{b}" for n in range(10) for a in LETTERS for b in LETTERS][:800]


def document(forms: list[str]) -> Document:
    return Document(
        id="a-text", text=" ".join(forms), sections=(), sentences=(), raw_map=RawMap(()),
        raw_sha256="", cleaner="none",
    )  # fmt: skip


def aligned(source: list[str], copy: list[str]) -> Alignment:
    return align(fingerprint(document(source), [], salt="a test"), copy)


def put(source: list[str], first: int, last: int, copy: list[str]) -> Placement:
    text, other = " ".join(source), " ".join(copy)
    cut = words(text)
    spot = place_of(cut, cut.starts[first], cut.ends[last])
    assert spot is not None and (spot.first, spot.last) == (first, last)
    return place(spot, aligned(source, copy), words(other), other)


def test_the_same_words_are_all_found() -> None:
    found = aligned(WORDS, WORDS)
    assert found.share == 1.0 and found.found.tolist() == list(range(len(WORDS)))


@pytest.mark.parametrize("at", [0, 1, 7, 15, 16, 100, 799])
def test_one_changed_word_is_the_only_one_not_found(at: int) -> None:
    copy = [*WORDS[:at], "other", *WORDS[at + 1 :]]
    found = aligned(WORDS, copy).found.tolist()
    lost = [n for n, place_ in enumerate(found) if place_ == UNKNOWN]
    # At the very ends a word or two may be left without proof as well.
    assert at in lost and len(lost) <= (1 if 2 < at < 797 else 4)
    assert all(place_ in (n, UNKNOWN) for n, place_ in enumerate(found))


@pytest.mark.parametrize("into", [30, 400])
@pytest.mark.parametrize("at", [35, 40, 46])
def test_a_long_insertion_inside_a_passage_loses_no_word(at: int, into: int) -> None:
    long = [f"x{n}y" for n in range(into)]
    found = aligned(WORDS, [*WORDS[:at], *long, *WORDS[at:]]).found.tolist()
    assert found == [n if n < at else n + into for n in range(800)]


@pytest.mark.parametrize("out", [0, 1, 2])
@pytest.mark.parametrize("into", [0, 1, 2, 5])
@pytest.mark.parametrize("at", [35, 40, 46])
def test_words_left_out_and_put_in(at: int, out: int, into: int) -> None:
    copy = [*WORDS[:at], *FILLER[:into], *WORDS[at + out :]]
    found = aligned(WORDS, copy).found.tolist()
    wanted = [n if n < at else UNKNOWN if n < at + out else n - out + into for n in range(800)]
    assert found == wanted


def test_two_edits_in_one_passage() -> None:
    copy = [*WORDS[:34], "x", *WORDS[34:41], *WORDS[42:]]
    found = aligned(WORDS, copy).found
    assert found[41] == UNKNOWN and (found != UNKNOWN).sum() == 799
    assert found[34] == 35 and found[40] == 41 and found[42] == 42


def test_a_long_text_gives_back_what_its_passages_cannot() -> None:
    source = [f"{word}{n}" for n in range(14) for word in WORDS]
    edited = {*range(5000, 5004), *range(5008, 5012), *range(7000, 7006, 2), 9001}
    gone = {*range(2007, 2500), 5020, 5024, 9006, 9011}
    copy = [f"other{n}" if n in edited else word for n, word in enumerate(source) if n not in gone]
    assert fingerprint(document(source), [], salt="a test").whole
    found = aligned(source, copy).found.tolist()
    at = {word: place for place, word in enumerate(copy)}
    wrong = [n for n, place in enumerate(found) if place not in (at.get(source[n], UNKNOWN), -1)]
    lost = [n for n, place in enumerate(found) if place == UNKNOWN and source[n] in at]
    assert not wrong and set(lost) <= set(range(5021, 5024))


def test_of_a_word_said_twice_neither_is_taken_when_one_is_gone() -> None:
    source = [f"{word}{n}" for n in range(14) for word in WORDS]
    source[5000] = source[5001]
    found = aligned(source, [*source[:5000], *source[5001:]]).found.tolist()
    assert found == [*range(5000), UNKNOWN, UNKNOWN, *range(5001, len(source) - 1)]


@pytest.mark.parametrize("here", [3200, 9600])
def test_a_stretch_that_is_gone_is_not_found_where_it_comes_again(here: int) -> None:
    source = [f"{word}{n}" for n in range(14) for word in WORDS]
    # A whole passage here, halves of two passages there, both edited.
    there = 12_816 - here
    source[there : there + 40] = source[here : here + 40]
    copy = {n: word for n, word in enumerate(source) if not here - 9 <= n < here + 50}
    copy |= dict.fromkeys((there - 2, there + 42), "other")
    found = aligned(source, list(copy.values())).found
    assert (found[here - 9 : here + 50] == UNKNOWN).all()
    assert (found[there : there + 40] == [*copy].index(there) + np.arange(40)).all()


def test_in_a_short_text_words_in_order_go_before_moved_ones() -> None:
    source = [*WORDS]
    source[616:636] = source[160:180]
    copy = {n: word for n, word in enumerate(source) if not 150 <= n < 190}
    copy |= dict.fromkeys((614, 638), "other")
    found = aligned(source, list(copy.values())).found
    assert (found[150:190] == UNKNOWN).all()
    assert found[616:636].tolist() == list(range(576, 596))


def test_a_moved_part_is_found_where_it_stands() -> None:
    copy = [*WORDS[:160], *WORDS[480:], *WORDS[160:480]]
    assert aligned(WORDS, copy).share == 1.0
    made = put(WORDS, 200, 210, copy)
    assert made.status == "realigned" and not made.edited
    made = put(WORDS, 470, 490, copy)
    assert made.status == "missing" and made.reason == "its words stand in another order"


def test_two_whole_copies_give_one_place() -> None:
    found = aligned(WORDS, [*WORDS, *WORDS]).found.tolist()
    assert found == list(range(800))


def test_a_passage_in_two_places_alone_is_ambiguous() -> None:
    passage = WORDS[160:176]
    noise = [f"{word}x{n}" for n in range(30) for word in FILLER]
    made = put(WORDS, 165, 167, [*passage, *noise, *passage])
    assert made.status == "ambiguous" and "several places" in made.reason


def test_of_two_passages_of_the_same_words_that_stand_alone_once_neither_is_taken() -> None:
    source = [*WORDS]
    source[320:336] = source[160:176]
    noise = [f"{word}x{n}" for n in range(30) for word in FILLER]
    copy = [*noise, *source[160:176], *noise]
    for first in (165, 325):
        assert put(source, first, first + 2, copy).status == "ambiguous"


def test_the_refrain_of_a_text_goes_with_its_verse() -> None:
    refrain = WORDS[700:716]
    verses = [WORDS[n : n + 32] for n in (0, 32, 64)]
    source = [word for verse in verses for word in (*verse, *refrain)]
    copy = source[48:]
    found = aligned(source, copy).found.tolist()
    assert found == [UNKNOWN] * 48 + list(range(96))


def test_a_word_like_the_one_put_in_next_to_it_is_not_proved() -> None:
    copy = [*WORDS[:41], "x", "y", WORDS[40], *WORDS[41:]]
    assert aligned(WORDS, copy).found[40] == UNKNOWN


def test_neither_of_two_like_words_around_those_put_in_is_taken() -> None:
    # Between two passages, which are found whole.
    copy = [*WORDS[:48], "x", "y", WORDS[47], *WORDS[48:]]
    found = aligned(WORDS, copy).found.tolist()
    assert found == [*range(47), UNKNOWN, *range(51, 803)]


def test_of_two_like_words_around_those_left_out_neither_is_taken() -> None:
    source = [f"{word}{n}" for n in range(14) for word in WORDS]
    source[5002] = source[4999]  # the last of a passage, which is found whole
    copy = [*source[:5000], *source[5003:]]
    found = aligned(source, copy).found.tolist()
    assert found == [*range(4999), *[UNKNOWN] * 4, *range(5000, len(copy))]


def test_a_word_alone_between_two_that_were_put_in_is_not_proved() -> None:
    copy = [*WORDS[:40], "x", WORDS[40], "y", *WORDS[41:]]
    found = aligned(WORDS, copy).found.tolist()
    assert found == [*range(40), UNKNOWN, *range(43, 802)]


def test_a_word_between_replaced_ones_is_not_proved_beside_another_like_it() -> None:
    source = [f"{word}{n}" for n in range(14) for word in WORDS]
    kept = [*source[:5000], "x", source[5001], "y", *source[5003:]]
    assert aligned(source, kept).found[5001] == 5001
    twice = [*source[:5000], "x", source[5002], source[5002], "y", *source[5004:]]
    found = aligned(source, twice).found.tolist()
    assert found == [*range(5000), *[UNKNOWN] * 4, *range(5004, len(source))]
    source[5001] = source[5002]
    once = [*source[:5000], "x", "z", source[5002], "y", *source[5004:]]
    assert aligned(source, once).found[5000:5004].tolist() == [UNKNOWN] * 4


def test_of_like_words_beside_a_gap_none_is_taken() -> None:
    source = [f"{word}{n}" for n in range(14) for word in WORDS]
    lost = [f"other{n}" for n in range(5)]
    copy = [*source[:5000], *lost, *[source[5010]] * 2, *source[5011:]]
    found = aligned(source, copy).found.tolist()
    assert found == [*range(5000), *[UNKNOWN] * 11, *range(5007, len(copy))]
    source[5009] = source[5010]
    copy = [*source[:5000], *lost, *source[5010:]]
    found = aligned(source, copy).found.tolist()
    assert found == [*range(5000), *[UNKNOWN] * 11, *range(5006, len(copy))]


def test_edits_inside_a_span_are_reported() -> None:
    copy = [*WORDS[:41], "other", *WORDS[42:45], "more", *WORDS[45:]]
    made = put(WORDS, 38, 50, copy)
    other = " ".join(copy)
    assert made.status == "realigned" and made.lost == 1
    assert [other[e.start : e.end] for e in made.edited] == ["other", "more"]
    assert made.start == other.index(WORDS[38]) and isinstance(made.edited[0], Span)


def test_a_replaced_word_alone_is_ambiguous_and_a_dropped_one_missing() -> None:
    made = put(WORDS, 41, 41, [*WORDS[:41], "other", *WORDS[42:]])
    assert made.status == "ambiguous" and made.start is None and "another word" in made.reason
    assert put(WORDS, 41, 41, [*WORDS[:41], *WORDS[42:]]).status == "missing"


def test_a_text_of_one_word_is_not_guessed_at() -> None:
    source = ["row"] * 4000
    assert aligned(source, source * 2).share < 0.05


def test_empty_and_short_copies() -> None:
    assert aligned(WORDS, []).share == 0.0
    assert aligned(WORDS, WORDS[:5]).share == 0.0
    assert aligned(WORDS[:5], WORDS).share == 0.0
    assert aligned([], WORDS).share == 0.0


def test_chance_proves_nothing() -> None:
    rng = random.Random(11)
    common = [rng.choice(FILLER) for _ in range(3000)]
    other = [rng.choice(FILLER) for _ in range(3000)]
    assert aligned(common, other).share == 0.0


def test_words_that_come_again_are_not_those_that_were_edited() -> None:
    again = [f"again{n}" for n in range(48)]
    source = [*WORDS[:100], *again, *WORDS[100:300], *again, *WORDS[300:]]
    # Of the first time every third word is another; of the second only words around 16 of them,
    # which are the 16 of the passage from word 112 on, but of no passage where they are.
    edited = {*range(100, 148, 3), *range(348, 360, 2), *range(376, 392, 2)}
    copy = [f"other{n}" if n in edited else word for n, word in enumerate(source)]
    found = aligned(source, copy).found.tolist()
    assert all(place in (UNKNOWN, n) for n, place in enumerate(found))


def test_a_passage_that_comes_again_right_after_it_is_gone_is_left_open() -> None:
    again = [f"again{n}" for n in range(16)]
    source = [*WORDS[:96], *again, *WORDS[96:101], *again, *WORDS[101:]]
    record = fingerprint(document(source), [], salt="a test")
    assert record.again == (6,)
    # The first time is gone; the second stands among words that were changed, in no passage.
    edited = {112, 113, 114, 134, 136, 138, 140}
    copy = [f"other{n}" if n in edited else word for n, word in enumerate(source)]
    found = align(record, [*copy[:96], *copy[112:]]).found.tolist()
    own = {n: n if n < 96 else n - 16 for n in range(len(source)) if not 96 <= n < 112}
    assert all(place in (UNKNOWN, own.get(n)) for n, place in enumerate(found))
