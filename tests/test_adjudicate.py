from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ijcorpus.adjudicate import Ground, adjudicate, decided, disputes, stale, worksheet
from ijcorpus.adjudicate.form import DisputeForm, ReadingForm, Worksheet
from ijcorpus.annotation import (
    Annotation,
    AuthorStance,
    Decision,
    Entity,
    Holder,
    Reading,
    Stance,
    canonical,
)
from ijcorpus.document import Span, StandoffDocument, sha256
from ijcorpus.errors import AdjudicationError
from ijcorpus.scheme import read_scheme

SCHEME = read_scheme((Path(__file__).parents[1] / "annotations" / "scheme.toml").read_text())

TEXT = "Ada Green met Bo Blue. Ada praised the pact with Omland. Blue said he would wait and see."
SENTENCES = (Span(0, 22), Span(23, 56), Span(57, 89))


def at(words: str, occurrence: int = 0) -> tuple[int, int]:
    start = -1
    for _ in range(occurrence + 1):
        start = TEXT.index(words, start + 1)
    return start, start + len(words)


def entity(number: int, words: str, label: str = "PERSON", link: str = "", **more) -> Entity:
    start, end = at(words)
    return Entity(id=f"e{number}", start=start, end=end, label=label, entity_id=link, **more)


def stance(number: int, words: str, holder: Holder, polarity: str = "favor", **more) -> Stance:
    start, end = at(words)
    values = {"target": "T1", "attribution": "indirect"} | more
    return Stance(id=f"s{number}", start=start, end=end, holder=holder, polarity=polarity, **values)


def layer(annotator: str = "a", **items) -> Annotation:
    items = {name: tuple(values) for name, values in items.items()}
    return Annotation(document="d", digest=sha256(TEXT), scheme="1.0", annotator=annotator, **items)


def find(**layers: Annotation):
    return disputes("d", layers, sentences=SENTENCES)


def settle(layers, decisions=(), **more) -> Annotation:
    return adjudicate("d", layers, decisions, adjudicator="judge", sentences=SENTENCES, **more)


def choose(dispute, choice: str, **more) -> Decision:
    values = {"reason": "guideline", "note": "", "by": "judge"} | more
    return Decision(document="d", dispute=dispute.key, kind=dispute.kind, choice=choice, **values)


AUTHOR = Holder(kind="author")
FIRST = Holder(kind="mention", mention="e1")
ADA = entity(1, "Ada Green", link="ent-1")
BO = entity(1, "Bo Blue", link="ent-2")

# --- what is a dispute ---


def test_what_all_have_passes_and_what_one_has_is_disputed() -> None:
    agreed, found = find(a=layer(entities=[ADA]), b=layer(entities=[ADA, BO]))
    assert [reading.entities for reading in agreed] == [(ADA,)]
    (dispute,) = found
    assert (dispute.kind, dispute.start, dispute.end) == ("entity", *at("Bo Blue"))
    assert dispute.readings == (Reading(annotator="a"), Reading(annotator="b", entities=(BO,)))


@pytest.mark.parametrize(
    "change", [{"label": "ORG"}, {"entity_id": "ent-9"}, {"sense": "place"}, {"end": 8}]
)
def test_every_part_of_an_entity_can_be_disputed(change) -> None:
    other = msgspec.structs.replace(ADA, **change)
    agreed, found = find(a=layer(entities=[ADA]), b=layer(entities=[other]))
    assert agreed == ()
    assert [[r.entities for r in d.readings] for d in found] == [[(ADA,), (other,)]]


def test_spans_that_a_third_connects_are_one_dispute() -> None:
    long = entity(1, "Ada Green met Bo Blue")
    _, found = find(a=layer(entities=[ADA, BO]), b=layer(entities=[long]))
    assert [(d.start, d.end) for d in found] == [(0, 21)]
    assert len(found[0].readings[0].entities) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"polarity": "against"},
        {"attribution": "direct"},
        {"flags": ("negated",)},
        {"holder": Holder(kind="unnamed", type="firm")},
        {"holder": Holder(kind="author", type="firm")},
        {"end": at("praised")[1]},
    ],
)
def test_every_part_of_a_stance_can_be_disputed(change) -> None:
    one = stance(1, "praised the pact", AUTHOR)
    other = msgspec.structs.replace(one, **change)
    agreed, found = find(a=layer(stances=[one]), b=layer(stances=[other]))
    assert agreed == ()
    assert [[r.stances for r in d.readings] for d in found] == [[(one,), (other,)]]


