"""Names that changed in the scheme: what a declared renaming does to a project and its work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from ijcorpus.document import Struct
from ijcorpus.errors import StudioError
from ijcorpus.labelstudio import config
from ijcorpus.labelstudio.tasks import Item

Controls = dict[str, frozenset[str]]
# Controls that are named after a label or a target, and are renamed with it.
_NAMED = (config.SENSE, config.AUTHOR)
_VALUES = ("labels", "choices", "taxonomy")


class Renaming(Struct, frozen=True, kw_only=True):
    """Old names to new ones, as they apply to one configuration: of controls, and of values.

    Controls are named as `config.controls` names them: tag and name.
    """

    controls: dict[str, str]
    values: dict[str, dict[str, str]]

    def __bool__(self) -> bool:
        return bool(self.controls or self.values)

    def applied(self, controls: Mapping[str, frozenset[str]]) -> Controls:
        """The controls under their new names, with the new names of their values."""
        return {
            self.controls.get(name, name): frozenset(
                self.values.get(name, {}).get(value, value) for value in values
            )
            for name, values in controls.items()
        }

    def result(self, items: Iterable[Item]) -> list[Item]:
        """An annotation's result in the new names; what is not renamed stays as it is."""
        controls = {_name(old): _name(new) for old, new in self.controls.items()}
        values = {_name(control): names for control, names in self.values.items()}
        return [_renamed(item, controls, values) for item in items]


def renaming(
    declared: Mapping[str, str],
    old: Mapping[str, frozenset[str]],
    new: Mapping[str, frozenset[str]],
) -> Renaming:
    """What declared renames mean between two configurations.

    A rename that was done before, or that the old configuration has nothing of, means nothing.
    Raises StudioError for one that the scheme does not know, or that would join two values.
    """
    controls: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    for before, after in declared.items():
        if not any(after in offered for offered in new.values()):
            raise StudioError(
                f"the scheme has no {after!r}. Rename {before!r} to one of its names."
            )
        for control, offered in old.items():
            named = next(
                (
                    control.partition(" ")[0] + f" {prefix}{after}"
                    for prefix in _NAMED
                    if _name(control) == prefix + before
                ),
                control,
            )
            if named != control and control not in new and named in new:
                controls[control] = named
            there = new.get(control, frozenset())
            if before not in offered or before in there or after not in there:
                continue
            # Two entries of the registry that turn out to be one are joined; labels never are.
            if after in offered and control != config.PICKER:
                raise StudioError(
                    f"{before!r} and {after!r} are both in use in {control!r}: one name for two "
                    "cannot be undone. Join them in the layers instead."
                )
            values.setdefault(control, {})[before] = after
    return Renaming(controls=controls, values=values)


def lost(old: Mapping[str, frozenset[str]], new: Mapping[str, frozenset[str]]) -> Controls:
    """The controls and values of the old configuration that the new one has not.

    A control that is gone is there even when it has no values of its own, as a text has none.
    """
    gone = {name: values - new.get(name, frozenset()) for name, values in old.items()}
    return {name: values for name, values in gone.items() if values or name not in new}


def in_use(gone: Mapping[str, frozenset[str]], results: Iterable[Iterable[Item]]) -> list[str]:
    """Which of the lost controls and values some result has, sorted and without repetition."""
    by_name = {_name(control): (control, values) for control, values in gone.items()}
    used: set[str] = set()
    for items in results:
        for item in items:
            control, values = by_name.get(str(item.get("from_name")), ("", frozenset[str]()))
            if not control:
                continue
            said = _said(item)
            used |= {f"{control}: {value}" for value in said & values}
            used |= set() if values else {control}
    return sorted(used)


def _renamed(item: Item, controls: dict[str, str], values: dict[str, dict[str, str]]) -> Item:
    name = str(item.get("from_name"))
    names, value = values.get(name, {}), item.get("value")
    changed = dict(item)
    if name in controls:
        changed["from_name"] = controls[name]
    if names and isinstance(value, dict):
        inner = dict(cast("dict[str, Any]", value))
        for kind in _VALUES:
            if isinstance(inner.get(kind), list):
                inner[kind] = [_new_name(said, names) for said in inner[kind]]
        changed["value"] = inner
    return changed


def _said(item: Item) -> set[str]:
    value = item.get("value")
    if not isinstance(value, dict):
        return set()
    lists = (cast("dict[str, Any]", value).get(kind) for kind in _VALUES)
    found = [said for listed in lists if isinstance(listed, list) for said in listed]
    return {str(step) for said in found for step in (said if isinstance(said, list) else [said])}


def _new_name(said: object, names: dict[str, str]) -> object:
    """The new name of a value; a pick from a list is a path of values."""
    if isinstance(said, list):
        return [_new_name(step, names) for step in cast("list[object]", said)]
    return names.get(str(said), said)


def _name(control: str) -> str:
    return control.rpartition(" ")[2]
