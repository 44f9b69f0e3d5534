"""Documents a second: the checks against pydantic and jsonschema doing the structural part alone.

    python scripts/bench_checks.py --documents 10000

Synthetic documents of 400 words with 30 mentions and 10 judgements, two passes and an adjudication
each, in order, so that nobody finds anything. The peers see the same annotations as plain JSON and
check their form only. First all three must accept every good document and refuse every broken one;
then they take turns, a round each, and the best round counts.
"""

from __future__ import annotations

import argparse
import datetime
import random
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal

import jsonschema
import msgspec
import pydantic

from ijcorpus.annotation import Annotation, Annotator, Entity, Holder, RegistryEntry, Stance
from ijcorpus.checks import document_findings
from ijcorpus.checks.view import ADJUDICATED, CorpusView, Layer, Subject
from ijcorpus.document import Document, RawMap, RawRun, Source, Span
from ijcorpus.scheme import json_schema, read_scheme

WORDS, MENTIONS, JUDGEMENTS, SENTENCE = 400, 30, 10, 20
SCHEME = """
name = "bench"
version = "1"
guidelines = ["entities.md", "stance.md"]
entities = [{ id = "A", description = "", hotkey = "1", colour = "#111111" }]
stance = { id = "S", description = "", hotkey = "s", colour = "#222222" }
propositions = [{ id = "P", name = "", text = "", favor = "" }]
polarities = [{ id = "pro", description = "" }]
attributions = [{ id = "told", description = "" }]
holder_kinds = [{ id = "mention", description = "" }]
holder_types = [{ id = "host", description = "" }]
stance_flags = []
document_flags = []
reasons = []
[splits]
salt = "s"
held_out = "test"
held_out_topics = []
held_out_subsets = []
[splits.shares]
train = 0.5
test = 0.5
"""


