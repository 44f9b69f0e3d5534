"""The whole comparison of two annotators."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ijcorpus.agreement.choices import (
    against_the_rest,
    character_tables,
    flag_choices,
    span_labels,
    span_senses,
    unit_rows,
    unit_squares,
)
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
    unitizing_alpha: Figure


class EntityAgreement(Struct, frozen=True, kw_only=True):
    """Agreement on entities, all in [0, 1].

    `span`: F1 of exact spans; `labelled`: of exact spans with label. `partial` and
    `partial_labelled`: the same with half a point for overlap, matched one to one (SemEval-2013
    task 9). `link_accuracy`: of exact spans with a link on either side, the share with the same.
    `link`: F1 of exact spans with link, whatever the label (Cornolti et al. 2013).
    `unitizing_alpha`: Krippendorff's alpha of units by place and label, all documents being one
    continuum, where a longer overlap counts for more; its counts are characters. `label_alpha` and
    `label_kappa` are of the labels of exact spans, `sense_alpha` and `sense_kappa` of their senses
    where labels are equal and both give one; these five can be below 0. `by_label` compares only
    entities with that label on both sides; there all else is gap to `unitizing_alpha`.
    """

    span: Figure
    labelled: Figure
    partial: Figure
    partial_labelled: Figure
    link_accuracy: Figure
    link: Figure
    unitizing_alpha: Figure
    label_alpha: Figure
    label_kappa: Figure
    sense_alpha: Figure
    sense_kappa: Figure
    by_label: dict[str, LabelAgreement]


class TargetAgreement(Struct, frozen=True, kw_only=True):
    """Agreement on the judgements on one proposition; see StanceAgreement."""

    holder_target: Figure
    triple: Figure
    polarity_alpha: Figure


class StanceAgreement(Struct, frozen=True, kw_only=True):
    """Agreement on judgements.

    `holder_target` and `triple`: F1 of (holder, target) and (holder, target, polarity) in the
    same sentence, in [0, 1]; `relation`: F1 of the relations from a judgement to the mention that
    holds it, equal if sentence, target and the mention's span are. The others are of judgements
    matched on sentence, holder and target: Krippendorff's nominal alpha and Cohen's kappa of
    polarity, attribution and holder type; `polarity_ordinal_alpha` is ordinal alpha on the sign
    that the scheme gives each polarity. A holder is its entity's link, its span while unlinked,
    or its kind and type if it is no mention.
    """

    holder_target: Figure
    triple: Figure
    relation: Figure
    polarity_alpha: Figure
    polarity_ordinal_alpha: Figure
    polarity_kappa: Figure
    attribution_alpha: Figure
    attribution_kappa: Figure
    holder_type_alpha: Figure
    holder_type_kappa: Figure
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
    kappa: Figure
    ordinal_alpha: Figure


class FlagAgreement(Struct, frozen=True, kw_only=True):
    """Agreement on the flags of documents: on each, whether it was given."""

    alpha: Figure
    kappa: Figure


class Agreement(Struct, frozen=True, kw_only=True):
    """Two annotators compared over documents."""

    annotators: tuple[str, str]
    documents: int
    resamples: int
    seed: int
    entities: EntityAgreement
    stances: StanceAgreement
    author: AuthorAgreement
    flags: FlagAgreement


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
        entities=_entities(pairs, scheme, draw, sentences),
        stances=_stances(pairs, scheme, draw, sentences),
        author=_author(pairs, scheme, draw),
        flags=_flags(pairs, scheme, draw),
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
    pairs: Sequence[tuple[Annotation, Annotation]],
    scheme: LabelScheme,
    draw: Resampling,
    sentences: Mapping[str, Sequence[Span]],
) -> EntityAgreement:
    first, second = ([pair[side].entities for pair in pairs] for side in (0, 1))
    overall, labelled = entity_counts(first, second, scheme.label_names)
    lengths = [max((s.end for s in sentences[one.document]), default=0) for one, _ in pairs]
    characters = character_tables(pairs, scheme.label_names, lengths)
    squares = unit_squares(pairs, scheme.label_names)
    labels = tables(span_labels(pairs), _ranks(scheme.label_names), len(pairs))
    senses = tables(span_senses(pairs), _ranks(_senses(scheme)), len(pairs))
    return EntityAgreement(
        span=draw.f1(overall.exact),
        labelled=draw.f1(labelled.exact.sum(axis=0)),
        partial=draw.f1(overall.partial),
        partial_labelled=draw.f1(labelled.partial.sum(axis=0)),
        link_accuracy=draw.f1(overall.link_accuracy),
        link=draw.f1(overall.link),
        unitizing_alpha=draw.of_units(unit_rows(characters, squares.sum(axis=1))),
        label_alpha=draw.of_pairs(labels, nominal_alpha),
        label_kappa=draw.of_pairs(labels, kappa),
        sense_alpha=draw.of_pairs(senses, nominal_alpha),
        sense_kappa=draw.of_pairs(senses, kappa),
        by_label={
            label: LabelAgreement(
                labelled=draw.f1(labelled.exact[number]),
                partial_labelled=draw.f1(labelled.partial[number]),
                link_accuracy=draw.f1(labelled.link_accuracy[number]),
                link=draw.f1(labelled.link[number]),
                unitizing_alpha=draw.of_units(
                    unit_rows(against_the_rest(characters, number), squares[:, number])
                ),
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
    polarities, ranks = _polarities(both), _ranks(scheme.polarity_names)
    nominal = tables(polarities, ranks, documents)
    attributions = tables(
        [(one.document, one.attribution, other.attribution) for one, other in both],
        _ranks(scheme.names("attributions")),
        documents,
    )
    holder_types = tables(
        [(one.document, one.holder_type, other.holder_type) for one, other in both],
        _ranks(scheme.names("holder_types")),
        documents,
    )
    relations = shared(_relations(first), _relations(second), targets, documents)
    return StanceAgreement(
        holder_target=draw.f1(questions.sum(axis=0)),
        triple=draw.f1(triples.sum(axis=0)),
        relation=draw.f1(relations.sum(axis=0)),
        polarity_alpha=draw.of_pairs(nominal, nominal_alpha),
        polarity_ordinal_alpha=draw.of_pairs(
            tables(polarities, _signs(scheme), documents), ordinal_alpha
        ),
        polarity_kappa=draw.of_pairs(nominal, kappa),
        attribution_alpha=draw.of_pairs(attributions, nominal_alpha),
        attribution_kappa=draw.of_pairs(attributions, kappa),
        holder_type_alpha=draw.of_pairs(holder_types, nominal_alpha),
        holder_type_kappa=draw.of_pairs(holder_types, kappa),
        by_target={
            target: TargetAgreement(
                holder_target=draw.f1(questions[number]),
                triple=draw.f1(triples[number]),
                polarity_alpha=draw.of_pairs(
                    tables(_polarities(both, target), ranks, documents), nominal_alpha
                ),
            )
            for number, target in enumerate(targets)
        },
    )


def _polarities(
    both: Sequence[tuple[Judgement, Judgement]], target: str | None = None
) -> list[tuple[int, str, str]]:
    chosen = (pair for pair in both if target in (None, pair[0].target))
    return [(one.document, one.polarity, other.polarity) for one, other in chosen]


def _question(judgement: Judgement) -> tuple[int, str, Hashable]:
    return judgement.document, judgement.target, judgement.question


def _relations(found: Iterable[Judgement]) -> list[tuple[int, str, Hashable]]:
    return [(j.document, j.target, (j.sentence, j.mention)) for j in found if j.mention]


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
        kappa=draw.of_pairs(nominal, kappa),
        ordinal_alpha=draw.of_pairs(tables(both, _signs(scheme), documents), ordinal_alpha),
    )


def _flags(
    pairs: Sequence[tuple[Annotation, Annotation]], scheme: LabelScheme, draw: Resampling
) -> FlagAgreement:
    choices = flag_choices(pairs, scheme.names("document_flags"))
    rows = tables(choices, _ranks(("yes", "no")), len(pairs))
    return FlagAgreement(
        alpha=draw.of_marked(rows, nominal_alpha), kappa=draw.of_marked(rows, kappa)
    )


def _senses(scheme: LabelScheme) -> list[str]:
    return [f"{label.id} {sense}" for label in scheme.entities for sense in label.senses]


def _ranks(values: Iterable[str]) -> dict[str, int]:
    return {value: rank for rank, value in enumerate(values)}


def _signs(scheme: LabelScheme) -> dict[str, int]:
    """The rank of each polarity's sign; polarities without a sign are left out."""
    signs = {p.id: int(p.maps["sign"]) for p in scheme.polarities if "sign" in p.maps}
    ranks = sorted(set(signs.values()))
    return {name: ranks.index(sign) for name, sign in signs.items()}
