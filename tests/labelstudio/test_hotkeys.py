"""Which key chooses what: of the scheme, or a free one; and what a push says when keys change."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from studio_site import plain

from ijcorpus.document import sha256
from ijcorpus.errors import SchemeError
from ijcorpus.labelstudio import config, tasks
from ijcorpus.labelstudio.api import Task
from ijcorpus.labelstudio.cases import REASON, RULING, adjudication_config
from ijcorpus.labelstudio.hotkeys import NO_KEY, TAKEN, keyed
from ijcorpus.labelstudio.plan import There, planned
from ijcorpus.scheme import LabelScheme, Option, read_scheme

FOLDER = Path(__file__).parents[2] / "annotations"
SCHEME = read_scheme((FOLDER / "scheme.toml").read_text())
SMALL = read_scheme((Path(__file__).parents[1] / "fixtures" / "checks" / "scheme.toml").read_text())


def before_keys(xml: str) -> str:
    """A configuration as it was when only the scheme gave keys."""
    named = re.sub(r'value="([^"]+) \[shift\+.\]" alias="\1"', r'value="\1"', xml)
    found = re.sub(rf' hotkey="(shift\+.|{NO_KEY})"', "", named)
    assert found != named != xml
    return found


def changed(scheme: LabelScheme, **fields: object) -> LabelScheme:
    return msgspec.structs.replace(scheme, **fields)


def keys(xml: str) -> dict[str, dict[str, str | None]]:
    """Every control's values with their keys."""
    boxes = [e for e in ElementTree.fromstring(xml).iter() if e.tag in ("Labels", "Choices")]
    return {
        box.get("name", ""): {
            item.get("alias") or item.get("value", ""): item.get("hotkey") for item in box
        }
        for box in boxes
    }


def test_every_value_that_is_seen_has_a_key_and_the_scheme_s_stays() -> None:
    found = keys(config.labeling_config(SCHEME))
    digits = [f"shift+{key}" for key in "1234567890"]
    assert list(found["target"].values()) == digits
    for control, values in found.items():
        assert (NO_KEY in values.values()) == control.startswith(config.AUTHOR)
        assert all(values.values())
    for name, control in (("polarities", "polarity"), ("attributions", "attribution")):
        assert found[control] == {o.id: o.hotkey for o in getattr(SCHEME, name)}


def test_a_list_that_opens_says_its_keys() -> None:
    root = ElementTree.fromstring(config.labeling_config(SCHEME))
    (box,) = (e for e in root.iter("Choices") if e.get("name") == config.HOLDER_TYPE)
    for item, option in zip(box, SCHEME.holder_types, strict=True):
        assert item.get("value") == f"{option.id} [{item.get('hotkey')}]"
        assert item.get("alias") == option.id


def test_the_same_scheme_gives_the_same_keys_and_a_key_of_the_scheme_s_is_free_no_more() -> None:
    assert keyed(SCHEME) == keyed(SCHEME)
    first = msgspec.structs.replace(SCHEME.polarities[0], hotkey="Shift+1")
    taken = changed(SCHEME, polarities=(first, *SCHEME.polarities[1:]))
    found = keys(config.labeling_config(taken))
    assert found["polarity"][first.id] == "Shift+1"
    assert list(found["target"].values())[0] == "shift+2"


@pytest.mark.parametrize("key", sorted(TAKEN))
def test_a_key_that_label_studio_needs_is_given_to_nothing(key: str) -> None:
    first = msgspec.structs.replace(SCHEME.polarities[0], hotkey=key)
    label = msgspec.structs.replace(SCHEME.entities[0], hotkey=key.upper())
    other = changed(
        SCHEME,
        polarities=(first, *SCHEME.polarities[1:]),
        entities=(label, *SCHEME.entities[1:]),
    )
    found = keys(config.labeling_config(other))
    assert found["polarity"][first.id] == "shift+a"
    assert found["entity"][label.id] == ""
    assert not TAKEN.intersection(str(k).lower() for of in found.values() for k in of.values())


def test_one_key_for_two_is_refused_whatever_its_case() -> None:
    first = msgspec.structs.replace(SCHEME.polarities[0], hotkey="S")
    with pytest.raises(SchemeError, match="'s' is used twice"):
        config.labeling_config(changed(SCHEME, polarities=(first, *SCHEME.polarities[1:])))
    types = tuple(msgspec.structs.replace(o, hotkey="1") for o in SCHEME.holder_types[:1])
    with pytest.raises(SchemeError, match="'1' is used twice"):
        config.labeling_config(changed(SCHEME, holder_types=types))


def test_beyond_the_free_keys_a_list_that_opens_has_none() -> None:
    many = tuple(Option(id=f"type{n}", description="") for n in range(40))
    found = keys(config.labeling_config(changed(SCHEME, holder_types=many)))
    assert list(found["target"].values())[-1] == "shift+0"
    assert list(found["holder_type"].values())[25:27] == ["shift+z", NO_KEY]
    assert found["document_flags"] == dict.fromkeys(SCHEME.names("document_flags"))
    shown = config.controls(config.labeling_config(changed(SCHEME, holder_types=many)))
    assert shown["Choices holder_type"] == {option.id for option in many}


def test_a_smaller_scheme_has_keys_for_all_too() -> None:
    found = keys(config.labeling_config(SMALL))
    given = [key for values in found.values() for key in values.values() if key != NO_KEY]
    assert all(given)
    assert len(set(given)) == len(given)


def test_the_ruling_is_left_the_plain_keys() -> None:
    found = keys(adjudication_config(SCHEME, ["anna", "bo"]))
    for control in (RULING, REASON):
        assert set(found.pop(control).values()) == {None}
    plain_keys = {
        key for values in found.values() for key in values.values() if len(key or "") == 1
    }
    assert not plain_keys & set("qtzvbjkl")
    assert all(key for values in found.values() for key in values.values())


@pytest.mark.parametrize("both", [(), ("new",)])
def test_other_keys_alone_are_no_migration(both: tuple[str, ...]) -> None:
    """In either direction, with work done and a draft begun."""
    text = "Anna met Bo."
    now = config.labeling_config(SCHEME)
    old, new = (now, before_keys(now)) if both else (before_keys(now), now)
    data: dict[str, Any] = {"text": text, "ij_key": tasks.key("doc", sha256(text))}
    item = {
        "id": "s1",
        "from_name": config.HOLDER_TYPE,
        "to_name": config.TEXT,
        "type": "choices",
        "value": {"start": 0, "end": 4, "choices": [SCHEME.holder_types[0].id]},
    }
    task = Task(id=1, data=data, annotations=({"id": 1, "result": [item]},), predictions=())
    there = There(
        project={"id": 1, "label_config": old},
        tasks={task.key: task},
        begun=frozenset({1}),
        drafts=([item],),
    )
    found = planned("anna", there, new, [plain("doc", text)], (), "", {})
    assert (found.change, found.migrates, found.keep) == ("look", False, ("doc",))
    assert not (found.blocked or found.added or found.lost or found.renamed or found.rewritten)
