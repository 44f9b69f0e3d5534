"""Checks of what each split has: documents at all, and the labels and targets of the others."""

from __future__ import annotations

from collections.abc import Iterator

from ijcorpus.checks.view import Check, CorpusView, Fault


def _split_empty(view: CorpusView) -> Iterator[Fault]:
    filled = {*view.splits.values()}
    # A corpus that is all in one split is not divided yet.
    if len(filled) < 2:
        return
    for split in _divided(view):
        if split not in filled:
            yield Fault(
                f"the scheme has the split {split}, and no document is in it; add some, or take it "
                "from the scheme.",
                record=split,
            )


def _divided(view: CorpusView) -> list[str]:
    """The splits that the scheme's rule gives documents to."""
    rule = view.scheme.splits
    held = (rule.held_out,) if rule.held_out_topics or rule.held_out_subsets else ()
    shared = (name for name, share in rule.shares.items() if share > 0)
    return [*dict.fromkeys((*shared, *held))]


def _split_unbalanced(view: CorpusView) -> Iterator[Fault]:
    if len({*view.splits.values()}) < 2:
        return
    placed = ((view.splits.get(d.id), d.labels, d.targets) for d in view.documents)
    # Documents that have the same are counted once.
    has = {(split, *rest) for split, *rest in placed if split is not None}
    used = sorted({split for split, *_ in has})
    trained_on = next(iter(view.scheme.splits.shares), "")
    for kind, at, known in (("label", 1, view.labels), ("target", 2, view.scheme.target_names)):
        for name in known:
            those = sorted({one[0] for one in has if name in one[at]})
            for split in used if those else ():
                # A target that is not judged in training has a check of its own.
                if split not in those and (kind, split) != ("target", trained_on):
                    yield Fault(
                        f"the {kind} {name} stands in {', '.join(those)} and never in {split}; "
                        "say so in the card.",
                        record=f"{split}/{name}",
                    )


BALANCE_CHECKS: tuple[Check[CorpusView], ...] = (
    Check(
        code="split-empty",
        level=6,
        severity="warning",
        explanation="A divided corpus should have documents in every split of the scheme.",
        function=_split_empty,
    ),
    Check(
        code="split-unbalanced",
        level=6,
        severity="info",
        explanation="What the adjudication has in one split it should have in every split.",
        function=_split_unbalanced,
    ),
)
