"""The baseline that reads no text: a judgement's polarity guessed from its target alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ijcorpus.release.counts import Table

Row = Mapping[str, Any]


def target_only(train: Sequence[Row], held: Sequence[Row]) -> tuple[float, float]:
    """Accuracy and macro-F1, in [0, 1], of each target's most frequent polarity in `train`.

    Rows have `target` and `polarity`. An unseen target gets the most frequent polarity of all;
    macro-F1 is over the polarities that `held` has. Raises ValueError when either is empty.
    """
    if not train or not held:
        raise ValueError("the baseline needs judgements to learn from and to be tried on")
    by_target: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in train:
        by_target[row["target"]][row["polarity"]] += 1
    overall = _most_frequent(sum(by_target.values(), Counter()))
    guess = {target: _most_frequent(counts) for target, counts in by_target.items()}
    pairs = [(row["polarity"], guess.get(row["target"], overall)) for row in held]
    names = sorted({gold for gold, _ in pairs})
    right = sum(gold == guessed for gold, guessed in pairs)
    return right / len(pairs), sum(_f1(pairs, name) for name in names) / len(names)


def baseline_table(stance: Mapping[str, Sequence[Row]], trained_on: str) -> Table | None:
    """The baseline on every other split; None when there is nothing to learn from or to try."""
    train = stance.get(trained_on, [])
    others = {split: rows for split, rows in stance.items() if split != trained_on and rows}
    if not train or not others:
        return None
    rows: list[tuple[str | int, ...]] = []
    for split, held in others.items():
        accuracy, macro = target_only(train, held)
        rows.append((split, len(held), f"{accuracy:.3f}", f"{macro:.3f}"))
    return Table(
        title="Stance: a baseline that knows the target only",
        header=("split", "judgements", "accuracy", "macro-F1"),
        rows=tuple(rows),
    )


def _most_frequent(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


def _f1(pairs: Sequence[tuple[str, str]], name: str) -> float:
    both = sum(gold == guessed == name for gold, guessed in pairs)
    either = sum(gold == name for gold, _ in pairs) + sum(guessed == name for _, guessed in pairs)
    return 2 * both / either if either else 0.0
