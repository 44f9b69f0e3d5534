"""What stands beside the figures: choices, confusions, disputed sentences, prelabels, the page."""

from __future__ import annotations

import random
import re
from collections import Counter
from html.parser import HTMLParser

import krippendorff
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from nervaluate import Evaluator
from sklearn.metrics import cohen_kappa_score, confusion_matrix
from test_agreement import (
    LABELS,
    SCHEME,
    SEEDS,
    SENTENCES,
    alpha,
    compare,
    layers,
    near,
    one_stance,
    paired,
)

from ijcorpus.agreement import Prelabelled, acceptance, anchoring, overview, page
from ijcorpus.agreement.confusion import label_confusion, most_disputed, polarity_confusion
from ijcorpus.annotation import Annotation, Entity, Holder

LENGTH = SENTENCES[-1].end


def by_characters(annotation: Annotation) -> list[str]:
    """The label of each character, empty for none."""
    found = [""] * LENGTH
    for entity in annotation.entities:
        found[entity.start : entity.end] = [entity.label] * (entity.end - entity.start)
    return found


def same_spans(pairs):
    return [
        (one, other)
        for a, b in pairs
        for one in a.entities
        for other in b.entities
        if (one.start, one.end) == (other.start, other.end)
    ]


def cohen(values: list[tuple]) -> float | None:
    several = len({value for pair in values for value in pair}) > 1
    return cohen_kappa_score(*zip(*values, strict=True)) if several else None


# --- against references ---


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_alpha_of_characters_is_that_of_krippendorff(seed) -> None:
    pairs = layers(seed, 4)
    found = compare(pairs).entities
    rows = [[label for pair in pairs for label in by_characters(pair[side])] for side in (0, 1)]
    if any(label for row in rows for label in row):
        assert near(found.characters, alpha([*zip(*rows, strict=True)]))
    for label in LABELS:
        this = [[said == label for said in row] for row in rows]
        figure = found.by_label[label].characters
        assert near(figure, alpha([*zip(*this, strict=True)]))
        assert (figure.first, figure.second) == (sum(this[0]), sum(this[1]))
        assert figure.agreed == sum(a and b for a, b in zip(*this, strict=True))


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_choices_are_those_of_the_references(seed) -> None:
    pairs = layers(seed, 20)
    chance = random.Random(seed)
    senses = {label.id: label.senses for label in SCHEME.entities if label.senses}
    types = SCHEME.names("holder_types")

    def sensed(annotation: Annotation) -> Annotation:
        """With labels that have senses, a sense for most, and types for all holders."""
        replace = msgspec.structs.replace
        names = dict(zip(LABELS, senses, strict=False))
        entities = []
        for entity in annotation.entities:
            label = names.get(entity.label, entity.label)
            sense = chance.choice([None, *senses.get(label, ())])
            entities.append(replace(entity, label=label, sense=sense))
        stances = []
        for stance in annotation.stances:
            who = stance.holder
            who = replace(who, type=chance.choice(types[:3])) if who.kind == "mention" else who
            stances.append(replace(stance, holder=who))
        return replace(annotation, entities=tuple(entities), stances=tuple(stances))

    pairs = [(sensed(one), sensed(other)) for one, other in pairs]
    found = compare(pairs)
    labels = [(one.label, other.label) for one, other in same_spans(pairs)]
    assert near(found.entities.label_alpha, alpha(labels))
    assert near(found.entities.label_kappa, cohen(labels))
    chosen = [
        (f"{a.label} {a.sense}", f"{b.label} {b.sense}")
        for a, b in same_spans(pairs)
        if a.label == b.label and a.sense and b.sense
    ]
    assert near(found.entities.sense_alpha, alpha(chosen))
    assert near(found.entities.sense_kappa, cohen(chosen))
    attributions = [pair[1:] for pair in paired(pairs, "attribution")]
    assert near(found.stances.attribution_kappa, cohen(attributions))
    holders = [pair[1:] for pair in paired(pairs, "holder")]
    typed = [(a.type, b.type) for a, b in holders if a.type and b.type]
    assert near(found.stances.holder_type_alpha, alpha(typed))
    assert near(found.stances.holder_type_kappa, cohen(typed))


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_f1_of_entities_is_that_of_nervaluate(seed) -> None:
    """Strict, exact and partial, where nobody's span meets two of the other's.

    nervaluate lets one span count twice otherwise, and then is not symmetric.
    """
    pairs = [pair for pair in layers(seed) if all(side.entities for side in pair)]
    pairs = [pair for pair in pairs if not _crossing(*pair)]
    if not pairs:
        return
    sides = [
        [
            [{"label": e.label, "start": e.start, "end": e.end - 1} for e in pair[side].entities]
            for pair in pairs
        ]
        for side in (0, 1)
    ]
    overall = Evaluator(sides[0], sides[1], tags=[*LABELS], loader="dict").evaluate()["overall"]
    found = compare(pairs).entities
    assert near(found.labelled, overall["strict"].f1)
    assert near(found.span, overall["exact"].f1)
    assert near(found.partial, overall["partial"].f1)


