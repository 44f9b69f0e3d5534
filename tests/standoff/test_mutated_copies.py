from __future__ import annotations

import random
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from mutants import (
    HARMLESS,
    Change,
    Copy,
    Mutant,
    chorus,
    dropped,
    inserted,
    moved,
    mutant,
    original,
    own_words,
    revised,
    wandering,
    written,
)

from ijcorpus.document import Document, RawMap
from ijcorpus.loading import documents
from ijcorpus.standoff.align import align
from ijcorpus.standoff.fingerprint import Fingerprint, Place, fingerprint
from ijcorpus.standoff.place import Placement, place
from ijcorpus.standoff.tokens import normalise, words

ROOT = Path(__file__).parents[2]
COPIES = 2_000
BATCHES = 8


@cache
def texts() -> tuple[str, ...]:
    return tuple(one.document.text for one in documents("0.1.0", root=ROOT))


@cache
def known(text: str) -> tuple[Copy, Fingerprint]:
    copy = original(text)
    rng = random.Random(len(text))
    firsts = [rng.randrange(len(copy)) for _ in range(60)]
    lasts = [min(first + rng.choice((0, 0, 1, 2, 5, 14)), len(copy) - 1) for first in firsts]
    cut = words(text)
    spans = [(cut.starts[a], cut.ends[b]) for a, b in zip(firsts, lasts, strict=True)]
    document = Document(
        id="a-text", text=text, sections=(), sentences=(), raw_map=RawMap(()), raw_sha256="",
        cleaner="none",
    )  # fmt: skip
    return copy, fingerprint(document, spans, salt="a test")


def placed(record: Fingerprint, made: Mutant) -> list[tuple[Place, Placement]]:
    cut = words(made.text)
    aligned = align(record, cut.forms)
    return [(spot, place(spot, aligned, cut, made.text)) for spot in record.places]


def wrongs(copy: Copy, spot: Place, put: Placement, made: Mutant) -> str:
    """What is wrong with a placement, by what every word of the mutant was; empty if nothing."""
    if put.status not in ("exact", "realigned"):
        return ""
    assert put.start is not None and put.end is not None
    inside = [
        n
        for n, (word, start) in enumerate(zip(made.words, made.starts, strict=True))
        if start < put.end and start + len(word.letters) > put.start
    ]
    if not inside:
        return "no word"

    def reported(n: int) -> bool:
        start, end = made.starts[n], made.starts[n] + len(made.words[n].letters)
        return any(e.start <= start and end <= e.end for e in put.edited)

    def is_word(n: int, wanted: int) -> bool:
        # A word put where its like was left out next to it is that word, whoever wrote it.
        was, letters = made.words[n].was, made.words[n].letters
        return abs(was - wanted) <= 1 and normalise(letters) == normalise(copy[wanted].letters)

    for n in inside:
        word = made.words[n]
        if reported(n):
            continue
        if word.changed and not any(is_word(n, one) for one in range(spot.first, spot.last + 1)):
            return f"the edited word {word.letters!r} is not reported"
        if not word.changed and not spot.first <= word.was <= spot.last:
            return f"the word {word.letters!r} is not of the span"
    for n, wanted in ((inside[0], spot.first), (inside[-1], spot.last)):
        around = [made.words[m].was for m in (n - 1, n + 1) if 0 <= m < len(made.words)]
        replaced = reported(n) and around == [wanted - 1, wanted + 1]
        if not replaced and not is_word(n, wanted):
            return f"{made.words[n].letters!r} stands at an edge for {copy[wanted].letters!r}"
    return ""


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_placement_on_a_mutated_copy_is_wrong(batch: int) -> None:
    counts: Counter[str] = Counter()
    for seed in range(batch, COPIES, BATCHES):
        rng = random.Random(seed)
        copy, record = known(texts()[seed % len(texts())])
        made = mutant(copy, rng)
        for spot, put in placed(record, made):
            fault = wrongs(copy, spot, put, made)
            assert not fault, f"seed {seed}, {spot}: {fault}"
            assert put.status == "realigned" or put.reason
            counts[put.status] += 1
    assert counts["realigned"] > 0.5 * counts.total()
    assert counts["missing"] and counts["ambiguous"]


@cache
def long_text() -> str:
    source = [word for text in texts() for word in original(text)]
    return wandering(source, 11_000, random.Random(17))


@pytest.mark.parametrize("batch", range(4))
def test_another_edition_of_a_long_text_is_placed_and_never_wrongly(batch: int) -> None:
    copy, record = known(long_text())
    assert record.whole
    for seed in range(batch, 40, 4):
        made = revised(copy, random.Random(seed))
        put = placed(record, made)
        for spot, one in put:
            fault = wrongs(copy, spot, one, made)
            assert not fault, f"seed {seed}, {spot}: {fault}"
        kept = sum(word.was >= 0 and not word.changed for word in made.words)
        found = align(record, words(made.text).forms).share
        assert found > 0.95 * min(kept / record.words, 1.0), f"seed {seed}: {found} of {kept}"


@pytest.mark.parametrize("size", [40, 150, 600, 3000])
def test_words_and_stretches_that_come_again_are_never_confused(size: int) -> None:
    rng = random.Random(size)
    copy, record = known(chorus(10_500, size, rng))
    assert record.whole
    for n in range(8):
        made = copy
        for change in (moved, dropped, inserted, own_words(0.01 if n % 2 else 0.003)):
            made = change(made, rng)
        edition = written(made)
        for spot, put in placed(record, edition):
            fault = wrongs(copy, spot, put, edition)
            assert not fault, f"edition {n}, {spot}: {fault}"
        assert align(record, words(edition.text).forms).share > 0.95, n


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.__name__)
def test_a_change_around_the_words_loses_nothing(change: Change) -> None:
    for text in texts():
        copy, record = known(text)
        made = written(change(copy, random.Random(5)))
        for spot, put in placed(record, made):
            assert put.status == "realigned" and not put.edited and not put.lost
            assert not wrongs(copy, spot, put, made)


def test_another_article_gets_nothing() -> None:
    for here in texts():
        _, record = known(here)
        for there in texts():
            if there != here:
                made = written(known(there)[0])
                assert {put.status for _, put in placed(record, made)} <= {"missing", "ambiguous"}


def test_the_oracle_sees_a_wrong_placement() -> None:
    copy, record = known(texts()[0])
    made = written(copy)
    spot, put = placed(record, made)[0]
    other = next(s for s in record.places if s.first > spot.last + 5)
    assert not wrongs(copy, spot, put, made)
    assert wrongs(copy, other, put, made)
