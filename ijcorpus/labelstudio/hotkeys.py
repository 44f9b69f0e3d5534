"""The keys of a labelling configuration: the scheme's own, and free ones for what has none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from msgspec.structs import replace

from ijcorpus.document import Struct
from ijcorpus.scheme import LabelScheme, Option, Proposition

Value = TypeVar("Value", Proposition, Option)

TAKEN = frozenset(
    {"u", "enter", "escape", "backspace", "delete", "alt+r", "alt+h", "alt+l", "alt+m", "alt+."}
    | {"ctrl+enter", "ctrl+space", "ctrl+backspace", "ctrl+z", "ctrl+shift+z", "ctrl+h", "ctrl+d"}
)
"""What Label Studio itself uses over texts: "u" unselects the region, Alt+R begins a relation."""

NO_KEY = "∅"
"""A key that no keyboard sends. Label Studio gives whatever has none a plain key that is left, and
a list that opens does not show it: a stray key would judge unseen."""

# Adjudicators need the plain keys that the scheme leaves, for the ruling above these choices.
_FREE = tuple(f"shift+{key}" for key in "1234567890abcdefghijklmnopqrstuvwxyz")
_LISTS = (
    "propositions",
    "polarities",
    "attributions",
    "holder_kinds",
    "holder_types",
    "stance_flags",
    "document_flags",
)


class Keyed(Struct, frozen=True):
    """A scheme whose values have keys, and the senses of its labels with theirs."""

    scheme: LabelScheme
    senses: Mapping[str, tuple[Option, ...]]


def keyed(scheme: LabelScheme) -> Keyed:
    """Give every value without a key of its own the next free one, targets first.

    A key that Label Studio needs itself counts as none. Values beyond the 36 free keys get none.
    """
    lists = {name: getattr(scheme, name) for name in _LISTS}
    items = [*scheme.entities, scheme.stance, *(item for some in lists.values() for item in some)]
    own = {item.hotkey.lower() for item in items}
    free = (key for key in _FREE if key not in own)
    given = {name: _given(items, free) for name, items in lists.items()}
    senses = {
        label.id: _given([Option(id=sense, description="") for sense in label.senses], free)
        for label in scheme.entities
    }
    return Keyed(scheme=replace(scheme, **given), senses=senses)


def usable(key: str) -> str:
    """The key, if Label Studio leaves it to us; else none."""
    return "" if key.lower() in TAKEN else key


def _given(items: Iterable[Value], free: Iterator[str]) -> tuple[Value, ...]:
    return tuple(replace(one, hotkey=usable(one.hotkey) or next(free, "")) for one in items)
