"""What every way of adjudicating shares: the disputes, what decisions are judged by, the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ijcorpus.adjudicate import Ground, disputes
from ijcorpus.adjudicate.rule import Rule
from ijcorpus.annotation import Decision
from ijcorpus.errors import AdjudicationError
from ijcorpus.records import read_jsonl, write_jsonl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ijcorpus.adjudicate import Dispute
    from ijcorpus.annotation import Annotation
    from ijcorpus.workspace import Workspace


class Settling:
    """One adjudicator's work on a corpus: `by` decides, under a rule."""

    def __init__(self, workspace: Workspace, by: str, agreed_by: int | None = None) -> None:
        self.space, self.by = workspace, by
        self.rule = Rule(agreed_by=agreed_by) if agreed_by else workspace.rule

    def layers(self, document: str) -> dict[str, Annotation]:
        """The passes over a document."""
        return self.space.passes(document)

    def documents(self) -> list[str]:
        """The documents that somebody has annotated."""
        return [name for name in self.space.sources if self.layers(name)]

    def disputes(self, document: str) -> tuple[Dispute, ...]:
        """All disputes of a document, decided or not."""
        return disputes(
            document,
            self.layers(document),
            sentences=self.space.standoff(document).sentences,
            agreed_by=self.rule.agreed_by,
        )[1]

    def open(self, document: str) -> list[Dispute]:
        """The disputes of a document without a decision on record."""
        settled = {(decision.document, decision.dispute) for decision in self.record()}
        return [d for d in self.disputes(document) if (document, d.key) not in settled]

    def text(self, document: str) -> str | None:
        """The text, if it is at hand."""
        space = self.space
        return space.document(document).text if space.has_text(document) else None

    def ground(self, document: str) -> Ground:
        """What decisions on a document are checked against."""
        source = self.space.source(document)
        return Ground(
            document=self.space.standoff(source.id),
            layers=self.layers(source.id),
            disputes=self.disputes(source.id),
            scheme=self.space.scheme,
            registry=self.space.registry,
            ships=source.rights == "full_text",
            text=self.text(source.id),
            earlier=self.record(),
        )

    def record(self) -> tuple[Decision, ...]:
        """The decisions on record, read anew: another may have decided meanwhile."""
        path = self.space.layout.decisions
        return tuple(read_jsonl(path, Decision)) if path.exists() else ()

    def keep(self, made: Sequence[Decision], *, replace: bool) -> tuple[int, int, list[str]]:
        """Put decisions on record: how many were added and replaced, and what forbids it.

        All of them are kept, or none. Decisions that are on record already are passed over.
        """
        on_record = {(d.document, d.dispute): d for d in self.record()}
        new = [d for d in made if on_record.get((d.document, d.dispute)) != d]
        changed = [d for d in new if (d.document, d.dispute) in on_record]
        if changed and not replace:
            return (
                0,
                0,
                [
                    f"{d.document}, dispute {d.dispute}: already decided otherwise; add --replace "
                    "to decide it anew."
                    for d in changed
                ],
            )
        if new:
            on_record |= {(d.document, d.dispute): d for d in new}
            write_jsonl(self.space.layout.decisions, on_record.values())
        return len(new) - len(changed), len(changed), []

    def take_back(self, decision: Decision) -> None:
        """Remove one decision from the record."""
        write_jsonl(self.space.layout.decisions, [d for d in self.record() if d != decision])


def adjudicator(workspace: Workspace, named: str | None) -> str:
    """Who decides; raises AdjudicationError unless that is clear."""
    able = [name for name, annotator in workspace.annotators.items() if annotator.adjudicates]
    if named in able:
        return named
    if named is None and len(able) == 1:
        return able[0]
    raise AdjudicationError(
        f"{named or 'nobody'} is named with --as, but in {workspace.layout.annotators} "
        f"{', '.join(able) or 'nobody'} adjudicates. Name one of these."
    )
