"""A copy that differs gives rows only for what is known: no `O` where nobody annotated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import tiny_corpus
from test_realign import LONG, answer, hydrated
from tiny_corpus import Corpus, make, place

import ijcorpus
from ijcorpus.annotation import Annotation, Entity
from ijcorpus.clean import clean
from ijcorpus.cli.fingerprint import fingerprint_command
from ijcorpus.cli.hydrate import hydrate_command
from ijcorpus.document import Document, Section, Span
from ijcorpus.hydration import Hydrated, withheld
from ijcorpus.published import find
from ijcorpus.release.build import freeze
from ijcorpus.release.hydrated import hydrated_rows
from ijcorpus.standoff.fingerprint import fingerprint, spans_of
from ijcorpus.standoff.realign import Realigned, realign
from ijcorpus.standoff.withheld import Withheld, withhold

PARTS = LONG.strip().split("\n\n")
INSERTED = "The Haifa baker sold plum cake to Aki Mori. Nobody paid."
BEFORE = (
    "Weather and tides\n\nThe ferry to Haifa sails at noon. It is never on time, says Aki Mori."
)
AFTER = "Letters\n\nA reader in Israel asks for more clocks. We have none left, sadly."
OTHER = "\n\n".join(
    (
        "A bridge of reeds",
        "Tama Oki crossed the valley in spring with eleven mules, and none of them liked the bridge "
        "that the council of Ryuzu had put up from reeds. Oki wrote home that reeds bend and mules "
        "do not.",
        "The council answered late. It offered new planks, a rope, and the advice to travel lighter, "
        "which the mules, had they been asked, would have signed at once.",
    )
)


def rows(found: list[Hydrated], corpus: Corpus, config: str = "entities") -> list[dict[str, Any]]:
    by_split = hydrated_rows(found, find(root=corpus.root)).get(config, {})
    return [row for made in by_split.values() for row in made]


def said(made: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What rows say, wherever their sentence stands."""
    return [(r["text"], *r["tokens"], *r["tags"], *r["entity_ids"]) for r in made]


def copy_of(corpus: Corpus, folder: Path, text: str) -> Hydrated:
    (folder / "x.txt").write_text(text)
    one = hydrated(corpus, folder)
    assert one.result is not None
    return one


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("extent")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(tiny_corpus.TEXTS, "secret", LONG)
        made = make(folder / "root", folder / "copies")
        freeze(made.open(copies=True))
    answer(fingerprint_command, made.root, "--copies", str(made.copies))
    return made


@pytest.fixture(scope="module")
def annotated(corpus: Corpus) -> list[dict[str, Any]]:
    """The rows of an exact copy: what was annotated, sentence by sentence."""
    found = ijcorpus.hydrate(corpus.copies, root=corpus.root)
    assert found[0].status == "exact" and not found[0].left_out
    return rows(found, corpus)


def test_a_changed_name_is_not_said_to_be_none(
    corpus: Corpus, annotated: list[dict[str, Any]], tmp_path: Path
) -> None:
    one = copy_of(corpus, tmp_path, LONG.replace("Israel", "Gaza"))
    assert one.result is not None and one.count("ambiguous") == 1
    made = rows([one], corpus)
    assert said(made) == said([row for row in annotated if "Israel" not in row["text"]])
    assert len(made) == len(annotated) - 1
    [out] = rows([one], corpus, "left_out")
    text = one.result.document.text
    assert "of Gaza" in text[out["start"] : out["end"]]
    assert out["sentence"] not in {row["sentence"] for row in made}
    assert out["reason"].startswith("its words are not all known to be annotated words")
    every = len(annotated)
    assert f"1 of {every} sentences are not known to stand as they were annotated" in one.reason


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        ("quiet paths", "pleasant paths", ["The plum orchard"]),
        ("Mori opposed", "Mori never opposed", ["Mori opposed"]),
        ("the upper terraces", "the terraces", ["Twelve gardeners"]),
        ("sky had", "clouds have", ["When the ferry"]),
        # To which of two sentences the lost word belonged, nothing tells.
        ("Its gates", "Gates", ["The orchard", "Its gates"]),
        ("Its gates", "The gates", ["The orchard", "Its gates"]),
    ],
    ids=["other", "put in", "left out", "two", "first left out", "first other"],
)
def test_a_sentence_with_an_edited_word_has_no_row(
    corpus: Corpus,
    annotated: list[dict[str, Any]],
    tmp_path: Path,
    old: str,
    new: str,
    lost: list[str],
) -> None:
    """Its mentions may all be placed: the other words were not annotated as they stand."""
    one = copy_of(corpus, tmp_path, LONG.replace(old, new))
    assert one.count("realigned") == 5 and one.result is not None
    assert said(rows([one], corpus)) == said(
        [row for row in annotated if not row["text"].startswith(tuple(lost))]
    )
    assert len(one.left_out) == len(lost)
    held = bool(rows([one], corpus, "stance"))
    assert held == (lost != ["Mori opposed"])
    assert len(one.result.annotation.stances) == 1  # `documents` keeps it, with its edited words


