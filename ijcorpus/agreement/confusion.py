"""What one annotator said where the other said something else: tables and sentences."""

from __future__ import annotations

import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import product

from ijcorpus.agreement.stances import Judgement, judged
from ijcorpus.annotation import Annotation, Entity, Stance
from ijcorpus.document import Span, Struct
from ijcorpus.scheme import LabelScheme

Pair = tuple[Annotation, Annotation]
_Key = Callable[[Judgement], Hashable]


class Confusion(Struct, frozen=True, kw_only=True):
    """How often the first said the row's value and the second the column's.

    Only values that occur, in the scheme's order. An empty one, always the last, says that the
    annotator has nothing there. `counts` is square.
    """

    values: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


class Mark(Struct, frozen=True, kw_only=True):
    """Something said of `[start, end)` of a text, in the scheme's words."""

    start: int
    end: int
    said: str


class Disputed(Struct, frozen=True, kw_only=True):
    """A sentence on which two annotators differ, with what each alone has said of it.

    `differences` counts those marks of both. No word of the text is in it.
    """

    document: str
    start: int
    end: int
    differences: int
    first: tuple[Mark, ...]
    second: tuple[Mark, ...]


def label_confusion(pairs: Sequence[Pair], scheme: LabelScheme) -> Confusion:
    """The labels of mentions matched one to one: equal ends first, then any overlap."""
    found: Counter[tuple[str, str]] = Counter()
    for one, other in pairs:
        for a, b in _matched(one.entities, other.entities):
            found[a.label if a else "", b.label if b else ""] += 1
    return _table(found, scheme.label_names)


class StanceConfusions(Struct, frozen=True, kw_only=True):
    """What stands against what in judgements on the same sentence.

    `polarities` and `attributions` are of judgements with the same holder and target. `targets`
    are of those with the same holder, and `holders`, by kind and type, of those with the same
    target: those equal in both are matched first, and the others in text order.
    """

    polarities: Confusion
    targets: Confusion
    attributions: Confusion
    holders: Confusion


def stance_confusions(
    pairs: Sequence[Pair], scheme: LabelScheme, sentences: Mapping[str, Sequence[Span]]
) -> StanceConfusions:
    """The confusions of judgements; `sentences` has the sentences of each document."""
    sides = [
        [
            judgement
            for number, pair in enumerate(pairs)
            for judgement in judged(number, pair[side], sentences[pair[side].document])
        ]
        for side in (0, 1)
    ]

    def table(value: Callable[[Judgement], str], names: Sequence[str], *keys: _Key) -> Confusion:
        met = _paired(sides[0], sides[1], (_question, *keys))
        found = Counter((value(a) if a else "", value(b) if b else "") for a, b in met)
        return _table(found, names)

    kinds, types = scheme.names("holder_kinds"), ("", *scheme.names("holder_types"))
    return StanceConfusions(
        polarities=table(lambda j: j.polarity, scheme.polarity_names),
        targets=table(
            lambda j: j.target, scheme.target_names, lambda j: (j.document, j.sentence, j.holder)
        ),
        attributions=table(lambda j: j.attribution, scheme.names("attributions")),
        holders=table(
            _kind_and_type,
            [_joined(kind, name) for kind, name in product(kinds, types)],
            lambda j: (j.document, j.sentence, j.target, _kind_and_type(j)),
            lambda j: (j.document, j.sentence, j.target),
        ),
    )


