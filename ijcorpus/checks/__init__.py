"""Checks: small pure functions that find faults in a corpus, each under a stable code.

`check` runs them all over a `CorpusView`; `table` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from ijcorpus.checks.annotated import AnnotationView
from ijcorpus.checks.characters import CHARACTER_CHECKS, NAME_CHECKS
from ijcorpus.checks.consistency import CONSISTENCY_CHECKS
from ijcorpus.checks.corpus import CORPUS_CHECKS
from ijcorpus.checks.documents import DOCUMENT_CHECKS
from ijcorpus.checks.entities import ENTITY_CHECKS
from ijcorpus.checks.layers import LAYER_CHECKS
from ijcorpus.checks.released import ReleaseView
from ijcorpus.checks.releases import FILE_CHECKS
from ijcorpus.checks.rows import ROW_CHECKS
from ijcorpus.checks.settlement import ORPHAN_CHECKS, SETTLEMENT_CHECKS
from ijcorpus.checks.sources import SOURCE_CHECKS
from ijcorpus.checks.spans import SPAN_CHECKS
from ijcorpus.checks.stances import STANCE_CHECKS
from ijcorpus.checks.subject import Subject, Summary
from ijcorpus.checks.units import UNIT_CHECKS
from ijcorpus.checks.view import (
    Check,
    CorpusView,
    DocumentView,
    View,
    WaiverView,
)
from ijcorpus.checks.waivers import WAIVER_CHECKS
from ijcorpus.document import Struct, sha256
from ijcorpus.finding import Finding, Level

V = TypeVar("V", bound=View)
# What remembers findings: it is given what they rest on, and how to find them if it must.
Memory = Callable[[object, Callable[[], list[Finding]]], list[Finding]]

_ENCODER = msgspec.msgpack.Encoder(order="deterministic")

ANNOTATION_CHECKS: tuple[Check[AnnotationView], ...] = (
    *LAYER_CHECKS,
    *SPAN_CHECKS,
    *UNIT_CHECKS,
    *ENTITY_CHECKS,
    *STANCE_CHECKS,
    *CONSISTENCY_CHECKS,
)
DOCUMENTS_CHECKS: tuple[Check[DocumentView], ...] = (
    *CHARACTER_CHECKS,
    *DOCUMENT_CHECKS,
    *SETTLEMENT_CHECKS,
)
WHOLE_CHECKS: tuple[Check[CorpusView], ...] = (
    *SOURCE_CHECKS,
    *CORPUS_CHECKS,
    *NAME_CHECKS,
    *ORPHAN_CHECKS,
)
RELEASE_CHECKS: tuple[Check[ReleaseView], ...] = (*FILE_CHECKS, *ROW_CHECKS)
SCOPES: dict[str, tuple[Check[Any], ...]] = {
    "annotation": ANNOTATION_CHECKS,
    "document": DOCUMENTS_CHECKS,
    "corpus": WHOLE_CHECKS,
    "release": RELEASE_CHECKS,
    "waiver": WAIVER_CHECKS,
}
ALL_CHECKS: dict[str, Check[Any]] = {
    check.code: check for checks in SCOPES.values() for check in checks
}


class Report(Struct, frozen=True, kw_only=True):
    """What the checks found, and what of it somebody has accepted.

    `unseen` are documents whose text is not at hand, `blind` the codes that could not look at them.
    """

    findings: tuple[Finding, ...]
    waived: tuple[Finding, ...] = ()
    unseen: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()

    def about(self, *, document: str | None = None, annotator: str | None = None) -> Report:
        """The findings of one document, of one annotator's work, or of both."""
        return msgspec.structs.replace(
            self,
            findings=tuple(f for f in self.findings if _about(f, document, annotator)),
            waived=tuple(f for f in self.waived if _about(f, document, annotator)),
        )