def test_an_inserted_paragraph_has_no_row(
    corpus: Corpus,
    annotated: list[dict[str, Any]],
    tmp_path: Path,
) -> None:
    text = "\n\n".join([*PARTS[:3], INSERTED, *PARTS[3:]])
    one = copy_of(corpus, tmp_path, text)
    assert one.result is not None and INSERTED in one.result.document.text
    assert said(rows([one], corpus)) == said(annotated)
    document = one.result.document
    spans = [document.sentences[out.sentence] for out in one.left_out]
    assert " ".join(document.text[s.start : s.end] for s in spans) == INSERTED


@pytest.mark.parametrize(("before", "after"), [(BEFORE, ""), ("", AFTER), (BEFORE, AFTER)])
def test_what_stands_around_the_text_is_no_part_of_it(
    corpus: Corpus,
    annotated: list[dict[str, Any]],
    tmp_path: Path,
    before: str,
    after: str,
) -> None:
    one = copy_of(corpus, tmp_path, "\n\n".join([before, *PARTS, after]))
    assert one.result is not None and one.status == "realigned" and one.share == 1
    document = one.result.document
    assert document.text == cleaned(LONG).text
    assert said(rows([one], corpus)) == said(annotated) and not one.left_out
    assert one.outside == 2 * bool(before) + 3 * bool(after)  # cleaning knows its own title
    assert f"cut off before and after the text: {one.outside}" in one.reason
    [row] = rows([one], corpus, "documents")
    assert row["text"] == document.text and row["text_sha256"] == document.digest
    for part in (*row["mentions"], *row["judgements"]):
        assert row["text"][part["start"] : part["end"]] == part["text"]
    assert row["sections"][0]["start"] == 0 and row["sections"][-1]["end"] == len(row["text"])
    for at, made in enumerate(rows([one], corpus)):
        assert made["sentence"] == at
        assert row["text"][made["start"] : made["end"]] == made["text"]
    raw = (tmp_path / "x.txt").read_text()
    for made in one.result.annotation.entities:
        start, end = document.raw_map.interval(made.start, made.end)
        assert raw[start:end] == made.quote


def test_a_place_that_is_told_is_counted_from_the_part_s_beginning(
    corpus: Corpus,
    tmp_path: Path,
) -> None:
    text = BEFORE + "\n\n" + LONG.replace("Mori opposed", "Sato opposed")
    one = copy_of(corpus, tmp_path, text)
    assert one.result is not None
    at = one.result.document.text.index("Sato opposed")
    [told] = [put.placement.reason for put in one.placed if put.placement.status == "ambiguous"]
    assert told == f"another word stands in its place, at {at} to {at + 4}"


