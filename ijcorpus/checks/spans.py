"""Checks of where marks lie in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ijcorpus.annotation import Entity, Stance
from ijcorpus.checks.annotated import AnnotationView
from ijcorpus.checks.units import counted_otherwise
from ijcorpus.checks.view import Check, Fault
from ijcorpus.finding import Repair

# How far from its mark a quote may stand to be taken for it.
_NEAR = 40


def _placed(view: AnnotationView) -> list[Entity | Stance]:
    return [*view.placed_entities, *view.placed_stances]


def _span_empty(view: AnnotationView) -> Iterator[Fault]:
    for mark in view.marks if view.current else ():
        if mark.start >= mark.end:
            yield view.fault(mark, "is empty or inverted; mark at least one character.")


def _outside(view: AnnotationView, mark: Entity | Stance) -> bool:
    lost = view.current and mark.start < mark.end and not view.placed([mark])
    return lost and counted_otherwise(view, mark) is None


def _span_outside_text(view: AnnotationView) -> Iterator[Fault]:
    for entity in view.annotation.entities:
        if _outside(view, entity):
            yield view.fault(
                entity, f"leaves the text [0, {view.subject.characters}); mark it again."
            )


def _evidence_outside_text(view: AnnotationView) -> Iterator[Fault]:
    for stance in view.annotation.stances:
        if _outside(view, stance):
            yield view.fault(
                stance, f"leaves the text [0, {view.subject.characters}); mark its evidence again."
            )


def _surface_differs(view: AnnotationView) -> Iterator[Fault]:
    if view.text is None:
        return
    for mark in _placed(view):
        if not mark.quote or mark.quote == view.text[mark.start : mark.end]:
            continue
        if counted_otherwise(view, mark):
            continue
        quoted = f" {mark.quote!r}" if view.subject.ships else ""
        yield view.fault(
            mark,
            f"is not the text that it quotes{quoted}; mark the quoted text, or mend the quote.",
            repair=_trimming(view, mark) or _nearest(view, view.text, mark),
        )


def _trimming(view: AnnotationView, mark: Entity | Stance) -> Repair | None:
    """White space at the edges, where that is all by which the quote differs."""
    repair = _tightened(view, mark)
    return repair if mark.quote.strip() == view.surface(mark).strip() else None


def _nearest(view: AnnotationView, text: str, mark: Entity | Stance) -> Repair | None:
    """To where the quote stands nearest to the mark: likely, but no proof."""
    first, last = max(0, mark.start - _NEAR), mark.end + _NEAR
    found = [m.start() + first for m in re.finditer(re.escape(mark.quote), text[first:last])]
    if not found:
        return None
    start = min(found, key=lambda at: abs(at - mark.start))
    return view.move(start, start + len(mark.quote), safe=False)


def _span_whitespace_edge(view: AnnotationView) -> Iterator[Fault]:
    for mark in _placed(view):
        words = view.surface(mark)
        tight = words.strip()
        if words != tight and counted_otherwise(view, mark) is None:
            start = mark.start + len(words) - len(words.lstrip())
            yield view.fault(
                mark,
                f"begins or ends with white space; shrink it to [{start}, {start + len(tight)}).",
                repair=_tightened(view, mark),
            )


def _tightened(view: AnnotationView, mark: Entity | Stance) -> Repair | None:
    """A mark without the white space at its edges, if it has any and words between them.

    Safe where text and quote prove that nothing else is wrong.
    """
    words = view.surface(mark)
    tight = words.strip()
    if tight in ("", words):
        return None
    start = mark.start + len(words) - len(words.lstrip())
    # A quote of other words says that the place is wrong, not its edges.
    proven = view.text is not None and (not mark.quote or mark.quote.strip() == tight)
    return view.move(start, start + len(tight), safe=proven)


def _span_cuts_word(view: AnnotationView) -> Iterator[Fault]:
    text = view.text
    if not text:
        return
    for mark in _placed(view):
        edges = [e for e in (mark.start, mark.end) if _inside_word(text, e)]
        if edges:
            yield view.fault(
                mark,
                f"cuts a word at {' and '.join(map(str, edges))}; mark whole words.",
                repair=view.move(*_whole_words(text, mark), safe=False),
            )


def _whole_words(text: str, mark: Entity | Stance) -> tuple[int, int]:
    start, end = mark.start, mark.end
    while _inside_word(text, start):
        start -= 1
    while _inside_word(text, end):
        end += 1
    return start, end


def _inside_word(text: str, edge: int) -> bool:
    return 0 < edge < len(text) and text[edge - 1].isalnum() and text[edge].isalnum()


def _span_crosses(view: AnnotationView) -> Iterator[Fault]:
    entities = sorted(view.placed_entities, key=lambda e: (e.start, -e.end))
    for number, longer in enumerate(entities):
        for entity in entities[number + 1 :]:
            if entity.start >= longer.end:
                break
            if (entity.start, entity.end) != (longer.start, longer.end):
                yield view.fault(
                    entity,
                    f"overlaps {view.name(longer)}; mentions are flat, so keep the longest name.",
                    longer,
                )


def _span_duplicate(view: AnnotationView) -> Iterator[Fault]:
    entities = sorted(view.placed_entities, key=lambda e: (e.start, e.end))
    for first, second in pairwise(entities):
        if (first.start, first.end) == (second.start, second.end):
            yield view.fault(
                second,
                f"({second.label}) lies on the same place as {view.name(first)} ({first.label}); "
                "keep one of them.",
                first,
            )


def _evidence_across_sentences(view: AnnotationView) -> Iterator[Fault]:
    sentences = view.subject.document.sentences
    for stance, sentence in zip(view.placed_stances, view.sentences, strict=True):
        if sentence is None:
            touched = [s for s in sentences if s.start < stance.end and stance.start < s.end]
            found = ", ".join(f"[{s.start}, {s.end})" for s in touched) or "none"
            yield view.fault(
                stance,
                f"does not lie inside one sentence (it touches {found}); "
                "mark the part that carries the stance.",
            )


SPAN_CHECKS: tuple[Check[AnnotationView], ...] = (
    Check(
        code="span-empty",
        level=3,
        severity="error",
        explanation="A mark must hold at least one character.",
        function=_span_empty,
    ),
    Check(
        code="span-outside-text",
        level=3,
        severity="error",
        explanation="A mention must lie in the text.",
        function=_span_outside_text,
    ),
    Check(
        code="evidence-outside-text",
        level=3,
        severity="error",
        explanation="The evidence of a judgement must lie in the text.",
        function=_evidence_outside_text,
    ),
    Check(
        code="surface-differs",
        level=3,
        severity="error",
        explanation="The words that a mark quotes must be the words at its place.",
        function=_surface_differs,
        needs_text=True,
    ),
    Check(
        code="span-whitespace-edge",
        level=3,
        severity="error",
        explanation="A mark must not begin or end with white space.",
        function=_span_whitespace_edge,
    ),
    Check(
        code="span-cuts-word",
        level=3,
        severity="warning",
        explanation="A mark should begin and end at the edge of a word.",
        function=_span_cuts_word,
        needs_text=True,
    ),
    Check(
        code="span-crosses",
        level=3,
        severity="error",
        explanation="Mentions are flat: none may overlap another.",
        function=_span_crosses,
    ),
    Check(
        code="span-duplicate",
        level=3,
        severity="error",
        explanation="No two mentions may have the same place, whatever their labels.",
        function=_span_duplicate,
    ),
    Check(
        code="evidence-across-sentences",
        level=3,
        severity="error",
        explanation="The evidence of a judgement must lie inside one sentence.",
        function=_evidence_across_sentences,
    ),
)
