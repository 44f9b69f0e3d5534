"""The registry as a list to pick an entity's id from: what each entry is called there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from ijcorpus.annotation import RegistryEntry
from ijcorpus.document import Struct
from ijcorpus.errors import RecordError

NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""A character that no XML 1.0 can hold, escaped or not."""


class Pick(Struct, frozen=True):
    """One line of the list: the id it stands for, what it says, and what it adds when asked."""

    id: str
    shown: str
    hint: str


def picks(entries: Iterable[RegistryEntry]) -> tuple[Pick, ...]:
    """The registry's entries by name, no two worded alike.

    A line has the name, the label, the side and the aliases that the name does not contain, since
    the list is searched by what it shows. Raises RecordError for an id that is empty or not
    unique, and for a character that the configuration cannot hold.
    """
    entries = tuple(entries)
    _refuse_controls(entries)
    listed = sorted(entries, key=lambda entry: (entry.name.casefold(), entry.id))
    ids = Counter(entry.id for entry in listed)
    for identity, times in ids.items():
        if times > 1 or not identity or identity != identity.strip():
            raise RecordError(
                f"the registry's id {identity!r} is used {times} times, or is no id. Every entry "
                "needs one of its own."
            )
    namesakes = Counter(_line(entry).casefold() for entry in listed)
    return tuple(
        Pick(entry.id, _told_apart(entry, namesakes[_line(entry).casefold()] > 1), entry.note)
        for entry in listed
    )


def _line(entry: RegistryEntry) -> str:
    name = entry.name.casefold()
    others = [alias for alias in entry.aliases if alias.casefold() not in name]
    kind = " ".join(filter(None, (entry.label, entry.side)))
    return " · ".join(filter(None, (entry.name, kind, ", ".join(others))))


def _told_apart(entry: RegistryEntry, namesake: bool) -> str:
    line = _line(entry)
    return " · ".join(filter(None, (line, entry.note, entry.id))) if namesake else line


def _refuse_controls(entries: Iterable[RegistryEntry]) -> None:
    for entry in entries:
        said = {"id": entry.id, "name": entry.name, "label": entry.label, "side": entry.side or ""}
        said |= {"note": entry.note, "aliases": "\n".join(entry.aliases)}
        for field, text in said.items():
            if found := NO_XML.search(text):
                raise RecordError(
                    f"the registry's entry {entry.id!r} ({entry.name!r}) has the control character "
                    f"U+{ord(found[0]):04X} in its {field}, which Label Studio's configuration "
                    "cannot hold. Take it out of annotations/registry.jsonl; 'ijcorpus check' "
                    "finds every such name."
                )