def _crossing(one: Annotation, other: Annotation) -> bool:
    met = [
        (a.id, b.id)
        for a in one.entities
        for b in other.entities
        if a.start < b.end and b.start < a.end
    ]
    return any(count > 1 for at in (0, 1) for count in Counter(pair[at] for pair in met).values())


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_confusions_are_those_of_scikit_learn(seed) -> None:
    pairs = layers(seed, 12)
    table = polarity_confusion(pairs, SCHEME, {one.document: SENTENCES for one, _ in pairs})
    assert table.values == (*SCHEME.polarity_names, "")
    both = [pair[1:] for pair in paired(pairs, "polarity")]
    inner = np.array(table.counts)[:-1, :-1]
    if both:
        expected = confusion_matrix(*zip(*both, strict=True), labels=SCHEME.polarity_names)
        assert (inner == expected).all()
    for side in (0, 1):
        said = Counter(s.polarity for pair in pairs for s in pair[side].stances)
        sums = np.array(table.counts).sum(axis=1 - side)
        assert dict(zip(table.values, sums, strict=True)) == {
            **{value: said[value] for value in SCHEME.polarity_names},
            "": sums[-1],
        }
    labels = label_confusion(pairs, SCHEME)
    for side in (0, 1):
        said = Counter(e.label for pair in pairs for e in pair[side].entities)
        sums = np.array(labels.counts).sum(axis=1 - side)
        assert {v: n for v, n in zip(labels.values, sums, strict=True) if n and v} == dict(said)


# --- by hand ---


def entity(start: int, end: int, label: str = LABELS[0], link: str = "", **more) -> Entity:
    return Entity(id=f"e{start}", start=start, end=end, label=label, entity_id=link, **more)


def annotated(*entities: Entity, annotator: str = "a", document: str = "d") -> Annotation:
    return Annotation(
        document=document, digest="x", scheme="1.0", annotator=annotator, entities=entities
    )


def test_a_relation_is_of_the_mention_and_not_of_its_link() -> None:
    near_by, far = entity(0, 2, link="p"), entity(12, 14, link="p")
    one = one_stance(entity=near_by, holder=Holder(kind="mention", mention=near_by.id))
    other = one_stance("b", entity=far, holder=Holder(kind="mention", mention=far.id))
    found = compare([(one, other)]).stances
    assert (found.holder_target.value, found.relation.value) == (1, 0)
    assert compare([(one, one)]).stances.relation.value == 1
    assert compare([(one_stance(), one_stance())]).stances.relation.value is None


def test_flags_that_nobody_gave_are_no_items() -> None:
    flag = SCHEME.names("document_flags")[0]
    with_flag = msgspec.structs.replace(annotated(), flags=(flag,))
    quiet = annotated(document="e")
    found = compare([(with_flag, with_flag), (quiet, quiet)]).flags
    assert (found.alpha.value, found.alpha.agreed, found.alpha.first) == (1, 1, 1)
    assert compare([(with_flag, annotated()), (quiet, quiet)]).flags.kappa.value == 0


def test_prelabels_are_kept_changed_dropped_or_others_added() -> None:
    rule = [entity(0, 2, link="p"), entity(4, 6), entity(8, 10), entity(12, 14)]
    work = annotated(entity(0, 2, link="p"), entity(4, 6, LABELS[1]), entity(7, 9), entity(20, 22))
    found = acceptance([work, annotated(document="e")], {"d": rule}, shown=True)
    counts = (found.kept, found.changed, found.dropped, found.added)
    assert counts == (1, 2, 1, 1)
    assert (found.documents, found.prelabels, found.rate) == (1, 4, 0.25)
    assert acceptance([], {}, shown=False).rate is None


