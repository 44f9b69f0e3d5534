from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ijcorpus.annotation import Annotation, AuthorStance, Entity, Holder, Stance, canonical
from ijcorpus.document import sha256
from ijcorpus.errors import MarkupError
from ijcorpus.markup import parse, render
from ijcorpus.scheme import read_scheme

SCHEME = read_scheme((Path(__file__).parents[1] / "annotations" / "scheme.toml").read_text())

EXAMPLE = r"""
[Tokyo](GPE ent-0268 government) \[sic\] told [Israel](GPE ent-0401 government) that [Tokyo](GPE ent-0268 place) waits.

%% stance
1. "told Israel" | "Tokyo"#1:government | T1 favor | indirect | negated, implicit | a note
2. "waits" | UNNAMED:firm | T2 against | direct
3. "waits" | AUTHOR | T1 mixed | author
%% author
T1 mixed
%% flags
sensitive
"""


def read(source: str, **options):
    return parse(source, SCHEME, document="d", annotator="a", **options)


def test_everything_the_notation_says_is_read() -> None:
    text, annotation = read(EXAMPLE)
    assert text == "Tokyo [sic] told Israel that Tokyo waits."
    assert [(e.id, e.start, e.end, e.entity_id, e.sense) for e in annotation.entities] == [
        ("e1", 0, 5, "ent-0268", "government"),
        ("e2", 17, 23, "ent-0401", "government"),
        ("e3", 29, 34, "ent-0268", "place"),
    ]
    first, second, third = annotation.stances
    assert text[first.start : first.end] == first.quote == "told Israel"
    assert first.holder == Holder(kind="mention", mention="e1", type="government")
    assert first.flags == ("implicit", "negated")
    assert first.note == "a note"
    assert (second.target, second.holder) == ("T1", Holder(kind="author"))
    assert third.holder == Holder(kind="unnamed", type="firm")
    assert annotation.author == (AuthorStance(target="T1", polarity="mixed"),)
    assert annotation.flags == ("sensitive",)
    assert annotation.digest == sha256(text)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("[Tokyo(GPE)", "not closed"),
        ("a ] b", "closes no mention"),
        ("[a [b](GPE)](GPE)", "mention inside a mention"),
        ("[Tokyo]", "no '(LABEL"),
        ("[Tokyo](CITY)", "no label"),
        ("[Tokyo](GPE ent-1 mood)", "no sense"),
        ("[ Tokyo](GPE)", "white space"),
        (r"a \n b", "no escape"),
        ('x\n%% stance\n1. "x" | AUTHOR | T99 favor | author', "no target"),
        ('x\n%% stance\n1. "x" | AUTHOR | T1 fond | author', "no polarity"),
        ('x\n%% stance\n1. "x" | AUTHOR | T1 favor | telepathy', "no attribution"),
        ('x x\n%% stance\n1. "x" | AUTHOR | T1 favor | author', "add #1 to #2"),
        ('x\n%% stance\n1. "x"#2 | AUTHOR | T1 favor | author', "not 2"),
        ('x\n%% stance\n1. "y" | AUTHOR | T1 favor | author', "no place in the text"),
        ('x\n%% stance\n1. "x" | "y":firm | T1 favor | author', "no mention"),
        ('x\n%% stance\n1. "x" | UNNAMED:ghost | T1 favor | author', "no type of holder"),
        ('x\n%% stance\n1. "x" | AUTHOR | T1 favor | author | loud', "no flag"),
        ("x\n%% mood\nT1 favor", "line 2: '%% mood' is unknown"),
        ("x\n%% flags\n\n%% flags\n", "line 4: '%% flags' stands a second time"),
        ('x\n%% stance\n1. "x" | AUTOR | T1 favor | author', "write AUTHOR"),
        ("x\n%% flags\nloud", "no flag of a document"),
    ],
)
def test_the_ambiguous_and_malformed_is_refused(source: str, message: str) -> None:
    with pytest.raises(MarkupError, match="d") as caught:
        read(source)
    assert message in str(caught.value)


def test_unfinished_judgements_cannot_be_written() -> None:
    text, annotation = read(EXAMPLE)
    unfinished = msgspec.structs.replace(annotation.stances[0], polarity=None)
    with pytest.raises(MarkupError, match="s1 is not finished"):
        render(text, msgspec.structs.replace(annotation, stances=(unfinished,)))


def test_another_text_is_refused_with_the_place() -> None:
    with pytest.raises(MarkupError, match="character 2"):
        read("abc", text="abd")


texts = st.text(st.sampled_from('ab|#:n[]\\"% 東א́👩‍🚀\n'), min_size=3, max_size=30).filter(
    lambda t: t == t.strip() and len(t) > 2
)


@st.composite
def annotated(draw) -> tuple[str, Annotation]:
    text = draw(texts)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    spans = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    spans = [(a, b) for a, b in spans if text[a:b] == text[a:b].strip() and b > a]
    entities = tuple(
        Entity(id=f"e{n}", start=a, end=b, label="ORG", entity_id="ent-1", quote=text[a:b])
        for n, (a, b) in enumerate(spans, 1)
    )
    holders = [Holder(kind="author"), Holder(kind="unnamed", type="firm")]
    holders += [Holder(kind="mention", mention=e.id, type="firm") for e in entities]
    start = draw(st.integers(0, len(text) - 1))
    quote = text[start : draw(st.integers(start + 1, len(text)))]
    stances = ()
    if quote.strip() and "\n" not in quote:
        stances = (
            Stance(
                id="s1",
                start=start,
                end=start + len(quote),
                quote=quote,
                holder=draw(st.sampled_from(holders)),
                target="T3",
                polarity="against",
                attribution="direct",
                flags=draw(st.sampled_from([(), ("negated",), ("implicit", "negated")])),
                note=draw(st.text(st.sampled_from('a|\\n"\n'), max_size=6)).strip(),
            ),
        )
    return text, canonical(
        Annotation(
            document="d",
            digest=sha256(text),
            scheme=SCHEME.version,
            annotator="a",
            entities=entities,
            stances=stances,
        )
    )


@settings(max_examples=400)
@given(annotated())
def test_parse_undoes_render(case: tuple[str, Annotation]) -> None:
    text, annotation = case
    assert read(render(text, annotation), text=text) == (text, annotation)
