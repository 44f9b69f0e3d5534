"""Agreement on many documents, and against the reference packages on the same spans in one run.

    python scripts/bench_agreement.py [documents]

Two annotators, twenty entities and four judgements a document. Reports seconds, and how many times
faster the same numbers come than from nervaluate and krippendorff; fails when a number differs.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

import krippendorff
import numpy as np
from nervaluate import Evaluator

from ijcorpus.agreement import agreement
from ijcorpus.agreement.choices import character_tables
from ijcorpus.agreement.figures import f1, nominal_alpha
from ijcorpus.agreement.spans import entity_counts
from ijcorpus.annotation import Annotation, AuthorStance, Entity, Holder, Stance
from ijcorpus.document import Span
from ijcorpus.workspace import Workspace

SCHEME = Workspace(Path(__file__).parents[1]).scheme
LABELS, TARGETS, POLARITIES = SCHEME.label_names, SCHEME.target_names, SCHEME.polarity_names
LENGTH = 2000
SENTENCES = tuple(Span(start, start + 100) for start in range(0, LENGTH, 100))


def document(number: int, annotator: str) -> Annotation:
    """A document as an annotator sees it: nine of ten choices are those of the document."""
    base, own = random.Random(number), random.Random(f"{annotator} {number}")
    entities: list[Entity] = []
    for place in range(20):
        start, size = place * 100 + base.randrange(60), base.randrange(4, 30)
        label = base.choice(LABELS)
        if own.random() < 0.05:
            continue
        label = label if own.random() < 0.95 else own.choice(LABELS)
        end = start + (size if own.random() < 0.95 else size + 3)
        entities.append(
            Entity(id=f"e{place}", start=start, end=end, label=label, entity_id=f"n{place}")
        )
    stances: list[Stance] = []
    for place in range(4):
        start, target = place * 300 + 10, base.choice(TARGETS)
        polarity = base.choice(POLARITIES)
        polarity = polarity if own.random() < 0.9 else own.choice(POLARITIES)
        stances.append(
            Stance(
                id=f"s{place}",
                start=start,
                end=start + 20,
                holder=Holder(kind="author"),
                target=target,
                polarity=polarity,
                attribution=SCHEME.names("attributions")[0],
            )
        )
    author = (AuthorStance(target=TARGETS[0], polarity=own.choice(POLARITIES)),)
    return Annotation(
        document=f"d{number}",
        digest="x",
        scheme=SCHEME.version,
        annotator=annotator,
        entities=tuple(entities),
        stances=tuple(stances),
        author=author,
    )


def main() -> None:
    """Measure and compare."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    pairs = [(document(n, "a"), document(n, "b")) for n in range(number)]
    sentences = {one.document: SENTENCES for one, _ in pairs}
    began = time.perf_counter()
    found = agreement(pairs, SCHEME, resamples=1000, sentences=sentences)
    print(f"everything, {number} documents, 1000 resamples: {time.perf_counter() - began:.2f} s")

    part = pairs[:1000]
    first, second = ([pair[side].entities for pair in part] for side in (0, 1))
    began = time.perf_counter()
    overall, labelled = entity_counts(first, second, LABELS)
    sums = [labelled.exact.sum(axis=0), overall.exact, overall.partial]
    ours = [float(f1(rows.sum(axis=0))) for rows in sums]
    own = time.perf_counter() - began
    spans = [
        [[{"label": e.label, "start": e.start, "end": e.end - 1} for e in es] for es in side]
        for side in (first, second)
    ]
    began = time.perf_counter()
    theirs = Evaluator(spans[0], spans[1], tags=[*LABELS], loader="dict").evaluate()["overall"]
    other = time.perf_counter() - began
    expected = [theirs[name].f1 for name in ("strict", "exact", "partial")]
    assert np.allclose(ours, expected), (ours, expected)
    print(f"nervaluate, {len(part)} documents: {other:.2f} s against {own:.4f} s, ", end="")
    print(f"{other / own:.0f} times; strict, exact, partial F1 {ours}")

    lengths = [LENGTH] * len(part)
    began = time.perf_counter()
    tables = character_tables(part, LABELS, lengths)
    alpha = float(nominal_alpha(tables.sum(axis=0).ravel()))
    own = time.perf_counter() - began
    coded = np.zeros((2, len(part) * LENGTH))
    for side, entities in enumerate((first, second)):
        for at, spans_ in enumerate(entities):
            for e in spans_:
                where = slice(at * LENGTH + e.start, at * LENGTH + e.end)
                coded[side, where] = 1 + LABELS.index(e.label)
    began = time.perf_counter()
    reference = krippendorff.alpha(coded, level_of_measurement="nominal")
    other = time.perf_counter() - began
    assert np.isclose(alpha, reference), (alpha, reference)
    print(f"krippendorff, the characters of {len(part)} documents: {other:.2f} s against ", end="")
    print(f"{own:.4f} s, {other / own:.0f} times; alpha {alpha:.4f}")
    print(f"labelled F1 of all: {found.entities.labelled.value:.4f}")


if __name__ == "__main__":
    main()