def test_stances_of_one_sentence_and_target_are_side_by_side_and_others_are_not() -> None:
    a = layer(stances=[stance(1, "praised", AUTHOR), stance(2, "wait", AUTHOR)])
    b = layer(stances=[stance(1, "Omland", AUTHOR), stance(2, "wait", AUTHOR, target="T2")])
    _, found = find(a=a, b=b)
    places = [(d.start, d.end, [len(r.stances) for r in d.readings]) for d in found]
    wait = at("wait")
    assert places[0] == (at("praised")[0], at("Omland")[1], [1, 1])
    assert sorted(places[1:]) == [(*wait, [0, 1]), (*wait, [1, 0])]


def test_a_stance_that_all_have_is_not_drawn_into_a_dispute_beside_it() -> None:
    both = stance(1, "praised", AUTHOR)
    more = stance(2, "praised the pact", Holder(kind="unnamed"))
    agreed, (dispute,) = find(a=layer(stances=[both]), b=layer(stances=[both, more]))
    assert [reading.stances for reading in agreed] == [(both,)]
    assert [len(reading.stances) for reading in dispute.readings] == [0, 1]


def test_a_holder_is_the_linked_entity_wherever_it_is_mentioned() -> None:
    second = msgspec.structs.replace(ADA, start=23, end=26)
    one = stance(1, "praised", FIRST)
    a, b = layer(entities=[ADA], stances=[one]), layer(entities=[second], stances=[one])
    _, found = find(a=a, b=b)
    assert {dispute.kind for dispute in found} == {"entity"}
    unlinked = [layer(entities=[msgspec.structs.replace(e, entity_id="")], stances=[one])
                for e in (ADA, second)]  # fmt: skip
    _, found = find(a=unlinked[0], b=unlinked[1])
    assert {dispute.kind for dispute in found} == {"entity", "stance"}


def test_a_holder_s_type_can_be_disputed() -> None:
    one = stance(1, "praised", FIRST)
    typed = stance(1, "praised", msgspec.structs.replace(FIRST, type="firm"))
    _, found = find(
        a=layer(entities=[ADA], stances=[one]), b=layer(entities=[ADA], stances=[typed])
    )
    assert [dispute.kind for dispute in found] == ["stance"]


def test_spans_that_only_touch_are_two_disputes() -> None:
    _, found = find(a=layer(entities=[ADA]), b=layer(entities=[entity(1, " met")]))
    assert [(d.start, d.end) for d in found] == [(0, 9), (9, 13)]


def test_author_stances_and_flags_are_disputed_one_by_one() -> None:
    def said(target, polarity):
        return AuthorStance(target=target, polarity=polarity)

    a = layer(author=[said("T1", "favor"), said("T2", "favor")], flags=["x", "y"])
    b = layer(author=[said("T1", "favor"), said("T2", "mixed")], flags=["y"])
    agreed, found = find(a=a, b=b)
    assert {(r.author, r.flags) for r in agreed} == {((said("T1", "favor"),), ()), ((), ("y",))}
    assert {(d.kind, d.start, d.end) for d in found} == {("author", 0, 0), ("flag", 0, 0)}


def test_a_key_is_of_the_readings_and_not_of_ids_notes_or_quotes() -> None:
    def key(**change):
        one = msgspec.structs.replace(stance(1, "praised", FIRST), **change)
        return find(a=layer(entities=[ADA], stances=[one]), b=layer(entities=[ADA]))[1][0].key

    assert len(key()) == 16
    assert key() == key(note="n", quote="q", id="s9")
    assert key() != key(polarity="against")
    moved = msgspec.structs.replace(ADA, start=23, end=26)
    held = layer(entities=[ADA, moved], stances=[stance(1, "praised", FIRST)])
    other = msgspec.structs.replace(held, entities=(moved, msgspec.structs.replace(ADA, id="e2")))
    keys = {find(a=one, b=layer(entities=[ADA, moved]))[1][0].key for one in (held, other)}
    assert len(keys) == 2
    relabelled = find(a=layer(), b=layer(entities=[ADA]))[1][0].key
    assert relabelled != find(b=layer(), a=layer(entities=[ADA]))[1][0].key


def test_most_of_three_can_be_enough() -> None:
    layers = {
        "a": layer(entities=[ADA, BO]),
        "b": layer(entities=[ADA]),
        "c": layer(entities=[msgspec.structs.replace(ADA, label="ORG")]),
    }
    assert len(disputes("d", layers, sentences=SENTENCES)[1]) == 2
    assert disputes("d", layers, sentences=SENTENCES, agreed_by=2)[1] == ()
    assert settle(layers, agreed_by=2).entities == (ADA,)


