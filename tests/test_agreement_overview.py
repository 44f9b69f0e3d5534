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
    TARGETS,
    alpha,
    compare,
    judgements,
    layers,
    near,
    one_stance,
    paired,
)

from ijcorpus.agreement import Prelabelled, acceptance, anchoring, origins, overview, page
from ijcorpus.agreement.confusion import label_confusion, most_disputed, stance_confusions
from ijcorpus.annotation import Annotation, Entity, Holder

LENGTH = SENTENCES[-1].end


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
    found = stance_confusions(pairs, SCHEME, {one.document: SENTENCES for one, _ in pairs})
    for what, table in (("polarity", found.polarities), ("attribution", found.attributions)):
        both = [pair[1:] for pair in paired(pairs, what)]
        values = [value for value in table.values if value]
        if both:
            expected = confusion_matrix(*zip(*both, strict=True), labels=values)
            assert (np.array(table.counts)[: len(values), : len(values)] == expected).all()
        assert said_by_each(table) == [
            Counter(getattr(s, what) for pair in pairs for s in pair[side].stances)
            for side in (0, 1)
        ]
    assert said_by_each(label_confusion(pairs, SCHEME)) == [
        Counter(e.label for pair in pairs for e in pair[side].entities) for side in (0, 1)
    ]


def said_by_each(table) -> list[Counter]:
    """How often each of the two said each value that is not nothing."""
    sums = (np.array(table.counts, dtype=int).sum(axis=axis) for axis in (1, 0))
    return [
        Counter({v: int(n) for v, n in zip(table.values, side, strict=True) if v and n})
        for side in sums
    ]


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_targets_and_holders_are_matched_as_often_as_can_be(seed) -> None:
    """In a sentence, by holder or by target, with what is wholly equal matched to itself."""
    pairs = layers(seed, 12)
    found = stance_confusions(pairs, SCHEME, {one.document: SENTENCES for one, _ in pairs})
    asked = [judgements(pairs, side) for side in (0, 1)]
    agreed = Counter(asked[0]) & Counter(asked[1])
    for table, parts in ((found.targets, (0, 1, 2)), (found.holders, (0, 1, 3))):
        met = [Counter(tuple(said[p] for p in parts) for said in side) for side in asked]
        matched = sum(
            count
            for value, row in zip(table.values, table.counts, strict=True)
            for other, count in zip(table.values, row, strict=True)
            if value and other
        )
        assert matched == (met[0] & met[1]).total()
    assert sum(row[n] for n, row in enumerate(found.targets.counts)) == agreed.total()
    assert said_by_each(found.targets) == [
        Counter(s.target for pair in pairs for s in pair[side].stances) for side in (0, 1)
    ]
    kinds = [
        Counter(
            ":".join(filter(None, (s.holder.kind, s.holder.type)))
            for pair in pairs
            for s in pair[side].stances
        )
        for side in (0, 1)
    ]
    assert said_by_each(found.holders) == kinds


# --- by hand ---


def entity(start: int, end: int, label: str = LABELS[0], link: str = "", **more) -> Entity:
    return Entity(id=f"e{start}", start=start, end=end, label=label, entity_id=link, **more)


def annotated(*entities: Entity, annotator: str = "a", document: str = "d") -> Annotation:
    return Annotation(
        document=document, digest="x", scheme="1.0", annotator=annotator, entities=entities
    )


def confused(*pairs) -> dict[str, dict[tuple[str, str], int]]:
    """The cells of each confusion that hold something."""
    found = stance_confusions(pairs, SCHEME, {"d": SENTENCES})
    return {
        what: {
            (value, other): count
            for value, row in zip(table.values, table.counts, strict=True)
            for other, count in zip(table.values, row, strict=True)
            if count
        }
        for what, table in msgspec.structs.asdict(found).items()
    }


def judging(*said: tuple[int, Holder, str], annotator: str = "a", entities=()) -> Annotation:
    """Judgements that start somewhere, with a holder and a target, all of one polarity."""
    one = one_stance().stances[0]
    stances = [
        msgspec.structs.replace(one, id=f"s{n}", start=start, end=start + 1, holder=who, target=on)
        for n, (start, who, on) in enumerate(said)
    ]
    return msgspec.structs.replace(
        annotated(*entities, annotator=annotator), stances=tuple(stances)
    )


AUTHOR, FIRM = Holder(kind="author"), Holder(kind="unnamed", type="firm")


