"""Label Studio's JSON by its shapes, whatever there is instead of them."""

from __future__ import annotations

from typing import Any


def mapping(value: Any) -> dict[str, Any]:
    """An object, empty when it is none."""
    return value if isinstance(value, dict) else {}


def strings(value: Any) -> list[str]:
    """A list of strings, or one of a single string; empty for other shapes."""
    if isinstance(value, str):
        return [value]
    return list(map(str, value)) if isinstance(value, list) else []


def picked(value: Any) -> list[str] | None:
    """The values of a list that is picked from, each a path of one step; None for other shapes."""
    paths: list[Any] = (value or []) if isinstance(value or [], list) else [value]
    steps = [strings(path) for path in paths]
    return [path[0] for path in steps] if all(len(path) == 1 for path in steps) else None