@pytest.mark.parametrize(("annotators", "agreed_by"), [("ab", 1), ("abcd", 2), ("a", 0)])
def test_half_of_the_annotators_are_no_majority(annotators, agreed_by) -> None:
    with pytest.raises(AdjudicationError, match="no majority"):
        settle({name: layer() for name in annotators}, agreed_by=agreed_by)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ({}, "no annotator's layer"),
        ({"other": layer()}, "no annotator can be called"),
        ({"a": layer(), "b": msgspec.structs.replace(layer(), digest="x")}, "in their digest"),
        ({"a": layer(), "b": msgspec.structs.replace(layer(), scheme="2")}, "in their scheme"),
        ({"a": msgspec.structs.replace(layer(), document="x")}, "layers are of 'x'"),
        ({"a": layer(stances=[stance(1, "praised", FIRST)])}, "stance s1 names the holder 'e1'"),
    ],
)
def test_layers_that_do_not_belong_together_are_refused(layers, message) -> None:
    with pytest.raises(AdjudicationError, match=message):
        settle(layers)


# --- settling ---


def test_one_layer_stands_as_it_is() -> None:
    one = layer(entities=[ADA], stances=[stance(1, "praised", FIRST, note="n")], flags=["x"])
    assert settle({"a": one}) == msgspec.structs.replace(one, annotator="judge")


def test_open_disputes_are_named() -> None:
    layers = {"a": layer(entities=[ADA]), "b": layer(entities=[BO])}
    first, second = find(**layers)[1]
    with pytest.raises(AdjudicationError, match=f"d: 1 of 2 disputes are open: {second.key}"):
        settle(layers, [choose(first, "a")])
    assert settle(layers, [choose(first, "a"), choose(second, "a")]).entities == (ADA,)


def test_a_decision_on_readings_that_have_changed_is_stale_and_not_used() -> None:
    layers = {"a": layer(entities=[ADA]), "b": layer()}
    decision = choose(find(**layers)[1][0], "a")
    assert stale("d", layers, [decision], sentences=SENTENCES) == ()
    changed = layers | {"a": layer(entities=[msgspec.structs.replace(ADA, label="ORG")])}
    elsewhere = msgspec.structs.replace(decision, document="x")
    assert stale("d", changed, [decision, elsewhere], sentences=SENTENCES) == (decision,)
    with pytest.raises(AdjudicationError, match="open"):
        settle(changed, [decision])


def test_other_stands_instead_even_if_it_is_nothing() -> None:
    layers = {"a": layer(entities=[ADA]), "b": layer(entities=[entity(1, "Ada")])}
    (dispute,) = find(**layers)[1]
    green = entity(7, "Green")
    reading = Reading(annotator="judge", entities=(green,))
    settled = settle(layers, [choose(dispute, "other", reading=reading)])
    assert settled.entities == (msgspec.structs.replace(green, id="e1"),)
    nothing = Reading(annotator="judge")
    assert settle(layers, [choose(dispute, "other", reading=nothing)]).entities == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "flag"}, "is about flag, the dispute about entity"),
        ({"choice": "c"}, "chooses 'c', which is neither 'other' nor one of a, b"),
        ({"choice": "other"}, "must hold a reading if, and only if"),
        ({"reading": Reading(annotator="j")}, "must hold a reading if, and only if"),
        (
            {"choice": "other", "reading": Reading(annotator="j", flags=("x",))},
            "its reading holds flag",
        ),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(change, message) -> None:
    layers = {"a": layer(entities=[ADA]), "b": layer()}
    decision = choose(find(**layers)[1][0], "a")
    with pytest.raises(AdjudicationError, match=message):
        settle(layers, [msgspec.structs.replace(decision, **change)])


def test_two_decisions_on_one_dispute_must_be_the_same() -> None:
    layers = {"a": layer(entities=[ADA]), "b": layer()}
    (dispute,) = find(**layers)[1]
    assert settle(layers, [choose(dispute, "a")] * 2).entities == (ADA,)
    with pytest.raises(AdjudicationError, match="decided twice and differently"):
        settle(layers, [choose(dispute, "a"), choose(dispute, "b")])
    elsewhere = msgspec.structs.replace(choose(dispute, "b"), document="x")
    assert settle(layers, [choose(dispute, "a"), elsewhere]).entities == (ADA,)