def test_what_was_left_out_is_written_and_told(
    corpus: Corpus, tmp_path: Path, fresh_cache: Path
) -> None:
    text = "\n\n".join([BEFORE, *PARTS[:3], INSERTED, *PARTS[3:]])
    (tmp_path / "x.txt").write_text(text)
    output = tmp_path / "hydrated"
    arguments = ("--from", str(tmp_path / "x.txt"), "--output", str(output))
    [told] = answer(hydrate_command, corpus.root, *arguments)
    assert told["reason"] == (
        "2 of 11 sentences are not known to stand as they were annotated, and have no rows in "
        "entities and stance; sentences cut off before and after the text: 2"
    )
    out: Any = ijcorpus.load("left_out", split="test", root=corpus.root, hydrated=output)
    *_, document = ijcorpus.documents(root=corpus.root, hydrated=output)
    text = document.document.text
    assert [(row["document"], text[row["start"] : row["end"]]) for row in out] == [
        ("secret", one) for one in ("The Haifa baker sold plum cake to Aki Mori.", "Nobody paid.")
    ]
    kept: Any = ijcorpus.load("entities", split="test", root=corpus.root, hydrated=output)
    mine = {row["sentence"] for row in kept if row["document"] == "secret"}
    assert mine | set(out["sentence"]) == set(range(len(document.document.sentences)))
    assert not mine & set(out["sentence"])


def withheld_text(name: str, text: str, mentions: list[tuple[int, int]]) -> Withheld:
    document = cleaned(text)
    made = Annotation(
        document=document.id,
        digest=document.digest,
        scheme="1.0",
        annotator="judge",
        entities=tuple(
            Entity(id=f"e{n}", start=start, end=end, label="PERSON", entity_id="ent-1")
            for n, (start, end) in enumerate(mentions, start=1)
        ),
    )
    source = tiny_corpus.source("secret", text.encode(), id=name)
    return Withheld(source=source, document=document.standoff(), annotation=withhold(made))


def cleaned(text: str, title: str = "") -> Document:
    source = tiny_corpus.source("secret", b"", title=title or text.partition("\n")[0])
    return clean(source, text.encode())


def realigned(text: str, mentions: list[tuple[int, int]], copy: str) -> Realigned:
    known = withheld_text("secret", text, mentions)
    record = fingerprint(cleaned(text), spans_of(known.annotation), salt="plum")
    return realign(known, record, cleaned(copy, text.partition("\n")[0]))


@pytest.mark.parametrize("order", [(LONG, OTHER), (OTHER, LONG)], ids=["first", "second"])
def test_two_texts_in_one_file_are_two_documents(order: tuple[str, str]) -> None:
    whole = "\n\n".join(part.strip() for part in order)
    for text, name in ((LONG, "Aki Mori"), (OTHER, "Tama Oki")):
        made = realigned(text, [place(text, name)], whole)
        assert made.result.document.text == cleaned(text).text and not made.left_out
        assert len(made.result.document.sentences) == len(cleaned(text).sentences)
        assert [one.quote for one in made.result.annotation.entities] == [name]
        assert made.result.document.sections[0].start == 0


def test_a_mention_without_a_word_leaves_its_neighbourhood_out() -> None:
    """Nothing tells where a sign stands, so no sentence that may hold it is said to have none."""
    text = OTHER.replace("The council answered", "The \u2600 council answered")
    name, sign, planks = place(text, "Tama Oki"), place(text, "\u2600"), place(text, "rope")
    made = realigned(text, [name, sign, planks], BEFORE + "\n\n" + text)
    assert [one.placement.status for one in made.placed] == ["realigned", "missing", "realigned"]
    document = made.result.document
    out = {o.sentence: o.reason for o in made.left_out}
    assert set(out.values()) == {"a mention that was not placed may be in it"}
    held = [
        i for i, s in enumerate(document.sentences) if "\u2600" in document.text[s.start : s.end]
    ]
    assert set(held) < set(out) and len(out) < len(document.sentences)


def test_the_words_of_a_divided_mention_are_not_said_to_be_none() -> None:
    """Its first word ends a heading, its last begins the body: both are the annotated words."""
    name = place(OTHER, "Tama Oki")
    known = withheld_text("secret", OTHER, [name])
    copy = cleaned(OTHER + "\n\n" + AFTER)
    at = name[0] + len("Tama")
    [whole] = [span for span in copy.sentences if span.start == name[0]]
    parts = {*copy.sentences, Span(name[0], at), Span(at + 1, whole.end)} - {whole}
    heading = Section(kind="heading", start=0, end=at)
    body = Section(kind="body", start=at + 1, end=len(copy.text))
    copy = msgspec.structs.replace(copy, sections=(heading, body), sentences=tuple(sorted(parts)))
    made = realign(known, fingerprint(cleaned(OTHER), {name}, salt="plum"), copy)
    assert [one.placement.status for one in made.placed] == ["missing"]
    out = [copy.sentences[one.sentence] for one in made.left_out]
    assert out == [Span(name[0], at), Span(at + 1, whole.end)]


