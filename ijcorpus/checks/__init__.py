"""Checks: small pure functions that find faults in a corpus, each under a stable code.

`check` runs them all over a `CorpusView`; `table` lists them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ijcorpus.checks.corpus import CORPUS_CHECKS
from ijcorpus.checks.documents import DOCUMENT_CHECKS
from ijcorpus.checks.entities import ENTITY_CHECKS
from ijcorpus.checks.layers import LAYER_CHECKS
from ijcorpus.checks.spans import SPAN_CHECKS
from ijcorpus.checks.stances import STANCE_CHECKS
from ijcorpus.checks.view import AnnotationView, Check, CorpusView, DocumentView, WaiverView
from ijcorpus.checks.waivers import WAIVER_CHECKS
from ijcorpus.document import Struct
from ijcorpus.finding import Finding

ANNOTATION_CHECKS: tuple[Check[AnnotationView], ...] = (
    *LAYER_CHECKS,
    *SPAN_CHECKS,
    *ENTITY_CHECKS,
    *STANCE_CHECKS,
)
SCOPES = {
    "annotation": ANNOTATION_CHECKS,
    "document": DOCUMENT_CHECKS,
    "corpus": CORPUS_CHECKS,
    "waiver": WAIVER_CHECKS,
}


class Report(Struct, frozen=True, kw_only=True):
    """What the checks found, and what of it somebody has accepted."""

    findings: tuple[Finding, ...]
    waived: tuple[Finding, ...] = ()

    def about(self, *, document: str | None = None, annotator: str | None = None) -> Report:
        """The findings of one document, of one annotator's work, or of both."""
        return Report(
            findings=tuple(f for f in self.findings if _about(f, document, annotator)),
            waived=tuple(f for f in self.waived if _about(f, document, annotator)),
        )


def check(view: CorpusView) -> Report:
    """All findings of a corpus, document by document, then of the corpus and its waivers."""
    found = list(_findings(view))
    valid = [w for w in view.waivers if not w.until or w.until >= view.today]
    stands: list[Finding] = []
    waived: list[Finding] = []
    for finding in found:
        covered = any(waiver.covers(finding) for waiver in valid)
        (waived if covered else stands).append(finding)
    for waiver in view.waivers:
        used = any(waiver.covers(finding) for finding in found)
        last = WaiverView(waiver=waiver, used=used, today=view.today)
        stands += [each for one in WAIVER_CHECKS for each in one.run(last)]
    return Report(findings=tuple(stands), waived=tuple(waived))


def table() -> str:
    """All checks as a Markdown table."""
    lines = ["| code | severity | looks at | rule |", "|---|---|---|---|"]
    lines += [
        f"| `{one.code}` | {one.severity} | {scope} | {one.explanation} |"
        for scope, checks in SCOPES.items()
        for one in checks
    ]
    return "\n".join(lines) + "\n"


def _findings(view: CorpusView) -> Iterator[Finding]:
    for subject in view.subjects:
        about = DocumentView(corpus=view, subject=subject)
        for one in DOCUMENT_CHECKS:
            yield from one.run(about)
        for layer in subject.annotations:
            said = AnnotationView(corpus=view, subject=subject, layer=layer)
            for each in ANNOTATION_CHECKS:
                yield from each.run(said)
    for whole in CORPUS_CHECKS:
        yield from whole.run(view)


def _about(finding: Finding, document: str | None, annotator: str | None) -> bool:
    places = [finding.location, *finding.others]
    name = finding.location.record.partition("/")[0]
    return (document is None or any(place.document == document for place in places)) and (
        annotator is None or annotator == name
    )
