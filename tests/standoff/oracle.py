"""What is wrong with a placement, told by where each word of a mutated copy comes from."""

from __future__ import annotations

import bisect
import re
from itertools import takewhile

from mutants import Mutant

from ijcorpus.document import Span
from ijcorpus.standoff.fingerprint import Fingerprint, Place
from ijcorpus.standoff.place import Placement
from ijcorpus.standoff.tokens import Words, normalise


class Oracle:
    """The truth about one copy of one text."""

    def __init__(self, text: str, source: Words, made: Mutant, *, twins: int = 0) -> None:
        self.text = text
        self.twins = twins
        self.source = source
        self.made = made

    def wrong(self, spot: Place, put: Placement) -> str:
        """What is wrong with a placement; empty if nothing."""
        if put.status == "exact":
            exact = self.made.text == self.text and (put.start, put.end) == (spot.start, spot.end)
            return "" if exact else "the copy is another, or the place is"
        if put.status != "realigned":
            return "" if put.reason and put.start is None else "a place that is none, or no reason"
        if put.start is None or put.end is None or not put.start < put.end:
            return "no place"
        cut = self.made.cut
        first = bisect.bisect_right(cut.ends, put.start)
        last = bisect.bisect_left(cut.starts, put.end) - 1
        if first > last:
            return "no word"
        reported = self._reported(put, first, last)
        if isinstance(reported, str):
            return reported
        return self._wrong_words(spot, range(first, last + 1), reported, put.lost) or (
            self._wrong_edges(spot, put, first not in reported, last not in reported)
        )

    def own(self, word: int, here: int) -> bool:
        """Whether the copy has an annotated word `here`.

        It is that very word, or one like it from which a run of like words leads to one that is:
        of "A A" of which one is gone, or where one was put in, nothing tells which is which. With
        `twins`, neither does of stretches of so many words that the annotated text has twice.
        """
        return any(self._leads(word, here, step) for step in (1, -1)) or self._twin(word, here)

    def _leads(self, word: int, here: int, step: int) -> bool:
        forms, others, was = self.source.forms, self.made.cut.forms, self.made.was
        while 0 <= word < len(forms) and 0 <= here < len(others) and forms[word] == others[here]:
            if was[here] == word:
                return True
            word, here = word + step, here + step
        return False

    def _twin(self, word: int, here: int) -> bool:
        forms, other = self.source.forms, self.made.was[here]
        if not self.twins or other < 0:
            return False
        ahead = (a == b for a, b in zip(forms[word:], forms[other:], strict=False))
        back = (a == b for a, b in zip(forms[word::-1], forms[other::-1], strict=False))
        alike = [sum(takewhile(bool, way)) for way in (ahead, back)]
        return min(alike) > 0 and sum(alike) > self.twins

    def _reported(self, put: Placement, first: int, last: int) -> set[int] | str:
        """The words of the copy that are said to be edited, of which each must be so whole."""
        cut, found = self.made.cut, set[int]()
        for one in put.edited:
            low = bisect.bisect_right(cut.ends, one.start)
            high = bisect.bisect_left(cut.starts, one.end) - 1
            wanted = max(cut.starts[low], put.start or 0), min(cut.ends[high], put.end or 0)
            if not first <= low <= high <= last or one != Span(*wanted):
                return f"{one} are not whole words of the span"
            found.update(range(low, high + 1))
        return found

    def _wrong_words(self, spot: Place, inside: range, reported: set[int], lost: int) -> str:
        forms, word = self.made.cut.forms, spot.first
        for here in inside:
            if here in reported:
                continue
            own = (one for one in range(word, spot.last + 1) if self.own(one, here))
            word = next(own, -1) + 1
            if not word:
                return f"{forms[here]!r} is not of the span, or not in its order"
        if lost != spot.last + 1 - spot.first - len(set(inside) - reported):
            return f"{lost} words are said to be lost"
        for here, wanted in ((inside[0], spot.first), (inside[-1], spot.last)):
            if here in reported:
                around = self.own(wanted - 1, here - 1) and self.own(wanted + 1, here + 1)
            else:
                around = self.own(wanted, here)
            if not around:
                return f"{forms[here]!r} stands at an edge for {self.source.forms[wanted]!r}"
        return ""

    def _wrong_edges(self, spot: Place, put: Placement, head: bool, tail: bool) -> str:
        """Marks are taken as far as there were some, and parts of words that are not edited."""
        text, cut = self.made.text, self.made.cut
        first = bisect.bisect_right(cut.ends, put.start or 0)
        last = bisect.bisect_left(cut.starts, put.end or 0) - 1
        start, end = cut.starts[first], cut.ends[last]
        before = text[cut.ends[first - 1] if first else 0 : start]
        after = text[end : cut.starts[last + 1] if last + 1 < len(cut.starts) else len(text)]
        if spot.head > 0 and head:
            wanted = normalise(self._letters(spot.first)[spot.head :])
            start = max(
                n for n in range(start, end) if normalise(text[n : cut.ends[first]]) == wanted
            )
        elif spot.head < 0:
            start -= min(-spot.head, len(re.findall(r"\S*\Z", before)[0]))
        if spot.tail < 0 and tail:
            low, wanted = cut.starts[last], normalise(self._letters(spot.last)[: spot.tail])
            end = min(n for n in range(low, end + 1) if normalise(text[low:n]) == wanted)
        elif spot.tail > 0:
            end += min(spot.tail, len(re.findall(r"\A\S*", after)[0]))
        found = (put.start, put.end)
        return "" if found == (start, end) else f"{found} should be {(start, end)}"

    def _letters(self, word: int) -> str:
        return self.text[self.source.starts[word] : self.source.ends[word]]


def faults(oracle: Oracle, record: Fingerprint, placed: dict[Span, Placement]) -> list[str]:
    """What is wrong with the placements of a record's spans."""
    assert len(placed) == len(record.places)
    found = (
        (spot, oracle.wrong(spot, placed[Span(spot.start, spot.end)])) for spot in record.places
    )
    return [f"{spot}: {fault}" for spot, fault in found if fault]