def test_entities_may_not_overlap_in_the_end() -> None:
    layers = {"a": layer(entities=[ADA, BO]), "b": layer(entities=[BO])}
    (dispute,) = find(**layers)[1]
    reading = Reading(annotator="judge", entities=(entity(1, "Ada Green met B"),))
    message = r"PERSON at \[0, 15\) and PERSON at \[14, 21\)"
    with pytest.raises(AdjudicationError, match=message):
        settle(layers, [choose(dispute, "other", reading=reading)])


def test_the_author_has_one_stance_on_a_target() -> None:
    twice = [AuthorStance(target="T1", polarity=polarity) for polarity in ("favor", "mixed")]
    with pytest.raises(AdjudicationError, match="two stances on T1, favor and mixed"):
        settle({"a": layer(author=twice)})


def holders(wide: Entity, chosen: str, reading: Reading | None = None) -> Annotation:
    """Both see the same stance; `a` holds it by ADA, `b` by a wider mention."""
    one = stance(1, "praised", FIRST)
    layers = {"a": layer(entities=[ADA], stances=[one]),
              "b": layer(entities=[wide], stances=[one])}  # fmt: skip
    found = find(**layers)[1]
    return settle(
        layers,
        [
            choose(d, chosen, reading=reading) if d.kind == "entity" else choose(d, "a")
            for d in found
        ],
    )


def test_holders_point_to_the_entity_that_stands() -> None:
    wide = entity(1, "Ada Green met", link="ent-1")
    relinked = msgspec.structs.replace(ADA, entity_id="ent-5")
    for settled in (
        holders(wide, "a"),
        holders(wide, "b"),
        holders(wide, "other", Reading(annotator="j", entities=(entity(1, "Ada", link="ent-1"),))),
        holders(relinked, "b"),
    ):
        (found,) = settled.stances
        assert settled.mention(found) == settled.entities[0]


@pytest.mark.parametrize(
    "reading",
    [
        Reading(annotator="j"),
        Reading(annotator="j", entities=(entity(1, "Ada", link="ent-5"),)),
        Reading(annotator="j", entities=(entity(1, "Ada"),)),
    ],
)
def test_a_holder_that_does_not_stand_is_an_error_that_names_the_stance(reading) -> None:
    wide = entity(1, "Ada Green met", link="ent-1")
    message = r"stance on T1 at \[27, 34\) has its holder at \[0, 9\) \(ent-1\)"
    with pytest.raises(AdjudicationError, match=message):
        holders(wide, "other", reading)


def test_an_unlinked_holder_is_not_whatever_else_stands_there() -> None:
    ada, wide = (msgspec.structs.replace(e, entity_id="") for e in (ADA, WIDE))
    layers = {"a": layer(entities=[ada], stances=[stance(1, "praised", FIRST)]),
              "b": layer(entities=[wide])}  # fmt: skip
    decisions = {d.kind: choose(d, "a") for d in find(**layers)[1]}
    assert settle(layers, decisions.values()).entities == (ada,)
    decisions["entity"] = msgspec.structs.replace(decisions["entity"], choice="b")
    with pytest.raises(AdjudicationError, match=r"\(unlinked\), where no adjudicated entity"):
        settle(layers, decisions.values())


def test_an_agreed_holder_may_be_any_of_the_mentions_it_was_seen_by() -> None:
    second = msgspec.structs.replace(ADA, start=23, end=26)
    one = stance(1, "praised", FIRST)
    layers = {"a": layer(entities=[ADA], stances=[one]),
              "b": layer(entities=[second], stances=[one])}  # fmt: skip
    for name, expected in (("a", ADA), ("b", second)):
        settled = settle(layers, [choose(d, name) for d in find(**layers)[1]])
        assert settled.mention(settled.stances[0]) == expected


def test_what_merges_keeps_notes_quotes_and_what_was_set_by_hand() -> None:
    by_rule = msgspec.structs.replace(ADA, origin="prediction")
    by_hand = msgspec.structs.replace(ADA, quote="Ada Green")
    one = stance(1, "praised", FIRST)
    layers = {
        "a": layer(entities=[by_rule], stances=[one]),
        "b": layer(entities=[by_hand], stances=[msgspec.structs.replace(one, note="n")]),
    }
    settled = settle(layers)
    assert settled.entities == (by_hand,)
    assert settled.stances[0].note == "n"
    untouched = settle({"a": layers["a"], "c": layers["a"]})
    assert untouched.entities[0].origin == "prediction"


# --- properties ---

LABELS = st.sampled_from(["A", "B"])