def test_anchoring_compares_where_a_prelabel_lies_and_where_none_does() -> None:
    one = annotated(entity(0, 2), entity(4, 6))
    other = annotated(entity(0, 2), entity(4, 6, LABELS[1]), entity(8, 9))
    found = anchoring([(one, other)], {"d": [entity(0, 3)]}, SCHEME)
    assert found.with_prelabel.value == 1
    assert found.without_prelabel.value == 0
    assert (found.without_prelabel.first, found.without_prelabel.second) == (1, 2)


def test_the_most_disputed_sentences_come_first_with_what_each_alone_said() -> None:
    one = annotated(entity(0, 2), entity(11, 13), entity(21, 22))
    other = annotated(entity(0, 2), entity(11, 14, LABELS[1]), entity(15, 16), annotator="b")
    found = most_disputed([(one, other)], {"d": SENTENCES})
    assert [(item.start, item.differences) for item in found] == [(10, 3), (20, 1)]
    assert [mark.said for mark in found[0].second] == [LABELS[1], LABELS[0]]
    assert most_disputed([(one, other)], {"d": SENTENCES}, 1) == found[:1]
    assert most_disputed([(one, one)], {"d": SENTENCES}) == ()


def made(pairs, **options):
    work = {"a": {}, "b": {}, "c": {}}
    for one, other in pairs:
        work["a"][one.document] = msgspec.structs.replace(one, annotator="a")
        work["b"][one.document] = msgspec.structs.replace(other, annotator="b")
        work["c"][one.document] = msgspec.structs.replace(one, annotator="c")
    names = [*work["a"]]
    return overview(
        work,
        SCHEME,
        sentences=dict.fromkeys(names, SENTENCES),
        groups={name: "odd" if n % 2 else "even" for n, name in enumerate(names)},
        resamples=30,
        **options,
    )


def test_all_pairs_are_compared_and_groups_are_the_figures_of_their_documents() -> None:
    pairs = layers(4, 6)
    found = made(pairs)
    assert [pair.agreement.annotators for pair in found.pairs] == [
        ("a", "b"), ("a", "c"), ("b", "c")]  # fmt: skip
    first = found.pairs[0]
    assert first.agreement.entities == compare(pairs, resamples=30).entities
    odd = compare(pairs[1::2], resamples=30)
    assert first.groups["odd"].stances == odd.stances
    assert first.anchoring is None
    assert found.acceptance == ()
    assert found.pairs[1].agreement.entities.span.value == 1


# --- the page ---


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "line", "circle", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        self.words.append(data)


def test_the_page_is_whole_escaped_and_shows_only_the_texts_it_is_given() -> None:
    nasty = "<script>alert(1)</script> & \"quoted\" 'so'"
    text = (nasty + " " * 40)[:LENGTH].replace(" ", "~")
    one = annotated(entity(0, 5, nasty), entity(3, 9), document="d")
    other = annotated(entity(0, 8, link=nasty), document="d", annotator="b")
    bound = [msgspec.structs.replace(item, document="bound") for item in (one, other)]
    found = overview(
        {nasty: {"d": one, "bound": bound[0]}, "b": {"d": other, "bound": bound[1]}},
        SCHEME,
        sentences={"d": SENTENCES, "bound": SENTENCES},
        groups={"d": nasty, "bound": "other"},
        prelabelled=Prelabelled(entities={"d": (entity(0, 5),)}, shown_to=frozenset({nasty})),
        resamples=20,
    )
    html = page(found, title=nasty, texts={"d": text})
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    assert "script" not in reader.tags
    assert not {name for name, _ in reader.attributes} & {"src", "href", "onload", "onclick"}
    assert "<script>" not in html
    assert not re.search(r"(?:https?:|url\()", html)
    assert nasty in "".join(reader.words)
    assert text[:5] in "".join(reader.words)
    assert reader.tags.count("svg") >= 3
    hidden = Reader()
    hidden.feed(page(found, title="t", texts={}))
    assert text[:5] not in "".join(hidden.words).replace(nasty, "")
    assert "[0, 5)" in "".join(hidden.words)


@pytest.mark.parametrize("values", [[], [(0, 1), (1, 1), (0, 0)]])
def test_krippendorff_is_the_reference_that_we_think_it_is(values) -> None:
    """A table worked out by hand: observed 1/3 of pairs differ, expected 2*3*3/(6*5)."""
    if values:
        coded = np.array(values, dtype=float).T
        expected = 1 - (2 / 6) / (2 * 3 * 3 / (6 * 5))
        assert krippendorff.alpha(coded, level_of_measurement="nominal") == pytest.approx(expected)
    assert (alpha(values) is None) == (not values)