def check(
    view: CorpusView,
    *,
    level: Level = 7,
    releases: Iterable[ReleaseView] = (),
    memory: Memory | None = None,
) -> Report:
    """All findings up to a level, document by document, then of the corpus, releases and waivers.

    With a `memory`, what has not changed is not checked again; the report is the same.
    """
    summaries: list[Summary] = []
    found = list(_findings(view, level, releases, memory or _forget, summaries))
    valid = [w for w in view.waivers if not w.until or w.until >= view.today]
    stands: list[Finding] = []
    waived: list[Finding] = []
    for finding in found:
        covered = any(waiver.covers(finding) for waiver in valid)
        (waived if covered else stands).append(finding)
    for waiver in view.waivers:
        if waiver.code in ALL_CHECKS and ALL_CHECKS[waiver.code].level > level:
            continue
        used = any(waiver.covers(finding) for finding in found)
        last = WaiverView(waiver=waiver, used=used, today=view.today)
        stands += run(WAIVER_CHECKS, last, level)
    unseen = tuple(summary.id for summary in summaries if not summary.at_hand)
    blind = [c for c, one in ALL_CHECKS.items() if one.needs_text and one.level <= level]
    return Report(
        findings=tuple(stands),
        waived=tuple(waived),
        unseen=unseen,
        blind=tuple(blind) if unseen else (),
    )


def document_findings(ground: CorpusView, subject: Subject, level: Level = 7) -> list[Finding]:
    """The findings of one document and its annotations; of the corpus they see the ground only.

    The ground is a corpus without its documents, so that nothing here can rest on another one.
    """
    found = run(DOCUMENTS_CHECKS, DocumentView(corpus=ground, subject=subject), level)
    for layer in subject.annotations:
        said = AnnotationView(corpus=ground, subject=subject, layer=layer)
        found += run(ANNOTATION_CHECKS, said, level)
    return found


def run(checks: Iterable[Check[V]], view: V, level: Level) -> list[Finding]:
    """The findings of those checks that are at most of a level."""
    return [
        one.finding(view, fault)
        for one in checks
        if one.level <= level
        for fault in one.function(view)
    ]


def table() -> str:
    """All checks as a Markdown table, by level."""
    lines = ["| level | code | severity | looks at | rule |", "|---|---|---|---|---|"]
    rows = [(one.level, scope, one) for scope, checks in SCOPES.items() for one in checks]
    lines += [
        f"| {level} | `{one.code}` | {one.severity} | {scope} | {one.explanation} |"
        for level, scope, one in sorted(rows, key=lambda row: row[0])
    ]
    return "\n".join(lines) + "\n"


def _forget(_: object, find: Callable[[], list[Finding]]) -> list[Finding]:
    return find()


def _findings(
    view: CorpusView,
    level: Level,
    releases: Iterable[ReleaseView],
    memory: Memory,
    summaries: list[Summary],
) -> Iterator[Finding]:
    """All findings; what is to be kept of the documents is put into `summaries` on the way."""
    ground = msgspec.structs.replace(view, subjects=(), strays=(), orphans=(), waivers=())
    rules = (level, ground.scheme, ground.registry, ground.annotators, ground.fact_sources)
    base = sha256(_ENCODER.encode(rules))
    for subject in view.subjects:
        summaries.append(subject.summary())
        rests_on = (base, ground.splits.get(subject.id), subject)
        yield from memory(rests_on, lambda one=subject: document_findings(ground, one, level))
    texts = view.texts or _texts(view)
    whole = msgspec.structs.replace(view, subjects=(), documents=tuple(summaries), texts=texts)
    everything = (base, view.splits, whole.documents, view.strays, view.orphans)
    yield from memory(everything, lambda: run(WHOLE_CHECKS, whole, level))
    for release in releases:
        yield from memory((level, release), lambda one=release: run(RELEASE_CHECKS, one, level))


def _texts(view: CorpusView) -> Callable[[str], str | None]:
    """The texts of a view that says not where to read them again: those of its subjects."""

    def text(document: str) -> str | None:
        return next((s.text for s in view.subjects if s.id == document), None)

    return text


def _about(finding: Finding, document: str | None, annotator: str | None) -> bool:
    places = [finding.location, *finding.others]
    name = finding.location.record.partition("/")[0]
    return (document is None or any(place.document == document for place in places)) and (
        annotator is None or annotator == name
    )
