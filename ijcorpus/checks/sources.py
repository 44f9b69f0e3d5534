"""Checks of the list of sources: what stands twice, and what cannot be."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Hashable, Iterator

from ijcorpus.checks.view import Check, CorpusView, Fault, Subject
from ijcorpus.finding import Location

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def _source_date_malformed(view: CorpusView) -> Iterator[Fault]:
    for subject in view.subjects:
        date = subject.source.date
        if not _is_date(date):
            yield Fault(
                f"the date {date!r} is no year, month or day such as 1999, 1999-10 or 1999-10-18; "
                "write it so.",
                document=subject.id,
            )


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
    view: CorpusView, key: Callable[[Subject], Hashable]
) -> Iterator[tuple[Subject, Subject]]:
    """Pairs of different documents that have one key: the first, and each later one."""
    first: dict[Hashable, Subject] = {}
    for subject in view.subjects:
        other = first.setdefault(key(subject), subject)
        if other.id != subject.id:
            yield other, subject


def _text_twice(view: CorpusView) -> Iterator[Fault]:
    for other, subject in _again(view, lambda subject: subject.document.digest):
        if subject.characters:
            yield Fault(
                f"{subject.id} has the very text of {other.id}; keep one of them.",
                record=other.id,
                document=subject.id,
                others=(Location(document=other.id),),
            )


def _source_path_twice(view: CorpusView) -> Iterator[Fault]:
    pairs = _again(view, lambda s: (s.source.rights, s.source.path, s.source.fragment))
    for other, subject in pairs:
        yield Fault(
            f"{subject.id} is read from {subject.source.path}, as {other.id} is; "
            "name its own file.",
            record=other.id,
            document=subject.id,
            others=(Location(document=other.id),),
        )


def _split_held_out(view: CorpusView) -> Iterator[Fault]:
    rule = view.scheme.splits
    for subject in view.subjects:
        source, split = subject.source, view.splits.get(subject.id)
        aside = source.subset in rule.held_out_subsets or source.topic in rule.held_out_topics
        if aside and split is not None and split != rule.held_out:
            yield Fault(
                f"{subject.id} is in {split}, but the scheme holds its subset or topic out for "
                f"{rule.held_out}; put it there.",
                document=subject.id,
            )


def _target_unseen(view: CorpusView) -> Iterator[Fault]:
    """Targets that are judged only where systems are tested."""
    trained_on = next(iter(view.scheme.splits.shares), "")
    seen: dict[str, set[str]] = {}
    for subject in view.subjects:
        split = view.splits.get(subject.id)
        final = subject.adjudicated.annotation if subject.adjudicated else None
        for stance in final.stances if final else ():
            if split is not None and stance.target:
                seen.setdefault(stance.target, set()).add(split)
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
