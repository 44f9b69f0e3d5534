from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import krippendorff
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from sklearn.metrics import cohen_kappa_score, f1_score

from ijcorpus.agreement import Figure, agreement
from ijcorpus.agreement.figures import Resampling, kappa, nominal_alpha, ordinal_alpha, share
from ijcorpus.annotation import Annotation, AuthorStance, Entity, Holder, Stance
from ijcorpus.document import Span
from ijcorpus.errors import TextMismatchError
from ijcorpus.scheme import read_scheme

SCHEME = read_scheme((Path(__file__).parents[1] / "annotations" / "scheme.toml").read_text())
LABELS = SCHEME.label_names[:2]
TARGETS = SCHEME.target_names[:2]
SENTENCES = (Span(0, 10), Span(10, 20), Span(20, 30))
SIGNS = {"against": -1, "mixed": 0, "neutral": 0, "favor": 1}


def layer(chance: random.Random, document: str, annotator: str) -> Annotation:
    """A random layer over three sentences of ten characters."""
    cuts = [0, *sorted(chance.sample(range(3, 30, 3), chance.randint(3, 8))), 30]
    entities = [
        Entity(
            id=f"e{n}",
            start=start,
            end=chance.choice([end, start + 2]),
            label=chance.choice(LABELS),
            entity_id=chance.choice(["", "p", "q"]),
        )
        for n, (start, end) in enumerate(pairwise(cuts))
        if chance.random() < 0.7
    ]
    holders = [Holder(kind="author"), Holder(kind="unnamed", type="firm")]
    holders += [Holder(kind="mention", mention=e.id) for e in entities[:1]]
    stances = []
    for n in range(chance.randint(0, 6)):
        start = chance.randint(0, 2) * 10 + chance.randint(0, 5)
        stances.append(
            Stance(
                id=f"s{n}",
                start=start,
                end=start + chance.randint(1, 4),
                holder=chance.choice(holders),
                target=chance.choice(TARGETS),
                polarity=chance.choice([*SIGNS]),
                attribution=chance.choice(["author", "direct"]),
            )
        )
    author = [
        AuthorStance(target=target, polarity=chance.choice([*SIGNS]))
        for target in TARGETS
        if chance.random() < 0.6
    ]
    return Annotation(
        document=document,
        digest="x",
        scheme="1.0",
        annotator=annotator,
        entities=tuple(entities),
        stances=tuple(stances),
        author=tuple(author),
    )


def varied(chance: random.Random, one: Annotation, annotator: str) -> Annotation:
    """The same layer as another might have made it."""

    def change(item, **values):
        new = {name: chance.choice(among) for name, among in values.items()}
        kept = {name: value for name, value in new.items() if chance.random() < 0.3}
        return msgspec.structs.replace(item, **kept)

    def some(items, **values):
        return tuple(change(item, **values) for item in items if chance.random() < 0.8)

    entities = some(one.entities, label=LABELS, entity_id=["", "p", "q"])
    return msgspec.structs.replace(
        one,
        annotator=annotator,
        entities=tuple(change(entity, end=[entity.start + 2]) for entity in entities),
        stances=some(one.stances, polarity=[*SIGNS], target=TARGETS, attribution=["direct"]),
        author=some(one.author, polarity=[*SIGNS]),
    )


def layers(seed: int, number: int = 6) -> list[tuple[Annotation, Annotation]]:
    """Pairs of layers, of which half resemble each other."""
    chance = random.Random(seed)
    pairs = []
    for n in range(number):
        one = layer(chance, f"d{n}", "a")
        alike = chance.random() < 0.5
        pairs.append((one, varied(chance, one, "b") if alike else layer(chance, f"d{n}", "b")))
    return pairs


def compare(pairs, **options):
    sentences = {one.document: SENTENCES for one, _ in pairs}
    return agreement(pairs, SCHEME, sentences=sentences, **({"resamples": 20} | options))


def figures(record: msgspec.Struct, prefix: str = "") -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for name, value in msgspec.structs.asdict(record).items():
        if isinstance(value, Figure):
            found[prefix + name] = value
        elif isinstance(value, dict):
            for key, group in value.items():
                found |= figures(group, f"{prefix}{key}.")
        elif isinstance(value, msgspec.Struct):
            found |= figures(value, f"{prefix}{name}.")
    return found