def test_a_sentence_without_a_word_is_left_out() -> None:
    known = withheld_text("secret", OTHER, [])
    copy = cleaned(OTHER.replace("late. It", "late. \u2600! It"))
    at = copy.text.index("\u2600")
    sentences = [*copy.sentences, Span(at, at + 2)]
    joined = next(n for n, span in enumerate(sentences) if span.end == at + 2)
    sentences[joined] = Span(sentences[joined].start, at - 1)
    copy = msgspec.structs.replace(copy, sentences=tuple(sorted(sentences)))
    made = realign(known, fingerprint(cleaned(OTHER), [], salt="plum"), copy)
    assert [copy.sentences[one.sentence].start for one in made.left_out] == [at]


# ----------------------------------------------------------------- texts that may not ship


def press(folder: Path, copies: Path, edit: Callable[[dict[str, str]], str]) -> list[Hydrated]:
    """What comes of the press articles in one file that is made of them."""
    known = {one.source.id: one.source.path for one in withheld() if one.source.subset == "press"}
    texts = {name: (copies / path).read_text() for name, path in known.items()}
    (folder / "x.txt").write_text(edit(texts))
    return [one for one in ijcorpus.hydrate(folder) if one.source.id in known]


@pytest.fixture(scope="module")
def settled(copies: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of exact copies."""
    found = [one for one in ijcorpus.hydrate(copies) if one.source.subset == "press"]
    assert len(found) > 1 and all(one.status == "exact" for one in found)
    made = hydrated_rows(found, find())["entities"]
    every = [row for part in made.values() for row in part]
    return {one.source.id: [r for r in every if r["document"] == one.source.id] for one in found}


@pytest.mark.texts
@pytest.mark.parametrize("turned", [False, True])
def test_both_articles_in_one_file(
    tmp_path: Path, copies: Path, settled: dict[str, list[dict[str, Any]]], turned: bool
) -> None:
    step = -1 if turned else 1
    found = press(tmp_path, copies, lambda texts: "\n\n".join([*texts.values()][::step]))
    made = hydrated_rows(found, find())["entities"]
    every = [row for part in made.values() for row in part]
    known = {one.source.id: one.document.characters for one in withheld()}
    for one in found:
        assert one.status == "realigned" and one.result is not None
        assert len(one.result.document.text) == known[one.source.id]
        mine = [row for row in every if row["document"] == one.source.id]
        assert said(mine) == said(settled[one.source.id])


@pytest.mark.texts
def test_an_article_with_another_name_and_a_paragraph_more(
    tmp_path: Path, copies: Path, settled: dict[str, list[dict[str, Any]]]
) -> None:
    [name] = [one for one, mine in settled.items() if len(mine) == min(map(len, settled.values()))]
    exact = [one for one in ijcorpus.hydrate(copies) if one.source.id == name]
    assert exact[0].result is not None
    mentions = exact[0].result.annotation.entities
    single = Counter(one.quote for one in mentions if one.quote.isalpha())
    often = single.most_common(1)[0][0]

    def edit(texts: dict[str, str]) -> str:
        head, gap, rest = texts[name].replace(often, "Zzyzx").partition("\n\n")
        return gap.join([head, INSERTED, rest])

    [one] = [one for one in press(tmp_path, copies, edit) if one.source.id == name]
    assert one.count("ambiguous") + one.count("missing") > 1
    made = [row for part in hydrated_rows([one], find())["entities"].values() for row in part]
    wanted = [row for row in settled[name] if often not in row["text"]]
    assert set(said(made)) <= set(said(wanted)) and len(made) >= 0.8 * len(wanted)
    assert not any("Zzyzx" in row["text"] or row["text"] in INSERTED for row in made)
