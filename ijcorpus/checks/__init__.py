"""Checks: small pure functions that find faults in a corpus, each under a stable code.

`check` runs them all over a `CorpusView`; `table` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, TypeVar

import msgspec

from ijcorpus.checks.annotated import AnnotationView
from ijcorpus.checks.balance import BALANCE_CHECKS
from ijcorpus.checks.characters import CHARACTER_CHECKS, NAME_CHECKS
from ijcorpus.checks.consistency import CONSISTENCY_CHECKS
from ijcorpus.checks.corpus import CORPUS_CHECKS
from ijcorpus.checks.documents import DOCUMENT_CHECKS
from ijcorpus.checks.entities import ENTITY_CHECKS
from ijcorpus.checks.fingerprints import FINGERPRINT_CHECKS
from ijcorpus.checks.glances import (
    DOCUMENT_GLANCES,
    GLANCES,
    LAYER_GLANCES,
    MARK_GLANCES,
    look,
)
from ijcorpus.checks.layers import LAYER_CHECKS
from ijcorpus.checks.marks import marks
from ijcorpus.checks.released import ReleaseView
from ijcorpus.checks.releases import FILE_CHECKS
from ijcorpus.checks.rows import ROW_CHECKS
from ijcorpus.checks.settlement import ORPHAN_CHECKS, SETTLEMENT_CHECKS
from ijcorpus.checks.sources import SOURCE_CHECKS
from ijcorpus.checks.spans import SPAN_CHECKS
from ijcorpus.checks.stances import STANCE_CHECKS
from ijcorpus.checks.subject import Subject, Unread
from ijcorpus.checks.summaries import Summaries
from ijcorpus.checks.units import UNIT_CHECKS
from ijcorpus.checks.unread import UNREAD_CHECKS, beyond
from ijcorpus.checks.versions import VERSION_CHECKS
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
    *FINGERPRINT_CHECKS,
    *SETTLEMENT_CHECKS,
    *VERSION_CHECKS,
)
WHOLE_CHECKS: tuple[Check[CorpusView], ...] = (
    *UNREAD_CHECKS,
    *SOURCE_CHECKS,
    *BALANCE_CHECKS,
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
    with Summaries() as summaries:
        found = list(_findings(view, level, releases, memory, summaries))
        unseen = tuple(summary.id for summary in summaries if not summary.at_hand)
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
        last = WaiverView(waiver=waiver, used=used, today=view.today, codes=tuple(ALL_CHECKS))
        stands += run(_left("waiver", level), last)
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
    view = DocumentView(corpus=ground, subject=subject)
    together = look(MARK_GLANCES, marks(ground, subject))
    found = run(_left("document", level, together + look(DOCUMENT_GLANCES, view)), view)
    for layer in subject.annotations:
        said = AnnotationView(corpus=ground, subject=subject, layer=layer)
        seen = together + look(LAYER_GLANCES, said)
        found += run(_left("annotation", level, seen), said)
    return beyond(subject, found) if subject.unread or subject.lost else found


def run(checks: Iterable[Check[V]], view: V) -> list[Finding]:
    """The findings of checks."""
    return [one.finding(view, fault) for one in checks for fault in one.function(view)]


@cache
def _left(scope: str, level: Level, seen: tuple[bool, ...] = ()) -> tuple[Check[Any], ...]:
    """The checks of a level and below that no glance has spared."""
    glances = zip(GLANCES[scope], seen, strict=True) if seen else ()
    spared = {code for glance, clear in glances if clear for code in glance.clears}
    return tuple(c for c in SCOPES[scope] if c.level <= level and c.code not in spared)


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
    memory: Memory | None,
    summaries: Summaries,
) -> Iterator[Finding]:
    """All findings; what is to be kept of the documents is put into `summaries` on the way."""
    ground = msgspec.structs.replace(
        view, subjects=(), strays=(), orphans=(), unread=(), waivers=()
    )
    rules = (level, ground.scheme, ground.registry, ground.annotators, ground.fact_sources)
    base = sha256(_ENCODER.encode(rules))
    remember = memory or _forget
    unread: list[Unread] = []
    for subject in view.subjects:
        summaries.add(subject.summary())
        unread += subject.unread
        rests_on = (base, ground.splits.get(subject.id), subject)
        yield from remember(rests_on, lambda one=subject: document_findings(ground, one, level))
    texts = view.texts or _texts(view)
    unread += view.unread
    whole = msgspec.structs.replace(
        view, subjects=(), documents=summaries, texts=texts, unread=tuple(unread)
    )
    listed = summaries.digest if memory else ""
    everything = (base, view.splits, listed, view.strays, view.orphans, unread)
    yield from remember(everything, lambda: run(_left("corpus", level), whole))
    for release in releases:
        yield from remember((level, release), lambda one=release: run(_left("release", level), one))


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
