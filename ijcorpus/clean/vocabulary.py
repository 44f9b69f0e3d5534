"""Lists of words, written as text."""

from __future__ import annotations


def vocabulary(words: str, separator: str | None = None) -> frozenset[str]:
    """The words of a text, as a set; `separator` where entries hold spaces."""
    return frozenset(words.split(separator))
