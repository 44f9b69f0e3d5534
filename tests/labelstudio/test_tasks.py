from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studio_annotations import LISTED, SCHEME, TYPED, annotations, decode, make

from ijcorpus.annotation import Annotation, AuthorStance, Entity, Holder, Stance
from ijcorpus.document import Document, RawMap, sha256
from ijcorpus.errors import StudioError, TextMismatchError
from ijcorpus.labelstudio import config, tasks
from ijcorpus.labelstudio.decode import Decoded, annotation_of
from ijcorpus.labelstudio.origins import with_origins

LABEL, OTHER = SCHEME.label_names[:2]
SENSED = next(label for label in SCHEME.entities if label.senses)


def codes(decoded: Decoded) -> list[str]:
    return [finding.code for finding in decoded.findings]


def entity(text: str, quote: str, identity: str = "e1", **fields: Any) -> Entity:
    start = text.index(quote)
    return Entity(
        id=identity,
        start=start,
        end=start + len(quote),
        **{"label": LABEL, "quote": quote} | fields,
    )


def stance(text: str, quote: str, identity: str = "s1", **fields: Any) -> Stance:
    start = text.index(quote)
    return Stance(id=identity, start=start, end=start + len(quote), quote=quote, **fields)


@given(annotations(), st.frozensets(st.sampled_from([LISTED, TYPED])))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_goes_out_comes_back(made: tuple[str, Annotation], pickable: frozenset[str]) -> None:
    """Whatever of the ids is picked and whatever is typed."""
    text, annotation = made
    result = tasks.result(annotation, text, SCHEME, pickable)
    picked = [i["value"]["taxonomy"] for i in result if i.get("from_name") == config.ENTITY_PICK]
    typed = [i["value"]["text"] for i in result if i.get("from_name") == config.ENTITY_ID]
    ids = Counter(e.entity_id for e in annotation.entities if e.entity_id)
    assert Counter(path[0] for (path,) in picked) == Counter(
        {name: n for name, n in ids.items() if name in pickable}
    )
    assert Counter(typed_id for (typed_id,) in typed) == Counter(
        {name: n for name, n in ids.items() if name not in pickable}
    )
    decoded = decode(result, text)
    assert decoded.annotation == annotation
    assert not decoded.findings
    assert not decoded.quarantined


@given(annotations())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_offsets_in_utf16_units_are_found_and_mended(made: tuple[str, Annotation]) -> None:
    """Wrong units are mended wherever the quote proves them, and never guessed elsewhere."""
    text, annotation = made
    result = tasks.result(annotation, text, SCHEME)
    for item in result:
        value = item.get("value", {})
        for side in ("start", "end"):
            if side in value:
                value[side] = len(text[: value[side]].encode("utf-16-le")) // 2
    decoded = decode(result, text)
    if len(decoded.annotation.entities) == len(annotation.entities) and not decoded.quarantined:
        quotes = sorted(e.quote.split() for e in annotation.entities)
        assert sorted(e.quote.split() for e in decoded.annotation.entities) == quotes
    for found in (*decoded.annotation.entities, *decoded.annotation.stances):
        assert text[found.start : found.end] == found.quote


TEXT = "👍🏽 Anna Lind backs  the law.\nBo Ek waits."


def region(start: Any, end: Any, said: Any, label: str = LABEL, **more: Any) -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": [label]} | (
        {"text": said} if said is not None else {}
    )
    kind = "stance" if label == SCHEME.stance.id else "entity"
    item = {"id": "r1", "from_name": kind, "to_name": "text", "type": "labels", "value": value}
    return item | more


def test_a_task_carries_its_key() -> None:
    document = Document(
        id="doc-1",
        text=TEXT,
        sections=(),
        sentences=(),
        raw_map=RawMap(()),
        raw_sha256="",
        cleaner="none",
    )
    data = tasks.task(document, "A title")["data"]
    assert data["text"] == TEXT
    assert data["ij_key"] == f"doc-1@{sha256(TEXT)}"
    assert (data["document"], data["title"]) == ("doc-1", "A title")


@pytest.mark.parametrize("bad", ["a\rb", "a\0b", "a\ud800b", "e\u0301"])
def test_texts_the_server_does_not_keep_are_refused(bad: str) -> None:
    with pytest.raises(StudioError, match="doc"):
        tasks.gate_text("doc", bad)


def test_utf16_offsets_are_mended_and_reported() -> None:
    place = TEXT.index("Anna")
    decoded = decode([region(place + 2, place + 11, "Anna Lind")], TEXT)
    assert [e.quote for e in decoded.annotation.entities] == ["Anna Lind"]
    assert codes(decoded) == ["studio-utf16-offsets"]


