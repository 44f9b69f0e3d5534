"""Checks of the list of sources: what stands twice, and what cannot be."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Hashable, Iterator
from functools import lru_cache

from ijcorpus.checks.subject import Summary
from ijcorpus.checks.summaries import likely_twice
from ijcorpus.checks.view import Check, CorpusView, Fault
from ijcorpus.finding import Location

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def _source_date_malformed(view: CorpusView) -> Iterator[Fault]:
    for document in view.documents:
        date = document.date
        if not _is_date(date):
            yield Fault(
                f"the date {date!r} is no year, month or day such as 1999, 1999-10 or 1999-10-18; "
                "write it so.",
                document=document.id,
            )


@lru_cache
def _is_date(text: str) -> bool:
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    year, month, day = match.groups(default="01")
    try:
        datetime.date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _again(
    view: CorpusView, key: Callable[[Summary], Hashable]
) -> Iterator[tuple[Summary, Summary]]:
    """Pairs of different documents that have one key: the first, and each later one."""
    twice = likely_twice(map(key, view.documents))
    first: dict[Hashable, Summary] = {}
    for document in view.documents:
        if twice(said := key(document)):
            other = first.setdefault(said, document)
            if other.id != document.id:
                yield other, document


def _text_twice(view: CorpusView) -> Iterator[Fault]:
    for other, document in _again(view, lambda document: document.digest):
        if not document.empty:
            yield Fault(
                f"{document.id} has the very text of {other.id}; keep one of them.",
                record=other.id,
                document=document.id,
                others=(Location(document=other.id),),
            )


def _source_path_twice(view: CorpusView) -> Iterator[Fault]:
    pairs = _again(view, lambda d: (d.ships, d.path, d.fragment))
    for other, document in pairs:
        yield Fault(
            f"{document.id} is read from {document.path}, as {other.id} is; name its own file.",
            record=other.id,
            document=document.id,
            others=(Location(document=other.id),),
        )


def _split_held_out(view: CorpusView) -> Iterator[Fault]:
    rule = view.scheme.splits
    for document in view.documents:
        split = view.splits.get(document.id)
        aside = document.subset in rule.held_out_subsets or document.topic in rule.held_out_topics
        if aside and split is not None and split != rule.held_out:
            yield Fault(
                f"{document.id} is in {split}, but the scheme holds its subset or topic out for "
                f"{rule.held_out}; put it there.",
                document=document.id,
            )


def _target_unseen(view: CorpusView) -> Iterator[Fault]:
    """Targets that are judged only where systems are tested."""
    trained_on = next(iter(view.scheme.splits.shares), "")
    seen: dict[str, set[str]] = {}
    for document in view.documents:
        split = view.splits.get(document.id)
        if split is not None:
            for target in document.targets:
                seen.setdefault(target, set()).add(split)
    for target, splits in seen.items():
        if trained_on not in splits:
            yield Fault(
                f"the target {target} is judged in {', '.join(sorted(splits))} and never in "
                f"{trained_on}; say so in the card.",
                record=target,
            )


SOURCE_CHECKS: tuple[Check[CorpusView], ...] = (
    Check(
        code="source-date-malformed",
        level=2,
        severity="error",
        explanation="A source's date must be a year, a month or a day that exists.",
        function=_source_date_malformed,
    ),
    Check(
        code="source-path-twice",
        level=2,
        severity="error",
        explanation="Two documents must not be read from one place.",
        function=_source_path_twice,
    ),
    Check(
        code="text-twice",
        level=6,
        severity="error",
        explanation="No two documents may have the same text, even in one split.",
        function=_text_twice,
    ),
    Check(
        code="split-held-out",
        level=6,
        severity="error",
        explanation="What the scheme holds out must be in the split that it is held out for.",
        function=_split_held_out,
    ),
    Check(
        code="target-unseen-in-training",
        level=6,
        severity="info",
        explanation="A target that is judged only where systems are tested cannot be learnt.",
        function=_target_unseen,
    ),
)
