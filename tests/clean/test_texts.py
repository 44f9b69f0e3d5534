"""The corpus's own raw texts: counts, kinds, digests and numbers, never a sentence of them."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from pathlib import Path

import msgspec
import pytest

from ijcorpus.clean import clean, decode
from ijcorpus.clean.sentences import sentences
from ijcorpus.document import Document, Source

ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"[$€£¥]?\d+(?:[.,]\d+)*%?")


def sources() -> list[Source]:
    lines = (ROOT / "corpus/sources.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Source) for line in lines]


SHIPPED = [source for source in sources() if source.rights == "full_text"]
WITHHELD = {Path(s.path).name: s for s in sources() if s.rights == "standoff"}
FOUND = {
    "jcpa-621-2018.txt": (
        {"title": 1, "caption": 2, "byline": 2, "date": 1, "summary": 6, "body": 16, "heading": 3}
        | {"glossary": 8},
        "91f37f211a36",
    ),
    "medialine-2019.txt": ({"title": 1, "summary": 1, "body": 18}, "4d608a649d20"),
    "milestones-1969-1976.xml": ({"title": 1, "body": 8, "caption": 1}, "cb878d71ce0c"),
}
# Footnote marks, and the year of the caption that stood there twice.
MARKS = {
    "jcpa-621-2018.txt": [*map(str, range(1, 7)), "789", *map(str, range(10, 24)), "2014"],
    "medialine-2019.txt": [],
}


def numbers(text: str) -> Counter[str]:
    return Counter(NUMBER.findall(text))


def is_mark(number: str, kept: Counter[str]) -> bool:
    """A footnote's number, or one after a year that ends a sentence (`2019.1`)."""
    year, _, mark = number.rpartition(".")
    return re.fullmatch(r"\d{1,2}", mark) is not None and (not year or year in kept)


def check(document: Document) -> None:
    """What every document must be."""
    assert document.text == document.text.strip()
    assert "\r" not in document.text and "  " not in document.text
    for section in document.sections:
        text = document.text[section.start : section.end]
        assert text == text.strip() and "\n" not in text
        for at in range(section.start, section.end):
            document.raw_map.interval(at, at + 1)
        inside = [s for s in document.sentences if section.start <= s.start < section.end]
        assert [(s.start - section.start, s.end - section.start) for s in inside] == sentences(text)


def again(source: Source, document: Document) -> str:
    """The clean text, cleaned."""
    plain = msgspec.structs.replace(source, format="text", fragment=None)
    return clean(plain, document.text.encode()).text


@pytest.mark.parametrize("source", SHIPPED, ids=lambda source: source.id)
def test_shipped(source: Source) -> None:
    raw = (ROOT / "corpus/texts" / source.path).read_bytes()
    document = clean(source, raw)
    check(document)
    assert again(source, document) == document.text
    kinds = Counter(section.kind for section in document.sections)
    assert kinds["title"] == 1
    assert kinds["body"] >= 4
    assert not re.search(r"Share this|Skip to|Back to top|cookies|Ã|â€", document.text)
    text = decode(raw)
    if source.format == "html":
        text = unescape(re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL))
    kept = numbers(document.text)
    gone = [n for n in numbers(text) if n not in kept and not is_mark(n, kept)]
    assert gone == []


@pytest.mark.texts
@pytest.mark.parametrize("name", list(FOUND))
def test_withheld(copies: Path, name: str) -> None:
    source = WITHHELD[name]
    raw = next(copies.rglob(name)).read_bytes()
    document = clean(source, raw)
    check(document)
    assert again(source, document) == document.text
    kinds, digest = FOUND[name]
    assert Counter(section.kind for section in document.sections) == Counter(kinds)
    assert document.digest.startswith(digest)


@pytest.mark.texts
@pytest.mark.parametrize("name", list(MARKS))
def test_numbers_of_withheld_texts_survive(copies: Path, name: str) -> None:
    raw = next(copies.rglob(name)).read_bytes()
    lost = numbers(decode(raw)) - numbers(clean(WITHHELD[name], raw).text)
    assert lost == Counter(MARKS[name])


@pytest.mark.texts
def test_numbers_of_the_archive_text_survive(copies: Path) -> None:
    from lxml import etree

    name = "milestones-1969-1976.xml"
    raw = next(copies.rglob(name)).read_bytes()
    division = etree.fromstring(raw).xpath("//*[@xml:id='oil-embargo']")[0]
    kept = numbers(clean(WITHHELD[name], raw).text)
    assert sum(kept.values()) > 10
    assert kept == numbers("".join(division.itertext()))