@st.composite
def annotations(draw) -> Annotation:
    """A layer over three sentences of ten characters: flat entities, no stance twice."""
    starts = draw(st.lists(st.integers(0, 29), unique=True, max_size=6).map(sorted))
    ends = [*starts[1:], 30][: len(starts)]
    entities = [
        Entity(
            id=f"x{n}",
            start=start,
            end=draw(st.integers(start + 1, end)),
            label=draw(LABELS),
            entity_id=draw(st.sampled_from(["", "p", "q"])),
        )
        for n, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
    mentions = [Holder(kind="mention", mention=e.id) for e in entities]
    unique: dict[object, Stance] = {}
    for n in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, 29))
        one = Stance(
            id=f"y{n}",
            start=start,
            end=draw(st.integers(start + 1, 30)),
            holder=draw(st.sampled_from([Holder(kind="author"), *mentions])),
            target=draw(st.sampled_from("PQ")),
            polarity=draw(LABELS),
            attribution=draw(LABELS),
            flags=draw(st.sampled_from([(), ("f",), ("f", "g")])),
        )
        unique[identity(one, entities)[:-2]] = one
    author = draw(st.dictionaries(st.sampled_from("PQ"), LABELS))
    return Annotation(
        document="d",
        digest="",
        scheme="",
        annotator="",
        entities=tuple(entities),
        stances=tuple(unique.values()),
        author=tuple(AuthorStance(target=t, polarity=p) for t, p in author.items()),
        flags=tuple(draw(st.sets(LABELS))),
    )


def identity(one: Stance, entities) -> tuple:
    held = next((e for e in entities if one.holder.mention == e.id), None)
    who = "author" if held is None else held.entity_id or (held.start, held.end)
    return one.start, one.end, one.target, one.polarity, who, one.attribution, one.flags


def identities(annotation: Annotation) -> set[tuple]:
    """Everything an annotation says, as plain values."""
    said: set[tuple] = {(e.start, e.end, e.label, e.entity_id) for e in annotation.entities}
    said |= {identity(one, annotation.entities) for one in annotation.stances}
    return said | {(a.target, a.polarity) for a in annotation.author} | {*annotation.flags}


GRID = tuple(Span(start, start + 10) for start in (0, 10, 20))
LAYERS = st.lists(annotations(), min_size=1, max_size=3).map(
    lambda layers: dict(zip("abc", layers, strict=False))
)


def decide_all(layers, choice) -> list[Decision]:
    return [choose(d, choice(d)) for d in disputes("d", layers, sentences=GRID)[1]]


def judged(layers, decisions) -> Annotation:
    return adjudicate("d", layers, decisions, adjudicator="", sentences=GRID)


@given(annotations(), st.integers(1, 3))
def test_identical_layers_give_that_layer(one, number) -> None:
    assert judged(dict.fromkeys("abc"[:number], one), []) == canonical(one)


@given(LAYERS)
def test_the_order_of_annotators_and_decisions_is_irrelevant(layers) -> None:
    backwards = dict(reversed(layers.items()))
    assert disputes("d", layers, sentences=GRID) == disputes("d", backwards, sentences=GRID)
    decisions = decide_all(layers, lambda _: "a")
    assert judged(layers, decisions) == judged(backwards, decisions[::-1])


@given(LAYERS)
def test_who_is_always_chosen_gets_all_it_said_and_nothing_else(layers) -> None:
    for name, one in layers.items():
        settled = judged(layers, decide_all(layers, lambda _, name=name: name))
        assert identities(settled) == identities(one)


@given(LAYERS, st.data())
def test_everything_comes_from_a_layer_and_nothing_agreed_is_lost(layers, data) -> None:
    decisions = decide_all(layers, lambda _: data.draw(st.sampled_from(sorted(layers))))
    try:
        settled = identities(judged(layers, decisions))
    except AdjudicationError as error:
        assert "where no adjudicated entity stands" in str(error)
        return
    said = [identities(one) for one in layers.values()]
    relinked = {item[:4] for one in said for item in one if len(item) == 7}
    for item in settled:
        # A chosen stance keeps all but its holder's link when the entity was linked otherwise.
        assert item in set.union(*said) or (len(item) == 7 and item[:4] in relinked)
    assert {i for i in set.intersection(*said) if len(i) != 7} <= settled


@given(LAYERS)
def test_a_dispute_is_where_readings_differ_and_keys_are_unique(layers) -> None:
    found = disputes("d", layers, sentences=GRID)[1]
    assert len({dispute.key for dispute in found}) == len(found)
    for dispute in found:
        assert [reading.annotator for reading in dispute.readings] == sorted(layers)
        plain = {msgspec.structs.replace(r, annotator="") for r in dispute.readings}
        assert len(plain) > 1


