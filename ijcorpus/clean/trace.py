"""Text that remembers where in the raw file each of its characters came from."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ijcorpus.document import RawMap, RawRun


class Edit(NamedTuple):
    """Replace the characters `[start, end)` of a text by `replacement`, which may be empty."""

    start: int
    end: int
    replacement: str


class Run(NamedTuple):
    """`length` characters from `start` on that stand for `raw_length` raw ones."""

    start: int
    length: int
    raw_start: int
    raw_length: int


class Traced:
    """A string with its runs; characters between runs (joins) have no place in the raw file.

    Immutable: every operation gives a new one, or `self` when there is nothing to do.
    """

    __slots__ = ("runs", "text")

    def __init__(self, text: str, runs: tuple[Run, ...]) -> None:
        self.text = text
        self.runs = runs

    @classmethod
    def of(cls, text: str) -> Traced:
        """The raw text itself: every character stands for itself."""
        return cls(text, (Run(0, len(text), 0, len(text)),) if text else ())

    def __len__(self) -> int:
        return len(self.text)

    def __repr__(self) -> str:
        return f"Traced({self.text!r})"

    def cut(self, start: int, end: int) -> Traced:
        """The characters `[start, end)`."""
        if start <= 0 and end >= len(self.text):
            return self
        return Traced(self.text[start:end], tuple(self._runs(start, end, -start)))

    def strip(self) -> Traced:
        """Without white space at either end."""
        start = len(self.text) - len(self.text.lstrip())
        return self.cut(start, max(start, len(self.text.rstrip())))

    def edit(self, edits: Iterable[Edit]) -> Traced:
        """Apply edits given in order and without overlap."""
        texts: list[str] = []
        runs: list[Run] = []
        at = length = 0
        for start, end, replacement in edits:
            texts += self.text[at:start], replacement
            runs += self._runs(at, start, length - at)
            length += start - at
            if replacement and (place := self.place(start, end)):
                runs.append(Run(length, len(replacement), place[0], place[1] - place[0]))
            length += len(replacement)
            at = end
        if not texts:
            return self
        runs += self._runs(at, len(self.text), length - at)
        return Traced("".join(texts) + self.text[at:], tuple(runs))

    def sub(
        self, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str] | str
    ) -> Traced:
        """Like `re.sub`, but a replacement string is taken as it is."""
        return self.edit(
            Edit(*match.span(), replace if isinstance(replace, str) else replace(match))
            for match in pattern.finditer(self.text)
        )

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """The smallest raw interval of `[start, end)`, None when it has no raw character."""
        runs = list(self._runs(start, end, 0))
        if not runs:
            return None
        return (
            min(run.raw_start for run in runs),
            max(run.raw_start + run.raw_length for run in runs),
        )

    def raw_map(self) -> RawMap:
        """The runs, neighbours merged where both go character by character."""
        merged: list[Run] = []
        for run in self.runs:
            last = merged[-1] if merged else None
            if last and _continues(last, run):
                run = Run(last.start, last.length + run.length, last.raw_start, 0)
                merged[-1] = run._replace(raw_length=run.length)
            else:
                merged.append(run)
        return RawMap(tuple(RawRun(*run) for run in merged))

    def _runs(self, start: int, end: int, shift: int) -> Iterable[Run]:
        """The runs inside `[start, end)`, cut to it and moved by `shift`."""
        at = max(0, bisect.bisect_right(self.runs, start, key=lambda run: run.start) - 1)
        for index in range(at, len(self.runs)):
            run = self.runs[index]
            if run.start >= end:
                break
            low, high = max(start, run.start), min(end, run.start + run.length)
            if low >= high:
                continue
            if run.length == run.raw_length:
                yield Run(low + shift, high - low, run.raw_start + low - run.start, high - low)
            else:
                yield Run(low + shift, high - low, run.raw_start, run.raw_length)


def join(parts: Iterable[Traced], separator: str = "") -> Traced:
    """Join texts; the separators have no place in the raw file."""
    texts: list[str] = []
    runs: list[Run] = []
    length = 0
    for part in parts:
        if texts:
            length += len(separator)
        texts.append(part.text)
        runs += (run._replace(start=run.start + length) for run in part.runs)
        length += len(part.text)
    return Traced(separator.join(texts), tuple(runs))


def between(first: Traced, second: Traced) -> Traced:
    """A space that stands for what the raw file has between two texts."""
    before, after = first.place(0, len(first)), second.place(0, len(second))
    if before and after and before[1] <= after[0]:
        return Traced(" ", (Run(0, 1, before[1], after[0] - before[1]),))
    return Traced(" ", ())


def rewrite(offset: int, before: str, after: str) -> list[Edit]:
    """Few, small edits that turn `before`, which starts at `offset`, into `after`.

    ASCII is taken as the fixed part: repairs of encodings and of Unicode form rewrite the rest.
    """
    if before == after:
        return []
    olds, news = _NOT_ASCII.split(before), _NOT_ASCII.split(after)
    if olds[::2] != news[::2]:
        return [_trimmed(offset, before, after)]
    edits: list[Edit] = []
    for position, (old, new) in enumerate(zip(olds, news, strict=True)):
        if position % 2 and old != new:
            edits.append(_trimmed(offset, old, new))
        offset += len(old)
    return edits


_NOT_ASCII = re.compile(r"([^\x00-\x7f]+)")


def _trimmed(offset: int, before: str, after: str) -> Edit:
    """One edit without the characters that both have at the start and at the end."""
    limit = min(len(before), len(after))
    head = next((i for i in range(limit) if before[i] != after[i]), limit)
    limit -= head
    tail = next((i for i in range(limit) if before[-1 - i] != after[-1 - i]), limit)
    end = len(before) - tail
    return Edit(offset + head, offset + end, after[head : len(after) - tail])


def _continues(last: Run, run: Run) -> bool:
    return (
        last.length == last.raw_length
        and run.length == run.raw_length
        and last.start + last.length == run.start
        and last.raw_start + last.raw_length == run.raw_start
    )
