"""How far a copy is the annotated text: the part that holds it, and the sentences as annotated."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from ijcorpus.document import Document, RawMap, RawRun, Section, Span, Struct
from ijcorpus.standoff.align import UNKNOWN, Alignment
from ijcorpus.standoff.code import Ints, Truths
from ijcorpus.standoff.fingerprint import Fingerprint
from ijcorpus.standoff.tokens import Words

_ALTERED = "its words are not all known to be annotated words, one right after the other"
_CUT_SHORT = "the annotated word before or after it was not found, and may have belonged to it"
_UNPLACED = "a mention that was not placed may be in it"


class LeftOut(Struct, frozen=True, kw_only=True):
    """A sentence of a copy of which it is not known what it holds, and why.

    `sentence` is its index in the copy.
    """

    sentence: int
    reason: str


class Extent(NamedTuple):
    """The part of a copy that holds the annotated text: its words, and theirs in the alignment.

    `outside` counts the sentences before and after it.
    """

    copy: Document
    cut: Words
    aligned: Alignment
    outside: int


def narrowed(copy: Document, cut: Words, aligned: Alignment) -> Extent:
    """The copy from the first to the last sentence that has a proved word.

    What lies before and after is a menu, a caption, another article, or so much rewritten that
    nothing tells it from one. A copy without a proved word comes back whole.
    """
    known = np.flatnonzero(_origins(aligned, len(cut.forms)) != UNKNOWN)
    if not len(known):
        return Extent(copy, cut, aligned, 0)
    low, high = cut.starts[known[0]], cut.ends[known[-1]]
    first = bisect.bisect_right(copy.sentences, low, key=lambda span: span.end)
    last = bisect.bisect_left(copy.sentences, high, key=lambda span: span.start)
    outside = len(copy.sentences) - (last - first)
    if not outside:
        return Extent(copy, cut, aligned, 0)
    inside = copy.sentences[first:last]
    start = min([low, *(span.start for span in inside[:1])]) if first else 0
    end = max([high, *(span.end for span in inside[-1:])])
    if last == len(copy.sentences):
        end = len(copy.text)
    one, two = bisect.bisect_left(cut.starts, start), bisect.bisect_right(cut.ends, end)
    moved = Words(
        cut.forms[one:two],
        [at - start for at in cut.starts[one:two]],
        [at - start for at in cut.ends[one:two]],
    )
    found = np.where(aligned.found == UNKNOWN, UNKNOWN, aligned.found - one)
    part = _part(copy, Span(start, end), inside)
    return Extent(part, moved, Alignment(found, aligned.repeated), outside)


def left_out(
    copy: Document,
    cut: Words,
    aligned: Alignment,
    record: Fingerprint,
    unplaced: Iterable[Span],
) -> tuple[LeftOut, ...]:
    """The sentences of a copy that are not known to stand as they were annotated.

    A sentence is known when its words are annotated words, one right after the other in both
    texts, when those before and after it were found too, since it may have had more words, and when
    none of its words belongs to a mention in `unplaced` (spans of the annotated text).
    """
    origins = _origins(aligned, len(cut.forms))
    breaks = np.cumsum(np.diff(origins, prepend=UNKNOWN) != 1)
    doubtful = _doubtful(record, unplaced)
    found: list[LeftOut] = []
    for index, span in enumerate(copy.sentences):
        first = bisect.bisect_right(cut.ends, span.start)
        last = bisect.bisect_left(cut.starts, span.end) - 1
        if first > last or origins[first] == UNKNOWN or breaks[first] != breaks[last]:
            found.append(LeftOut(sentence=index, reason=_ALTERED))
        elif _cut_short(aligned, origins[first], origins[last]):
            found.append(LeftOut(sentence=index, reason=_CUT_SHORT))
        elif doubtful[origins[first] : origins[last] + 1].any():
            found.append(LeftOut(sentence=index, reason=_UNPLACED))
    return tuple(found)


def _cut_short(aligned: Alignment, head: int, tail: int) -> bool:
    """Whether the annotated word before `head`, or the one after `tail`, is lost."""
    found = aligned.found
    return (head > 0 and found[head - 1] == UNKNOWN) or (
        tail + 1 < len(found) and found[tail + 1] == UNKNOWN
    )


def _origins(aligned: Alignment, count: int) -> Ints:
    """The annotated word that each of the copy's `count` words is, UNKNOWN where none is proved."""
    origins = np.full(count, UNKNOWN, dtype=np.int64)
    known = np.flatnonzero(aligned.found != UNKNOWN)
    origins[aligned.found[known]] = known
    return origins


def _doubtful(record: Fingerprint, unplaced: Iterable[Span]) -> Truths:
    """The annotated words that belong to a mention that was not placed, or may do so."""
    doubtful = np.zeros(record.words, dtype=bool)
    known = {(one.start, one.end): one for one in record.places}
    for span in unplaced:
        place = known.get((span.start, span.end))
        if place is not None:
            first, last = place.first, place.last
        else:  # signs without a word: they are somewhere between the places around them
            first = max((p.last for p in record.places if p.end <= span.start), default=0)
            last = min(
                (p.first for p in record.places if p.start >= span.end), default=record.words
            )
        doubtful[first : last + 1] = True
    return doubtful


def _part(copy: Document, kept: Span, sentences: Sequence[Span]) -> Document:
    """A stretch of a document as a document, all offsets counted from its beginning."""
    sections = [
        Section(kind=one.kind, start=inside.start - kept.start, end=inside.end - kept.start)
        for one in copy.sections
        if (inside := _common(one.start, one.end, kept))
    ]
    return msgspec.structs.replace(
        copy,
        text=copy.text[kept.start : kept.end],
        sections=tuple(sections),
        sentences=tuple(Span(s.start - kept.start, s.end - kept.start) for s in sentences),
        raw_map=_raw_map(copy.raw_map, kept),
    )


def _raw_map(whole: RawMap, kept: Span) -> RawMap:
    """The way back to the raw file from a part; a run that was rewritten as a whole is not cut."""
    runs: list[RawRun] = []
    for run in whole.runs:
        inside = _common(run.clean_start, run.clean_start + run.clean_length, kept)
        if inside is None:
            continue
        size, skipped = inside.end - inside.start, inside.start - run.clean_start
        if run.clean_length == run.raw_length:
            runs.append(RawRun(inside.start - kept.start, size, run.raw_start + skipped, size))
        elif size == run.clean_length:
            runs.append(msgspec.structs.replace(run, clean_start=inside.start - kept.start))
    return RawMap(tuple(runs))


def _common(start: int, end: int, kept: Span) -> Span | None:
    low, high = max(start, kept.start), min(end, kept.end)
    return Span(low, high) if low < high else None