# --- worksheets ---

DOCUMENT = StandoffDocument(
    id="d",
    characters=len(TEXT),
    digest=sha256(TEXT),
    raw_sha256="",
    cleaner="",
    sections=(),
    sentences=SENTENCES,
)
WIDE = entity(1, "Ada Green met", link="ent-1")
PAIR = {
    "a": layer(entities=[ADA], stances=[stance(1, "praised the pact", FIRST)]),
    "b": layer(entities=[WIDE, msgspec.structs.replace(BO, id="e2")]),
}


def ground(**change) -> Ground:
    found = find(**PAIR)[1]
    values = {"ships": True, "text": TEXT, "registry": {"ent-1", "ent-2"}} | change
    return Ground(document=DOCUMENT, layers=PAIR, disputes=found, scheme=SCHEME, **values)


def sheet(kind: str, /, **filled) -> Worksheet:
    """The worksheet of PAIR with the first dispute of a kind filled in."""
    made = worksheet(DOCUMENT, find(**PAIR)[1], SCHEME, text=TEXT)
    forms = list(made.disputes)
    at_ = next(n for n, form in enumerate(forms) if form.kind == kind)
    values = {"choice": "other", "reason": "merge"} | filled
    if isinstance(values.get("reading"), dict):
        values["reading"] = msgspec.convert(values["reading"], ReadingForm)
    forms[at_] = msgspec.structs.replace(forms[at_], **values)
    return msgspec.structs.replace(made, disputes=tuple(forms))


STANCE = {
    "evidence": at("wait and see"),
    "holder": "unnamed:firm",
    "target": "T2",
    "polarity": "against",
    "attribution": "direct",
}


def test_a_worksheet_shows_the_readings_in_their_sentence() -> None:
    made = worksheet(DOCUMENT, find(**PAIR)[1], SCHEME, text=TEXT)
    forms = {form.kind: form for form in made.disputes}
    marked = {name: form.marked for name, form in forms["entity"].readings.items()}
    assert marked["a"] in ("⟦Ada Green⟧ met Bo Blue.", "Ada Green met Bo Blue.")
    (one,) = forms["stance"].readings["a"].stances
    assert forms["stance"].readings["a"].marked == "Ada ⟦praised the pact⟧ with Omland."
    assert (one.evidence, one.holder.mention) == (at("praised the pact"), at("Ada Green"))
    assert one.holder.words == "Ada Green"
    assert made.reasons == SCHEME.names("reasons")
    blind = worksheet(DOCUMENT, find(**PAIR)[1], SCHEME)
    assert not any(
        word in msgspec.json.encode(blind).decode() for word in TEXT.split() if word[0].isupper()
    )


def test_marks_stand_around_holders_and_evidence_that_touch() -> None:
    blue = Entity(id="e1", start=57, end=61, label="PERSON")
    one = Stance(id="s1", start=57, end=66, holder=FIRST, target="T1", polarity="favor")
    found = find(a=layer(entities=[blue], stances=[one]), b=layer(entities=[blue]))[1]
    made = worksheet(DOCUMENT, found, SCHEME, text=TEXT)
    expected = "⟦⟨Blue⟩ said⟧ he would wait and see."
    assert made.disputes[0].readings["a"].marked == expected


def test_marks_that_touch_do_not_cross() -> None:
    pair = [entity(1, "Ada Green"), entity(2, " met")]
    found = find(a=layer(entities=pair), b=layer(entities=[entity(1, "Ada Green met")]))[1]
    made = worksheet(DOCUMENT, found, SCHEME, text=TEXT)
    assert made.disputes[0].readings["a"].marked == "⟦Ada Green⟧⟦ met⟧ Bo Blue."


def test_what_was_filled_in_stays_when_the_worksheet_is_made_again() -> None:
    before = sheet("stance", note="mine")
    again = worksheet(DOCUMENT, find(**PAIR)[1], SCHEME, text=TEXT, before=before)
    assert again == before


def test_a_choice_becomes_a_decision_and_what_is_blank_does_not() -> None:
    filled = sheet("stance", choice="a", reason="missed", note=" it is there ")
    decisions, problems = decided(filled, ground(), by="judge")
    key = next(d.key for d in find(**PAIR)[1] if d.kind == "stance")
    assert problems == []
    assert decisions == [
        Decision(document="d", dispute=key, kind="stance", choice="a", reason="missed",
                 note="it is there", by="judge")
    ]  # fmt: skip


