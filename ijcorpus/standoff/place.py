"""Putting annotations on the words of a copy, each with a status and a reason."""

from __future__ import annotations

import unicodedata
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

from ijcorpus.document import Span, Struct
from ijcorpus.standoff.align import UNKNOWN, Alignment
from ijcorpus.standoff.fingerprint import Place
from ijcorpus.standoff.tokens import Words

Status = Literal["exact", "realigned", "ambiguous", "missing"]

GROWTH = 8
"""Most words that may have come between two words of a span, beyond twice what stood there."""

_ELSEWHERE = "its words stand in a copy that differs elsewhere"


class Placement(Struct, frozen=True, kw_only=True):
    """Where a span went: `[start, end)` of the copy, or None, and why.

    `exact`: the copy is the annotated text. `realigned`: the first and the last word are proved,
    or one of them was replaced between proved neighbours. `ambiguous`: the copy has the passage
    in several places, or another word where the only one was. `missing`: no place is proved.
    `edited` are the stretches of the copy inside the span whose words are not proved to be the
    annotated ones; `lost` counts the annotated words that are not in it. An edge inside a word is
    counted in letters. Marks around the words are taken as many as the annotated text had there,
    whichever they are here, up to a blank.
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
    proved: list[bool]


def place(spot: Place, aligned: Alignment, cut: Words, text: str) -> Placement:
    """Place one span of the annotated text on a copy that differs from it."""
    head = aligned.words[spot.first]
    if aligned.together(spot.first, spot.last) and spot.head == 0 == spot.tail:
        tail = head + spot.last - spot.first
        return Placement(
            status="realigned", start=cut.starts[head], end=cut.ends[tail], reason=_ELSEWHERE
        )
    part = aligned.words[spot.first : spot.last + 1]
    known = [word for word in part if word != UNKNOWN]
    if not known:
        return _unplaced(spot, aligned, cut)
    reach = _reach(spot, aligned, known)
    if isinstance(reach, str):
        return Placement(status="missing", reason=reach)
    start, end, same = _edges(spot, reach, cut, text)
    edited = _edited(reach, cut, start, end)
    lost = len(part) - len(known)
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


def _reach(spot: Place, aligned: Alignment, known: list[int]) -> _Reach | str:
    """The words of the copy that the span takes in, or why it cannot be told."""
    first, last = aligned.words[spot.first], aligned.words[spot.last]
    if first == UNKNOWN:
        first = _substitute(spot.first, aligned)
    if last == UNKNOWN:
        last = _substitute(spot.last, aligned)
    if first == UNKNOWN or last == UNKNOWN:
        return "its first or last word was changed, and where it begins or ends cannot be told"
    if any(one >= two for one, two in pairwise([first - 1, *known, last + 1])):
        return "its words stand in another order"
    if last - first > 2 * (spot.last - spot.first) + GROWTH:
        return "its words were moved apart"
    proved = [False] * (last - first + 1)
    for word in known:
        proved[word - first] = True
    return _Reach(first, last, proved)


def _substitute(word: int, aligned: Alignment) -> int:
    """The copy's word in the place of a changed one, if it alone stands between its neighbours."""
    if not 0 < word < len(aligned.words) - 1:
        return UNKNOWN
    before, after = aligned.words[word - 1], aligned.words[word + 1]
    return before + 1 if before != UNKNOWN and after - before == 2 else UNKNOWN


def _edges(spot: Place, reach: _Reach, cut: Words, text: str) -> tuple[int, int, bool]:
    """The code points of the span, and whether the marks at its edges are there too."""
    start, end = cut.starts[reach.first], cut.ends[reach.last]
    head, tail = spot.head, spot.tail
    if head > 0 and reach.proved[0]:
        letters = _letters(text, start, cut.ends[reach.first])
        start = letters[min(head, len(letters) - 1)][0]
    if tail < 0 and reach.proved[-1]:
        letters = _letters(text, cut.starts[reach.last], end)
        end = letters[max(len(letters) + tail - 1, 0)][1]
    low = cut.ends[reach.first - 1] if reach.first else 0
    high = cut.starts[reach.last + 1] if reach.last + 1 < len(cut.starts) else len(text)
    wanted = (start + min(head, 0), end + max(tail, 0))
    while start > max(low, wanted[0]) and not text[start - 1].isspace():
        start -= 1
    while end < min(high, wanted[1]) and not text[end].isspace():
        end += 1
    inner = (head <= 0 or reach.proved[0]) and (tail >= 0 or reach.proved[-1])
    return start, end, inner and (start, end) == wanted


def _letters(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where each letter of a word begins and ends, as they are counted in NFC.

    Hyphens at the end of a line and invisible characters are none.
    """
    found: list[tuple[int, int]] = []
    composed = ""
    for n in range(start, end):
        if not (text[n].isalnum() or unicodedata.combining(text[n])):
            continue
        longer = unicodedata.normalize("NFC", composed + text[n])
        if len(longer) > len(composed):
            found.append((n, n + 1))
        else:
            found[-1] = (found[-1][0], n + 1)
        composed = longer
    return found


def _edited(reach: _Reach, cut: Words, start: int, end: int) -> tuple[Span, ...]:
    """The stretches of words that are not proved, within the span."""
    places = range(reach.first, reach.last + 1)
    stretches = groupby(zip(places, reach.proved, strict=True), key=lambda one: one[1])
    words = [[word for word, _ in stretch] for proved, stretch in stretches if not proved]
    return tuple(Span(max(cut.starts[one[0]], start), min(cut.ends[one[-1]], end)) for one in words)


def _reason(edited: tuple[Span, ...], lost: int, same: bool) -> str:
    parts = [_ELSEWHERE]
    if edited:
        parts = ["some of its words were changed or put in"]
    elif lost:
        parts = ["some of its words were left out"]
    if not same:
        parts.append("the marks at its edges differ")
    return "; ".join(parts)
