"""Words that two texts share in a row: near duplicates and copied runs."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Runs of words in one table: some 150 MiB.
_AT_ONCE = 1_000_000
_JOINING = frozenset(("a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "the", "to"))


class Word(NamedTuple):
    """A word in its comparable form, where it stands, and whether it can be part of a name."""

    form: str
    start: int
    end: int
    named: bool


class Run(NamedTuple):
    """Words `[here, here + length)` of one text that are words `[there, ...)` of another."""

    here: int
    there: int
    length: int


def words(text: str) -> list[Word]:
    """The words of a text; case, punctuation and the kind of apostrophe make no difference.

    Capitalised words, numbers and the small words that join them can be part of a name.
    """
    return [
        Word(
            form=match[0].casefold().replace("’", "'"),
            start=match.start(),
            end=match.end(),
            named=not match[0][0].islower() or match[0] in _JOINING,
        )
        for match in _WORD.finditer(text)
    ]


def shingles(listed: Sequence[Word], n: int = 8) -> dict[tuple[str, ...], int]:
    """Every run of `n` words, with the number of the word at which it first begins."""
    found: dict[tuple[str, ...], int] = {}
    forms = [word.form for word in listed]
    for at in range(len(forms) - n + 1):
        found.setdefault(tuple(forms[at : at + n]), at)
    return found


def resemblance(one: Sequence[Word], other: Sequence[Word], n: int = 5) -> float:
    """The share of runs of `n` words that two texts have in common (Jaccard; Broder 1997)."""
    return jaccard(shingles(one, n), shingles(other, n))


def jaccard(
    one: dict[tuple[str, ...], int],
    other: dict[tuple[str, ...], int],
) -> float:
    """The share of shingles that two sets have in common; nothing resembles an empty one."""
    common = len(one.keys() & other.keys())
    return common / (len(one) + len(other) - common) if common else 0.0


def resembling(texts: Iterable[str], *, n: int, least: float) -> Iterator[tuple[int, int, float]]:
    """Pairs of texts, by number, that have more than a share of their runs of `n` words in common.

    In order, each with its share. Texts are read once and not kept, but for 8 bytes a run: runs are
    compared by hash, a part of all hashes at a time, so that no table grows with the texts.
    """
    kept = [array("q", {hash(run) for run in shingles(words(text), n)}) for text in texts]
    parts = 1 + sum(map(len, kept)) // _AT_ONCE
    common: Counter[tuple[int, int]] = Counter()
    for part in range(parts):
        seen: dict[int, list[int]] = {}
        for number, runs in enumerate(kept):
            for run in runs if parts == 1 else [r for r in runs if r % parts == part]:
                before = seen.setdefault(run, [])
                common.update((other, number) for other in before)
                before.append(number)
    for (one, other), count in sorted(common.items()):
        share = count / (len(kept[one]) + len(kept[other]) - count)
        if share > least:
            yield one, other, share


def shared_runs(
    one: Sequence[Word],
    other: Sequence[Word],
    n: int = 8,
    *,
    index: dict[tuple[str, ...], int] | None = None,
) -> Iterator[Run]:
    """Runs of at least `n` words of `one` that stand in `other` too, in order.

    Runs that are nothing but a name, title or date are left out. `index` is `shingles(other, n)`
    where the caller has it already.
    """
    index = shingles(other, n) if index is None else index
    forms = [word.form for word in one]
    at = 0
    while at <= len(forms) - n:
        there = index.get(tuple(forms[at : at + n]))
        if there is None:
            at += 1
            continue
        length = n
        while (
            at + length < len(forms)
            and there + length < len(other)
            and forms[at + length] == other[there + length].form
        ):
            length += 1
        if all(word.named for word in one[at : at + length]):
            at += 1
        else:
            yield Run(at, there, length)
            at += length