@given(LAYERS)
def test_a_reading_written_down_and_read_back_settles_the_same(layers) -> None:
    """To write what an annotator said as `other` is as good as to choose the annotator."""
    document = msgspec.structs.replace(DOCUMENT, digest="", characters=30, sentences=(Span(0, 30),))
    labels = msgspec.structs.replace(SCHEME.entities[0], id="A", senses=())
    scheme = msgspec.structs.replace(
        SCHEME,
        version="",
        entities=(labels, msgspec.structs.replace(labels, id="B", hotkey="")),
        propositions=tuple(msgspec.structs.replace(SCHEME.propositions[0], id=i) for i in "PQ"),
        polarities=(
            option := tuple(msgspec.structs.replace(SCHEME.reasons[0], id=i) for i in "AB")
        ),
        attributions=option,
        document_flags=option,
        stance_flags=tuple(msgspec.structs.replace(SCHEME.reasons[0], id=i) for i in "fg"),
    )
    found = disputes("d", layers, sentences=document.sentences)[1]
    made = worksheet(document, found, scheme)
    forms = [
        msgspec.structs.replace(f, choice="other", reason="merge", reading=f.readings["a"])
        for f in made.disputes
    ]
    on = Ground(document=document, layers=layers, disputes=found, scheme=scheme,
                registry={"p", "q"}, ships=False)  # fmt: skip
    made = msgspec.structs.replace(made, disputes=tuple(forms))
    decisions, problems = decided(made, on, by="judge")
    assert problems == []
    settled = adjudicate("d", layers, decisions, adjudicator="", sentences=document.sentences)
    assert identities(settled) == identities(layers["a"])


def test_an_other_reading_of_a_stance_names_its_holder_by_span_or_link() -> None:
    for mention, span in (
        (at("Bo Blue"), at("Bo Blue")),
        ("ent-2", at("Bo Blue")),
        ("ent-1", at("Ada Green met")),
    ):
        reading = {"stances": [STANCE | {"holder": {"mention": mention, "type": "firm"}}]}
        (decision,), problems = decided(sheet("stance", reading=reading), ground(), by="judge")
        assert problems == []
        (one,), (held,) = decision.reading.stances, decision.reading.entities
        assert one.holder == Holder(kind="mention", mention=held.id, type="firm")
        assert (held.start, held.end) == span
        assert one.quote == "wait and see"


def test_a_decision_on_a_text_that_may_not_ship_holds_no_word_of_it() -> None:
    reading = {"entities": [[*at("Green"), "PERSON", "ent-1"]]}
    for ships, quote in ((True, "Green"), (False, "")):
        filled = sheet("entity", reading=reading, note="only her family name")
        (decision,), problems = decided(filled, ground(ships=ships), by="judge")
        assert problems == []
        assert decision.reading.entities[0].quote == quote
    assert "Bo" not in held_by_bo(ships=False) and "Bo" in held_by_bo(ships=True)


def held_by_bo(*, ships: bool) -> str:
    """A decision whose holder's mention has a quote in its layer, as JSON."""
    quoted = msgspec.structs.replace(BO, quote="Bo Blue")
    layers = PAIR | {"b": layer(entities=[WIDE, msgspec.structs.replace(quoted, id="e2")])}
    reading = {"stances": [STANCE | {"holder": {"mention": "ent-2"}}]}
    on = ground(ships=ships)._replace(layers=layers)
    (decision,), _ = decided(sheet("stance", reading=reading), on, by="judge")
    return msgspec.json.encode(decision).decode()


LAST = "he: Blue said he would WAIT, and see"


@pytest.mark.parametrize(
    ("note", "copied"), [(LAST.removeprefix("he: "), False), ("Omland " + LAST[4:], True)]
)
def test_notes_on_a_text_that_may_not_ship_are_in_own_words(note, copied) -> None:
    for filled in (
        sheet("entity", choice="a", note=note),
        sheet("stance", reading={"stances": [STANCE | {"note": note}]}),
    ):
        problems = decided(filled, ground(ships=False), by="judge")[1]
        assert ["8 words in a row" in problem for problem in problems] == [True] * copied
        assert decided(filled, ground(ships=True), by="judge")[1] == []