@pytest.mark.parametrize("by", [-8, -1, 1, 8])
def test_a_span_beside_the_only_place_of_its_quote_is_moved_and_reported(by: int) -> None:
    text = "0123456789 Anna Lind backs it, they say."
    decoded = decode([region(11 + by, 20 + by, "Anna Lind")], text)
    assert [(e.start, e.quote) for e in decoded.annotation.entities] == [(11, "Anna Lind")]
    (finding,) = decoded.findings
    assert (finding.code, finding.severity, finding.level) == ("studio-moved-span", "warning", 3)
    assert f"[{11 + by}, {20 + by})" in finding.message
    assert "[11, 20]" in finding.message
    assert "Anna" not in finding.message


@pytest.mark.parametrize(
    "item",
    [
        region(2, 11, "Anna Lind"),
        region(20, 29, "Anna Lind"),
        region(12, 20, "Anna Lind"),
        region(36, 38, "Bo"),
    ],
)
def test_a_span_that_was_moved_far_or_has_two_places_is_put_aside(item: dict[str, Any]) -> None:
    text = "0123456789 Anna Lind backs it with Bo and Bo."
    decoded = decode([item], text)
    assert codes(decoded) == ["studio-quote-differs"]
    assert decoded.quarantined == (item,)


def test_white_space_is_trimmed_and_reported() -> None:
    place = TEXT.index("Anna")
    decoded = decode([region(place - 1, place + 10, " Anna Lind ")], TEXT)
    assert [e.quote for e in decoded.annotation.entities] == ["Anna Lind"]
    assert codes(decoded) == ["studio-trimmed"]


def test_label_studio_s_own_wording_of_line_ends_and_spaces_is_taken() -> None:
    start, end = TEXT.index("backs"), TEXT.index(" waits")
    decoded = decode([region(start, end, "backs the law.\\nBo Ek", SCHEME.stance.id)], TEXT)
    assert not decoded.findings
    assert decoded.annotation.stances[0].quote == TEXT[start:end]


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (region(0, 3, "Anna"), "studio-quote-differs"),
        (region(5, 500, "Anna"), "studio-quote-differs"),
        (region(5, 500, None), "studio-quote-differs"),
        (region(TEXT.index("waits"), 500, "waits."), "studio-quote-differs"),
        (region(5, 5, ""), "studio-bad-offsets"),
        (region(9, 5, "x"), "studio-bad-offsets"),
        (region(-1, 5, "x"), "studio-bad-offsets"),
        (region(1.0, 5, "x"), "studio-bad-offsets"),
        (region(None, None, "x"), "studio-bad-offsets"),
        (region(2, 3, " "), "studio-empty-span"),
        (region(3, 7, "Anna", "NOBODY"), "studio-unknown-label"),
        (region(3, 7, "Anna", from_name="other"), "studio-unknown-label"),
        (region(3, 7, "Anna", id=""), "studio-unknown-label"),
        ({"type": "rectangle"}, "studio-unknown-item"),
        ({}, "studio-unknown-item"),
        (
            {"id": "x", "type": "choices", "from_name": "polarity", "value": {"choices": ["?"]}},
            "studio-orphan",
        ),
        ({"id": "x", "type": "choices", "from_name": "new", "value": {}}, "studio-orphan"),
        (
            {"type": "choices", "from_name": "author_NONE", "value": {"choices": ["x"]}},
            "studio-unknown-choice",
        ),
        (
            {"type": "choices", "from_name": "document_flags", "value": {"choices": ["x"]}},
            "studio-unknown-choice",
        ),
        ({"type": "relation", "from_id": "a", "to_id": "b"}, "studio-unknown-relation"),
    ],
)
def test_what_is_not_understood_is_reported_and_kept(item: dict[str, Any], code: str) -> None:
    decoded = decode([item], TEXT)
    assert codes(decoded) == [code]
    assert decoded.quarantined == (item,)
    assert decoded.annotation == make(TEXT)


def test_unknown_values_on_a_region_are_reported() -> None:
    text = "Anna backs it."
    annotation = make(text, entities=(entity(text, "Anna"),), stances=(stance(text, "backs"),))
    result = tasks.result(annotation, text, SCHEME)
    place = {"start": 5, "end": 10, "text": "backs"}
    known, other = SCHEME.polarity_names[:2]
    wrong = [
        {"id": "s1", "type": "choices", "from_name": "polarity", "value": place | {"choices": c}}
        for c in (["?"], [known, other], [known], [other])
    ]
    decoded = decode([*result, *wrong], text)
    assert codes(decoded) == ["studio-unknown-choice", "studio-double-value", "studio-double-value"]
    assert decoded.annotation.stances[0].polarity == known


def test_two_regions_of_one_id_are_reported() -> None:
    text = "Anna and Bo"
    items = [region(0, 4, "Anna"), region(9, 11, "Bo")]
    assert codes(decode(items, text)) == ["studio-double-id"]


