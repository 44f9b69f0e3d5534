"""The quick way through an export says what the careful way says, or leaves the task to it."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from studio_annotations import LISTED, SCHEME, annotations
from test_hostile import exported, junk, or_junk

from ijcorpus.annotation import Annotation, Annotator
from ijcorpus.document import sha256
from ijcorpus.labelstudio import config, tasks
from ijcorpus.labelstudio.harvest import Harvest, Pulled, Snapshot, harvest
from ijcorpus.labelstudio.plain import PlainReader

ANNA = Annotator(id="anna", kind="human", description="", email="anna@example.org")
USERS = {"1": "anna@example.org", "2": "boss@example.org", "3": "anna@example.org"}


def task(text: str, annotation: Annotation) -> dict[str, Any]:
    """A finished task, as a server gives it."""
    result = tasks.result(annotation, text, SCHEME, [LISTED])
    work = {"id": 7, "completed_by": 1, "updated_by": 1, "was_cancelled": False, "result": result}
    data = {"text": text, "ij_key": f"doc@{sha256(text)}", "document": "doc", "title": "T"}
    return {"id": 3, "data": data, "annotations": [work], "drafts": [], "predictions": [1]}


def raw(item: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(item))


def careful(listed: list[Any], digests: dict[str, str]) -> Pulled:
    told = tuple(msgspec.json.decode(raw(item)) for item in listed)
    snapshot = Snapshot(project="p", config="", model_version="", users=USERS, tasks=told)
    return harvest(snapshot, ANNA, SCHEME, digests)


def quick(listed: list[Any], digests: dict[str, str]) -> Pulled:
    reader = Harvest(USERS, ANNA, SCHEME, digests)
    layers = list(reader.layers(map(raw, listed)))
    for layer in layers:
        assert sha256(layer.text) == layer.annotation.digest
    made = {layer.annotation.document: layer.annotation for layer in layers}
    assert len(made) == len(layers)
    return reader.pulled(made)


def plain(item: object) -> bool:
    return PlainReader(USERS, ANNA, SCHEME, {}).read(raw(item)) is not None


@given(annotations())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_work_with_nothing_odd_goes_the_quick_way(made: tuple[str, Annotation]) -> None:
    text, annotation = made
    item = task(text, annotation)
    assert plain(item) == bool(item["annotations"][0]["result"])
    assert quick([item], {}) == careful([item], {})
    assert quick([item], {}).annotations == {"doc": annotation}


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A finished task with up to three changes anywhere in it."""
    item = task(*draw(annotations()))
    for _ in range(draw(st.integers(0, 3))):
        places = list(inside(item))
        holder, name = draw(st.sampled_from(places))
        other, place = draw(st.sampled_from(places))
        kind = draw(st.sampled_from(["other", "other", "junk", "delete", "twice"]))
        if kind == "delete":
            del holder[name]
        elif kind == "twice" and isinstance(holder, list):
            holder.insert(draw(st.integers(0, len(holder))), copy.deepcopy(holder[name]))
        elif kind == "junk":
            holder[name] = draw(junk)
        else:
            holder[name] = copy.deepcopy(other[place])
    return item


def inside(value: Any) -> Any:
    """Every place in JSON: what holds it, and by which name or number."""
    named = value.items() if isinstance(value, dict) else enumerate(value)
    for name, inner in list(named):
        yield value, name
        if isinstance(inner, dict | list):
            yield from inside(inner)


@given(st.lists(mutated(), min_size=1, max_size=3), st.booleans())
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_changed_both_ways_say_the_same(listed: list[Any], outdated: bool) -> None:
    digests = {"doc": "another"} if outdated else {}
    try:
        told = careful(listed, digests)
    except (OverflowError, ValueError):  # a number that JSON does not keep, or a foreign text
        assume(False)
    assert quick(listed, digests) == told


@given(st.lists(or_junk(exported()), max_size=3))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_hostile_exports_are_read_the_careful_way(listed: list[Any]) -> None:
    try:
        told = careful(listed, {})
    except (OverflowError, ValueError):
        assume(False)
    assert quick(listed, {}) == told


TEXT = "Anna backs it. Bo waits."


def region(**fields: Any) -> dict[str, Any]:
    value = {"start": 0, "end": 4, "text": "Anna", "labels": [SCHEME.label_names[0]]}
    return {"id": "r1", "from_name": "entity", "type": "labels", "value": value} | fields


def said(name: str, *values: Any, kind: str = "choices", **fields: Any) -> dict[str, Any]:
    value = {"start": 0, "end": 4, "text" if kind == "textarea" else kind: [*values]}
    return {"id": "r1", "from_name": name, "type": kind, "value": value} | fields


def finished(*result: Any, **fields: Any) -> dict[str, Any]:
    empty = Annotation(document="doc", digest=sha256(TEXT), scheme="1", annotator="anna")
    item = task(TEXT, empty)
    item["annotations"][0] |= {"result": [*result]} | fields
    return item


