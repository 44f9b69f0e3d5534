"""The label scheme: everything an annotator may say, as data.

The scheme is read from `annotations/scheme.toml`; the annotation tool's configuration, the
dataset's label names, the JSON Schema and the guideline index are made from it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cached_property
from typing import Any, cast

import msgspec

from ijcorpus.annotation import Annotation
from ijcorpus.document import Struct
from ijcorpus.errors import SchemeError


class EntityLabel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entity label; `senses` are the values of its sense attribute, `maps` other schemes'."""

    id: str
    description: str
    hotkey: str
    colour: str
    senses: tuple[str, ...] = ()
    maps: dict[str, str] = msgspec.field(default_factory=dict[str, str])


class StanceLabel(Struct, frozen=True, kw_only=True):
    """The label that marks the evidence of a judgement."""

    id: str
    description: str
    hotkey: str
    colour: str


class Proposition(Struct, frozen=True, kw_only=True):
    """A target of stance: a statement one can favour or oppose."""

    id: str
    name: str
    text: str
    favor: str
    hotkey: str = ""


class Option(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value of a closed list; `maps` gives its value in other schemes."""

    id: str
    description: str
    hotkey: str = ""
    maps: dict[str, str | int] = msgspec.field(default_factory=dict[str, str | int])


class SplitRule(Struct, frozen=True, kw_only=True):
    """How a topic is given its split: shares in order, and what goes to test whatever its hash."""

    salt: str
    shares: dict[str, float]
    held_out: str
    held_out_topics: tuple[str, ...]
    held_out_subsets: tuple[str, ...]

    def __post_init__(self) -> None:
        for name, share in self.shares.items():
            if not name.isidentifier() or not 0 < share <= 1:
                raise ValueError(f"split {name!r} with share {share} (a word, and between 0 and 1)")
        if abs(sum(self.shares.values()) - 1) > 1e-6 or self.held_out not in self.shares:
            raise ValueError("the shares must add up to 1, and held_out must be one of the splits")


class LabelScheme(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, dict=True):
    """The whole scheme. Ids are unique within each list, hotkeys over all that share a screen.

    `version` is that of the labels; `guidelines_version` that of the wording, if it has one of
    its own.
    """

    name: str
    version: str
    entities: tuple[EntityLabel, ...]
    stance: StanceLabel
    propositions: tuple[Proposition, ...]
    polarities: tuple[Option, ...]
    attributions: tuple[Option, ...]
    holder_kinds: tuple[Option, ...]
    holder_types: tuple[Option, ...]
    stance_flags: tuple[Option, ...]
    document_flags: tuple[Option, ...]
    reasons: tuple[Option, ...]
    splits: SplitRule
    guidelines: tuple[str, ...]
    guidelines_version: str = ""

    def __post_init__(self) -> None:
        for name in _LISTS:
            _refuse_twice(f"{name} id", [item.id for item in getattr(self, name)])
        if len(self.guidelines) != 2:
            raise SchemeError("the guidelines must be two pages: of entities and of stance")
        keys = [*self.entities, self.stance, *self.propositions, *self.polarities]
        keys += [*self.attributions, *self.holder_kinds, *self.stance_flags]
        _refuse_twice("hotkey", [item.hotkey for item in keys if item.hotkey])

    @cached_property
    def label_names(self) -> tuple[str, ...]:
        """Entity labels in the scheme's order."""
        return tuple(label.id for label in self.entities)

    @cached_property
    def bio_names(self) -> tuple[str, ...]:
        """Token tags: `O`, then `B-` and `I-` of each label (Ramshaw and Marcus 1995)."""
        return ("O", *(f"{tag}-{name}" for name in self.label_names for tag in "BI"))

    @cached_property
    def target_names(self) -> tuple[str, ...]:
        """Propositions in the scheme's order."""
        return tuple(target.id for target in self.propositions)

    @cached_property
    def polarity_names(self) -> tuple[str, ...]:
        """Polarities in the scheme's order."""
        return tuple(polarity.id for polarity in self.polarities)

    @cached_property
    def known(self) -> dict[str, frozenset[str]]:
        """The ids of each of the scheme's lists, by the list's name."""
        return {what: frozenset(self.names(what)) for what in _LISTS}

    def label(self, name: str) -> EntityLabel | None:
        """The entity label of that name, or None."""
        return next((label for label in self.entities if label.id == name), None)

    def names(self, what: str) -> tuple[str, ...]:
        """The ids of one of the scheme's lists, such as `attributions` or `stance_flags`."""
        return tuple(item.id for item in getattr(self, what))


_LISTS = (
    "entities",
    "propositions",
    "polarities",
    "attributions",
    "holder_kinds",
    "holder_types",
    "stance_flags",
    "document_flags",
    "reasons",
)


def read_scheme(text: str, *, name: str = "scheme.toml") -> LabelScheme:
    """The scheme that a TOML text describes; raises SchemeError with the place of a fault."""
    try:
        return msgspec.convert(tomllib.loads(text), LabelScheme)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
        raise SchemeError(f"{name}: {error}. Mend the scheme file and repeat.") from error


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an annotation file, of one layer or adjudicated.

    It is part of a release, so it holds no wording of the code.
    """
    return _undescribed(msgspec.json.schema(Annotation))


def _undescribed(schema: Any) -> Any:
    if isinstance(schema, dict):
        items = cast("dict[str, Any]", schema).items()
        return {k: _undescribed(v) for k, v in items if k != "description" or not _is_text(v)}
    if isinstance(schema, list):
        return [_undescribed(item) for item in cast("list[Any]", schema)]
    return schema


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _refuse_twice(what: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise SchemeError(f"the {what} {value!r} is used twice; every {what} must be its own")
        seen.add(value)