@pytest.mark.parametrize("labels", [[], ["holder"], None])
@pytest.mark.parametrize("back", [False, True])
def test_a_relation_drawn_by_hand_is_the_holder(labels: list[str] | None, back: bool) -> None:
    text = "Anna backs it."
    annotation = make(text, entities=(entity(text, "Anna"),), stances=(stance(text, "backs"),))
    ends = ("e1", "s1") if back else ("s1", "e1")
    relation: dict[str, Any] = {"type": "relation", "from_id": ends[0], "to_id": ends[1]}
    relation |= {} if labels is None else {"labels": labels}
    decoded = decode([*tasks.result(annotation, text, SCHEME), relation], text)
    assert decoded.annotation.stances[0].holder == Holder(kind="mention", mention="e1")
    assert not decoded.findings


@pytest.mark.parametrize(
    ("kind", "mentions", "held"),
    [
        ("mention", [], "studio-holder"),
        ("author", ["e1"], "studio-holder"),
        ("mention", ["e1", "e2"], "studio-holder"),
        (None, [], None),
    ],
)
def test_holders_that_contradict_themselves_are_reported(
    kind: str | None, mentions: list[str], held: str | None
) -> None:
    text = "Anna and Bo backs it."
    annotation = make(
        text,
        entities=(entity(text, "Anna"), entity(text, "Bo", "e2")),
        stances=(stance(text, "backs"),),
    )
    result = tasks.result(annotation, text, SCHEME)
    if kind:
        value = {"start": 12, "end": 17, "text": "backs", "choices": [kind]}
        result.append({"id": "s1", "type": "choices", "from_name": "holder_kind", "value": value})
    result += [{"type": "relation", "from_id": "s1", "to_id": name} for name in mentions]
    decoded = decode(result, text)
    assert codes(decoded) == ([held] if held else [])
    assert decoded.annotation.stances[0].holder is None


def test_no_word_of_the_text_is_in_a_finding() -> None:
    items = [region(0, 3, "Anna"), region(4, 9, " a L"), region(2, 3, " ")]
    for finding in decode(items, TEXT).findings:
        assert "Anna" not in msgspec.json.encode(finding).decode()


def test_another_text_is_refused() -> None:
    with pytest.raises(TextMismatchError, match="doc"):
        annotation_of([], document="doc", text="x", digest="no", scheme=SCHEME, annotator="anna")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"entities": (Entity(id="e1", start=0, end=99, label=LABEL),)}, "99"),
        ({"entities": (Entity(id="e1", start=0, end=4, label=LABEL, quote="Bob!"),)}, "quotes"),
        ({"entities": (Entity(id="e1", start=0, end=4, label=LABEL),) * 2}, "twice"),
        (
            {
                "stances": (
                    Stance(id="s1", start=0, end=4, holder=Holder(kind="mention", mention="e9")),
                )
            },
            "e9",
        ),
        (
            {
                "author": (
                    AuthorStance(target=SCHEME.target_names[0], polarity=SCHEME.polarity_names[0]),
                )
                * 2
            },
            "author",
        ),
    ],
)
def test_the_gate_refuses_and_names_the_place(fields: dict[str, Any], message: str) -> None:
    text = "Anna backs it."
    with pytest.raises(StudioError, match=message) as caught:
        tasks.result(make(text, **fields), text, SCHEME)
    assert "doc by anna" in str(caught.value)


def test_predictions_are_numbered_and_marked() -> None:
    text = "Bo met Anna."
    found = (entity(text, "Anna", "x", entity_id="ent-1"), entity(text, "Bo", "y"))
    prediction = tasks.predictions(found, text, "v1")
    assert prediction["model_version"] == "v1"
    decoded = decode(prediction["result"], text)
    assert [(e.id, e.quote, e.entity_id, e.origin) for e in decoded.annotation.entities] == [
        ("e1", "Bo", "", "prediction"),
        ("e2", "Anna", "ent-1", "prediction"),
    ]


def test_entities_that_equal_a_prelabel_are_marked() -> None:
    text = "Anna met Bo in Oslo with Cy."
    sense = SENSED.senses[0]
    made = make(
        text,
        entities=(
            entity(text, "Anna", "e1", entity_id="ent-1"),
            entity(text, "Bo", "e2", entity_id="ent-2"),
            entity(text, "Oslo", "e3", label=SENSED.id, sense=sense),
            entity(text, "Cy", "e4", label=OTHER),
        ),
    )
    predicted = (
        entity(text, "Anna", "p1", entity_id="ent-1"),
        entity(text, "Bo", "p2", entity_id="ent-9"),
        entity(text, "Oslo", "p3", label=SENSED.id),
        entity(text, "Cy", "p4"),
    )
    origins = [e.origin for e in with_origins(made, predicted).entities]
    assert origins == ["prediction", "manual", "prediction", "manual"]
