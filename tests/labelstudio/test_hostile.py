"""Exports that nobody meant to make: no traceback, and nothing disappears without a word."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ijcorpus.annotation import Annotation, Annotator, canonical
from ijcorpus.document import sha256
from ijcorpus.errors import CorpusError
from ijcorpus.labelstudio import tasks
from ijcorpus.labelstudio.decode import annotation_of
from ijcorpus.labelstudio.harvest import Pulled, Snapshot, harvest
from ijcorpus.scheme import read_scheme

SCHEME = read_scheme((Path(__file__).parents[2] / "annotations" / "scheme.toml").read_text())
TEXT = "👍🏽 Anna Lind backs  the law, 東京.\nBo Ek waits in \u1ec7x. שלום\n"
DIGEST = sha256(TEXT)
ANNA = Annotator(id="anna", kind="human", description="", email="anna@example.org")
USERS = {"1": "anna@example.org", "2": "boss@example.org"}
CONTROLS = [
    "entity",
    "stance",
    "entity_id",
    "entity_pick",
    "polarity",
    "target",
    "attribution",
    "holder_kind",
    "holder_type",
    "stance_flags",
    "note",
    "document_flags",
    "author_T1",
    "sense_GPE",
    "x",
]
KINDS = ["labels", "choices", "textarea", "taxonomy", "relation", "rectangle"]
VALUES = [*SCHEME.label_names, SCHEME.stance.id, *SCHEME.polarity_names, *SCHEME.target_names, "?"]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 90),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(VALUES),
)
junk = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def or_junk(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(strategy, strategy, strategy, junk)


@st.composite
def values(draw: st.DrawFn) -> Any:
    start = draw(st.integers(-1, len(TEXT)))
    end = draw(st.integers(-1, len(TEXT) + 2))
    value: dict[str, Any] = {"start": start, "end": end}
    if draw(st.booleans()):
        value["text"] = draw(
            or_junk(st.sampled_from([TEXT[max(start, 0) : max(end, 0)], "Anna", ["a note"]]))
        )
    for kind in draw(st.sets(st.sampled_from(["labels", "choices"]), max_size=2)):
        value[kind] = draw(or_junk(st.lists(st.sampled_from(VALUES), max_size=2)))
    if draw(st.booleans()):
        path = st.lists(st.sampled_from(["ent-1", "ent-2", " "]), min_size=1, max_size=2)
        value["taxonomy"] = draw(or_junk(st.lists(or_junk(path), max_size=2)))
    for name in draw(st.sets(st.sampled_from(["start", "end"]), max_size=1)):
        value[name] = draw(junk)
    return value


@st.composite
def items(draw: st.DrawFn) -> Any:
    item = {
        "id": draw(or_junk(st.sampled_from(["r1", "r2", "r3"]))),
        "from_name": draw(or_junk(st.sampled_from(CONTROLS))),
        "to_name": "text",
        "type": draw(or_junk(st.sampled_from(KINDS))),
        "value": draw(or_junk(values())),
        "from_id": draw(or_junk(st.sampled_from(["r1", "r2"]))),
        "to_id": draw(or_junk(st.sampled_from(["r1", "r2"]))),
        "labels": draw(or_junk(st.sampled_from([[], ["holder"]]))),
        "origin": draw(or_junk(st.sampled_from(["manual", "prediction"]))),
    }
    for name in draw(st.sets(st.sampled_from(sorted(item)), max_size=3)):
        del item[name]
    return item


@st.composite
def exported(draw: st.DrawFn) -> Any:
    def annotation() -> Any:
        return {
            "id": draw(or_junk(st.integers(1, 99))),
            "completed_by": draw(or_junk(st.sampled_from([1, 1, 1, 2, {"id": 1}]))),
            "updated_by": draw(or_junk(st.sampled_from([1, 2, None]))),
            "updated_at": draw(
                or_junk(st.sampled_from(["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"]))
            ),
            "was_cancelled": draw(or_junk(st.booleans())),
            "result": draw(or_junk(st.lists(or_junk(items()), max_size=5))),
        }

    listed = [annotation() for _ in range(draw(st.integers(0, 3)))]
    key = draw(or_junk(st.sampled_from([f"doc@{DIGEST}", f"other@{DIGEST}", "doc@no", "", "@"])))
    return {
        "id": draw(or_junk(st.integers(1, 9))),
        "data": draw(or_junk(st.just({"text": draw(or_junk(st.just(TEXT))), "ij_key": key}))),
        "annotations": draw(or_junk(st.just([*listed, *draw(st.lists(junk, max_size=1))]))),
        "drafts": draw(
            or_junk(st.lists(or_junk(st.just({"user": 1, "result": [{"id": "d"}]})), max_size=2))
        ),
    }


def pull(listed: list[Any]) -> Pulled:
    snapshot = Snapshot(
        project="p", config="<View/>", model_version="", users=USERS, tasks=tuple(listed)
    )
    return harvest(snapshot, ANNA, SCHEME, {"doc": DIGEST, "other": DIGEST})


@given(st.lists(or_junk(exported()), max_size=3))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_export_ends_in_a_traceback(listed: list[Any]) -> None:
    before = copy.deepcopy(listed)
    try:
        pulled = pull(listed)
    except CorpusError:
        return
    assert repr(listed) == repr(before)
    msgspec.json.encode(pulled)
    for document, annotation in pulled.annotations.items():
        assert pulled.states[document] == "done"
        assert canonical(annotation) == annotation
        for found in (*annotation.entities, *annotation.stances):
            assert TEXT[found.start : found.end] == found.quote
            assert found.quote == found.quote.strip() != ""
    own = [a for task in listed for a in annotations_of(task)]
    if own and not pulled.annotations:
        assert pulled.findings


def annotations_of(task: Any) -> list[Any]:
    """The annotator's own finished annotations with something in them, in a task of ours."""
    listed = task.get("annotations") if isinstance(task, dict) else None
    return [
        a
        for a in (listed if isinstance(listed, list) else [])
        if isinstance(a, dict) and a.get("completed_by") == 1 and a.get("result")
    ]


