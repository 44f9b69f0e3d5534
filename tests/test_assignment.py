"""Assignment: who gets which documents in which order, counted over generated corpora."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ijcorpus.assignment import (
    Assignment,
    Corpus,
    Given,
    added,
    assign,
    read_assignment,
    read_given,
    sharing,
    williams,
)
from ijcorpus.cli.assigning import record
from ijcorpus.errors import RecordError

SPLITS = ("train", "validation", "test")


def corpus(documents: int, annotators: int) -> Corpus:
    return Corpus(
        annotators=tuple(f"a{n}" for n in range(annotators)),
        splits={f"doc-{n}": SPLITS[n % 5 - 2 if n % 5 > 2 else 0] for n in range(documents)},
    )


def given_by(rule: Assignment, made: Corpus, before: Given | None = None) -> Given:
    return assign(rule, made, sharing(rule, made, SPLITS), before or {})


def test_without_a_rule_everybody_gets_everything_in_file_order() -> None:
    made = corpus(7, 3)
    assert given_by(Assignment(), made) == {who: tuple(made.splits) for who in made.annotators}


@pytest.mark.parametrize("n", range(1, 9))
def test_the_square_is_latin_and_balanced_where_it_can_be(n: int) -> None:
    square = williams(n)
    assert [sorted(row) for row in square] == [list(range(n))] * n
    assert [sorted(column) for column in zip(*square, strict=True)] == [list(range(n))] * n
    neighbours = Counter(pair for row in square for pair in zip(row, row[1:], strict=False))
    if n % 2 == 0:
        assert all(neighbours[a, b] == 1 for a in range(n) for b in range(n) if a != b)


@pytest.mark.parametrize("annotators", [2, 3, 4, 5])
def test_a_balanced_order_shows_each_document_once_in_each_part_of_the_work(
    annotators: int,
) -> None:
    made = corpus(annotators * 12, annotators)
    found = given_by(Assignment(order="balanced"), made)
    for document in made.splits:
        parts = [found[who].index(document) // 12 for who in made.annotators]
        assert sorted(parts) == list(range(annotators))
    same = given_by(Assignment(), made)
    assert {same[who].index("doc-0") for who in made.annotators} == {0}


def test_with_an_even_number_the_mean_position_of_all_documents_is_the_same() -> None:
    made = corpus(48, 4)
    found = given_by(Assignment(order="balanced"), made)
    means = {sum(found[who].index(d) for who in made.annotators) for d in made.splits}
    assert means == {4 * 47 / 2}


@given(
    documents=st.integers(0, 40),
    annotators=st.integers(1, 6),
    overlaps=st.lists(st.integers(1, 6), min_size=3, max_size=3),
    order=st.sampled_from(["same", "balanced"]),
    salt=st.text(max_size=5),
    more=st.integers(0, 20),
    joining=st.integers(0, 2),
)
@settings(max_examples=60, deadline=None)
def test_overlap_is_what_was_asked_for_and_stays_when_the_corpus_grows(
    documents: int,
    annotators: int,
    overlaps: list[int],
    order: str,
    salt: str,
    more: int,
    joining: int,
) -> None:
    overlap = {s: min(n, annotators) for s, n in zip(SPLITS, overlaps, strict=True)}
    rule = Assignment(
        order=order, overlap=overlap, salt=salt, calibration=("doc-1",) if documents > 1 else ()
    )  # type: ignore[arg-type]
    before = corpus(documents, annotators)
    first = given_by(rule, before)
    counts = Counter(d for listed in first.values() for d in listed)
    for document, split in before.splits.items():
        wanted = annotators if document in rule.calibration else overlap[split]
        assert counts[document] == wanted
    for split in SPLITS:
        loads = [
            sum(before.splits[d] == split and d not in rule.calibration for d in first[who])
            for who in before.annotators
        ]
        assert max(loads) - min(loads) <= 1
    for listed in first.values():
        assert listed[: len(rule.calibration)] == rule.calibration

    after = corpus(documents + more, annotators + joining)
    second = given_by(rule, after, first)
    assert second == given_by(rule, after, first)
    for who, listed in first.items():
        assert second[who][: len(listed)] == listed
    assert given_by(rule, after, second) == second
    old = set(before.splits) - set(rule.calibration)
    for who in after.annotators[annotators:]:
        assert not old & set(second[who])
        assert second[who][: len(rule.calibration)] == rule.calibration
    kept = read_given(added({}, first) + added(first, second), after)
    assert kept == second


def test_every_two_share_as_many_documents() -> None:
    made = Corpus(annotators=("a", "b", "c", "d"), splits={f"d{n}": "test" for n in range(60)})
    found = given_by(Assignment(overlap={"test": 2}), made)
    shared = [len(set(found[a]) & set(found[b])) for a, b in combinations(found, 2)]
    assert max(shared) - min(shared) <= 1


def test_what_an_auditor_has_counts_for_nobody() -> None:
    made = Corpus(
        annotators=("a", "b", "late"),
        splits={f"d{n}": "test" for n in range(8)},
        auditors=("late",),
    )
    rule = Assignment(overlap={"test": 1}, calibration=("d0",))
    audited = {"late": ("d0", "d1", "d2", "d3")}
    found = given_by(rule, made, audited)
    assert found == {**given_by(rule, made), **audited}
    assert Counter(d for who in "ab" for d in found[who]) == dict.fromkeys(made.splits, 1) | {
        "d0": 2
    }
    with pytest.raises(RecordError, match="'late' audits, and an audit is no pass"):
        given_by(Assignment(annotators=("a", "late")), made)
    with pytest.raises(RecordError, match="test asks for 3 annotators"):
        given_by(Assignment(overlap={"test": 3}), made)


def test_another_salt_gives_other_documents() -> None:
    made = corpus(30, 3)
    rules = [Assignment(overlap=dict.fromkeys(SPLITS, 1), salt=salt) for salt in ("", "x")]
    one, other = (given_by(rule, made) for rule in rules)
    assert one != other


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('annotators = ["nobody"]', "no annotator 'nobody'"),
        ('calibration = ["doc-99"]', "no document 'doc-99'"),
        ('calibration = ["doc-1", "doc-1"]', "'doc-1' stands there twice"),
        ("overlap = {dev = 1}", "no split 'dev'"),
        ("overlap = {test = 4}", "test asks for 4 annotators"),
        ("overlap = {test = 0}", "test asks for 0 annotators"),
        ('order = "random"', "order"),
        ("overlaps = {test = 1}", "overlaps"),
        ("order = ", "Invalid value"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused(text: str, fault: str) -> None:
    with pytest.raises(RecordError, match=fault) as caught:
        sharing(read_assignment(text), corpus(5, 3), SPLITS)
    assert "assignment.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("a0 doc-1", "wanted an annotator"),
        ("nobody\tdoc-1", "nobody who annotates"),
        ("a0\tdoc-9", "no document 'doc-9'"),
        ("a1\tdoc-0", "second time"),
    ],
)
def test_a_record_that_cannot_be_meant_is_refused(line: str, fault: str) -> None:
    with pytest.raises(RecordError, match=f"line 2: .*{fault}"):
        read_given(f"a1\tdoc-0\n{line}\n", corpus(3, 2))


def test_two_pushes_at_once_leave_a_record_that_can_be_read(tmp_path: Path) -> None:
    """The second read the record before the first wrote it."""
    made, path = corpus(4, 2), tmp_path / "assigned.tsv"
    path.write_text("a0\tdoc-0")
    space: Any = SimpleNamespace(
        layout=SimpleNamespace(assigned=path), assignable=made, assigned={"a0": ("doc-0",)}
    )
    for now in ({"a0": ("doc-0", "doc-1")}, {"a0": ("doc-0", "doc-1"), "a1": ("doc-2",)}):
        record(space, now)
    assert path.read_text() == "a0\tdoc-0\na0\tdoc-1\na1\tdoc-2\n"