def test_a_holder_may_be_an_entity_that_another_decision_makes() -> None:
    green = {"entities": [[*at("Green"), "PERSON", "nil-green"]]}
    for mention in (at("Green"), "nil-green"):
        reading = {"stances": [STANCE | {"holder": {"mention": mention}}]}
        alone = sheet("stance", reading=reading)
        assert "is the holder" in decided(alone, ground(), by="judge")[1][0]
        beside = sheet("entity", reading=green).disputes[0]
        assert beside.choice == "other"
        both = msgspec.structs.replace(
            alone, disputes=(beside, *(f for f in alone.disputes if f.dispute != beside.dispute))
        )
        decisions, problems = decided(both, ground(), by="judge")
        assert problems == []
        on_record = [decision for decision in decisions if decision.kind == "entity"]
        assert decided(alone, ground(earlier=on_record), by="judge")[1] == []


@pytest.mark.parametrize(
    ("kind", "filled", "message"),
    [
        ("entity", {"choice": ""}, "filled in, but has no choice"),
        ("entity", {"choice": "z"}, "the choice 'z' is not one of a, b, other"),
        ("entity", {"choice": "a", "reason": "so"}, "the reason 'so' is not one of guideline"),
        ("entity", {}, "'other' needs a reading"),
        ("entity", {"choice": "a", "reading": {}}, "used only with 'other'"),
        ("entity", {"kind": "flag", "reading": {}}, "is about entity, not flag"),
        ("entity", {"dispute": "0" * 16, "reading": {}}, "is no dispute of the layers any more"),
        ("entity", {"reading": {"entities": [[0, 200, "ORG"]]}}, "outside the text of 89"),
        ("entity", {"reading": {"entities": [[5, 5, "ORG"]]}}, "is empty or outside"),
        ("entity", {"reading": {"entities": [[-1, 5, "ORG"]]}}, "is empty or outside"),
        ("entity", {"reading": {"entities": [[18, 26, "ORG"]]}}, "not inside one sentence"),
        ("entity", {"reading": {"entities": [[0, 3, "X"]]}}, "the label 'X' is not one of"),
        ("entity", {"reading": {"entities": [[0, 3, "GPE", "", "x"]]}}, "sense of GPE 'x'"),
        ("entity", {"reading": {"entities": [[0, 3, "ORG", "ent-7"]]}}, "'ent-7' is neither"),
        ("entity", {"reading": {"flags": ["sensitive"]}}, "its reading holds flag"),
        ("entity", {"reading": {"flags": ["x"]}}, "the document flag 'x'"),
        ("entity", {"reading": {"author": {"T1": "yes"}}}, "the polarity 'yes'"),
        ("entity", {"reading": {"author": {"T": "favor"}}}, "the target 'T'"),
        ("stance", {"reading": {"entities": [[0, 3, "ORG"]]}}, "mentions of its holders"),
    ],
)
def test_a_faulty_form_is_explained(kind, filled, message) -> None:
    _, problems = decided(sheet(kind, **filled), ground(), by="judge")
    assert any(message in problem and "dispute " in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"evidence": (20, 30)}, "the evidence [20, 30) is not inside one sentence"),
        ({"target": "T99"}, "the target 'T99' is not one of T1"),
        ({"target": None}, "the target None"),
        ({"polarity": "for"}, "the polarity 'for'"),
        ({"attribution": "told"}, "the attribution 'told'"),
        ({"flags": ["loud"]}, "the stance flag 'loud'"),
        ({"holder": "AUTHOR"}, "the holder 'AUTHOR' is none"),
        ({"holder": "mention"}, "the holder 'mention' is none"),
        ({"holder": None}, "the holder None is none"),
        ({"holder": "unnamed:king"}, "the holder type 'king'"),
        ({"holder": {"mention": [0, 4]}}, "is the holder (0, 4)"),
        ({"holder": {"mention": "ent-8"}}, "is the holder 'ent-8'"),
        ({"holder": {"mention": [0, 9], "type": "king"}}, "the holder type 'king'"),
    ],
)
def test_a_faulty_stance_is_explained(change, message) -> None:
    filled = sheet("stance", reading={"stances": [STANCE | change]})
    decisions, problems = decided(filled, ground(), by="judge")
    assert [message in problem for problem in problems] == [True], problems
    assert decisions == []


def test_a_worksheet_of_another_text_or_with_a_form_twice_is_refused() -> None:
    filled = sheet("stance", choice="a")
    other = msgspec.structs.replace(filled, digest="x")
    assert "another document, text or scheme" in decided(other, ground(), by="judge")[1][0]
    forms: tuple[DisputeForm, ...] = filled.disputes * 2
    twice = msgspec.structs.replace(filled, disputes=forms)
    problems = decided(twice, ground(), by="judge")[1]
    assert problems and all("twice" in problem for problem in problems)