@given(st.lists(items(), max_size=8))
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_everything_is_in_the_layer_or_set_aside(result: list[Any]) -> None:
    """Every item was taken as it says, or put aside with a finding that is an error."""
    decoded = annotation_of(
        result, document="doc", text=TEXT, digest=DIGEST, scheme=SCHEME, annotator="anna"
    )
    aside = [id(item) for item in decoded.quarantined]
    errors = [finding for finding in decoded.findings if finding.severity == "error"]
    assert len(errors) >= len(decoded.quarantined)
    made = decoded.annotation
    taken = [item for item in result if id(item) not in aside]
    spans = [item for item in taken if item.get("type") == "labels"]
    assert len(made.entities) + len(made.stances) == len(spans)
    labels = sorted(item["value"]["labels"][0] for item in spans)
    assert labels == sorted(
        [e.label for e in made.entities] + [SCHEME.stance.id] * len(made.stances)
    )
    held = [f for f in errors if f.code == "studio-holder"]
    for item in taken:
        for said in spoken(item):
            assert said in words(made) or held or said in SCHEME.names("holder_kinds"), item


def spoken(item: Any) -> list[str]:
    """The values that an item other than a span gives."""
    names = {"choices": "choices", "textarea": "text", "taxonomy": "taxonomy"}
    name = names.get(str(item.get("type")))
    if name is None or not isinstance(item.get("value"), dict):
        return []
    said = item["value"].get(name)
    listed = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    steps = [step for one in listed for step in (one if isinstance(one, list) else [one])]
    return [str(step) for step in steps if str(step).strip()]


def words(made: Annotation) -> str:
    return repr(msgspec.to_builtins(made)) + "\n".join(
        [*(s.note for s in made.stances), *(e.entity_id for e in made.entities)]
    )


@given(st.lists(items(), max_size=8))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_was_understood_goes_out_and_comes_back_as_it_is(result: list[Any]) -> None:
    def decode(said: list[Any]) -> Any:
        return annotation_of(
            said, document="doc", text=TEXT, digest=DIGEST, scheme=SCHEME, annotator="anna"
        )

    once = decode(result).annotation
    again = decode(tasks.result(once, TEXT, SCHEME))
    assert again.annotation == once
    assert not again.findings


@pytest.mark.parametrize("unknown", [{"type": "ranker"}, {"type": "labels", "from_name": "later"}])
def test_what_is_not_known_is_kept_word_for_word(unknown: dict[str, Any]) -> None:
    item = {"id": "n1", "value": {"start": 0, "end": 2, "more": [1, {"deep": None}]}} | unknown
    task = {
        "id": 1,
        "data": {"text": TEXT, "ij_key": f"doc@{DIGEST}"},
        "annotations": [{"id": 1, "completed_by": 1, "result": [item]}],
    }
    pulled = pull([task])
    (finding,) = pulled.findings
    (aside,) = pulled.quarantined["doc"]
    assert aside.item == item
    assert (aside.code, aside.reason) == (finding.code, finding.message)
    assert finding.severity == "error"


def test_what_has_no_shape_is_kept_with_its_reason() -> None:
    pulled = pull([7])
    (aside,) = pulled.quarantined[""]
    assert (aside.code, aside.item) == ("studio-unknown-shape", 7)
    assert "no task" in aside.reason
