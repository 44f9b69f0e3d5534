"""Checks of adjudication: that it follows from the passes and the decisions, and from them alone.

What does follow is worked out by the caller (`Subject.settled`): adjudicating is no check's work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ijcorpus.annotation import Annotation
from ijcorpus.checks.view import Check, CorpusView, DocumentView, Fault

OTHER = "other"
THOROUGH = 3


def _adjudication_open(view: DocumentView) -> Iterator[Fault]:
    if view.subject.adjudicated is not None and view.subject.unsettled:
        yield Fault(
            "the adjudication does not follow from the passes and the decisions: "
            f"{view.subject.unsettled}"
        )


def _adjudication_differs(view: DocumentView) -> Iterator[Fault]:
    final, settled = view.subject.adjudicated, view.subject.settled
    if final is None or settled is None or final.annotation == settled:
        return
    fields = Annotation.__struct_fields__
    names = [n for n in fields if getattr(final.annotation, n) != getattr(settled, n)]
    places = _places(final.annotation, settled)
    start, end = places[0] if places else (None, None)
    yield Fault(
        f"the adjudication is not what the passes and the decisions give (other {', '.join(names)}"
        f"{f', {len(places)} marks' if places else ''}); run 'ijcorpus adjudicate', or record the "
        "change as a decision.",
        start=start,
        end=end,
    )


def _places(one: Annotation, other: Annotation) -> list[tuple[int, int]]:
    """Where marks stand that only one of two annotations has."""
    here, there = ({*a.entities, *a.stances} for a in (one, other))
    return sorted({(mark.start, mark.end) for mark in here ^ there})


def _decision_stale(view: DocumentView) -> Iterator[Fault]:
    for key in view.subject.stale:
        yield Fault(
            f"the decision on dispute {key} applies to no dispute of the passes; a pass has "
            "changed since, so decide anew or remove it.",
            record=key,
        )


def _decision_twice(view: DocumentView) -> Iterator[Fault]:
    if len(view.subject.decisions) < 2:
        return
    counts = Counter(decision.dispute for decision in view.subject.decisions)
    for key, count in counts.items():
        if count > 1:
            yield Fault(f"dispute {key} is decided {count} times; keep one line.", record=key)


def _decision_reason_unknown(view: DocumentView) -> Iterator[Fault]:
    known = view.corpus.scheme.names("reasons")
    for decision in view.subject.decisions:
        if decision.reason not in known:
            yield Fault(
                f"the decision on dispute {decision.dispute} has the reason {decision.reason!r}; "
                f"choose one of {', '.join(known) or 'none'}.",
                record=decision.dispute,
            )


def _decision_choice_unknown(view: DocumentView) -> Iterator[Fault]:
    known = (*(layer.name for layer in view.passes), OTHER)
    for decision in view.subject.decisions:
        if decision.choice not in known:
            yield Fault(
                f"the decision on dispute {decision.dispute} chooses {decision.choice!r}, who has "
                f"no pass; there are {', '.join(known)}.",
                record=decision.dispute,
            )


def _decision_document_unknown(view: CorpusView) -> Iterator[Fault]:
    for decision in view.orphans:
        yield Fault(
            f"the decision on dispute {decision.dispute} is about {decision.document}, which the "
            "corpus does not have; mend the id or remove the line.",
            record=decision.dispute,
            document=decision.document,
        )


def _third_pass_missing(view: DocumentView) -> Iterator[Fault]:
    trained_on = next(iter(view.corpus.scheme.splits.shares), "")
    split = view.corpus.splits.get(view.subject.id, trained_on)
    if view.subject.wanted is not None:
        return
    if split != trained_on and 0 < len(view.passes) < THOROUGH:
        yield Fault(
            f"the document is in {split}, by which systems are judged, and has {len(view.passes)} "
            f"of {THOROUGH} passes."
        )


SETTLEMENT_CHECKS: tuple[Check[DocumentView], ...] = (
    Check(
        code="adjudication-open",
        level=6,
        severity="error",
        explanation="Every dispute of an adjudicated document must be decided.",
        function=_adjudication_open,
    ),
    Check(
        code="adjudication-differs",
        level=6,
        severity="error",
        explanation="The adjudication must be what the passes and the decisions give, stances"
        " included.",
        function=_adjudication_differs,
    ),
    Check(
        code="decision-stale",
        level=6,
        severity="warning",
        explanation="A decision should be on a dispute that the passes have.",
        function=_decision_stale,
    ),
    Check(
        code="decision-twice",
        level=2,
        severity="error",
        explanation="A dispute must be decided once.",
        function=_decision_twice,
    ),
    Check(
        code="decision-reason-unknown",
        level=4,
        severity="error",
        explanation="The reason of a decision must be one of the scheme's.",
        function=_decision_reason_unknown,
    ),
    Check(
        code="decision-choice-unknown",
        level=4,
        severity="error",
        explanation="A decision must choose a pass that the document has, or something else.",
        function=_decision_choice_unknown,
    ),
    Check(
        code="third-pass-missing",
        level=6,
        severity="info",
        explanation="Documents by which systems are judged deserve three passes, unless an"
        " assignment says how many.",
        function=_third_pass_missing,
    ),
)
ORPHAN_CHECKS: tuple[Check[CorpusView], ...] = (
    Check(
        code="decision-document-unknown",
        level=2,
        severity="error",
        explanation="A decision must be about a document that the corpus has.",
        function=_decision_document_unknown,
    ),
)