def most_disputed(
    pairs: Sequence[Pair], sentences: Mapping[str, Sequence[Span]], number: int = 20
) -> tuple[Disputed, ...]:
    """The sentences with the most differences, then in the order of documents and text."""
    found: list[Disputed] = []
    for one, other in pairs:
        places = sentences[one.document]
        starts = [sentence.start for sentence in places]
        marks = [Counter(_marks(side)) for side in (one, other)]
        at: defaultdict[int, tuple[list[Mark], list[Mark]]] = defaultdict(lambda: ([], []))
        for which, alone in enumerate((marks[0] - marks[1], marks[1] - marks[0])):
            for mark in alone.elements():
                at[max(bisect.bisect_right(starts, mark.start) - 1, 0)][which].append(mark)
        for index, (first, second) in at.items():
            if not places:
                continue
            found.append(
                Disputed(
                    document=one.document,
                    start=places[index].start,
                    end=places[index].end,
                    differences=len(first) + len(second),
                    first=tuple(sorted(first, key=_in_order)),
                    second=tuple(sorted(second, key=_in_order)),
                )
            )
    order = {one.document: number for number, (one, _) in enumerate(pairs)}
    found.sort(key=lambda item: (-item.differences, order[item.document], item.start))
    return tuple(found[:number])


def _marks(annotation: Annotation) -> Iterator[Mark]:
    for e in annotation.entities:
        said = " ".join(filter(None, (e.label, e.entity_id, e.sense)))
        yield Mark(start=e.start, end=e.end, said=said)
    for stance in annotation.stances:
        words = (_holder(annotation, stance), stance.target, stance.polarity, stance.attribution)
        said = " ".join([*(word or "?" for word in words), *sorted(stance.flags)])
        yield Mark(start=stance.start, end=stance.end, said=said)


def _question(judgement: Judgement) -> Hashable:
    return judgement.document, judgement.question


def _kind_and_type(judgement: Judgement) -> str:
    return _joined(judgement.holder_kind, judgement.holder_type)


def _joined(*words: str | None) -> str:
    return ":".join(filter(None, words))


def _paired(
    first: Sequence[Judgement], second: Sequence[Judgement], keys: Iterable[_Key]
) -> Iterator[tuple[Judgement | None, Judgement | None]]:
    """Judgements one to one: those with the same first key, of the others those with the next.

    Several with one key are paired in text order; at the end come those that are left alone.
    """
    for key in keys:
        waiting: defaultdict[Hashable, list[Judgement]] = defaultdict(list)
        for judgement in reversed(second):
            waiting[key(judgement)].append(judgement)
        alone: list[Judgement] = []
        for judgement in first:
            if there := waiting[key(judgement)]:
                yield judgement, there.pop()
            else:
                alone.append(judgement)
        first, second = alone, [j for j in second if any(j is k for k in waiting[key(j)])]
    yield from ((judgement, None) for judgement in first)
    yield from ((None, judgement) for judgement in second)


def _holder(annotation: Annotation, stance: Stance) -> str | None:
    if stance.holder is None:
        return None
    mention = annotation.mention(stance)
    who = stance.holder.kind
    if mention is not None:
        who = mention.entity_id or f"[{mention.start}, {mention.end})"
    return _joined(who, stance.holder.type)


def _matched(
    first: Iterable[Entity], second: Iterable[Entity]
) -> Iterator[tuple[Entity | None, Entity | None]]:
    ones = {(e.start, e.end): e for e in first}
    others = {(e.start, e.end): e for e in second}
    for ends in ones.keys() & others.keys():
        yield ones.pop(ends), others.pop(ends)
    left, right = sorted(ones), sorted(others)
    while left and right:
        a, b = left[0], right[0]
        if a[0] < b[1] and b[0] < a[1]:
            yield ones[left.pop(0)], others[right.pop(0)]
        elif a[1] <= b[1]:
            yield ones[left.pop(0)], None
        else:
            yield None, others[right.pop(0)]
    yield from ((ones[ends], None) for ends in left)
    yield from ((None, others[ends]) for ends in right)


def _table(found: Counter[tuple[str, str]], names: Sequence[str]) -> Confusion:
    """Values that the scheme does not list are put between the listed ones and nothing."""
    occurring = {value for pair in found for value in pair}
    listed = (*names, *sorted(occurring - {*names, ""}), "")
    values = tuple(value for value in listed if value in occurring)
    return Confusion(
        values=values,
        counts=tuple(tuple(found[row, column] for column in values) for row in values),
    )


def _in_order(mark: Mark) -> tuple[int, int, str]:
    return mark.start, mark.end, mark.said