def test_what_stands_against_a_target_has_its_sentence_and_holder() -> None:
    t1, t2 = TARGETS
    assert confused((judging((3, AUTHOR, t1)), judging((7, AUTHOR, t2))))["targets"] == {
        (t1, t2): 1
    }
    apart = confused((judging((3, AUTHOR, t1)), judging((13, AUTHOR, t2))))["targets"]
    assert apart == {(t1, ""): 1, ("", t2): 1}
    assert confused((judging((3, AUTHOR, t1)), judging((3, FIRM, t2))))["targets"] == apart
    # In another order, and with one more, the equal ones are still each other's.
    one = judging((1, AUTHOR, t1), (2, AUTHOR, t2))
    other = judging((1, AUTHOR, t2), (2, AUTHOR, t2), (3, AUTHOR, t1))
    assert confused((one, other))["targets"] == {(t1, t1): 1, (t2, t2): 1, ("", t2): 1}


def test_what_stands_against_a_holder_has_its_sentence_and_target() -> None:
    t1, t2 = TARGETS
    held = [Holder(kind="mention", mention=f"e{n}", type=t) for n, t in ((0, "firm"), (4, "igo"))]
    spans = (entity(0, 2), entity(4, 6))
    one = judging((3, AUTHOR, t1), (5, held[0], t2), entities=spans)
    other = judging((3, FIRM, t1), (5, FIRM, t2), entities=spans)
    assert confused((one, other))["holders"] == {
        ("author", "unnamed:firm"): 1,
        ("mention:firm", "unnamed:firm"): 1,
    }
    assert confused((one, judging((3, FIRM, t2))))["holders"] == {
        ("author", ""): 1,
        ("mention:firm", "unnamed:firm"): 1,
    }
    # The same mention under another type is a confusion, though an equal type is in the sentence.
    typed = [
        msgspec.structs.replace(held[0], type="igo"),
        msgspec.structs.replace(held[1], type="firm"),
    ]
    one = judging((3, held[0], t1), (5, held[1], t1), entities=spans)
    other = judging((3, typed[0], t1), (5, typed[1], t1), entities=spans)
    assert confused((one, other))["holders"] == {
        ("mention:firm", "mention:igo"): 1,
        ("mention:igo", "mention:firm"): 1,
    }
    # Of others, those of one kind and type are each other's, whatever their order.
    one = judging((3, FIRM, t1), (5, held[0], t1), entities=spans)
    other = judging(
        (3, msgspec.structs.replace(held[1], type="firm"), t1), (5, AUTHOR, t1), entities=spans
    )
    assert confused((one, other))["holders"] == {
        ("mention:firm", "mention:firm"): 1,
        ("unnamed:firm", "author"): 1,
    }


def test_confusions_have_the_values_that_occur_in_the_order_of_the_scheme() -> None:
    one = judging((3, FIRM, TARGETS[1]), (13, AUTHOR, TARGETS[0]))
    found = stance_confusions([(one, one)], SCHEME, {"d": SENTENCES})
    assert found.targets.values == TARGETS
    assert set(found.holders.values) == {"author", "unnamed:firm"}
    kinds = [value.partition(":")[0] for value in found.holders.values]
    assert kinds == sorted(kinds, key=SCHEME.names("holder_kinds").index)
    assert label_confusion([(one, one)], SCHEME).values == ()
    strange = annotated(entity(0, 2, "strange"), entity(4, 6, LABELS[1]))
    values = label_confusion([(strange, annotated())], SCHEME).values
    assert values == (LABELS[1], "strange", "")


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


def test_origins_are_what_layers_recorded_whatever_the_rule_gives_now() -> None:
    def of(start: int, origin: str) -> Entity:
        return entity(start, start + 2, origin=origin, link="p")

    work = annotated(*(of(n, "prediction") for n in (0, 4, 8)), of(12, "prediction-changed"))
    hidden = annotated(of(0, "manual"), of(4, "prediction"), document="e")
    now = [entity(0, 2, link="q"), entity(4, 6, LABELS[1])]
    found = origins([work, hidden], {"d": now})
    assert (found.accepted, found.changed, found.added) == (4, 1, 1)
    assert (found.annotator, found.documents, found.share) == ("a", 2, 4 / 6)
    # A label and a span are gone; of the document without prelabels nothing is known.
    assert found.gone == 2
    assert origins([work, hidden], {}).gone == 0
    assert origins([annotated()], {}).share is None


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
    assert found.acceptance == found.origins == ()
    rule = Prelabelled(entities={}, shown_to=frozenset({"b", "nobody"}))
    told = made(pairs, prelabelled=rule)
    assert [row.annotator for row in told.origins] == ["b"]
    assert [row.shown for row in told.acceptance] == [False, True, False]
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
    taken = entity(0, 5, nasty, origin="prediction")
    one = annotated(taken, entity(3, 9), document="d", annotator=nasty)
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
    assert f"1 of the 2 prelabels that {nasty} accepted are none" in "".join(reader.words)
    for what in ("labels", "polarities", "targets", "attributions", "holders"):
        assert what in reader.words or f"No {what} to compare." in reader.words
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
