"""Spans as Label Studio tells them: right offsets, wrong quotes, and what can be proved."""

from __future__ import annotations

import re

FAULTS = (
    "bad-offsets",
    "double-id",
    "empty-span",
    "moved-span",
    "quote-differs",
    "trimmed",
    "utf16-offsets",
)
"""What can be wrong with a span, as the ends of the findings' codes."""
_NEAR = 8
"""How many characters a span may have been moved by."""


def agrees(said: str, found: str) -> bool:
    """Whether a quote is of these characters, as far as Label Studio keeps them.

    It writes a line end as a backslash and a letter, and may join white space.
    """
    if said == found:
        return True
    return _joined(said) in (_joined(found), _joined(found.replace("\n", "\\n")))


def proved_span(text: str, start: int, end: int, said: object) -> tuple[int, int] | None:
    """The span in characters, proved by the quote; None when nothing proves it.

    Without a quote the offsets stand as they are. Offsets that counted UTF-16 units are taken
    only if the quote is found at that place.
    """
    if not isinstance(said, str):
        return (start, end) if end <= len(text) else None
    if end <= len(text) and agrees(said, text[start:end]):
        return start, end
    counted = utf16_span(text, start, end)
    return counted if counted and agrees(said, text[slice(*counted)]) else None


def nearby_span(text: str, start: int, end: int, said: object) -> tuple[int, int] | None:
    """The span of the same length a few characters away that alone has this quote, or None."""
    if not isinstance(said, str) or not said.strip() or len(said) != end - start:
        return None
    places = range(max(start - _NEAR, 0), start + _NEAR + 1)
    found = [place for place in places if text.startswith(said, place)]
    return (found[0], found[0] + len(said)) if len(found) == 1 else None


def utf16_span(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Offsets that counted UTF-16 units as code points; None when they split a character."""
    units = text.encode("utf-16-le")
    if end * 2 > len(units):
        return None
    try:
        before, inner = units[: start * 2].decode("utf-16-le"), units[start * 2 : end * 2]
        return len(before), len(before) + len(inner.decode("utf-16-le"))
    except UnicodeDecodeError:
        return None


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without white space at its edges; None when nothing remains."""
    inner = text[start:end]
    if not inner.strip():
        return None
    return start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())


def _joined(quote: str) -> str:
    return re.sub(r"\s+", " ", quote).strip()
