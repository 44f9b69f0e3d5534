"""Records that cannot be read: each is said once, without what only follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ijcorpus.checks.subject import Subject
from ijcorpus.checks.view import Check, CorpusView, Fault
from ijcorpus.finding import Finding

# What is found of a document only because a record of this kind is not there to be seen.
FOLLOWS: dict[str, frozenset[str]] = {
    "annotation": frozenset(
        [
            "document-without-layers", "pass-missing", "third-pass-missing",
            "adjudication-missing", "adjudication-stale", "adjudication-open",
            "adjudication-differs", "decision-stale", "decision-choice-unknown",
        ]
    ),
    "decision": frozenset(["adjudication-open", "adjudication-differs"]),
    "document": frozenset(["standoff-missing"]),
}  # fmt: skip
# What is found only because nothing is known of a text.
LOST = frozenset(
    ["text-empty", "text-changed", "released-text-differs", "fingerprint-of-other-text"]
)


def beyond(subject: Subject, found: Iterable[Finding]) -> list[Finding]:
    """The findings of a document that do not merely follow from what cannot be read of it."""
    follows = LOST if subject.lost else frozenset[str]()
    follows = follows.union(*(FOLLOWS.get(one.kind, ()) for one in subject.unread))
    return [finding for finding in found if finding.code not in follows]


def _record_unreadable(view: CorpusView) -> Iterator[Fault]:
    for one in view.unread:
        yield Fault(one.message, record=one.record, document=one.document, path=one.path)


UNREAD_CHECKS: tuple[Check[CorpusView], ...] = (
    Check(
        code="record-unreadable",
        level=2,
        severity="error",
        explanation="A layer, adjudication, decision, waiver, stand-off record, fingerprint or list"
        " of facts must be readable as what it should be.",
        function=_record_unreadable,
    ),
)