EVIDENCE = {"start": 5, "end": 10, "text": "backs", "labels": [SCHEME.stance.id]}
JUDGED = region(id="s1", from_name="stance", value=EVIDENCE)
HELD = {"type": "relation", "from_id": "s1", "to_id": "r1", "labels": ["holder"]}
FLAGS = sorted(SCHEME.names("document_flags"), reverse=True)[:2]
MARKS = sorted(SCHEME.names("stance_flags"), reverse=True)[:2]
TARGET, POLARITY = SCHEME.target_names[0], SCHEME.polarity_names[0]


@pytest.mark.parametrize(
    "item",
    [
        finished(region()),
        finished(region(origin="prediction", readonly=False, score=0.5)),
        finished(region(), completed_by=3, updated_by=3),
        finished(region(), said(config.ENTITY_ID, " x-1 ", kind="textarea")),
        finished(region(), JUDGED, HELD, said(config.POLARITY, POLARITY, id="s1")),
        finished(region(), JUDGED, HELD, HELD | {"labels": []}),
        finished(region(), said(config.AUTHOR + TARGET, POLARITY, id="d")),
        finished(region(), said(config.DOCUMENT_FLAGS, *FLAGS, id="d")),
        finished(JUDGED, said(config.STANCE_FLAGS, *MARKS, id="s1")),
    ],
)
def test_what_is_plain(item: dict[str, Any]) -> None:
    assert plain(item)
    assert quick([item], {}) == careful([item], {})
    assert not quick([item], {}).findings


@pytest.mark.parametrize(
    "item",
    [
        finished(),
        finished(region(), completed_by=2),
        finished(region(), completed_by={"id": 1}),
        finished(region(), updated_by=3),
        finished(region(), was_cancelled=True),
        finished(region()) | {"drafts": [{"user": 1, "result": [{}]}]},
        finished(region()) | {"annotations": finished(region())["annotations"] * 2},
        finished(region()) | {"data": {"text": TEXT, "ij_key": "doc@0"}},
        finished(region(), region()),
        finished(region(value=region()["value"] | {"text": "Bo"})),
        finished(region(value=region()["value"] | {"end": 5, "text": "Anna "})),
        finished(region(value=region()["value"] | {"start": 0.0})),
        finished(region(value=region()["value"] | {"start": -len(TEXT)})),
        finished(region(value=region()["value"] | {"start": 18, "end": 99, "text": "waits."})),
        finished(region(value=region()["value"] | {"labels": ["?"]})),
        finished(
            region(),
            said(config.ENTITY_ID, "a", kind="textarea"),
            said(config.ENTITY_PICK, ["b"], kind="taxonomy"),
        ),
        finished(region(origin="?")),
        finished(region(meta={"text": ["?"]})),
        finished(region(value=region()["value"] | {"colour": "red"})),
        finished(region(type="rectangle")),
        finished(region(), said(config.ENTITY_ID, "a", kind="textarea"), said(config.ENTITY_PICK)),
        finished(region(), said(config.POLARITY, POLARITY)),
        finished(JUDGED, said(config.POLARITY, "?", id="s1")),
        finished(JUDGED, said(config.POLARITY, *SCHEME.polarity_names[:2], id="s1")),
        finished(JUDGED, *[said(config.POLARITY, id="s1")] * 2),
        finished(JUDGED, said(config.HOLDER_KIND, "mention", id="s1")),
        finished(JUDGED, HELD),
        finished(region(), JUDGED, HELD | {"labels": ["?"]}),
        finished(*[said(config.AUTHOR + TARGET, POLARITY, id="d")] * 2),
        finished(said(config.DOCUMENT_FLAGS, "?", id="d")),
    ],
)
def test_what_takes_a_closer_look(item: dict[str, Any]) -> None:
    assert not plain(item)
    assert quick([item], {}) == careful([item], {})


def test_a_second_task_of_a_document_is_reported() -> None:
    listed = [finished(region()), finished(region(id="r2"))]
    assert [f.code for f in quick(listed, {}).findings] == ["studio-double-task"]
    assert quick(listed, {}) == careful(listed, {})


def test_what_an_annotator_wrote_beside_a_region_is_reported_and_kept() -> None:
    remarked = region(meta={"text": ["Is this one?"]}, note="", readonly=False)
    for read in (quick, careful):
        pulled = read([finished(remarked)], {})
        [finding] = pulled.findings
        assert (finding.code, finding.severity) == ("studio-unknown-field", "warning")
        assert "meta" in finding.message and "note" not in finding.message
        [kept] = pulled.quarantined["doc"]
        assert kept.item == remarked and kept.code == finding.code
        assert [entity.start for entity in pulled.annotations["doc"].entities] == [
            remarked["value"]["start"]
        ]
