"""What became of prelabels, and whether they draw an annotator to themselves (anchoring)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from ijcorpus.agreement.figures import Figure, Resampling
from ijcorpus.agreement.spans import entity_counts
from ijcorpus.annotation import Annotation, Entity
from ijcorpus.document import Struct
from ijcorpus.scheme import LabelScheme


class Origins(Struct, frozen=True, kw_only=True):
    """Where the entities of an annotator who was shown prelabels come from, as layers record it.

    `origin` was recorded during the work, so these counts are of what was shown, whatever became
    of the rule since. `accepted`: prelabels taken over as they were. `changed`: prelabels taken
    over with another span or label. `added`: made by hand. Prelabels that were rejected leave
    nothing in a layer, so that no rate of acceptance follows from origins alone; `share` is one
    of entities. In work entered as marked-up text, changed prelabels count as added.

    `gone` counts the accepted whose span and label the rule as it is now does not give, in the
    documents of which its prelabels are known. Any shows that the rule has changed since.
    """

    annotator: str
    documents: int
    accepted: int
    changed: int
    added: int
    gone: int

    @property
    def share(self) -> float | None:
        """The share of the annotator's entities that are prelabels as they were."""
        entities = self.accepted + self.changed + self.added
        return self.accepted / entities if entities else None


class Acceptance(Struct, frozen=True, kw_only=True):
    """What one annotator's finished work has of the prelabels that the rule gives now.

    `shown` says whether the annotator worked from prelabels; one that did not gives the share that
    would have been right anyway, and the difference of the two is the pull of the prelabels.
    `kept`: same span, label and link. `changed`: an entity overlaps, but differs. `dropped`: none
    overlaps. `added`: entities that overlap no prelabel. All annotators are held to one rule; once
    that differs from what was shown (`Origins.gone`), these are no longer acts of the annotator.
    """

    annotator: str
    shown: bool
    documents: int
    prelabels: int
    kept: int
    changed: int
    dropped: int
    added: int

    @property
    def rate(self) -> float | None:
        """The share of prelabels kept as they were."""
        return self.kept / self.prelabels if self.prelabels else None


class Anchoring(Struct, frozen=True, kw_only=True):
    """Agreement of two on entities with label, where a prelabel lies and where none does.

    F1 in [0, 1], over the same documents, by the prelabels that the rule gives now. When one of
    them saw prelabels and the other did not, a much lower figure `without` means that prelabels
    are taken over where they are right, or that what the rule does not know is harder; the
    acceptance of both tells these apart.
    """

    documents: int
    with_prelabel: Figure
    without_prelabel: Figure


def origins(
    annotations: Sequence[Annotation], prelabels: Mapping[str, Sequence[Entity]]
) -> Origins:
    """Count the entities of one annotator by origin.

    `prelabels` are those of the rule as it is now, by document, and only tell what is gone.
    """
    counts = Counter(entity.origin for item in annotations for entity in item.entities)
    gone = 0
    for item in annotations:
        if item.document in prelabels:
            now = {(e.start, e.end, e.label) for e in prelabels[item.document]}
            accepted = (e for e in item.entities if e.origin == "prediction")
            gone += sum((e.start, e.end, e.label) not in now for e in accepted)
    return Origins(
        annotator=_names(annotations),
        documents=len(annotations),
        accepted=counts["prediction"],
        changed=counts["prediction-changed"],
        added=counts["manual"],
        gone=gone,
    )


def acceptance(
    annotations: Sequence[Annotation], prelabels: Mapping[str, Sequence[Entity]], *, shown: bool
) -> Acceptance:
    """Compare one annotator's work with the prelabels of the same documents.

    Documents of which no prelabels are given (an empty list is given) are left out.
    """
    compared = [item for item in annotations if item.document in prelabels]
    kept = changed = dropped = added = 0
    for annotation in compared:
        rule = prelabels[annotation.document]
        said = {(e.start, e.end, e.label, e.entity_id) for e in annotation.entities}
        left = _covered(rule, annotation.entities)
        for prelabel, met in zip(rule, left, strict=True):
            if (prelabel.start, prelabel.end, prelabel.label, prelabel.entity_id) in said:
                kept += 1
            elif met:
                changed += 1
            else:
                dropped += 1
        added += _covered(annotation.entities, rule).count(False)
    return Acceptance(
        annotator=_names(annotations),
        shown=shown,
        documents=len(compared),
        prelabels=kept + changed + dropped,
        kept=kept,
        changed=changed,
        dropped=dropped,
        added=added,
    )


def anchoring(
    pairs: Sequence[tuple[Annotation, Annotation]],
    prelabels: Mapping[str, Sequence[Entity]],
    scheme: LabelScheme,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> Anchoring:
    """Agreement where a prelabel lies and where none does."""
    compared = [pair for pair in pairs if pair[0].document in prelabels]
    draw = Resampling(resamples=resamples, seed=seed)

    def figure(where: bool) -> Figure:
        sides = [
            [_only(pair[side], prelabels[pair[0].document], where).entities for pair in compared]
            for side in (0, 1)
        ]
        labelled = entity_counts(sides[0], sides[1], scheme.label_names)[1]
        return draw.f1(labelled.exact.sum(axis=0))

    return Anchoring(
        documents=len(compared), with_prelabel=figure(True), without_prelabel=figure(False)
    )


def _names(annotations: Sequence[Annotation]) -> str:
    return " and ".join(sorted({item.annotator for item in annotations}))


def _only(annotation: Annotation, rule: Sequence[Entity], where: bool) -> Annotation:
    met = _covered(annotation.entities, rule)
    kept = (e for e, covered in zip(annotation.entities, met, strict=True) if covered == where)
    return msgspec.structs.replace(annotation, entities=tuple(kept))


def _covered(spans: Sequence[Entity], others: Sequence[Entity]) -> list[bool]:
    """Of each span, whether one of the others overlaps it."""
    import numpy as np

    ends = np.array(sorted(other.end for other in others), dtype=np.int64)
    starts = np.array(sorted(other.start for other in others), dtype=np.int64)
    begun = np.searchsorted(starts, [span.end for span in spans], side="left")
    over = np.searchsorted(ends, [span.start for span in spans], side="right")
    return [bool(met) for met in begun > over]
