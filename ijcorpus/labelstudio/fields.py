"""The fields of Label Studio's items: those that it writes by itself, and any other.

Another field, such as `meta`, which is what an annotator wrote beside a region, has no place in
layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ijcorpus.labelstudio.shapes import mapping

OF_ITEM = frozenset(
    [
        "id",
        "from_name",
        "to_name",
        "type",
        "value",
        "origin",
        "score",
        "readonly",
        "hidden",
        "locked",
        "parentID",
        "from_id",
        "to_id",
        "direction",
        "labels",
    ]
)
OF_VALUE = frozenset(["start", "end", "text", "labels", "choices", "taxonomy", "globalOffsets"])


def foreign(item: Mapping[str, Any]) -> list[str]:
    """The fields of an item that say something, and that layers have no place for."""
    names = _others(item, OF_ITEM)
    return names + [f"value.{name}" for name in _others(mapping(item.get("value")), OF_VALUE)]


def _others(record: Mapping[str, Any], known: frozenset[str]) -> list[str]:
    if known >= record.keys():
        return []
    return [str(n) for n in record if n not in known and record[n] not in (None, "", [], {}, False)]
