"""Putting annotations on the words of a copy, each with a status and a reason."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from ijcorpus.document import Span, Struct
from ijcorpus.standoff.align import UNKNOWN, Alignment
from ijcorpus.standoff.code import Truths
from ijcorpus.standoff.fingerprint import Place
from ijcorpus.standoff.tokens import Words

Status = Literal["exact", "realigned", "ambiguous", "missing"]

GROWTH = 8
"""Most words that may have come between two words of a span, beyond twice what stood there."""


class Placement(Struct, frozen=True, kw_only=True):
    """Where a span went: `[start, end)` of the copy, or None, and why.

    `exact`: the copy is the annotated text. `realigned`: the first and the last word are proved,
    or one of them was replaced between proved neighbours. `ambiguous`: the copy has the passage
    in several places, or another word where the only one was. `missing`: no place is proved.
    `edited` are the stretches of the copy inside the span whose words are not proved to be the
    annotated ones; `lost` counts the annotated words that are not in it.
    """

    status: Status
    start: int | None = None
    end: int | None = None
    reason: str = ""
    edited: tuple[Span, ...] = ()
    lost: int = 0


class _Reach(NamedTuple):
    """The words `first` to `last` of the copy, each proved or not."""

    first: int
    last: int
    proved: Truths


def place(spot: Place, aligned: Alignment, cut: Words, text: str) -> Placement:
    """Place one span of the annotated text on a copy that differs from it."""
    part = aligned.found[spot.first : spot.last + 1]
    if not (part != UNKNOWN).any():
        return _unplaced(spot, aligned, cut)
    reach = _reach(spot, aligned)
    if isinstance(reach, str):
        return Placement(status="missing", reason=reach)
    start, end, same = _edges(spot, reach, cut, text)
    edited = _edited(reach, cut, start, end)
    lost = int((part == UNKNOWN).sum())
    return Placement(
        status="realigned",
        start=start,
        end=end,
        reason=_reason(edited, lost, same),
        edited=edited,
        lost=lost,
    )


def _unplaced(spot: Place, aligned: Alignment, cut: Words) -> Placement:
    """A span without one proved word."""
    if aligned.repeated[spot.first : spot.last + 1].all():
        reason = "the copy has this passage in several places"
        return Placement(status="ambiguous", reason=reason)
    word = _substitute(spot.first, aligned)
    if spot.first < spot.last or word == UNKNOWN:
        reason = "its passage is not in the copy, or much edited there"
        return Placement(status="missing", reason=reason)
    here = Span(cut.starts[word], cut.ends[word])
    reason = f"another word stands in its place, at {here.start} to {here.end}"
    return Placement(status="ambiguous", reason=reason)


def _reach(spot: Place, aligned: Alignment) -> _Reach | str:
    """The words of the copy that the span takes in, or why it cannot be told."""
    found = aligned.found
    first, last = int(found[spot.first]), int(found[spot.last])
    if first == UNKNOWN:
        first = _substitute(spot.first, aligned)
    if last == UNKNOWN:
        last = _substitute(spot.last, aligned)
    if first == UNKNOWN or last == UNKNOWN:
        return "its first or last word was changed, and where it begins or ends cannot be told"
    part = found[spot.first : spot.last + 1]
    known = part[part != UNKNOWN]
    if (np.diff(known) <= 0).any() or known[0] < first or known[-1] > last:
        return "its words stand in another order"
    if last - first > 2 * (spot.last - spot.first) + GROWTH:
        return "its words were moved apart"
    proved = np.zeros(last - first + 1, dtype=bool)
    proved[known - first] = True
    return _Reach(first, last, proved)


def _substitute(word: int, aligned: Alignment) -> int:
    """The copy's word in the place of a changed one, if it alone stands between its neighbours."""
    if not 0 < word < len(aligned.found) - 1:
        return UNKNOWN
    before, after = int(aligned.found[word - 1]), int(aligned.found[word + 1])
    return before + 1 if before != UNKNOWN and after - before == 2 else UNKNOWN


def _edges(spot: Place, reach: _Reach, cut: Words, text: str) -> tuple[int, int, bool]:
    """The code points of the span, and whether the marks at its edges are there too."""
    start, end = cut.starts[reach.first], cut.ends[reach.last]
    head, tail = spot.head, spot.tail
    if head > 0:
        start += min(head, cut.ends[reach.first] - start - 1) if reach.proved[0] else 0
    if tail < 0:
        end += max(tail, cut.starts[reach.last] - end + 1) if reach.proved[-1] else 0
    low = cut.ends[reach.first - 1] if reach.first else 0
    high = cut.starts[reach.last + 1] if reach.last + 1 < len(cut.starts) else len(text)
    wanted = (start + min(head, 0), end + max(tail, 0))
    while start > max(low, wanted[0]) and not text[start - 1].isspace():
        start -= 1
    while end < min(high, wanted[1]) and not text[end].isspace():
        end += 1
    inner = (head <= 0 or bool(reach.proved[0])) and (tail >= 0 or bool(reach.proved[-1]))
    return start, end, inner and (start, end) == wanted


def _edited(reach: _Reach, cut: Words, start: int, end: int) -> tuple[Span, ...]:
    """The stretches of words that are not proved, within the span."""
    if reach.proved.all():
        return ()
    marks = np.flatnonzero(np.diff(np.concatenate(([False], ~reach.proved, [False])).astype(int)))
    stretches = list(pairwise(marks.tolist()))[::2]
    return tuple(
        Span(max(cut.starts[reach.first + a], start), min(cut.ends[reach.first + b - 1], end))
        for a, b in stretches
    )


def _reason(edited: tuple[Span, ...], lost: int, same: bool) -> str:
    parts = ["its words stand in a copy that differs elsewhere"]
    if edited:
        parts = ["some of its words were changed or put in"]
    elif lost:
        parts = ["some of its words were left out"]
    if not same:
        parts.append("the marks at its edges differ")
    return "; ".join(parts)
