"""Judgements of two annotators, matched one to one and counted by document.

Two judgements match when their evidence lies in the same sentence and they agree on what is
asked: holder and target, or holder, target and polarity. A sentence is numbered by where the
evidence starts; evidence lies inside one sentence, so overlapping evidence is in the same. As
many match as both have: in one sentence, the smaller of the two numbers of equal judgements.
"""

from __future__ import annotations

import bisect
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ijcorpus.annotation import Annotation
from ijcorpus.document import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts = NDArray[np.float64]


class Judgement(NamedTuple):
    """What is compared of a stance."""

    document: int
    sentence: int
    holder: Hashable
    target: str
    polarity: str
    attribution: str
    holder_kind: str
    holder_type: str
    mention: tuple[int, int] | None

    @property
    def question(self) -> Hashable:
        """What a judgement answers: where, whose stance, on what."""
        return self.sentence, self.holder, self.target


def judged(number: int, annotation: Annotation, sentences: Sequence[Span]) -> list[Judgement]:
    """The judgements of one annotation in text order; `number` is its document's."""
    starts = [sentence.start for sentence in sentences]
    mentions = {entity.id: entity for entity in annotation.entities}
    found: list[Judgement] = []
    for stance in sorted(annotation.stances, key=lambda stance: (stance.start, stance.end)):
        holder = stance.holder
        mention = mentions.get(holder.mention or "") if holder else None
        if mention is not None:
            who: Hashable = mention.entity_id or (mention.start, mention.end)
        else:
            who = (holder.kind, holder.type) if holder else None
        found.append(
            Judgement(
                document=number,
                sentence=bisect.bisect_right(starts, stance.start),
                holder=who,
                target=stance.target or "",
                polarity=stance.polarity or "",
                attribution=stance.attribution or "",
                holder_kind=holder.kind if holder else "",
                holder_type=(holder.type if holder else None) or "",
                mention=(mention.start, mention.end) if mention else None,
            )
        )
    return found


def shared(
    first: Iterable[tuple[int, str, Hashable]],
    second: Iterable[tuple[int, str, Hashable]],
    groups: Sequence[str],
    documents: int,
) -> Counts:
    """Counts by group, document and (agreed, first, second) of items (document, group, item).

    Items of groups that are not listed are counted in one more group at the end.
    """
    import numpy as np

    numbers = {group: number for number, group in enumerate(groups)}
    counts = np.zeros((len(groups) + 1, documents, 3))
    of_first, of_second = Counter(first), Counter(second)
    for column, tally in enumerate((of_first & of_second, of_first, of_second)):
        for (document, group, _), number in tally.items():
            counts[numbers.get(group, len(groups)), document, column] += number
    return counts


def matched(
    first: Iterable[Judgement], second: Iterable[Judgement]
) -> list[tuple[Judgement, Judgement]]:
    """Judgements on the same question, one to one; several are paired in text order."""
    waiting: defaultdict[Hashable, list[Judgement]] = defaultdict(list)
    for judgement in reversed([*second]):
        waiting[judgement.document, judgement.question].append(judgement)
    pairs: list[tuple[Judgement, Judgement]] = []
    for judgement in first:
        if others := waiting[judgement.document, judgement.question]:
            pairs.append((judgement, others.pop()))
    return pairs


def tables(
    pairs: Iterable[tuple[int, str, str]], ranks: Mapping[str, int], documents: int
) -> Counts:
    """Flat square tables, one a document, of pairs (document, value, value) by their ranks.

    Pairs with a value that has no rank are left out.
    """
    import numpy as np

    size = max(ranks.values(), default=-1) + 1
    counts = np.zeros((documents, size * size))
    for document, one, other in pairs:
        if one in ranks and other in ranks:
            counts[document, ranks[one] * size + ranks[other]] += 1
    return counts
