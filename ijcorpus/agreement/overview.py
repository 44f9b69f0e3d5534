"""Everything about some annotators in one record: every pair, groups, confusions, prelabels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

from ijcorpus.agreement.acceptance import (
    Acceptance,
    Anchoring,
    Origins,
    acceptance,
    anchoring,
    origins,
)
from ijcorpus.agreement.confusion import (
    Confusion,
    Disputed,
    label_confusion,
    most_disputed,
    stance_confusions,
)
from ijcorpus.agreement.report import Agreement, agreement
from ijcorpus.annotation import Annotation, Entity
from ijcorpus.document import Span, Struct
from ijcorpus.scheme import LabelScheme


class PairOverview(Struct, frozen=True, kw_only=True):
    """Two annotators: the figures, the same by group of documents, and where they differ.

    `labels` is the confusion of entity labels, the four after it are those of `StanceConfusions`.
    `anchoring` is None when there are no prelabels to compare with.
    """

    agreement: Agreement
    groups: dict[str, Agreement]
    labels: Confusion
    polarities: Confusion
    targets: Confusion
    attributions: Confusion
    holders: Confusion
    disputed: tuple[Disputed, ...]
    anchoring: Anchoring | None = None

    @property
    def confusions(self) -> dict[str, Confusion]:
        """All five by what they are of."""
        return {
            "labels": self.labels,
            "polarities": self.polarities,
            "targets": self.targets,
            "attributions": self.attributions,
            "holders": self.holders,
        }


class Overview(Struct, frozen=True, kw_only=True):
    """All pairs with documents in common; `grouped_by` says what the groups are.

    `origins` are of those who were shown prelabels, `acceptance` of all.
    """

    grouped_by: str
    pairs: tuple[PairOverview, ...]
    origins: tuple[Origins, ...] = ()
    acceptance: tuple[Acceptance, ...] = ()


class Prelabelled(Struct, frozen=True, kw_only=True):
    """What a rule finds in each document now, and which annotators were shown prelabels."""

    entities: dict[str, tuple[Entity, ...]]
    shown_to: frozenset[str]


def overview(
    layers: Mapping[str, Mapping[str, Annotation]],
    scheme: LabelScheme,
    *,
    sentences: Mapping[str, Sequence[Span]],
    groups: Mapping[str, str],
    grouped_by: str = "genre",
    prelabelled: Prelabelled | None = None,
    resamples: int = 1000,
    seed: int = 0,
    disputed: int = 20,
) -> Overview:
    """Compare every two annotators on the documents that both have annotated.

    `layers` are annotations by annotator and document, `groups` the group of each document;
    documents without one are in no group. Raises TextMismatchError as `agreement` does.
    """

    def pair(first: str, second: str) -> PairOverview | None:
        both = [
            (one, layers[second][name])
            for name, one in layers[first].items()
            if name in layers[second]
        ]
        if not both:
            return None
        parts: defaultdict[str, list[tuple[Annotation, Annotation]]] = defaultdict(list)
        for one, other in both:
            if one.document in groups:
                parts[groups[one.document]].append((one, other))

        def compared(chosen: Sequence[tuple[Annotation, Annotation]]) -> Agreement:
            return agreement(chosen, scheme, resamples=resamples, seed=seed, sentences=sentences)

        stances = stance_confusions(both, scheme, sentences)
        return PairOverview(
            agreement=compared(both),
            groups={name: compared(parts[name]) for name in sorted(parts)},
            labels=label_confusion(both, scheme),
            polarities=stances.polarities,
            targets=stances.targets,
            attributions=stances.attributions,
            holders=stances.holders,
            disputed=most_disputed(both, sentences, disputed),
            anchoring=anchoring(both, prelabelled.entities, scheme, resamples=resamples, seed=seed)
            if prelabelled
            else None,
        )

    found = (pair(first, second) for first, second in combinations(layers, 2))
    pairs = tuple(item for item in found if item is not None)
    if prelabelled is None:
        return Overview(grouped_by=grouped_by, pairs=pairs)
    rule, shown_to = prelabelled.entities, prelabelled.shown_to
    work = {name: [*done.values()] for name, done in layers.items() if done}
    return Overview(
        grouped_by=grouped_by,
        pairs=pairs,
        origins=tuple(origins(done, rule) for name, done in work.items() if name in shown_to),
        acceptance=tuple(
            acceptance(done, rule, shown=name in shown_to) for name, done in work.items()
        ),
    )
