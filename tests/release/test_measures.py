"""What the card measures on the rows: variety of the texts, the baseline, audits, fact checks."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_corpus import Corpus, replace

from ijcorpus.document import FactCheck
from ijcorpus.errors import ReleaseError
from ijcorpus.records import write_json, write_jsonl
from ijcorpus.release.baseline import baseline_table, target_only
from ijcorpus.release.build import build
from ijcorpus.release.facts import facts_text
from ijcorpus.release.variety import closest, distinct, self_bleu, variety_table, words

AUDITOR = """
[[annotator]]
id = "late"
kind = "model"
description = "A program that reads afterwards"
email = "late@example.org"
audits = true
"""


def texts(seed: int, vocabulary: int = 12) -> list[list[str]]:
    drawn = random.Random(seed)
    names = [f"w{n}" for n in range(vocabulary)]
    return [drawn.choices(names, k=drawn.randint(30, 60)) for _ in range(6)]


@pytest.mark.parametrize("seed", range(8))
def test_self_bleu_equals_the_reference_package(seed: int) -> None:
    from sacrebleu.metrics.bleu import BLEU

    drawn = texts(seed)
    reference = BLEU(tokenize="none", smooth_method="none", effective_order=False)
    scores = [
        reference.sentence_score(
            " ".join(text), [" ".join(other) for other in drawn if other is not text]
        ).score
        for text in drawn
    ]
    assert sum(scores) > 0
    assert self_bleu(drawn) == pytest.approx(sum(scores) / len(scores) / 100, abs=1e-9)


def test_self_bleu_of_copies_is_one_and_of_strangers_nothing() -> None:
    text = ["one", "two", "three", "four", "five", "six"]
    assert self_bleu([text, text[:]]) == pytest.approx(1)
    assert self_bleu([text, [f"{word}x" for word in text]]) == 0
    with pytest.raises(ValueError, match="two texts"):
        self_bleu([text])


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=9), min_size=2, max_size=5))
def test_every_measure_is_a_share(drawn: list[list[str]]) -> None:
    for value in (self_bleu(drawn), closest(drawn), *(distinct(drawn, n) for n in (1, 2, 3))):
        assert 0 <= value <= 1 + 1e-9


def test_distinct_and_closest_by_hand() -> None:
    drawn = [words("A b a b a b"), words("c d e f g h")]
    assert distinct(drawn, 1) == 8 / 12
    assert distinct(drawn, 2) == 7 / 10
    assert closest([words("a b c d e"), words("b c d e f"), words("x y")]) == 1 / 3
    assert variety_table(drawn[:1]) is None


def judged(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"target": target, "polarity": polarity} for target, polarity in pairs]


def test_the_baseline_by_hand() -> None:
    train = judged(("A", "yes"), ("A", "yes"), ("A", "no"), ("B", "no"), ("B", "no"), ("C", "no"))
    held = judged(("A", "yes"), ("A", "no"), ("B", "no"), ("D", "no"))
    accuracy, macro = target_only(train, held)
    assert accuracy == 3 / 4
    assert macro == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert baseline_table({"train": train}, "train") is None
    table = baseline_table({"train": train, "test": held}, "train")
    assert table is not None
    assert table.rows == (("test", 4, "0.750", "0.733"),)


def card(corpus: Corpus) -> str:
    build(corpus.open(copies=True), corpus.root / "build" / "release")
    return (corpus.root / "build" / "release" / "README.md").read_text()


def test_an_audit_is_compared_with_the_result_and_joins_nothing_else(corpus: Corpus) -> None:
    before = card(corpus)
    space = corpus.open()
    listed = space.layout.annotators
    listed.write_text(listed.read_text() + AUDITOR)
    settled = space.adjudicated("alpha")
    assert settled is not None
    fewer = replace(settled, annotator="late", entities=settled.entities[:3], stances=())
    write_json(space.layout.layer("late", "alpha"), fewer)
    after = card(corpus)
    assert "## Audit after adjudication" not in before
    audit = after.partition("## Audit after adjudication")[2].partition("\n## ")[0]
    assert "`late` (model) annotated 1 documents" in audit
    assert "| mentions, exact span, F1 | 0.600 |" in audit
    agreement = after.partition("## Agreement before adjudication")[2].partition("\n## ")[0]
    assert "late" not in agreement
    assert set(corpus.open().passes("alpha")) == {"one", "two"}
    assert set(corpus.open().layers("alpha")) == {"one", "two", "late", "judge"}


def test_agreement_says_who_is_a_person(corpus: Corpus) -> None:
    listed = corpus.open().layout.annotators
    listed.write_text(listed.read_text().replace('kind = "model"', 'kind = "human"', 1))
    assert "`one` (human) and `two` (model), 4 documents" in card(corpus)


def test_fact_checks_are_reported_as_rates(corpus: Corpus) -> None:
    path = corpus.open().layout.fact_checks
    one = FactCheck(document="alpha", by="A program", facts=30, wrong=1, unsupported=2)
    write_jsonl(path, [one, FactCheck(document="beta", by="A program", facts=10, wrong=1,
                                      unsupported=0)])  # fmt: skip
    found = card(corpus).partition("## Facts, read against their sources")[2].partition("\n## ")[0]
    assert "2 documents, 40 stated facts" in " ".join(found.split())
    assert "2 contradicted their sources (5.0%) and 2 were in none of them (5.0%)" in found
    write_jsonl(path, [FactCheck(document="omega", by="x", facts=1, wrong=0, unsupported=0)])
    with pytest.raises(ReleaseError, match=r"fact_checks\.jsonl: the corpus has no document omega"):
        card(corpus)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"wrong": 9}, "of the 3 facts of alpha, 9 wrong and 0 unsupported ones cannot be"),
        ({"wrong": 2, "unsupported": 2}, "2 wrong and 2 unsupported ones cannot be"),
        ({"wrong": -1}, "-1 wrong"),
        ({"facts": -1}, "of the -1 facts"),
        ({"by": ""}, "was read by ''"),
        ({"by": "a\n# b"}, "was read by"),
        ({"by": "<b>a</b>"}, "was read by"),
    ],
)
def test_fact_checks_that_cannot_be_are_refused(
    corpus: Corpus, changes: dict[str, int | str], said: str
) -> None:
    one = FactCheck(document="alpha", by="A program (v. 2)", facts=3, wrong=0, unsupported=0)
    path = corpus.open().layout.fact_checks
    write_jsonl(path, [one])
    assert "3 stated facts" in (facts_text(corpus.open()) or "")
    write_jsonl(path, [replace(one, **changes)])
    with pytest.raises(ReleaseError, match=said):
        facts_text(corpus.open())
    write_jsonl(path, [one, one])
    with pytest.raises(ReleaseError, match=r"alpha by A program \(v\. 2\) stands there twice"):
        facts_text(corpus.open())


def test_who_made_no_layer_is_not_said_to_have_made_labels(corpus: Corpus) -> None:
    before = card(corpus)
    listed = corpus.open().layout.annotators
    listed.write_text(listed.read_text() + AUDITOR.replace('"model"', '"human"'))
    assert card(corpus) == before
    assert "expert-generated" not in before