SEEDS = st.integers(0, 2**32)

# --- against references ---


def by_scikit_learn(first: list, second: list) -> float | None:
    """F1 of two lists as multisets: items are numbered where they are repeated."""
    sets = []
    for side in (first, second):
        seen: dict[object, int] = {}
        sets.append(set())
        for item in side:
            seen[item] = seen.get(item, 0) + 1
            sets[-1].add((item, seen[item]))
    union = sets[0] | sets[1]
    if not union:
        return None
    return f1_score([i in sets[0] for i in union], [i in sets[1] for i in union])


def best_credit(first: list[Entity], second: list[Entity]) -> float:
    """The most points of any one-to-one matching, by trying all."""
    if not first:
        return 0.0
    one, *rest = first
    best = best_credit(rest, second)
    for other in second:
        if one.start < other.end and other.start < one.end:
            point = 1.0 if (one.start, one.end) == (other.start, other.end) else 0.5
            best = max(best, point + best_credit(rest, [o for o in second if o is not other]))
    return best


def partial(pairs, labels: list[str | None]) -> float | None:
    agreed, items = 0.0, 0
    for one, other in pairs:
        for label in labels:
            sides = [[e for e in x.entities if label in (None, e.label)] for x in (one, other)]
            agreed += best_credit(*sides)
            items += len(sides[0]) + len(sides[1])
    return 2 * agreed / items if items else None


def entities(pairs, side: int, *parts: str, label: str | None = None, linked: bool = False):
    return [
        (pair[side].document, *(getattr(entity, part) for part in parts))
        for pair in pairs
        for entity in pair[side].entities
        if label in (None, entity.label) and (entity.entity_id or not linked)
    ]


def holder(annotation: Annotation, stance: Stance) -> tuple:
    mention = annotation.mention(stance)
    if mention is None:
        return stance.holder.kind, stance.holder.type
    return (mention.entity_id,) if mention.entity_id else (mention.start, mention.end)


def judgements(pairs, side: int, *parts: str, target: str | None = None):
    return [
        (
            pair[side].document,
            stance.start // 10,
            holder(pair[side], stance),
            *(getattr(stance, part) for part in ("target", *parts)),
        )
        for pair in pairs
        for stance in sorted(pair[side].stances, key=lambda s: (s.start, s.end))
        if target in (None, stance.target)
    ]


