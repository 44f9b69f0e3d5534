"""How alike the documents are: a corpus written to a plan must show that it is no template."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

from ijcorpus.release.counts import Table

_WORD = re.compile(r"\w+")
_ORDER = 4

Words = Sequence[str]


def words(text: str) -> list[str]:
    """Runs of letters and digits, in lower case."""
    return _WORD.findall(text.lower())


def variety_table(texts: Sequence[Words]) -> Table | None:
    """Self-BLEU, distinct n-grams and the most alike pair; None for fewer than two texts."""
    if len(texts) < 2:
        return None
    rows = [(f"distinct {n}-grams", f"{distinct(texts, n):.3f}") for n in range(1, _ORDER + 1)]
    return Table(
        title="How alike the full texts are (0 to 1)",
        header=("measure", "value"),
        rows=(
            (f"Self-BLEU-{_ORDER}", f"{self_bleu(texts):.3f}"),
            *rows,
            (f"most {_ORDER}-grams shared by a pair of texts (Jaccard)", f"{closest(texts):.3f}"),
        ),
    )


def distinct(texts: Sequence[Words], n: int) -> float:
    """Different n-grams over all n-grams, in [0, 1] (Li et al. 2016); 0 when there are none."""
    grams = [gram for text in texts for gram in _grams(text, n)]
    return len(set(grams)) / len(grams) if grams else 0.0


def closest(texts: Sequence[Words]) -> float:
    """The largest Jaccard similarity of two texts' sets of 4-grams, in [0, 1]."""
    sets = [set(_grams(text, _ORDER)) for text in texts]
    pairs = ((a & b, a | b) for a, b in combinations(sets, 2))
    return max((len(shared) / len(both) for shared, both in pairs if both), default=0.0)


def self_bleu(texts: Sequence[Words], order: int = _ORDER) -> float:
    """The mean BLEU of each text with all others as its references, in [0, 1].

    No smoothing, brevity by the closest length, the shorter in a tie (Papineni et al. 2002; Zhu et
    al. 2018). Raises ValueError for fewer than two texts.
    """
    if len(texts) < 2:
        raise ValueError("self-BLEU compares two texts or more")
    logs = [[0.0] * order for _ in texts]
    for n in range(1, order + 1):
        counted = [Counter(_grams(text, n)) for text in texts]
        highest = _two_highest(counted)
        for number, grams in enumerate(counted):
            clipped = 0
            for gram, count in grams.items():
                (first, owner), (second, _) = highest[gram]
                clipped += min(count, second if owner == number else first)
            precision = clipped / grams.total() if grams else 0.0
            logs[number][n - 1] = math.log(precision) if precision else -math.inf
    lengths = [len(text) for text in texts]
    scores = [
        math.exp(sum(found) / order) * _brevity(len(texts[i]), lengths[:i] + lengths[i + 1 :])
        for i, found in enumerate(logs)
    ]
    return sum(scores) / len(scores)


def _grams(text: Words, n: int) -> list[tuple[str, ...]]:
    return [tuple(text[i : i + n]) for i in range(len(text) - n + 1)]


def _two_highest(
    counted: Sequence[Counter[tuple[str, ...]]],
) -> dict[tuple[str, ...], list[tuple[int, int]]]:
    """For each n-gram its two highest counts in a text, with the texts' numbers."""
    found: defaultdict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(
        lambda: [(0, -1), (0, -1)]
    )
    for number, grams in enumerate(counted):
        for gram, count in grams.items():
            found[gram] = sorted([*found[gram], (count, number)], reverse=True)[:2]
    return found


def _brevity(length: int, others: Sequence[int]) -> float:
    nearest = min(others, key=lambda other: (abs(other - length), other))
    if length > nearest:
        return 1.0
    return math.exp(1 - nearest / length) if length else 0.0
