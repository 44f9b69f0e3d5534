"""Changes to plant in the tiny corpus, with what a comparison must tell of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from tiny_corpus import ANNOTATORS, INFO, REGISTRY, SPLITS, TEXTS, Corpus, place, replace

from ijcorpus.annotation import Annotation, AuthorStance, Entity, Holder, Stance
from ijcorpus.document import Source, Span
from ijcorpus.records import read_json, write_bytes, write_json, write_jsonl
from ijcorpus.splits import write_splits

Plant = Callable[[Corpus], None]

with_ = msgspec.structs.replace


def mention(name: str, at: int, **values: Any) -> Plant:
    """Change one mention of the adjudicated annotation."""

    def plant(corpus: Corpus) -> None:
        def how(made: Annotation) -> Annotation:
            changed = list(made.entities)
            changed[at] = with_(changed[at], **values)
            return replace(made, entities=tuple(changed))

        corpus.change(name, how)

    return plant


def judgement(name: str, at: int, **values: Any) -> Plant:
    """Change one judgement of the adjudicated annotation."""

    def plant(corpus: Corpus) -> None:
        def how(made: Annotation) -> Annotation:
            changed = list(made.stances)
            changed[at] = with_(changed[at], **values)
            return replace(made, stances=tuple(changed))

        corpus.change(name, how)

    return plant


def whole(name: str, **values: Any) -> Plant:
    return lambda corpus: corpus.change(name, lambda made: replace(made, **values))


def mention_added(corpus: Corpus) -> None:
    start, end = place(TEXTS["gamma"], "Nobody")
    extra = Entity(id="e0", start=start, end=end, label="PERSON", entity_id="ent-1", quote="Nobody")
    corpus.change("gamma", lambda made: replace(made, entities=(*made.entities, extra)))


def mention_removed(corpus: Corpus) -> None:
    corpus.change("beta", lambda made: replace(made, entities=made.entities[:1]))


def judgement_added(corpus: Corpus) -> None:
    """Of the same sentence and target as one that is there, by another holder."""
    start, end = place(TEXTS["beta"], "boycott of Israel")
    extra = Stance(
        id="s9",
        start=start,
        end=end,
        holder=Holder(kind="mention", mention="e1", type="government"),
        target="T4",
        polarity="favor",
        attribution="conduct",
        quote="boycott of Israel",
    )
    corpus.change("beta", lambda made: replace(made, stances=(*made.stances, extra)))


def judgement_removed(corpus: Corpus) -> None:
    corpus.change("beta", lambda made: replace(made, stances=made.stances[:1]))


def shorter_evidence(corpus: Corpus) -> None:
    quote = "was good for both sides"
    start, end = place(TEXTS["alpha"], quote)
    judgement("alpha", 0, start=start, end=end, quote=quote)(corpus)


def holder_and_evidence(corpus: Corpus) -> None:
    """Held by another mention of the same entity, on other words of the same sentence."""
    shorter_evidence(corpus)
    judgement("alpha", 0, holder=Holder(kind="mention", mention="e2", type="government"))(corpus)


def token_uncut(corpus: Corpus) -> None:
    """Without the mention inside it, ExpoTokyo is one token again."""
    corpus.change("alpha", lambda made: replace(made, entities=made.entities[:-1]))


def sources(corpus: Corpus, name: str, **values: Any) -> None:
    known = corpus.open().sources.values()
    changed = [with_(one, **values) if one.id == name else one for one in known]
    write_jsonl(corpus.root / "corpus" / "sources.jsonl", changed)


def metadata(corpus: Corpus) -> None:
    sources(corpus, "beta", topic="another topic", genre="op-ed")


def archived(corpus: Corpus) -> None:
    sources(corpus, "secret", archive="https://example.org/archived")


def withheld(corpus: Corpus) -> None:
    """The text of gamma may ship no more, and its mention is another."""
    document = corpus.open().document("gamma")
    write_bytes(corpus.copies / "gamma.txt", TEXTS["gamma"].encode())
    sources(corpus, "gamma", rights="standoff")
    write_json(corpus.open().layout.standoff_document("gamma"), document.standoff())
    mention("gamma", 0, label="LOC")(corpus)


def document_removed(corpus: Corpus) -> None:
    known: list[Source] = [one for one in corpus.open().sources.values() if one.id != "gamma"]
    write_jsonl(corpus.root / "corpus" / "sources.jsonl", known)


def moved(corpus: Corpus) -> None:
    splits = write_splits({**SPLITS, "alpha": "test"})
    write_bytes(corpus.root / "annotations" / "splits.tsv", splits.encode())


def layer(corpus: Corpus, who: str, name: str) -> Annotation:
    return read_json(corpus.open().layout.layer(who, name), Annotation)


def annotator_added(corpus: Corpus) -> None:
    third = (
        '\n[[annotator]]\nid = "three"\nkind = "human"\ndescription = "A reader"\nemail = "x@y"\n'
    )
    write_bytes(corpus.root / "annotations" / "annotators.toml", (ANNOTATORS + third).encode())
    made = replace(layer(corpus, "one", "beta"), annotator="three")
    write_json(corpus.open().layout.layer("three", "beta"), made)


def auditing(who: str) -> Plant:
    """Somebody, known or new, who audits and has a layer of beta."""

    def plant(corpus: Corpus) -> None:
        if f'id = "{who}"' not in ANNOTATORS:
            annotator_added(corpus)
        path = corpus.root / "annotations" / "annotators.toml"
        head, found, tail = path.read_text().partition(f'id = "{who}"')
        write_bytes(path, f"{head}{found}\naudits = true{tail}".encode())

    return plant


def annotator_described(corpus: Corpus) -> None:
    text = ANNOTATORS.replace("A program, second pass", "Another program")
    write_bytes(corpus.root / "annotations" / "annotators.toml", text.encode())


def pass_removed(corpus: Corpus) -> None:
    corpus.open().layout.layer("one", "beta").unlink()


def pass_changed(corpus: Corpus) -> None:
    made = layer(corpus, "one", "secret")
    write_json(corpus.open().layout.layer("one", "secret"), replace(made, flags=()))


def registry(*entries: Any) -> Plant:
    return lambda corpus: write_jsonl(corpus.root / "annotations" / "registry.jsonl", entries)


def structure(corpus: Corpus) -> None:
    document = corpus.open().standoff("secret")
    first, *rest = document.sentences
    shorter = with_(document, sentences=(Span(first.start, first.end - 1), *rest))
    write_json(corpus.open().layout.standoff_document("secret"), shorter)
    for path in corpus.copies.iterdir():
        path.unlink()


def scheme_option(corpus: Corpus) -> None:
    path = corpus.root / "annotations" / "scheme.toml"
    extra = '\n[[holder_types]]\nid = "choir"\ndescription = "Who sings"\n'
    write_bytes(path, path.read_bytes() + extra.encode())


def scheme_version(corpus: Corpus) -> None:
    path = corpus.root / "annotations" / "scheme.toml"
    text = path.read_text()
    assert 'version = "1.0"' in text
    write_bytes(path, text.replace('version = "1.0"', 'version = "1.1"').encode())
    for name in TEXTS:
        corpus.change(name, lambda made: replace(made, scheme="1.1"))


def info(old: str, new: str) -> Plant:
    assert old in INFO
    return lambda corpus: write_bytes(
        corpus.root / "corpus" / "corpus.toml", INFO.replace(old, new).encode()
    )


PLANTS: dict[str, tuple[Plant, dict[str, int]]] = {
    "nothing": (lambda _: None, {}),
    "a version": (info('version = "1.0.0"', 'version = "1.1.0"'), {}),
    "mention added": (mention_added, {"mention added": 1}),
    "mention removed": (mention_removed, {"mention removed": 1}),
    "mention in a token removed": (token_uncut, {"mention removed": 1}),
    "relabelled": (mention("gamma", 0, label="LOC"), {"mention relabelled": 1}),
    "relinked holder": (mention("alpha", 4, entity_id="ent-4"), {"mention relinked": 1}),
    "sense": (mention("alpha", 0, sense="government"), {"mention sense changed": 1}),
    "origin": (mention("alpha", 0, origin="prediction"), {"mention changed": 1}),
    "withheld relabelled": (mention("secret", 0, label="LOC"), {"mention relabelled": 1}),
    "judgement added": (judgement_added, {"judgement added": 1}),
    "judgement removed": (judgement_removed, {"judgement removed": 1}),
    "polarity": (judgement("alpha", 0, polarity="mixed"), {"judgement polarity changed": 1}),
    "attribution": (judgement("beta", 1, attribution="indirect"), {"judgement changed": 1}),
    "note": (judgement("alpha", 0, note="another"), {"judgement changed": 1}),
    "evidence": (shorter_evidence, {"judgement changed": 1}),
    "holder and evidence": (holder_and_evidence, {"judgement changed": 1}),
    "target": (judgement("alpha", 0, target="T1"), {"judgement added": 1, "judgement removed": 1}),
    "withheld polarity": (
        judgement("secret", 0, polarity="mixed"),
        {"judgement polarity changed": 1},
    ),
    "author stance added": (
        whole("alpha", author=(AuthorStance(target="T1", polarity="favor"),)),
        {"author stance added": 1},
    ),
    "author stance removed": (
        whole("beta", author=()),
        {"author stance removed": 1, "configuration removed": 1},
    ),
    "author stance": (
        whole("beta", author=(AuthorStance(target="T9", polarity="mixed"),)),
        {"author stance polarity changed": 1},
    ),
    "flags": (whole("secret", flags=()), {"flags changed": 1}),
    "document removed": (document_removed, {"document removed": 1}),
    "moved": (moved, {"document moved": 1}),
    "withheld": (withheld, {"document access changed": 1, "mention relabelled": 1}),
    "metadata": (metadata, {"metadata changed": 1}),
    "a new column": (archived, {"column added": 1}),
    "structure": (structure, {"structure changed": 1}),
    "annotator added": (annotator_added, {"annotator added": 1, "pass added": 1}),
    "annotator": (annotator_described, {"annotator changed": 1}),
    "audit added": (auditing("three"), {"annotator added": 1, "audit added": 1}),
    "a pass turned audit": (
        auditing("two"),
        {"annotator changed": 1, "pass removed": 4, "audit added": 4},
    ),
    "pass removed": (pass_removed, {"pass removed": 1}),
    "pass": (pass_changed, {"pass changed": 1}),
    "entry added": (
        registry(*REGISTRY, with_(REGISTRY[0], id="ent-6", name="Quince Club")),
        {"registry entry added": 1},
    ),
    "entry removed": (registry(*REGISTRY[:2], *REGISTRY[3:]), {"registry entry removed": 1}),
    "entry": (
        registry(with_(REGISTRY[0], aliases=("Mori",), note="x"), *REGISTRY[1:]),
        {"registry entry changed": 1},
    ),
    "scheme option": (scheme_option, {"scheme added": 1}),
    "scheme version": (scheme_version, {"scheme changed": 1}),
    "card": (info("CC BY 4.0", "CC0"), {"card changed": 1}),
}
