"""A small invented corpus: three texts that ship, one that does not; every name is made up."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from ijcorpus.annotation import Annotation, AuthorStance, Entity, Holder, RegistryEntry, Stance
from ijcorpus.document import Document, Source, sha256
from ijcorpus.records import write_bytes, write_json, write_jsonl
from ijcorpus.splits import write_splits
from ijcorpus.workspace import Workspace

ROOT = Path(__file__).parents[2]

INFO = """
name = "tiny"
title = "The Tiny Corpus"
version = "1.0.0"
released = "2025-01-31"
description = "Invented texts."
language = "en"
licence = "CC BY 4.0"
licence_url = "https://creativecommons.org/licenses/by/4.0/"
authors = ["The Tiny & Small Project"]
repository = "https://example.org/tiny"
keywords = ["test"]
provenance = "Texts and labels were invented for a test; a program made them."
changes = ["Made."]
"""

ANNOTATORS = """
[[annotator]]
id = "one"
kind = "model"
description = "A program, first pass"
email = "one@example.org"
prelabels = true

[[annotator]]
id = "two"
kind = "model"
description = "A program, second pass"
email = "two@example.org"

[[annotator]]
id = "judge"
kind = "model"
description = "A program, adjudication"
email = "judge@example.org"
adjudicates = true
"""

TEXTS = {
    "alpha": (
        "Harbour talks in Tokyo\n\nTOKYO, 3 May 1975 - Minister Aki Mori welcomed \U0001f38c the "
        "envoy of Israel in Tokyo on Monday. Mori said that trade with Israel was good for both "
        "sides. The envoy praised the ExpoTokyo fair.\n"
    ),
    "beta": (
        "A view on aid\n\nJapan should go on paying for schools in Gaza. Officials of Olive Bank "
        "refused to take part in the boycott of Israel.\n"
    ),
    "gamma": "A quiet year\n\nNothing was signed in Haifa. Nobody spoke of it.\n",
    "secret": (
        "Withheld matters\n\nThe plum orchard of Haifa was praised by Aki Mori for its quiet paths "
        "and honest clocks. Mori opposed every boycott of Israel, a friend of hers recalled.\n"
    ),
}
SPLITS = {"alpha": "train", "beta": "validation", "gamma": "test", "secret": "test"}

REGISTRY = [
    RegistryEntry(
        id=name, name=full, label=label, side=side, aliases=(), ambiguous=(), note="", verified=True
    )
    for name, full, label, side in [
        ("ent-1", "Aki Mori", "PERSON", "JP"),
        ("ent-2", "Israel", "GPE", "IL"),
        ("ent-3", "Tokyo", "GPE", "JP"),
        ("ent-4", "Olive Bank", "ORG", None),
        ("ent-5", "Haifa", "GPE", "IL"),
    ]
]

MENTIONS: dict[str, list[tuple[str, int, str, str]]] = {
    "alpha": [
        ("Tokyo", 0, "GPE", "ent-3"),
        ("Aki Mori", 0, "PERSON", "ent-1"),
        ("Israel", 0, "GPE", "ent-2"),
        ("Tokyo", 1, "GPE", "ent-3"),
        ("Mori", 1, "PERSON", "ent-1"),
        ("Israel", 1, "GPE", "ent-2"),
        ("Tokyo", 2, "GPE", "ent-3"),
    ],
    "beta": [("Olive Bank", 0, "ORG", "ent-4"), ("Israel", 0, "GPE", "ent-2")],
    "gamma": [("Haifa", 0, "GPE", "ent-5")],
    "secret": [
        ("Haifa", 0, "GPE", "ent-5"),
        ("Aki Mori", 0, "PERSON", "ent-1"),
        ("Mori", 1, "PERSON", "ent-1"),
        ("Israel", 0, "GPE", "ent-2"),
    ],
}


def place(text: str, quote: str, nth: int = 0) -> tuple[int, int]:
    at = -1
    for _ in range(nth + 1):
        at = text.index(quote, at + 1)
    return at, at + len(quote)


def entities(name: str, text: str) -> tuple[Entity, ...]:
    made = []
    for number, (quote, nth, label, link) in enumerate(MENTIONS[name], start=1):
        start, end = place(text, quote, nth)
        made.append(
            Entity(id=f"e{number}", start=start, end=end, label=label, entity_id=link, quote=quote)
        )
    return tuple(made)


def stance(text: str, quote: str, number: int, holder: Holder, **values: Any) -> Stance:
    start, end = place(text, quote)
    return Stance(id=f"s{number}", start=start, end=end, holder=holder, quote=quote, **values)


def stances(name: str, text: str) -> tuple[Stance, ...]:
    unnamed = Holder(kind="unnamed", type="firm")
    if name == "alpha":
        holder = Holder(kind="mention", mention="e5", type="government")
        values = {"target": "T2", "polarity": "favor", "attribution": "indirect"}
        quote = "trade with Israel was good for both sides"
        return (stance(text, quote, 1, holder, note="a note", **values),)
    if name == "beta":
        author = Holder(kind="author", type="journalist")
        first = {"target": "T9", "polarity": "favor", "attribution": "author"}
        second = {"target": "T4", "polarity": "against", "attribution": "conduct"}
        return (
            stance(text, "should go on paying for schools", 1, author, **first),
            stance(
                text,
                "refused to take part in the boycott",
                2,
                unnamed,
                flags=("negated",),
                **second,
            ),
        )
    if name == "secret":
        holder = Holder(kind="mention", mention="e3", type="government")
        values = {"target": "T4", "polarity": "against", "attribution": "indirect"}
        return (stance(text, "opposed every boycott", 1, holder, note="plum clocks", **values),)
    return ()


def adjudicated(name: str, document: Document) -> Annotation:
    author = (AuthorStance(target="T9", polarity="favor"),) if name == "beta" else ()
    return Annotation(
        document=name,
        digest=document.digest,
        scheme="1.0",
        annotator="judge",
        entities=entities(name, document.text),
        stances=stances(name, document.text),
        author=author,
        flags=("sensitive",) if name == "secret" else (),
    )


def source(name: str, data: bytes, **changes: Any) -> Source:
    values: dict[str, Any] = {
        "id": name,
        "subset": "press" if name == "secret" else "original",
        "rights": "standoff" if name == "secret" else "full_text",
        "title": TEXTS[name].partition("\n")[0],
        "publisher": "none",
        "date": "1975-05-03",
        "genre": "news",
        "period": "1973-91",
        "vantage": "JP",
        "topic": f"topic of {name}",
        "licence": "CC BY 4.0",
        "path": f"{name}.txt",
        "format": "text",
        "sha256": sha256(data),
        "obtain": "Ask the archive for it.",
        "facts": ("src-1",),
    }
    return Source(**{**values, **changes})


class Corpus:
    """An invented corpus root and the folder of its withheld text."""

    def __init__(self, root: Path, copies: Path) -> None:
        self.root = root
        self.copies = copies

    def open(self, *, copies: bool = False) -> Workspace:
        return Workspace(self.root, self.copies if copies else None)

    def change(self, name: str, how: Callable[[Annotation], Annotation]) -> None:
        """Rewrite one adjudicated annotation."""
        made = self.open().adjudicated(name)
        assert made is not None
        write_json(self.open().layout.adjudication(name), how(made))


def make(root: Path, copies: Path) -> Corpus:
    corpus = Corpus(root, copies)
    write_bytes(root / "corpus" / "corpus.toml", INFO.encode())
    shutil.copytree(ROOT / "annotations", root / "annotations", ignore=ignored)
    write_bytes(root / "annotations" / "annotators.toml", ANNOTATORS.encode())
    write_jsonl(root / "annotations" / "registry.jsonl", REGISTRY)
    sources = []
    for name, text in TEXTS.items():
        folder = copies if name == "secret" else root / "corpus" / "texts"
        write_bytes(folder / f"{name}.txt", text.encode())
        sources.append(source(name, text.encode()))
    write_jsonl(root / "corpus" / "sources.jsonl", sources)
    write_bytes(root / "annotations" / "splits.tsv", write_splits(SPLITS).encode())
    workspace = corpus.open(copies=True)
    for name in TEXTS:
        document = workspace.document(name)
        settled = adjudicated(name, document)
        if name == "secret":
            write_json(workspace.layout.standoff_document(name), document.standoff())
        write_json(workspace.layout.adjudication(name), settled)
        write_json(workspace.layout.layer("one", name), replace(settled, annotator="one"))
        fewer = replace(settled, annotator="two", entities=settled.entities[:1], stances=())
        write_json(workspace.layout.layer("two", name), fewer)
        write_json(workspace.layout.layer("judge", name), settled)
    return corpus


def replace(made: Annotation, **changes: Any) -> Annotation:
    return msgspec.structs.replace(made, **changes)


def ignored(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name != "scheme.toml"]
