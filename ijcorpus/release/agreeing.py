"""The card's tables of agreement: between passes before adjudication, and of audits after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from ijcorpus.agreement import Agreement, Figure, agreement
from ijcorpus.annotation import Annotation, Annotator
from ijcorpus.release.counts import Table
from ijcorpus.release.rows import Item
from ijcorpus.scheme import LabelScheme

RESAMPLES, SEED = 1000, 0
_INTERVALS = f"95% intervals from {RESAMPLES} bootstrap resamples of documents"


def agreement_text(
    items: Sequence[Item], annotators: Mapping[str, Annotator], scheme: LabelScheme
) -> str | None:
    """Every two annotators whose passes share documents, as Markdown; None when no two do."""
    names = dict.fromkeys(name for item in items for name in item.layers)
    parts: list[str] = []
    for one, other in combinations([name for name in names if annotators[name].passes], 2):
        both = [item for item in items if one in item.layers and other in item.layers]
        if both:
            pairs = [(item.layers[one], item.layers[other]) for item in both]
            parts.append(
                f"`{one}` ({annotators[one].kind}) and `{other}` ({annotators[other].kind}), "
                f"{len(both)} documents; {_INTERVALS}. Neither is the reference.\n\n"
                + _table(_compared(both, pairs, scheme)).markdown()
            )
    return "\n".join(parts) or None


def audit_text(
    items: Sequence[Item], annotators: Mapping[str, Annotator], scheme: LabelScheme
) -> str | None:
    """Each auditor's layers against the adjudicated annotation, as Markdown; None without one."""
    parts: list[str] = []
    for name in (name for name, annotator in annotators.items() if annotator.audits):
        read = [item for item in items if name in item.layers]
        if read:
            pairs = [(item.layers[name], item.annotation) for item in read]
            parts.append(
                f"`{name}` ({annotators[name].kind}) annotated {len(read)} documents without "
                f"seeing any labels; against what adjudication gave, {_INTERVALS}.\n\n"
                + _table(_compared(read, pairs, scheme)).markdown()
            )
    return "\n".join(parts) or None


def _compared(
    items: Sequence[Item], pairs: Sequence[tuple[Annotation, Annotation]], scheme: LabelScheme
) -> Agreement:
    return agreement(
        pairs,
        scheme,
        resamples=RESAMPLES,
        seed=SEED,
        sentences={item.source.id: item.document.sentences for item in items},
    )


def _table(found: Agreement) -> Table:
    entities, stances, author = found.entities, found.stances, found.author
    figures = [
        ("mentions, exact span, F1", entities.span),
        ("mentions, exact span and label, F1", entities.labelled),
        ("mentions, half a point for overlap, with label, F1", entities.partial_labelled),
        ("link of mentions with the same span, accuracy", entities.link_accuracy),
        ("judgements, holder and target in the same sentence, F1", stances.holder_target),
        ("judgements, holder, target and polarity, F1", stances.triple),
        ("polarity of matched judgements, Krippendorff's alpha", stances.polarity_alpha),
        ("polarity of matched judgements, ordinal alpha", stances.polarity_ordinal_alpha),
        ("attribution of matched judgements, alpha", stances.attribution_alpha),
        ("author's stance, target, F1", author.targets),
        ("author's stance, target and polarity, F1", author.stances),
        ("author's polarity on shared targets, alpha", author.alpha),
    ]
    return Table(
        title="Agreement",
        header=("what", "value", "95% interval", "compared"),
        rows=tuple((name, *_cells(figure)) for name, figure in figures),
    )


def _cells(figure: Figure) -> tuple[str, str, str]:
    interval = (
        "-" if figure.low is None or figure.high is None else f"{figure.low:.3f}-{figure.high:.3f}"
    )
    value = "-" if figure.value is None else f"{figure.value:.3f}"
    same = figure.first == figure.second
    return value, interval, str(figure.first) if same else f"{figure.first} and {figure.second}"
