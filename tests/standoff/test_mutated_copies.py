from __future__ import annotations

import bisect
import random
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from mutants import (
    HARMLESS,
    KINDS,
    STRANGERS,
    Copy,
    chorus,
    dropped,
    inserted,
    moved,
    mutant,
    original,
    own_words,
    plan,
    revised,
    wandering,
    written,
)
from oracle import Oracle, faults

from ijcorpus.document import Span
from ijcorpus.loading import documents
from ijcorpus.standoff.align import align
from ijcorpus.standoff.code import LONG, PASSAGE
from ijcorpus.standoff.fingerprint import Fingerprint
from ijcorpus.standoff.plain import place_all, protect
from ijcorpus.standoff.tokens import words

ROOT = Path(__file__).parents[2]
COPIES = 2_000
BATCHES = 8
OPENING = '"\u201c\u2018(['
QUOTED = re.compile(rf"[{re.escape(OPENING)}][^\s{re.escape(OPENING)}]+(\s\w+)*\W?")
Spans = list[tuple[int, int]]


class Article(NamedTuple):
    """A text, its words, and fingerprints of it: one for which its names are no secret, one not."""

    text: str
    copy: Copy
    records: tuple[Fingerprint, Fingerprint]


@cache
def articles() -> tuple[Article, ...]:
    found = documents("0.1.0", root=ROOT)
    return tuple(
        article(one.document.text, [(e.start, e.end) for e in one.annotation.entities])
        for one in found
    )


def article(text: str, names: Spans) -> Article:
    text, names_there = with_marks(text, names)
    spans = seeded(text, random.Random(len(text)))
    told, secret = (
        protect(text, [*spans, *names_there], name="a-text", salt="a test", known=known)
        for known in (names_there, [])
    )
    return Article(text, original(text), (told, secret))


def with_marks(text: str, names: Spans) -> tuple[str, Spans]:
    """The text with more quotation marks and brackets in it, and where its names are then."""
    cut, rng = words(text), random.Random(len(text))
    marks: list[tuple[int, str]] = []
    for first in range(5, len(cut.forms) - 5, 20):
        pair = rng.choice(("\u201c\u201d", '""', "()", "[]", "\u2018\u2019"))
        marks.append((cut.starts[first], pair[0]))
        marks.append((cut.ends[first + rng.randint(0, 4)], pair[1]))
    parts, at = list[str](), 0
    for place, mark in marks:
        parts += [text[at:place], mark]
        at = place
    places = [place for place, _ in marks]
    return "".join(parts) + text[at:], [
        (start + bisect.bisect_right(places, start), end + bisect.bisect_left(places, end))
        for start, end in names
    ]


def seeded(text: str, rng: random.Random) -> Spans:
    """Spans of words, and such as take in marks at their edges, or begin or end inside a word."""
    cut = words(text)
    edges = list(zip(cut.starts, cut.ends, strict=True))
    spans = [
        (edges[n][0], edges[min(n + rng.choice((0, 0, 1, 2, 5, 14)), len(edges) - 1)][1])
        for n in rng.sample(range(len(edges)), 40)
    ]
    marked = [one.span() for one in QUOTED.finditer(text)]
    ended = [one.span() for one in re.finditer(r"\w+(\s\w+){0,3}[^\w\s]+", text)]
    inside: Spans = []
    for start, end in rng.choices([one for one in edges if one[1] - one[0] > 4], k=8):
        middle = rng.randint(start + 1, end - 2)
        inside += [(middle, end), (start, middle), (start + 2, end - 2)]
    return spans + inside + rng.choices(marked, k=12) + rng.choices(ended, k=12)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_placement_on_a_mutated_copy_is_wrong(batch: int) -> None:
    counts: Counter[str] = Counter()
    for seed in range(batch, COPIES, BATCHES):
        one, other = random.Random(seed).sample(articles(), 2)
        made = mutant(one.copy, other.copy, seed)
        record = one.records[seed % 5 < 2]
        placed = place_all(record, made.text)
        assert not faults(Oracle(one.text, words(one.text), made), record, placed), seed
        if plan(seed)[0] in STRANGERS:
            continue
        counts.update(one.status for one in placed.values())
    assert counts["realigned"] > 0.5 * counts.total()
    assert counts["missing"] and counts["ambiguous"]


def test_the_copies_have_every_mutation_and_the_spans_every_edge() -> None:
    kinds = Counter(name for seed in range(COPIES) for name in plan(seed))
    assert set(kinds) == set(KINDS) and min(kinds.values()) >= COPIES // len(KINDS)
    for one in articles():
        places = one.records[0].places
        heads, tails = Counter(p.head for p in places), Counter(p.tail for p in places)
        assert heads[-1] >= 5 and sum(n for head, n in heads.items() if head > 0) >= 10
        assert tails[1] >= 10 and sum(n for tail, n in tails.items() if tail < 0) >= 10
        assert sum(one.records[0].lengths) == sum(one.records[1].lengths) == len(one.copy)
        assert len(one.records[0].lengths) < len(one.records[1].lengths)


