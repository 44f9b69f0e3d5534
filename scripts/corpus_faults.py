"""Faults to plant in a corpus, by kind: what goes wrong when corpora are made by hand or script.

Here are the faults of marks; those of files are in `file_faults.py`. A fault is a function of the
corpus root and a source of chance; it damages files below the root and says where, or returns None
where the corpus has no place for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

Plant = Callable[[Path, Random], str | None]
KINDS: dict[str, Plant] = {}
Layer = dict[str, Any]


def kind(name: str) -> Callable[[Plant], Plant]:
    def keep(plant: Plant) -> Plant:
        KINDS[name] = plant
        return plant

    return keep


def load(path: Path) -> Any:
    return json.loads(path.read_text())


def dump(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def relined(path: Path, records: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text(text)


def annotations(root: Path) -> list[Path]:
    folder = root / "annotations"
    return sorted([*folder.glob("layers/*/*.json"), *folder.glob("adjudicated/*.json")])


def shipped(root: Path) -> list[dict[str, Any]]:
    return [s for s in lines(root / "corpus/sources.jsonl") if s["rights"] == "full_text"]


def in_layer(name: str, items: str, change: Callable[[Layer, int, Random], bool | None]) -> None:
    """A fault of one mark, drawn from any layer or adjudication; False says that it cannot be."""

    @kind(name)
    def plant(root: Path, chance: Random) -> str | None:
        path = chance.choice(annotations(root))
        layer = load(path)
        if not layer.get(items):
            return None
        at = chance.randrange(len(layer[items]))
        if change(layer, at, chance) is False:
            return None
        dump(path, layer)
        return f"{path.parent.name}/{path.stem} {items}[{at}]"


def entity(change: Callable[[dict[str, Any], Random], bool | None]) -> Any:
    return lambda layer, at, chance: change(layer["entities"][at], chance)


def stance(change: Callable[[dict[str, Any], Random], bool | None]) -> Any:
    return lambda layer, at, chance: change(layer["stances"][at], chance)


def other(values: list[str], value: str | None, chance: Random) -> str:
    return chance.choice([one for one in values if one != value])


def values(root_layer: Layer, items: str, name: str) -> list[str]:
    return sorted({one[name] for one in root_layer[items] if one.get(name)})


def exchanged(items: str, name: str) -> Any:
    """Another value that the layer itself uses: valid, and wrong."""

    def change(layer: Layer, at: int, chance: Random) -> bool | None:
        known = values(layer, items, name)
        if len(known) < 2:
            return False
        layer[items][at][name] = other(known, layer[items][at].get(name), chance)
        return None

    return change


def shift(mark: dict[str, Any], chance: Random) -> None:
    by = chance.choice([-3, -2, -1, 1, 2, 3])
    mark["start"], mark["end"] = max(0, mark["start"] + by), mark["end"] + by


def cut(mark: dict[str, Any], chance: Random) -> bool | None:
    if mark["end"] - mark["start"] < 4:
        return False
    by = chance.choice([1, 2])
    mark["end"] -= by
    if mark.get("quote"):
        mark["quote"] = mark["quote"][:-by]
    return None


def drop(items: str) -> Any:
    return lambda layer, at, chance: layer[items].pop(at) and None


def again(items: str) -> Any:
    def change(layer: Layer, at: int, chance: Random) -> None:
        layer[items].insert(at, {**layer[items][at], "id": f"x{chance.randrange(9)}"})

    return change


def swap_order(layer: Layer, at: int, chance: Random) -> bool | None:
    if len(layer["entities"]) < 2 or at == 0:
        return False
    marks = layer["entities"]
    marks[at - 1], marks[at] = marks[at], marks[at - 1]
    return None


def dangling(mark: dict[str, Any], chance: Random) -> None:
    mark["holder"] = {"kind": "mention", "mention": "e9999", "type": "government"}


def swapped_holder(layer: Layer, at: int, chance: Random) -> bool | None:
    mark, entities = layer["stances"][at], layer["entities"]
    holder = mark.get("holder") or {}
    if holder.get("kind") != "mention":
        return False
    links = {e["id"]: e.get("entity_id") for e in entities}
    others = [e["id"] for e in entities if e.get("entity_id") != links[holder["mention"]]]
    if not others:
        return False
    holder["mention"] = chance.choice(others)
    return None


def to_author(mark: dict[str, Any], chance: Random) -> bool | None:
    if mark["holder"]["kind"] == "author":
        return False
    mark["holder"] = {"kind": "author"}
    return None


def bytewise(layer: Layer, at: int, chance: Random) -> bool | None:
    """Offsets as if every character before the mark had three bytes."""
    mark = layer["entities"][at]
    if not mark.get("quote") or not mark["start"]:
        return False
    mark["start"], mark["end"] = mark["start"] * 3, mark["end"] * 3
    return None


def setting(name: str, value: Any) -> Callable[[dict[str, Any], Random], None]:
    return lambda mark, chance: mark.update({name: value})


def losing(name: str) -> Callable[[dict[str, Any], Random], bool | None]:
    return lambda mark, chance: None if mark.pop(name, None) else False


def spaced(mark: dict[str, Any], chance: Random) -> bool | None:
    if not mark.get("quote"):
        return False
    mark["end"] += 1
    mark["quote"] += " "
    return None


in_layer("shift an offset", "entities", entity(shift))
in_layer("shift evidence", "stances", stance(shift))
in_layer("cut a mention mid-word", "entities", entity(cut))
in_layer("cut evidence mid-word", "stances", stance(cut))
in_layer("white space at an edge", "entities", entity(spaced))
in_layer("offsets in bytes", "entities", bytewise)
in_layer("mark outside the text", "entities", entity(setting("end", 10**6)))
in_layer("negative offset", "entities", entity(setting("start", -1)))
in_layer("empty mark", "entities", entity(lambda m, c: m.update(end=m["start"])))
in_layer("drop a mention", "entities", drop("entities"))
in_layer("mark a mention twice", "entities", again("entities"))
in_layer("mentions out of order", "entities", swap_order)
in_layer("retag", "entities", exchanged("entities", "label"))
in_layer("unknown label", "entities", entity(setting("label", "MISC")))
in_layer("wrong link", "entities", exchanged("entities", "entity_id"))
in_layer("link to nothing", "entities", entity(setting("entity_id", "ent-99999")))
in_layer("lose a link", "entities", entity(losing("entity_id")))
in_layer("lose a sense", "entities", entity(losing("sense")))
in_layer("wrong sense", "entities", exchanged("entities", "sense"))
in_layer("id twice", "entities", exchanged("entities", "id"))
in_layer("other quote", "entities", entity(setting("quote", "nothing of the kind")))
in_layer("swap holders", "stances", swapped_holder)
in_layer("holder that is no mention", "stances", stance(dangling))
in_layer("holder becomes the author", "stances", stance(to_author))
in_layer("lose a holder", "stances", stance(losing("holder")))
in_layer("other polarity", "stances", exchanged("stances", "polarity"))
in_layer("other target", "stances", exchanged("stances", "target"))
in_layer("unknown target", "stances", stance(setting("target", "T99")))
in_layer("lose a polarity", "stances", stance(losing("polarity")))
in_layer("other attribution", "stances", exchanged("stances", "attribution"))
in_layer("unknown flag", "stances", stance(setting("flags", ["ironic"])))
in_layer("drop a judgement", "stances", drop("stances"))
in_layer("judge twice", "stances", again("stances"))
in_layer("other author stance", "author", exchanged("author", "polarity"))
in_layer("drop an author stance", "author", drop("author"))
in_layer("annotation of another text", "entities", lambda a, n, c: a.update(digest="0" * 64))
in_layer("annotation of another document", "entities", lambda a, n, c: a.update(document="other"))
in_layer("offset that is a word", "entities", entity(lambda m, c: m.update(start=str(m["start"]))))
in_layer("misspelt field", "entities", entity(lambda m, c: m.update(lable=m.pop("label"))))
