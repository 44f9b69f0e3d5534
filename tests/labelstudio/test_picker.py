"""Ids picked from the registry: the list, and how what is picked goes out and comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from studio_annotations import SCHEME, decode, make

from ijcorpus.annotation import Entity, RegistryEntry
from ijcorpus.errors import RecordError
from ijcorpus.labelstudio import config, tasks
from ijcorpus.labelstudio.picker import picks

LABEL = SCHEME.label_names[0]
REGISTRY = Path(__file__).parents[2] / "annotations" / "registry.jsonl"
TEXT = "Anna backs it."


def entry(identity: str, name: str, **fields: Any) -> RegistryEntry:
    blank: dict[str, Any] = {"label": LABEL, "side": None, "aliases": (), "ambiguous": ()}
    return RegistryEntry(
        id=identity, name=name, **(blank | {"note": "", "verified": True} | fields)
    )


def committed() -> list[RegistryEntry]:
    lines = REGISTRY.read_bytes().splitlines()
    return [msgspec.json.decode(line, type=RegistryEntry) for line in lines]


def shown(*entries: RegistryEntry) -> list[str]:
    return [pick.shown for pick in picks(entries)]


# The list


def test_a_line_has_what_an_entry_is_searched_by() -> None:
    anna = entry("a", "Anna Lind", side="JP", aliases=("Lind", "anna", "A. L."), note="A singer")
    (pick,) = picks([anna])
    assert (pick.id, pick.shown, pick.hint) == ("a", f"Anna Lind · {LABEL} JP · A. L.", "A singer")


def test_lines_are_by_name_whatever_its_case() -> None:
    listed = [entry("3", "bo"), entry("2", "Cy"), entry("4", "Anna"), entry("1", "bo", side="JP")]
    assert [pick.id for pick in picks(listed)] == ["4", "1", "3", "2"]


def test_only_namesakes_are_told_apart_by_note_and_id() -> None:
    assert shown(
        entry("a", "Osaka"),
        entry("b", "OSAKA", note="The prefecture"),
        entry("c", "Osaka", side="JP"),
    ) == [
        f"Osaka · {LABEL} · a",
        f"OSAKA · {LABEL} · The prefecture · b",
        f"Osaka · {LABEL} JP",
    ]


@given(st.lists(st.tuples(st.text("aA ", max_size=2), st.sampled_from([None, "JP"])), max_size=8))
def test_no_two_lines_are_alike(said: list[tuple[str, str | None]]) -> None:
    listed = picks(entry(f"ent-{n}", name, side=side) for n, (name, side) in enumerate(said))
    assert len({pick.shown.casefold() for pick in listed}) == len(said)
    assert {pick.id for pick in listed} == {f"ent-{n}" for n in range(len(said))}


@pytest.mark.parametrize("ids", [("a", "b", "a"), ("a", ""), (" a",), ("a\n",)])
def test_an_id_that_cannot_be_stored_or_is_not_unique_is_refused(ids: tuple[str, ...]) -> None:
    with pytest.raises(RecordError, match="Every entry"):
        picks([entry(identity, f"name {n}") for n, identity in enumerate(ids)])


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"name": "An\x01na"}, "its name"),
        ({"aliases": ("Anna", "Li\x1fnd")}, "its aliases"),
        ({"note": "a\x0csinger"}, "its note"),
        ({"side": "J\x00P"}, "its side"),
        ({"label": f"{LABEL}\ufffe"}, "its label"),
    ],
)
def test_a_character_that_no_xml_can_hold_is_refused_with_its_entry(
    fields: dict[str, Any], place: str
) -> None:
    listed = [entry("ent-1", "Bo"), entry("ent-2", **({"name": "Anna"} | fields))]
    with pytest.raises(RecordError, match=rf"entry 'ent-2' .*control character U\+.* in {place},"):
        config.labeling_config(SCHEME, listed)


@given(st.text(max_size=9), st.text(max_size=9))
def test_a_configuration_is_well_formed_or_refused(name: str, note: str) -> None:
    try:
        xml = config.labeling_config(SCHEME, [entry("ent-1", name, note=note)])
    except RecordError:
        with pytest.raises(ElementTree.ParseError):
            ElementTree.fromstring(f"<a>{escape(name + note)}</a>")
        return
    (item,) = next(ElementTree.fromstring(xml).iter("Taxonomy"))
    assert item.get("alias") == "ent-1"


# The configuration


def test_the_corpus_s_whole_registry_is_offered() -> None:
    registry = committed()
    xml = config.labeling_config(SCHEME, registry)
    assert config.pickable(xml) == {one.id for one in registry}
    lines = shown(*registry)
    assert len(set(lines)) == len(lines) == len(registry)


def test_without_a_registry_there_is_nothing_to_pick() -> None:
    xml = config.labeling_config(SCHEME)
    assert config.pickable(xml) == frozenset()
    assert config.PICKER not in config.controls(xml)


def test_the_list_is_of_entities_and_gives_their_ids() -> None:
    nasty = "a < b & \"c\" 'd' <View/>"
    xml = config.labeling_config(SCHEME, [entry("ent-1", nasty, note=nasty)])
    (box,) = ElementTree.fromstring(xml).iter("Taxonomy")
    (item,) = box
    assert (item.get("alias"), item.get("value"), item.get("hint")) == (
        "ent-1",
        f"{nasty} · {LABEL}",
        nasty,
    )
    assert (box.get("perRegion"), box.get("whenTagName")) == ("true", config.ENTITY)
    assert (box.get("whenLabelValue") or "").split(",") == list(SCHEME.label_names)


# What is picked


def said(control: str, kind: str, value: Any, identity: str = "e1") -> dict[str, Any]:
    name = "text" if kind == "textarea" else kind
    return {
        "id": identity,
        "from_name": control,
        "type": kind,
        "value": {"start": 0, "end": 4, name: value},
    }


def picked(value: Any, identity: str = "e1") -> dict[str, Any]:
    return said(config.ENTITY_PICK, "taxonomy", value, identity)


def typed(value: Any) -> dict[str, Any]:
    return said(config.ENTITY_ID, "textarea", value)


def unlinked() -> list[dict[str, Any]]:
    mention = Entity(id="e1", start=0, end=4, label=LABEL, quote="Anna")
    return tasks.result(make(TEXT, entities=(mention,)), TEXT, SCHEME)


@pytest.mark.parametrize(
    ("items", "linked"),
    [
        ([picked([["ent-1"]])], "ent-1"),
        ([typed(["nil-anna"])], "nil-anna"),
        ([picked([["ent-1"]]), typed(["ent-1"])], "ent-1"),
        ([typed([" ent-1 "]), picked([["ent-1"]])], "ent-1"),
        ([picked([]), typed(["nil-anna"])], "nil-anna"),
        ([picked([["ent-1"]]), typed([" "])], "ent-1"),
        ([picked([["ent-1"]]), typed([])], "ent-1"),
    ],
)
def test_an_id_that_is_picked_or_typed_is_the_entity_s(
    items: list[dict[str, Any]], linked: str
) -> None:
    decoded = decode([*unlinked(), *items], TEXT)
    assert [e.entity_id for e in decoded.annotation.entities] == [linked]
    assert not decoded.findings
    assert not decoded.quarantined


@pytest.mark.parametrize("first", ["picked", "typed"])
def test_of_two_ids_the_typed_one_is_put_aside(first: str) -> None:
    pick, other = picked([["ent-1"]]), typed(["nil-anna"])
    items = [pick, other] if first == "picked" else [other, pick]
    decoded = decode([*unlinked(), *items], TEXT)
    assert [e.entity_id for e in decoded.annotation.entities] == ["ent-1"]
    (finding,) = decoded.findings
    assert (finding.code, finding.severity) == ("studio-two-ids", "error")
    assert (finding.location.start, finding.location.end) == (0, 4)
    assert "'ent-1'" in finding.message
    assert "'nil-anna'" in finding.message
    assert decoded.quarantined == (other,)


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (picked([["group", "ent-1"]]), "studio-unknown-choice"),
        (picked([[]]), "studio-unknown-choice"),
        (picked({"id": "ent-1"}), "studio-unknown-choice"),
        (picked([["ent-1"], ["ent-2"]]), "studio-double-value"),
        (picked([["ent-1"]], "e9"), "studio-orphan"),
        (said(config.POLARITY, "taxonomy", [["ent-1"]]), "studio-orphan"),
    ],
)
def test_what_is_no_single_pick_is_put_aside(item: dict[str, Any], code: str) -> None:
    decoded = decode([*unlinked(), item], TEXT)
    assert [finding.code for finding in decoded.findings] == [code]
    assert decoded.quarantined == (item,)
    assert [e.entity_id for e in decoded.annotation.entities] == [""]