@cache
def long_article() -> Article:
    source = [word for one in articles() for word in one.copy]
    text = wandering(source, 11_000, random.Random(17))
    return article(text, [one.span() for one in re.finditer(r"\b[A-Z]\w+", text)])


@pytest.mark.parametrize("batch", range(4))
def test_another_edition_of_a_long_text_is_placed_and_never_wrongly(batch: int) -> None:
    one = long_article()
    for seed in range(batch, 40, 4):
        record = one.records[seed % 8 < 4]
        assert record.whole
        made = revised(one.copy, random.Random(seed))
        oracle = Oracle(one.text, words(one.text), made)
        assert not faults(oracle, record, place_all(record, made.text)), seed
        kept = sum(was >= 0 for was in made.was)
        found = align(record, made.cut.forms).share
        assert found > 0.95 * min(kept / record.words, 1.0), f"seed {seed}: {found} of {kept}"


@pytest.mark.parametrize("size", [40, 150, 600, 3000])
def test_words_and_stretches_that_come_again_are_never_confused(size: int) -> None:
    rng = random.Random(size)
    one = article(chorus(10_500, size, rng), [])
    record, source = one.records[0], words(one.text)
    assert record.whole
    for n in range(8):
        made = one.copy
        for change in (moved, dropped, inserted, own_words(0.01 if n % 2 else 0.003)):
            made = change(made, rng)
        edition = written(made)
        assert not faults(
            Oracle(one.text, source, edition), record, place_all(record, edition.text)
        ), n
        assert align(record, edition.cut.forms).share > 0.95, n


@pytest.mark.parametrize("size", [40, 100, 600])
@pytest.mark.parametrize("count", [700, LONG + 300])
def test_mutated_copies_of_a_text_of_few_words_are_never_wrong(count: int, size: int) -> None:
    rng = random.Random(count + size)
    one, other = (
        article(text, [span.span() for span in re.finditer(r"\b[a-c]{2,}\b", text)])
        for text in (chorus(count, size, rng), chorus(count, size, rng))
    )
    assert bool(one.records[0].whole) == (count >= LONG)
    source = words(one.text)
    for seed in range(2 * len(KINDS)):
        record, made = one.records[seed % 2], mutant(one.copy, other.copy, seed)
        # One passage is all that is proved: it may be where its words come again.
        oracle = Oracle(one.text, source, made, twins=PASSAGE)
        assert not faults(oracle, record, place_all(record, made.text)), seed


@pytest.mark.parametrize("name", HARMLESS)
def test_a_change_around_the_words_loses_nothing(name: str) -> None:
    for one in articles():
        record = one.records[0]
        made = written(HARMLESS[name](one.copy, random.Random(5)))
        placed = place_all(record, made.text)
        assert not faults(Oracle(one.text, words(one.text), made), record, placed)
        for put in placed.values():
            assert put.status in ("exact", "realigned") and not put.edited and not put.lost


@pytest.mark.parametrize("name", ["another article", "another article by the same names"])
def test_another_article_gets_nothing(name: str) -> None:
    for one in articles():
        for other in articles():
            if one is not other:
                made = written(STRANGERS[name](one.copy, other.copy, random.Random(3)))
                found = place_all(one.records[0], made.text).values()
                assert {put.status for put in found} <= {"missing", "ambiguous"}


def test_the_oracle_sees_a_wrong_placement() -> None:
    one = articles()[0]
    made = written(dropped(one.copy, random.Random(2)))
    oracle = Oracle(one.text, words(one.text), made)
    record = one.records[0]
    seen = 0
    for spot in record.places:
        put = place_all(record, made.text)[Span(spot.start, spot.end)]
        if put.start is None or put.end is None:
            continue
        seen += 1
        assert not oracle.wrong(spot, put)
        for change in (
            {"start": put.start - 1},
            {"start": put.start + 1},
            {"end": put.end - 1},
            {"end": put.end + 1},
            {"lost": put.lost + 1},
            {"status": "exact"},
            {"edited": (Span(put.start, put.start + 1), Span(put.end - 1, put.end))},
        ):
            assert oracle.wrong(spot, msgspec.structs.replace(put, **change)), change
        far = next(s for s in record.places if abs(s.first - spot.first) > 5)
        assert oracle.wrong(far, put)
    assert seen > 50
