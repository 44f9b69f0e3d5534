"""What a check sees at a glance must be what it sees mark by mark."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_fixtures import CHECKS, FOLDER, Corpus, Print, Said, Text, corpus_view

from ijcorpus.annotation import AuthorStance, Decision, Entity, Holder, RegistryEntry, Stance
from ijcorpus.checks import check
from ijcorpus.checks.annotated import AnnotationView
from ijcorpus.checks.glances import DOCUMENT_GLANCES, LAYER_GLANCES, MARK_GLANCES, look
from ijcorpus.checks.marks import marks
from ijcorpus.checks.subject import Traced
from ijcorpus.checks.view import DocumentView
from ijcorpus.document import Rights, Span, Subset
from ijcorpus.finding import Finding

TEXT = "Ada Moss, of Wend, poured\ntea. Rain\u2014fell on \U0001f375 Wend_1 and \u201cBo\u201d. Caf\u00e9 ends"
TRACED = Traced(sentence="Nobody wrote this", sources=("fact-9",), fact="None")
DECISION = Decision(
    document="a", dispute="d1", kind="entity", choice="nobody", reason="odd", note="", by="judge"
)
SENTENCES = (Span(0, 30), Span(31, 61), Span(62, len(TEXT)))


def doubt(glances: tuple[object, ...], _: object) -> tuple[bool, ...]:
    return (False,) * len(glances)


def one_by_one(corpus: Corpus) -> tuple[Finding, ...]:
    """The findings when no glance ever says that nothing is wrong."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ijcorpus.checks.look", doubt)
        return check(corpus_view(corpus)).findings


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
        Stance(
            id=f"s{n}", start=a, end=b, holder=draw(holders), quote=quote(draw, a, b),
            target=draw(targets), polarity=draw(polarities), attribution=draw(attributions),
            flags=draw(flags),
        )
        for n, (a, b) in enumerate(evidence, start=1)
    )  # fmt: skip
    return Said(
        entities=entities, stances=stances, author=tuple(draw(st.lists(whole, max_size=1))),
        flags=draw(st.sampled_from([(), (), (), ("loud",), ("odd",)])),
        digest=draw(st.sampled_from([None, None, None, "0"])),
    )  # fmt: skip


# Mostly what the scheme has, so that a judgement is often in order.
targets = st.sampled_from(["P1", "P2", "P1", "odd", None])
polarities = st.sampled_from(["pro", "con", "pro", "odd", None])
attributions = st.sampled_from(["told", "author", "told", "odd", None])
flags = st.sampled_from([(), (), (), ("denied",), ("denied", "denied"), ("odd",)])
whole = st.builds(AuthorStance, target=targets.filter(bool), polarity=polarities.filter(bool))
registries = st.lists(
    st.builds(
        RegistryEntry, id=st.sampled_from(["ent-1", "nil-x", ""]), label=st.just("BEING"),
        name=st.sampled_from(["Ada Moss", "Wend", "Rain"]), side=st.none(), note=st.just(""),
        aliases=st.sampled_from([(), ("Wend",)]), ambiguous=st.just(()), verified=st.just(True),
    ),
    max_size=2,
)  # fmt: skip


holders = st.sampled_from([
    None, Holder(kind="author"), Holder(kind="author", type="host"),
    Holder(kind="mention", mention="e1"), Holder(kind="mention", mention="e1", type="guest"),
    Holder(kind="mention", mention="e2", type="host"), Holder(kind="mention", mention="e9"),
    Holder(kind="unnamed", type="host"), Holder(kind="unnamed", type="odd"),
])  # fmt: skip


def quote(draw: st.DrawFn, start: int, end: int) -> str:
    right = TEXT[max(start, 0) : max(end, 0)]
    return {"right": right, "wrong": "Bo", "": ""}[draw(quotes)]


@settings(max_examples=300, deadline=None)
@given(st.lists(said(), min_size=1, max_size=3), registries, st.booleans(), st.sampled_from(
    ["", "\u200b", "\u00a0", "\ue000", "\ufffd", "\t", "e\u0301", "\u0430b", "\u00c3\u00a9"]
))  # fmt: skip
def test_marks_of_any_kind(
    made: list[Said], listed: list[RegistryEntry], at_hand: bool, more: str
) -> None:
    final, *passes = made
    text = Text(
        text=TEXT + more, sentences=SENTENCES, said=final, at_hand=at_hand,
        passes=dict(zip(("one", "two"), passes, strict=False)) if passes else None,
    )  # fmt: skip
    corpus = Corpus(documents=(text,), registry=tuple(listed))
    assert check(corpus_view(corpus)).findings == one_by_one(corpus)


@pytest.mark.parametrize("length", range(1, 13))
def test_one_mark_at_every_place(length: int) -> None:
    for start in range(len(TEXT) - length + 1):
        end = start + length
        for made in (
            Said(entities=(Entity(id="e1", start=start, end=end, label="BEING"),)),
            Said(stances=(Stance(id="s1", start=start, end=end),)),
        ):
            corpus = Corpus(documents=(Text(text=TEXT, sentences=SENTENCES, said=made),))
            assert check(corpus_view(corpus)).findings == one_by_one(corpus)


@pytest.mark.parametrize("rights", ["full_text", "standoff"])
@pytest.mark.parametrize("subset", ["archive", "original", "press"])
@pytest.mark.parametrize("more", [
    {}, {"facts": ("fact-9",)}, {"facts": (), "traced": (TRACED,)}, {"recorded": True, "recorded_characters": 3},
    {"fingerprint": Print(digest="0")}, {"fingerprint": Print()}, {"unprinted": True},
    {"stale": ("d9",)}, {"decisions": (DECISION, DECISION)},
])  # fmt: skip
def test_documents_of_any_kind(rights: Rights, subset: Subset, more: dict[str, Any]) -> None:
    given: dict[str, Any] = {"facts": (), **more}
    corpus = Corpus(documents=(Text(rights=rights, subset=subset, **given),))
    assert check(corpus_view(corpus)).findings == one_by_one(corpus)


@pytest.mark.parametrize("code", CHECKS)
@pytest.mark.parametrize("name", ["fail", "pass"])
def test_the_fixtures(code: str, name: str) -> None:
    corpus = msgspec.json.decode((FOLDER / code / f"{name}.json").read_bytes(), type=Corpus)
    assert check(corpus_view(corpus)).findings == one_by_one(corpus)


def test_every_glance_spares_checks_of_a_good_document() -> None:
    """Else the comparisons above compare a thing with itself."""
    view = corpus_view(Corpus())
    (subject,) = view.subjects
    layer = AnnotationView(corpus=view, subject=subject, layer=subject.layers[0])
    assert all(look(DOCUMENT_GLANCES[2:], DocumentView(corpus=view, subject=subject)))
    assert all(look(MARK_GLANCES, marks(view, subject)))
    assert all(look(LAYER_GLANCES, layer))
