"""Unitizing alpha against its definition and a published example; characters against krippendorff."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from test_agreement import LABELS, SEEDS, SENTENCES, alpha, compare, layers, near

from ijcorpus.agreement.choices import character_tables, unit_rows, unit_squares
from ijcorpus.agreement.figures import nominal_alpha, unitizing_alpha
from ijcorpus.annotation import Annotation, Entity

LENGTH = SENTENCES[-1].end
Segment = tuple[int, int, str]


def by_characters(annotation: Annotation) -> list[str]:
    """The label of each character, empty for none."""
    found = [""] * LENGTH
    for entity in annotation.entities:
        found[entity.start : entity.end] = [entity.label] * (entity.end - entity.start)
    return found


def segments(annotations: list[Annotation], labels, length: int = LENGTH) -> list[Segment]:
    """One annotator's documents as one continuum: units of some labels, and gaps."""
    found: list[Segment] = []
    for base, annotation in zip(
        range(0, len(annotations) * length, length), annotations, strict=True
    ):
        at = base
        for e in sorted(annotation.entities, key=lambda e: e.start):
            if e.label in labels:
                found += [(at, base + e.start, ""), (base + e.start, base + e.end, e.label)]
                at = base + e.end
        found.append((at, base + length, ""))
    return [segment for segment in found if segment[0] < segment[1]]


def by_the_paper(observers: list[list[Segment]]) -> float | None:
    """Equations 1, 4 and 5a of Krippendorff et al. (2016), word by word; gaps have no value."""
    observed: Counter[tuple[str, str]] = Counter()
    for one, other in permutations(observers, 2):
        for g in one:
            for h in other:
                shared = max(0, min(g[1], h[1]) - max(g[0], h[0]))
                observed[g[2], h[2]] += Fraction(shared, len(observers) - 1)
    total = sum(observed.values())
    values = {segment[2] for observer in observers for segment in observer}
    margin = {c: sum(observed[c, k] for k in values) for c in values}
    alone = {
        c: sum((g[1] - g[0]) ** (2 if c else 1) for one in observers for g in one if g[2] == c)
        for c in values
    }
    expected = {
        c: total * (margin[c] ** 2 - alone[c]) / (total**2 - sum(alone.values())) for c in values
    }
    above = total - sum(observed[c, c] for c in values)
    below = total - sum(expected.values())
    return float(1 - above / below) if below else None


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_unitizing_alpha_is_that_of_the_paper(seed) -> None:
    pairs = layers(seed, 4)
    found = compare(pairs).entities
    sides = [[pair[side] for pair in pairs] for side in (0, 1)]
    assert near(found.unitizing_alpha, by_the_paper([segments(side, LABELS) for side in sides]))
    for label in LABELS:
        expected = by_the_paper([segments(side, [label]) for side in sides])
        assert near(found.by_label[label].unitizing_alpha, expected)


def test_unitizing_alpha_of_published_examples() -> None:
    """Lindahl's (2025) of three annotators, 0.474, and that of krippendorff-unitized-alpha.

    Coincidences of three are those of every two, divided by two; so are the segments of each.
    """
    spans = {
        "Alex": [("1", 2, 5), ("1", 9, 11), ("2", 12, 20)],
        "Paul": [("1", 2, 5), ("2", 7, 15)],
        "Susan": [("1", 2, 5), ("2", 10, 15)],
    }
    layer = {
        who: Annotation(
            document="d", digest="x", scheme="1.0", annotator=who,
            entities=tuple(Entity(id=f"e{s}", start=s, end=e, label=label) for label, s, e in said),
        )
        for who, said in spans.items()
    }  # fmt: skip
    pairs = [*combinations(layer.values(), 2)]
    rows = unit_rows(
        character_tables(pairs, ("1", "2"), [20] * 3), unit_squares(pairs, ("1", "2")).sum(axis=1)
    )
    value = float(unitizing_alpha(rows.sum(axis=0) / 2))
    assert round(value, 3) == 0.474
    assert value == pytest.approx(by_the_paper([segments([x], "12", 20) for x in layer.values()]))
    assert round(float(nominal_alpha(rows[:, :-1].sum(axis=0) / 2)), 3) != 0.474
    coders = [
        [(0, 2, ""), (3, 14, "k"), (15, 21, ""), (22, 52, "k"), (53, 55, "")],
        [(0, 2, ""), (3, 9, "k"), (10, 21, ""), (22, 52, "k"), (53, 55, "")],
        [(0, 21, ""), (22, 45, "k"), (46, 55, "")],
    ]
    assert by_the_paper(coders) == pytest.approx(0.5671992508994135, abs=1e-12)


def test_what_chance_cannot_pair_is_a_unit_and_not_a_character() -> None:
    """One long unit and many short ones on the same characters are different continua."""

    def marked(who: str, *ends: int) -> Annotation:
        spans = zip((0, *ends), ends, strict=False)
        entities = [Entity(id=f"e{s}", start=s, end=e, label=LABELS[0]) for s, e in spans]
        return Annotation(
            document="d", digest="x", scheme="1.0", annotator=who, entities=tuple(entities)
        )

    def value(*ends: int) -> float:
        return compare([(marked("a", *ends), marked("b", 12))]).entities.unitizing_alpha.value

    assert value(10) > value(5, 10) > value(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_tables_of_characters_are_those_of_the_characters(seed) -> None:
    pairs = layers(seed, 4)
    rows = [[label for pair in pairs for label in by_characters(pair[side])] for side in (0, 1)]
    tables = character_tables(pairs, LABELS, [LENGTH] * len(pairs)).sum(axis=0)
    expected = alpha([*zip(*rows, strict=True)])
    assert float(nominal_alpha(tables.ravel())) == pytest.approx(
        np.nan if expected is None else expected, nan_ok=True
    )
    for label in LABELS:
        this = [[said == label for said in row] for row in rows]
        figure = compare(pairs).entities.by_label[label].unitizing_alpha
        assert (figure.first, figure.second) == (sum(this[0]), sum(this[1]))
        assert figure.agreed == sum(a and b for a, b in zip(*this, strict=True))
