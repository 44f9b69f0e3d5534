"""The whole comparison of two annotators."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ijcorpus.agreement.figures import (
    Figure,
    Resampling,
    kappa,
    nominal_alpha,
    ordinal_alpha,
    share,
)
from ijcorpus.agreement.spans import entity_counts
from ijcorpus.agreement.stances import Judgement, judged, matched, shared, tables
from ijcorpus.annotation import Annotation
from ijcorpus.document import Span, Struct
from ijcorpus.errors import TextMismatchError
from ijcorpus.scheme import LabelScheme

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts = NDArray[np.float64]


class LabelAgreement(Struct, frozen=True, kw_only=True):
    """Agreement on the entities of one label; see EntityAgreement."""

    labelled: Figure
    partial_labelled: Figure
    link_accuracy: Figure
    link: Figure


class EntityAgreement(Struct, frozen=True, kw_only=True):
    """Agreement on entities, all in [0, 1].

    `span`: F1 of exact spans; `labelled`: of exact spans with label. `partial` and
    `partial_labelled`: the same with half a point for overlap, matched one to one (SemEval-2013
    task 9). `link_accuracy`: of exact spans with a link on either side, the share with the same.
    `link`: F1 of exact spans with link, whatever the label (Cornolti et al. 2013).
    `by_label` compares only entities with that label on both sides.
    """

    span: Figure
    labelled: Figure
    partial: Figure
    partial_labelled: Figure
    link_accuracy: Figure
    link: Figure
    by_label: dict[str, LabelAgreement]


class TargetAgreement(Struct, frozen=True, kw_only=True):
    """Agreement on the judgements on one proposition; see StanceAgreement."""

    holder_target: Figure
    triple: Figure
    polarity_alpha: Figure


class StanceAgreement(Struct, frozen=True, kw_only=True):
    """Agreement on judgements.

    `holder_target` and `triple`: F1 of (holder, target) and (holder, target, polarity) in the
    same sentence, in [0, 1]. The others are of judgements matched on sentence, holder and
    target: `polarity_alpha` and `attribution_alpha` are Krippendorff's nominal alpha,
    `polarity_kappa` is Cohen's kappa, `polarity_ordinal_alpha` is ordinal alpha on the sign that
    the scheme gives each polarity. A holder is its entity's link, its span while unlinked, or
    its kind and type if it is no mention.
    """

    holder_target: Figure
    triple: Figure
    polarity_alpha: Figure
    polarity_ordinal_alpha: Figure
    polarity_kappa: Figure
    attribution_alpha: Figure
    by_target: dict[str, TargetAgreement]


class AuthorAgreement(Struct, frozen=True, kw_only=True):
    """Agreement on the author's own stance.

    `targets` and `stances`: F1 of the targets taken up, and of target and polarity. The others
    are of targets that both take up: `exact` is the share of equal polarity, `alpha` and
    `ordinal_alpha` are as in StanceAgreement.
    """

    targets: Figure
    stances: Figure
    exact: Figure
    alpha: Figure
    ordinal_alpha: Figure


class Agreement(Struct, frozen=True, kw_only=True):
    """Two annotators compared over documents."""

    annotators: tuple[str, str]
    documents: int
    resamples: int
    seed: int
    entities: EntityAgreement
    stances: StanceAgreement
    author: AuthorAgreement


def agreement(
    pairs: Sequence[tuple[Annotation, Annotation]],
    scheme: LabelScheme,
    *,
    resamples: int = 1000,
    seed: int = 0,
    sentences: Mapping[str, Sequence[Span]],
) -> Agreement:
    """How far two annotators agree, one pair of annotations a document.

    `sentences` has the sentences of each document. Raises TextMismatchError when a pair is not
    of one text, or a document's sentences are missing.
    """
    _check(pairs, sentences)
    draw = Resampling(resamples=resamples, seed=seed)
    names = [" and ".join(sorted({pair[side].annotator for pair in pairs})) for side in (0, 1)]
    return Agreement(
        annotators=(names[0], names[1]),
        documents=len(pairs),
        resamples=resamples,
        seed=seed,
        entities=_entities(pairs, scheme, draw),
        stances=_stances(pairs, scheme, draw, sentences),
        author=_author(pairs, scheme, draw),
    )


def _check(
    pairs: Iterable[tuple[Annotation, Annotation]], sentences: Mapping[str, Sequence[Span]]
) -> None:
    for one, other in pairs:
        if (one.document, one.digest) != (other.document, other.digest):
            raise TextMismatchError(
                f"{one.annotator} annotated {one.document} ({one.digest[:12]}), {other.annotator} "
                f"{other.document} ({other.digest[:12]}). Compare annotations of one text."
            )
        if one.document not in sentences:
            raise TextMismatchError(f"{one.document}: its sentences are missing. Pass them too.")


def _entities(
    pairs: Sequence[tuple[Annotation, Annotation]], scheme: LabelScheme, draw: Resampling
) -> EntityAgreement:
    first, second = ([pair[side].entities for pair in pairs] for side in (0, 1))
    overall, labelled = entity_counts(first, second, scheme.label_names)
    return EntityAgreement(
        span=draw.f1(overall.exact),
        labelled=draw.f1(labelled.exact.sum(axis=0)),
        partial=draw.f1(overall.partial),
        partial_labelled=draw.f1(labelled.partial.sum(axis=0)),
        link_accuracy=draw.f1(overall.link_accuracy),
        link=draw.f1(overall.link),
        by_label={
            label: LabelAgreement(
                labelled=draw.f1(labelled.exact[number]),
                partial_labelled=draw.f1(labelled.partial[number]),
                link_accuracy=draw.f1(labelled.link_accuracy[number]),
                link=draw.f1(labelled.link[number]),
            )
            for number, label in enumerate(scheme.label_names)
        },
    )


def _stances(
    pairs: Sequence[tuple[Annotation, Annotation]],
    scheme: LabelScheme,
    draw: Resampling,
    sentences: Mapping[str, Sequence[Span]],
) -> StanceAgreement:
    first, second = (
        [
            judgement
            for number, pair in enumerate(pairs)
            for judgement in judged(number, pair[side], sentences[pair[side].document])
        ]
        for side in (0, 1)
    )
    targets, documents = scheme.target_names, len(pairs)
    questions, triples = (
        shared([key(j) for j in first], [key(j) for j in second], targets, documents)
        for key in (_question, _triple)
    )
    both = matched(first, second)
    polarities = [(one.document, one.polarity, other.polarity) for one, other in both]
    attributions = [(one.document, one.attribution, other.attribution) for one, other in both]
    nominal = tables(polarities, _ranks(scheme.polarity_names), documents)
    return StanceAgreement(
        holder_target=draw.f1(questions.sum(axis=0)),
        triple=draw.f1(triples.sum(axis=0)),
        polarity_alpha=draw.of_pairs(nominal, nominal_alpha),
        polarity_ordinal_alpha=draw.of_pairs(
            tables(polarities, _signs(scheme), documents), ordinal_alpha
        ),
        polarity_kappa=draw.of_pairs(nominal, kappa),
        attribution_alpha=draw.of_pairs(
            tables(attributions, _ranks(scheme.names("attributions")), documents), nominal_alpha
        ),
        by_target={
            target: TargetAgreement(
                holder_target=draw.f1(questions[number]),
                triple=draw.f1(triples[number]),
                polarity_alpha=draw.of_pairs(
                    tables(
                        [
                            (a.document, a.polarity, b.polarity)
                            for a, b in both
                            if a.target == target
                        ],
                        _ranks(scheme.polarity_names),
                        documents,
                    ),
                    nominal_alpha,
                ),
            )
            for number, target in enumerate(targets)
        },
    )


def _question(judgement: Judgement) -> tuple[int, str, Hashable]:
    return judgement.document, judgement.target, judgement.question


def _triple(judgement: Judgement) -> tuple[int, str, Hashable]:
    return judgement.document, judgement.target, (judgement.question, judgement.polarity)


def _author(
    pairs: Sequence[tuple[Annotation, Annotation]], scheme: LabelScheme, draw: Resampling
) -> AuthorAgreement:
    documents = len(pairs)
    first, second = (
        {
            (number, stance.target): stance.polarity
            for number, pair in enumerate(pairs)
            for stance in pair[side].author
        }
        for side in (0, 1)
    )
    taken, said = (
        shared(
            [(at[0], at[1], first[at] if polar else "") for at in first],
            [(at[0], at[1], second[at] if polar else "") for at in second],
            scheme.target_names,
            documents,
        )
        for polar in (False, True)
    )
    both = [(at[0], first[at], second[at]) for at in first if at in second]
    nominal = tables(both, _ranks(scheme.polarity_names), documents)
    return AuthorAgreement(
        targets=draw.f1(taken.sum(axis=0)),
        stances=draw.f1(said.sum(axis=0)),
        exact=draw.of_pairs(nominal, share),
        alpha=draw.of_pairs(nominal, nominal_alpha),
        ordinal_alpha=draw.of_pairs(tables(both, _signs(scheme), documents), ordinal_alpha),
    )


def _ranks(values: Iterable[str]) -> dict[str, int]:
    return {value: rank for rank, value in enumerate(values)}


def _signs(scheme: LabelScheme) -> dict[str, int]:
    """The rank of each polarity's sign; polarities without a sign are left out."""
    signs = {p.id: int(p.maps["sign"]) for p in scheme.polarities if "sign" in p.maps}
    ranks = sorted(set(signs.values()))
    return {name: ranks.index(sign) for name, sign in signs.items()}