class PydanticHolder(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")
    kind: Literal["mention", "author", "unnamed"]
    mention: str | None = None
    type: str | None = None


class PydanticEntity(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")
    id: str
    start: int
    end: int
    label: str
    entity_id: str = ""
    sense: str | None = None
    quote: str = ""
    origin: Literal["manual", "prediction", "prediction-changed"] = "manual"


class PydanticStance(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")
    id: str
    start: int
    end: int
    holder: PydanticHolder | None = None
    target: str | None = None
    polarity: str | None = None
    attribution: str | None = None
    flags: tuple[str, ...] = ()
    note: str = ""
    quote: str = ""


class PydanticAnnotation(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")
    document: str
    digest: str
    scheme: str
    annotator: str
    entities: tuple[PydanticEntity, ...] = ()
    stances: tuple[PydanticStance, ...] = ()
    author: tuple[dict[str, str], ...] = ()
    flags: tuple[str, ...] = ()


class Made(msgspec.Struct):
    """One synthetic document: its source and text, and its annotations as they lie on disk."""

    source: Source
    document: Document
    layers: dict[str, bytes]


def made(number: int) -> Made:
    chance = random.Random(number)
    name, text, sentences, marks = f"d{number}", "", [], []
    for at in range(WORDS // SENTENCE):
        start = len(text)
        for word in range(SENTENCE):
            named = word in (0, 9) and len(marks) < MENTIONS
            letters = "".join(chance.choices("abcdefghijklmnop", k=chance.randint(2, 9)))
            form = f"{letters.title()}{at}" if named else letters
            if named:
                marks.append((len(text), len(text) + len(form), form))
            text += form + ("" if word == SENTENCE - 1 else " ")
        text += "."
        sentences.append(Span(start, len(text)))
        text += "\n" if at < WORDS // SENTENCE - 1 else ""
    document = Document(
        id=name, text=text, sections=(), sentences=tuple(sentences), raw_sha256="0", cleaner="1",
        raw_map=RawMap((RawRun(0, len(text), 0, len(text)),)),
    )  # fmt: skip
    entities = tuple(
        Entity(id=f"e{n}", start=a, end=b, label="A", entity_id=f"nil-{w.lower()}", quote=w)
        for n, (a, b, w) in enumerate(marks, start=1)
    )
    stances = tuple(
        Stance(
            id=f"s{n}", start=s.start, end=s.end - 1, quote=text[s.start : s.end - 1],
            holder=Holder(kind="mention", mention=_first(entities, s), type="host"),
            target="P", polarity="pro", attribution="told",
        )
        for n, s in enumerate(sentences[:JUDGEMENTS], start=1)
    )  # fmt: skip
    source = Source(
        id=name, subset="archive", rights="full_text", title="", publisher="", date="2001",
        genre="", period="", vantage="", topic=name, licence="", path=f"{name}.txt", format="text",
        sha256="0", obtain="",
    )  # fmt: skip
    layers = {
        who: msgspec.json.encode(
            Annotation(
                document=name, digest=document.digest, scheme="1", entities=entities,
                annotator="judge" if who == ADJUDICATED else who, stances=stances,
            )
        )
        for who in ("one", "two", ADJUDICATED)
    }  # fmt: skip
    return Made(source, document, layers)


def _first(entities: tuple[Entity, ...], span: Span) -> str:
    return next(e.id for e in entities if span.start <= e.start < span.end)


def ground() -> CorpusView:
    listed = {
        n: Annotator(id=n, kind="human", description="", email="", adjudicates=n == "judge")
        for n in ("one", "two", "judge")
    }
    return CorpusView(
        scheme=read_scheme(SCHEME), subjects=(), registry=tuple[RegistryEntry, ...](), splits={},
        annotators=listed, fact_sources=frozenset(), today=datetime.date(2001, 1, 1),
    )  # fmt: skip


GROUND = ground()
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def by_ijcorpus(one: Made) -> bool:
    """Decode, then every check of levels 1 to 6 that looks at one document."""
    try:
        said = {n: msgspec.json.decode(d, type=Annotation) for n, d in one.layers.items()}
    except msgspec.ValidationError:
        return False
    layers = {n: Layer(name=n, annotation=a) for n, a in said.items()}
    final = layers.pop(ADJUDICATED)
    subject = Subject(
        source=one.source, document=one.document, layers=tuple(layers.values()), adjudicated=final
    )
    return not document_findings(GROUND, subject)


def by_pydantic(one: Made) -> bool:
    try:
        for data in one.layers.values():
            PydanticAnnotation.model_validate_json(data)
    except pydantic.ValidationError:
        return False
    return True


def by_jsonschema(one: Made) -> bool:
    return all(VALIDATOR.is_valid(msgspec.json.decode(data)) for data in one.layers.values())


WAYS: dict[str, Callable[[Made], bool]] = {
    "ijcorpus, all of one document": by_ijcorpus,
    "pydantic, form only": by_pydantic,
    "jsonschema, form only": by_jsonschema,
}


def broken(one: Made) -> Iterator[Made]:
    """Documents that differ in form from what they should be."""
    for old, new in ((b'"start":', b'"begin":'), (b'"label":"A"', b'"label":1')):
        wrong = {name: data.replace(old, new, 1) for name, data in one.layers.items()}
        yield Made(one.source, one.document, wrong)


def same_answers(count: int = 50) -> None:
    for number in range(count):
        one = made(number)
        for name, way in WAYS.items():
            assert way(one), f"{name} refuses the good document {number}"
            assert not any(way(wrong) for wrong in broken(one)), f"{name} accepts a broken one"


def rate(way: Callable[[Made], bool], batch: list[Made]) -> float:
    start = time.perf_counter()
    for one in batch:
        way(one)
    return len(batch) / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--stream", type=int, help="only: check so many, made one by one")
    asked = parser.parse_args()
    if asked.stream:
        assert all(by_ijcorpus(made(number)) for number in range(asked.stream))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{asked.stream:,} documents, one by one: peak {peak:.0f} MiB")
        return
    same_answers()
    batches = [
        [made(n) for n in range(at, asked.documents, asked.rounds)] for at in range(asked.rounds)
    ]
    best: dict[str, list[float]] = {name: [] for name in WAYS}
    for batch in batches:
        # A slow peer gets fewer documents: its rate is the same.
        for name, way in WAYS.items():
            best[name].append(rate(way, batch[:100] if way is by_jsonschema else batch))
    ours: Any = max(best[next(iter(WAYS))])
    print("| way | documents a second | against ours |\n|---|---|---|")
    for name, rates in best.items():
        print(f"| {name} | {max(rates):,.0f} | {max(rates) / ours:.2f} |")


if __name__ == "__main__":
    main()
