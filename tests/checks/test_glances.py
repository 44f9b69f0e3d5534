"""What a check sees at a glance must be what it sees mark by mark."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_fixtures import CHECKS, FOLDER, Corpus, Said, Text, corpus_view

from ijcorpus.annotation import Entity, Holder, Stance
from ijcorpus.checks import check
from ijcorpus.checks.annotated import AnnotationView
from ijcorpus.checks.subject import Subject
from ijcorpus.document import Span
from ijcorpus.finding import Finding

TEXT = "Ada Moss, of Wend, poured\ntea. Rain\u2014fell on \U0001f375 Wend_1 and \u201cBo\u201d. Caf\u00e9 ends"
SENTENCES = (Span(0, 30), Span(31, 61), Span(62, len(TEXT)))
GLANCES = ("in_place", "quoted", "flat", "ordered")


def one_by_one(corpus: Corpus) -> tuple[Finding, ...]:
    """The findings when no glance ever says that nothing is wrong."""
    with pytest.MonkeyPatch.context() as patch:
        for name in GLANCES:
            patch.setattr(AnnotationView, name, False)
        patch.setattr(AnnotationView, "unlisted", property(every_link))
        patch.setattr(Subject, "plain", False)
        return check(corpus_view(corpus)).findings


def every_link(view: Any) -> set[str]:
    return {entity.entity_id for entity in view.annotation.entities}


places = st.integers(-1, len(TEXT) + 2)
spans = st.one_of(
    st.tuples(places, places),
    # Whole words, so that much of what is made is in order.
    st.sampled_from([(0, 8), (13, 17), (26, 29), (31, 35), (36, 40), (46, 52), (58, 60), (63, 67)]),
)
quotes = st.sampled_from(["right", "wrong", ""])
links = st.sampled_from(["", "nil-x", "nil-y", "ent-1"])


@st.composite
def said(draw: st.DrawFn) -> Said:
    ends = draw(st.lists(spans, max_size=5))
    ends = sorted(ends) if draw(st.booleans()) else ends
    entities = tuple(
        Entity(
            id=f"e{draw(st.sampled_from([n, 1]))}", start=a, end=b, entity_id=draw(links),
            label=draw(st.sampled_from(["SPOT", "BEING", "CREATURE"])),
            sense=draw(st.sampled_from([None, "ground", "odd"])), quote=quote(draw, a, b),
        )
        for n, (a, b) in enumerate(ends, start=1)
    )  # fmt: skip
    evidence = draw(st.lists(spans, max_size=4))
    evidence = sorted(evidence) if draw(st.booleans()) else evidence
    stances = tuple(
        Stance(id=f"s{n}", start=a, end=b, holder=draw(holders), quote=quote(draw, a, b))
        for n, (a, b) in enumerate(evidence, start=1)
    )
    return Said(entities=entities, stances=stances)


holders = st.sampled_from([
    None, Holder(kind="author"), Holder(kind="mention", mention="e1"),
    Holder(kind="mention", mention="e9"), Holder(kind="unnamed", type="host"),
])  # fmt: skip


def quote(draw: st.DrawFn, start: int, end: int) -> str:
    right = TEXT[max(start, 0) : max(end, 0)]
    return {"right": right, "wrong": "Bo", "": ""}[draw(quotes)]


@settings(max_examples=150, deadline=None)
@given(said(), st.booleans(), st.sampled_from(["", "\u200b", "\u00a0", "\ue000", "\ufffd", "\t"]))
def test_marks_of_any_kind(made: Said, at_hand: bool, more: str) -> None:
    text = Text(text=TEXT + more, sentences=SENTENCES, said=made, at_hand=at_hand)
    corpus = Corpus(documents=(text,))
    assert check(corpus_view(corpus)).findings == one_by_one(corpus)


@pytest.mark.parametrize("code", CHECKS)
@pytest.mark.parametrize("name", ["fail", "pass"])
def test_the_fixtures(code: str, name: str) -> None:
    corpus = msgspec.json.decode((FOLDER / code / f"{name}.json").read_bytes(), type=Corpus)
    assert check(corpus_view(corpus)).findings == one_by_one(corpus)


def test_the_glances_do_see_something() -> None:
    """Else the comparison above compares a thing with itself."""
    view = corpus_view(Corpus())
    (subject,) = view.subjects
    seen = AnnotationView(corpus=view, subject=subject, layer=subject.layers[0])
    assert all(getattr(seen, name) for name in GLANCES)
    assert subject.plain