def near(figure: Figure, expected: float | None) -> bool:
    if expected is None or expected != expected:
        return figure.value is None
    return figure.value == pytest.approx(expected, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_entity_f1_is_that_of_scikit_learn(seed) -> None:
    pairs = layers(seed)
    found = compare(pairs).entities

    def f1(*parts, **options):
        return by_scikit_learn(*(entities(pairs, side, *parts, **options) for side in (0, 1)))

    assert near(found.span, f1("start", "end"))
    assert near(found.labelled, f1("start", "end", "label"))
    assert near(found.link, f1("start", "end", "entity_id", linked=True))
    for label in SCHEME.label_names:
        group = found.by_label[label]
        assert near(group.labelled, f1("start", "end", label=label))
        assert near(group.link, f1("start", "end", "entity_id", label=label, linked=True))


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_partial_f1_is_that_of_the_best_matching(seed) -> None:
    pairs = layers(seed, 3)
    found = compare(pairs).entities
    assert near(found.partial, partial(pairs, [None]))
    assert near(found.partial_labelled, partial(pairs, [*LABELS]))
    for label in LABELS:
        assert near(found.by_label[label].partial_labelled, partial(pairs, [label]))


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_link_accuracy_is_of_spans_that_both_have(seed) -> None:
    pairs = layers(seed)
    found = compare(pairs).entities
    for figure, label in [(found.link_accuracy, None)] + [
        (found.by_label[label].link_accuracy, label) for label in LABELS
    ]:
        same = [
            one.entity_id == other.entity_id
            for a, b in pairs
            for one in a.entities
            for other in b.entities
            if (one.start, one.end) == (other.start, other.end)
            and (one.entity_id or other.entity_id)
            and (label is None or one.label == other.label == label)
        ]
        assert near(figure, sum(same) / len(same) if same else None)
        assert (figure.agreed, figure.first, figure.second) == (sum(same), len(same), len(same))


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_stance_f1_is_that_of_scikit_learn(seed) -> None:
    pairs = layers(seed)
    found = compare(pairs).stances

    def f1(*parts, **options):
        return by_scikit_learn(*(judgements(pairs, side, *parts, **options) for side in (0, 1)))

    assert near(found.holder_target, f1())
    assert near(found.triple, f1("polarity"))
    for target in SCHEME.target_names:
        assert near(found.by_target[target].holder_target, f1(target=target))
        assert near(found.by_target[target].triple, f1("polarity", target=target))


def alpha(values: list[tuple], level: str = "nominal", ranks=None) -> float | None:
    used = sorted({value for pair in values for value in pair}, key=ranks)
    if len(used) < 2:
        return None
    coded = np.array([[used.index(value) for value in pair] for pair in values], dtype=float).T
    return krippendorff.alpha(reliability_data=coded, level_of_measurement=level)


def paired(pairs, *parts: str) -> list[tuple]:
    """(question, value, value) of judgements on the same question, in text order."""
    waiting = judgements(pairs, 1, *parts)
    found = []
    for question in judgements(pairs, 0, *parts):
        match = next((other for other in waiting if other[:4] == question[:4]), None)
        if match:
            waiting.remove(match)
            found.append((question[:4], question[4], match[4]))
    return found


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_alpha_is_that_of_krippendorff_and_kappa_that_of_scikit_learn(seed) -> None:
    pairs = layers(seed, 20)
    found = compare(pairs)
    values = [pair[1:] for pair in paired(pairs, "polarity")]
    signs = [tuple(SIGNS[value] for value in pair) for pair in values]
    assert near(found.stances.polarity_alpha, alpha(values))
    assert near(found.stances.polarity_ordinal_alpha, alpha(signs, "ordinal"))
    attributions = [pair[1:] for pair in paired(pairs, "attribution")]
    assert near(found.stances.attribution_alpha, alpha(attributions))
    for target in TARGETS:
        these = [pair[1:] for pair in paired(pairs, "polarity") if pair[0][3] == target]
        assert near(found.stances.by_target[target].polarity_alpha, alpha(these))
    several = len({value for pair in values for value in pair}) > 1
    expected = cohen_kappa_score(*zip(*values, strict=True)) if several else None
    assert near(found.stances.polarity_kappa, expected)
    assert found.stances.polarity_alpha.first == len(values)
    assert found.stances.polarity_alpha.agreed == sum(a == b for a, b in values)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_author_figures_are_those_of_the_references(seed) -> None:
    pairs = layers(seed, 10)
    found = compare(pairs).author
    sides = [
        {(pair[side].document, s.target): s.polarity for pair in pairs for s in pair[side].author}
        for side in (0, 1)
    ]
    values = [(sides[0][at], sides[1][at]) for at in sides[0] if at in sides[1]]
    assert near(found.targets, by_scikit_learn(*([*side] for side in sides)))
    assert near(found.stances, by_scikit_learn(*([*side.items()] for side in sides)))
    assert near(found.exact, float(np.mean([a == b for a, b in values])) if values else None)
    assert near(found.alpha, alpha(values))
    signs = [tuple(SIGNS[value] for value in pair) for pair in values]
    assert near(found.ordinal_alpha, alpha(signs, "ordinal"))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_alpha_and_kappa_of_any_values(values) -> None:
    table = np.zeros((4, 4))
    for one, other in values:
        table[one, other] += 1
    for statistic, level in ((nominal_alpha, "nominal"), (ordinal_alpha, "ordinal")):
        expected = alpha(values, level)
        assert float(statistic(table.ravel())) == pytest.approx(
            np.nan if expected is None else expected, nan_ok=True
        )
    used = {value for pair in values for value in pair}
    expected = cohen_kappa_score(*zip(*values, strict=True)) if len(used) > 1 else np.nan
    assert float(kappa(table.ravel())) == pytest.approx(expected, nan_ok=True)


# --- intervals ---


@pytest.mark.parametrize(("agreeing", "documents"), [(30, 40), (5, 9), (400, 500)])
def test_an_interval_of_a_share_is_that_of_the_binomial(agreeing, documents) -> None:
    rows = np.array([[n < agreeing, 1, 1] for n in range(documents)], dtype=float)
    figure = Resampling(resamples=200_000, seed=1).f1(rows)
    expected = binom.ppf((0.025, 0.975), documents, agreeing / documents) / documents
    assert (figure.low, figure.high) == pytest.approx(tuple(expected), abs=1e-9)


def test_an_interval_is_that_of_drawing_documents_one_by_one() -> None:
    pairs = layers(11, 12)
    sentences = {one.document: SENTENCES for one, _ in pairs}
    found = agreement(pairs, SCHEME, resamples=40_000, seed=0, sentences=sentences)
    chance = random.Random(5)
    drawn: dict[str, list[float]] = {}
    for _ in range(500):
        again = compare(chance.choices(pairs, k=len(pairs)), resamples=1)
        for name, figure in figures(again).items():
            if figure.value is not None:
                drawn.setdefault(name, []).append(figure.value)
    for name in ("entities.span", "entities.partial_labelled", "stances.triple",
                 "stances.polarity_alpha", "stances.polarity_ordinal_alpha",
                 "stances.polarity_kappa", "author.exact"):  # fmt: skip
        figure = figures(found)[name]
        low, high = np.percentile(drawn[name], (2.5, 97.5))
        # Two points of percentage in where the percentile lies are chance, more are not.
        for value, at in ((figure.low, 0.025), (figure.high, 0.975)):
            below = np.mean(np.array(drawn[name]) < value - 1e-9)
            upto = np.mean(np.array(drawn[name]) <= value + 1e-9)
            assert below - 0.02 <= at <= upto + 0.02, (name, value, low, high)


def test_intervals_are_of_the_seed_and_only_of_the_seed() -> None:
    pairs = layers(3, 12)
    one, again, other = (compare(pairs, seed=seed, resamples=200) for seed in (1, 1, 2))
    assert one == again
    assert one.entities.span != other.entities.span
    assert one.entities.span.value == other.entities.span.value


def test_items_in_one_document_have_a_value_and_no_interval() -> None:
    """Every resample with the one document has the same value: that is no certainty."""
    one = one_stance(entity=Entity(id="e1", start=0, end=2, label=LABELS[0]))
    empty = msgspec.structs.replace(one, document="e", entities=(), stances=())
    for pairs in ([(one, one)], [(one, one), (empty, empty)]):
        figure = compare(pairs).entities.partial
        assert (figure.value, figure.low, figure.high) == (1, None, None)
    other = msgspec.structs.replace(one, document="e")
    assert compare([(one, one), (other, other)]).entities.partial.low == 1


# --- what figures are ---


def test_nothing_to_compare_is_none_and_not_zero_or_one() -> None:
    empty = Annotation(document="d", digest="x", scheme="1.0", annotator="a")
    for pairs in ([], [(empty, empty)], [(empty, empty)] * 3):
        for name, figure in figures(compare(pairs)).items():
            assert (figure.value, figure.low, figure.high) == (None, None, None), name
            assert (figure.agreed, figure.first, figure.second) == (0, 0, 0), name


def test_what_only_one_has_is_no_agreement() -> None:
    full = next(
        one
        for one, _ in layers(3)
        if one.stances and one.author and any(entity.entity_id for entity in one.entities)
    )
    empty = msgspec.structs.replace(full, entities=(), stances=(), author=())
    found = figures(compare([(full, empty)]))
    for name in ("span", "labelled", "partial", "partial_labelled", "link"):
        assert found[f"entities.{name}"].value == 0
        assert found[f"entities.{name}"].first > 0 == found[f"entities.{name}"].second
    assert found["entities.link_accuracy"].value is None
    assert found["stances.triple"].value == 0
    assert found["stances.polarity_alpha"].value is None
    assert found["author.exact"].value is None


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_with_oneself_one_agrees_in_everything(seed) -> None:
    pairs = [(one, one) for one, _ in layers(seed)]
    for name, figure in figures(compare(pairs)).items():
        assert figure.value is None or figure.value == pytest.approx(1), name
        assert figure.agreed == figure.first == figure.second, name


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_no_annotator_is_the_reference(seed) -> None:
    pairs = layers(seed)
    swapped = figures(compare([(other, one) for one, other in pairs]))
    for name, figure in figures(compare(pairs)).items():
        turned = swapped[name]
        expected = pytest.approx(turned.value) if turned.value is not None else None
        assert figure.value == expected, name
        counts = (turned.agreed, turned.second, turned.first)
        assert (figure.agreed, figure.first, figure.second) == counts, name


def one_stance(annotator: str = "a", *, entity: Entity | None = None, **change) -> Annotation:
    values = {
        "start": 3,
        "end": 6,
        "holder": Holder(kind="mention", mention="e1") if entity else Holder(kind="author"),
        "target": TARGETS[0],
        "polarity": "favor",
        "attribution": "author",
    } | change
    return Annotation(
        document="d",
        digest="x",
        scheme="1.0",
        annotator=annotator,
        entities=(entity,) if entity else (),
        stances=(Stance(id="s1", **values),),
    )


@pytest.mark.parametrize(
    ("change", "asked", "triple"),
    [
        ({}, 1, 1),
        ({"start": 7, "end": 9}, 1, 1),
        ({"start": 12, "end": 13}, 0, 0),
        ({"attribution": "direct"}, 1, 1),
        ({"polarity": "mixed"}, 1, 0),
        ({"target": TARGETS[1]}, 0, 0),
        ({"holder": Holder(kind="author", type="firm")}, 0, 0),
        ({"holder": None}, 0, 0),
    ],
)
def test_judgements_match_by_sentence_holder_and_target(change, asked, triple) -> None:
    found = compare([(one_stance(), one_stance("b", **change))]).stances
    assert (found.holder_target.value, found.triple.value) == (asked, triple)
    assert found.polarity_alpha.first == asked


def test_a_holder_is_its_link_or_else_its_place() -> None:
    def held(start: int, link: str) -> Annotation:
        return one_stance(
            entity=Entity(id="e1", start=start, end=start + 2, label=LABELS[0], entity_id=link)
        )

    def agrees(one: Annotation, other: Annotation) -> float | None:
        return compare([(one, other)]).stances.holder_target.value

    assert agrees(held(0, "p"), held(20, "p")) == 1
    assert agrees(held(0, "p"), held(0, "q")) == 0
    assert agrees(held(0, ""), held(0, "")) == 1
    assert agrees(held(0, ""), held(1, "")) == 0


def test_alpha_of_one_value_alone_is_undefined_though_the_share_is_one() -> None:
    both = [AuthorStance(target=target, polarity="favor") for target in TARGETS]
    one = msgspec.structs.replace(one_stance(), author=tuple(both))
    found = compare([(one, one), (one, one)])
    assert found.author.exact == Figure(value=1, low=1, high=1, agreed=4, first=4, second=4)
    assert found.author.alpha.value is None
    assert found.stances.polarity_kappa.value is None


def test_polarities_that_are_close_cost_less_in_order() -> None:
    """Neutral for favor is less of a difference than against for favor, and as nominal none."""

    def alphas(other: str):
        polarities = [("favor", "favor"), ("against", "against"), ("favor", other)]
        polarities += [("mixed", "mixed"), ("neutral", "neutral")]
        pairs = []
        for n, (a, b) in enumerate(polarities):
            sides = [one_stance(polarity=polarity) for polarity in (a, b)]
            pairs.append(tuple(msgspec.structs.replace(s, document=f"d{n}") for s in sides))
        found = compare(pairs).stances
        return found.polarity_ordinal_alpha.value, found.polarity_alpha.value

    assert alphas("neutral")[0] > alphas("against")[0]
    assert alphas("neutral")[1] == pytest.approx(alphas("against")[1], abs=0.02)


def test_labels_that_the_scheme_lacks_count_as_a_whole_and_in_no_label() -> None:
    strange = one_stance(entity=Entity(id="e1", start=0, end=2, label="strange"))
    found = compare([(strange, strange)]).entities
    assert found.labelled.value == found.span.value == found.partial_labelled.value == 1
    assert {group.labelled.value for group in found.by_label.values()} == {None}


def test_pairs_of_different_texts_are_refused() -> None:
    one = one_stance()
    for other in (
        msgspec.structs.replace(one, document="e"),
        msgspec.structs.replace(one, digest="y"),
    ):
        with pytest.raises(TextMismatchError, match="Compare annotations of one text"):
            compare([(one, other)])
    with pytest.raises(TextMismatchError, match="sentences are missing"):
        agreement([(one, one)], SCHEME, sentences={})


def test_share_is_of_tables() -> None:
    assert share(np.array([[2.0, 1, 1, 0], [0, 0, 0, 4]])).tolist() == [0.5, 1]
