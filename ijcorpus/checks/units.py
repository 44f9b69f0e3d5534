"""Offsets that were counted in something else than code points, proven by the quote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from ijcorpus.annotation import Entity, Stance
from ijcorpus.checks.annotated import AnnotationView
from ijcorpus.checks.view import Check, Fault

Unit = Literal["UTF-16 units", "UTF-8 bytes"]
# Bytes of one unit, by the codec that writes it.
_CODECS: dict[Unit, tuple[str, int]] = {
    "UTF-16 units": ("utf-16-le", 2),
    "UTF-8 bytes": ("utf-8", 1),
}


class Proven(NamedTuple):
    """The unit a mark was counted in, and its place in code points."""

    unit: Unit
    start: int
    end: int


def counted_otherwise(view: AnnotationView, mark: Entity | Stance) -> Proven | None:
    """The unit in which a mark's offsets give its quote, when code points do not."""
    text, quote = view.text, mark.quote
    if not text or not quote or text.isascii() or not 0 <= mark.start < mark.end:
        return None
    if text[mark.start : mark.end] == quote:
        return None
    for unit, (codec, width) in _CODECS.items():
        data = text.encode(codec)
        start, end = width * mark.start, width * mark.end
        if data[start:end] == quote.encode(codec) and end <= len(data):
            before = len(data[:start].decode(codec, "ignore"))
            return Proven(unit, before, before + len(quote))
    return None


def _counted_in(view: AnnotationView, unit: Unit) -> Iterator[Fault]:
    if not view.text or view.text.isascii():
        return
    for mark in view.marks:
        proven = counted_otherwise(view, mark)
        if proven and proven.unit == unit:
            yield view.fault(
                mark,
                f"was counted in {unit}: its quote stands at the code points [{proven.start}, "
                f"{proven.end}); 'ijcorpus check --fix' moves it there.",
                repair=view.move(proven.start, proven.end),
            )


def _offset_in_utf16(view: AnnotationView) -> Iterator[Fault]:
    return _counted_in(view, "UTF-16 units")


def _offset_in_bytes(view: AnnotationView) -> Iterator[Fault]:
    return _counted_in(view, "UTF-8 bytes")


UNIT_CHECKS: tuple[Check[AnnotationView], ...] = (
    Check(
        code="offset-in-utf16",
        level=3,
        severity="error",
        explanation="Offsets must count code points, not UTF-16 units as JavaScript does.",
        function=_offset_in_utf16,
        needs_text=True,
    ),
    Check(
        code="offset-in-bytes",
        level=3,
        severity="error",
        explanation="Offsets must count code points, not bytes.",
        function=_offset_in_bytes,
        needs_text=True,
    ),
)
