"""Synthetic documents for `bench_checks.py`: in order, of one size, each from its number."""

from __future__ import annotations

import random
from typing import NamedTuple

import msgspec

from ijcorpus.annotation import Annotation, Entity, Holder, RegistryEntry, Stance
from ijcorpus.checks.subject import ADJUDICATED
from ijcorpus.document import Document, RawMap, RawRun, Source, Span, sha256
from ijcorpus.scheme import read_scheme

WORDS, MENTIONS, JUDGEMENTS, SENTENCE = 400, 30, 10, 20
SENTENCES = WORDS // SENTENCE
# What may be said; `structural.py` gives the same lists to the peers.
LABELS, TARGETS, POLARITIES = ("A", "B"), ("P", "Q"), ("pro", "con")
ATTRIBUTIONS, HOLDER_TYPES = ("told", "known"), ("host", "guest")
_LETTERS = str.maketrans("0123456789", "qrstuvwxyz")


def _listed(ids: tuple[str, ...], *fields: str) -> str:
    """Ids with empty fields, as an inline TOML list."""
    empty = "".join(f', {field} = ""' for field in fields)
    return "[" + ", ".join(f'{{ id = "{one}"{empty} }}' for one in ids) + "]"


SCHEME = read_scheme(f"""
name = "bench"
version = "1"
guidelines = ["entities.md", "stance.md"]
entities = {_listed(LABELS, "description", "hotkey", "colour")}
stance = {_listed(("S",), "description", "hotkey", "colour").strip("[]")}
propositions = {_listed(TARGETS, "name", "text", "favor")}
polarities = {_listed(POLARITIES, "description")}
attributions = {_listed(ATTRIBUTIONS, "description")}
holder_kinds = {_listed(("mention",), "description")}
holder_types = {_listed(HOLDER_TYPES, "description")}
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
""")


class Made(NamedTuple):
    """One synthetic document as it lies on disk: JSON of its source, text and annotations."""

    number: int
    source: bytes
    document: bytes
    layers: dict[str, bytes]


def _word(chance: random.Random) -> str:
    return "".join(chance.choices("abcdefghijklmnop", k=chance.randint(2, 9)))


def _entry(number: int) -> RegistryEntry:
    return RegistryEntry(
        id=f"x{number}", name=f"{_word(random.Random(-number)).title()}{number}", side=None,
        label=LABELS[number % 2], aliases=(), ambiguous=(), note="", verified=True,
    )  # fmt: skip


VOCABULARY = tuple(_word(random.Random(number)) for number in range(5000))
REGISTRY = tuple(_entry(number) for number in range(1, 1001))


def made(number: int) -> Made:
    """The document of a number: always the same."""
    chance = random.Random(number)
    text, sentences, entities = "", [], []
    listed = chance.sample(REGISTRY, MENTIONS)
    for at in range(SENTENCES):
        start = len(text)
        for place, form in enumerate(chance.choices(VOCABULARY, k=SENTENCE)):
            if place in (0, 9) and len(entities) < MENTIONS:
                entities.append(_mention(listed.pop(), len(text), len(entities) + 1, at))
                form = entities[-1].quote
            elif number % 3 == 0 and place == 5:
                form += "é"
            text += form + ("" if place == SENTENCE - 1 else " ")
        text += "."
        sentences.append(Span(start, len(text)))
        text += "\n" if at < SENTENCES - 1 else ""
    name = f"d{number}"
    document = Document(
        id=name, text=text, sections=(), sentences=tuple(sentences), raw_sha256=sha256(text),
        cleaner="1", raw_map=RawMap((RawRun(0, len(text), 0, len(text)),)),
    )  # fmt: skip
    source = Source(
        id=name, subset="archive", rights="full_text", title="", publisher="", date="2001-02",
        genre="", period="", vantage="", topic=name, licence="", path=f"{name}.txt", format="text",
        sha256=sha256(text), obtain="",
    )  # fmt: skip
    encode = msgspec.json.encode
    layers = _layers(document, tuple(entities), chance)
    return Made(number, encode(source), encode(document), {n: encode(a) for n, a in layers.items()})


def _mention(entry: RegistryEntry, start: int, number: int, sentence: int) -> Entity:
    """A name of the registry or, in every fifth sentence, one that it does not have."""
    name = entry.name if sentence % 5 else f"N{entry.name}".translate(_LETTERS)
    link = entry.id if sentence % 5 else f"nil-{entry.id}"
    return Entity(
        id=f"e{number}", start=start, end=start + len(name), label=entry.label, entity_id=link,
        quote=name,
    )  # fmt: skip


def _layers(
    document: Document, entities: tuple[Entity, ...], chance: random.Random
) -> dict[str, Annotation]:
    """Two passes and the adjudication; the second pass has missed the last mention."""
    stances = tuple(
        Stance(
            id=f"s{n}", start=s.start, end=s.end - 1, quote=document.text[s.start : s.end - 1],
            holder=Holder(kind="mention", mention=_first(entities, s), type=HOLDER_TYPES[0]),
            target=chance.choice(TARGETS), polarity=chance.choice(POLARITIES),
            attribution=chance.choice(ATTRIBUTIONS),
        )
        for n, s in enumerate(document.sentences[:JUDGEMENTS], start=1)
    )  # fmt: skip
    said = {"one": entities, "two": entities[:-1], ADJUDICATED: entities}
    return {
        who: Annotation(
            document=document.id, digest=document.digest, scheme="1", entities=kept,
            annotator="judge" if who == ADJUDICATED else who, stances=stances,
        )
        for who, kept in said.items()
    }  # fmt: skip


def _first(entities: tuple[Entity, ...], span: Span) -> str:
    return next(e.id for e in entities if span.start <= e.start < span.end)


def conllu(number: int) -> str:
    """As many sentences of as many words for UD's validator: a flat tree each, no fault in it."""
    chance = random.Random(number)
    lines: list[str] = []
    for at in range(SENTENCES):
        words = chance.choices(VOCABULARY, k=SENTENCE)
        lines += [f"# sent_id = d{number}-{at}", f"# text = {' '.join(words)}"]
        for place, word in enumerate(words, start=1):
            head, relation = (0, "root") if place == 1 else (1, "dep")
            row = (place, word, word, "X", "_", "_", head, relation, "_", "_")
            lines.append("\t".join(map(str, row)))
        lines.append("")
    return "\n".join(lines) + "\n"
