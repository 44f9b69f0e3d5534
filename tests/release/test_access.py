"""Where withheld texts may be had: optional fields, in a release only when a source has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from tiny_corpus import TEXTS, Corpus, source

from ijcorpus.document import Source
from ijcorpus.hydration import withheld
from ijcorpus.published import Release, find
from ijcorpus.records import write_jsonl
from ijcorpus.release.build import build, freeze
from ijcorpus.release.features import ACCESS, configurations

KNOWN: dict[str, Any] = {
    "url": "https://example.org/plum",
    "archive": "https://archive.example/2024/plum",
    "identifiers": ("issn:0000-0000", "oclc:1"),
    "seen": "2026-11-21",
    "licence_as_of": "2026-11-20",
}


def describe(corpus: Corpus, **changes: Any) -> None:
    sources = [
        source(name, text.encode(), **(changes if name == "secret" else {}))
        for name, text in TEXTS.items()
    ]
    write_jsonl(corpus.root / "corpus" / "sources.jsonl", sources)


def test_they_come_back_from_a_release(corpus: Corpus) -> None:
    describe(corpus, **KNOWN)
    freeze(corpus.open())
    [document] = withheld(root=corpus.root)
    for name, value in KNOWN.items():
        assert getattr(document.source, name) == value
    [row] = find(root=corpus.root).rows("standoff")
    assert row["identifiers"] == ["issn:0000-0000", "oclc:1"] and row["seen"] == "2026-11-21"


def test_a_release_without_them_is_what_it_was(corpus: Corpus, tmp_path: Path) -> None:
    build(corpus.open(), tmp_path / "plain")
    plain = Release(tmp_path / "plain")
    assert not set(ACCESS) & set(plain.features("standoff") or ())
    assert plain.features("standoff") == configurations(plain.scheme)["standoff"]
    describe(corpus, seen="2026-11-21")
    build(corpus.open(), tmp_path / "seen")
    columns = [*(Release(tmp_path / "seen").features("standoff") or ())]
    assert set(columns) - set(plain.features("standoff") or ()) == {"seen"}
    card = (tmp_path / "seen" / "README.md").read_text()
    assert "`fragment`, `seen`, `cleaner`" in card
    for config in ("documents", "entities", "registry"):
        split = next(iter(plain.manifest.counts[config]))
        one, two = (tmp_path / n / config / f"{split}.parquet" for n in ("plain", "seen"))
        assert one.read_bytes() == two.read_bytes()


def test_a_text_that_ships_needs_no_place(corpus: Corpus, tmp_path: Path) -> None:
    sources = [
        source(name, text.encode(), **({"seen": "2026-11-21"} if name == "alpha" else {}))
        for name, text in TEXTS.items()
    ]
    write_jsonl(corpus.root / "corpus" / "sources.jsonl", sources)
    build(corpus.open(), tmp_path / "release")
    assert "seen" not in (Release(tmp_path / "release").features("standoff") or ())


@pytest.mark.parametrize("name", ["seen", "licence_as_of"])
@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "20261121", ""])
def test_days_are_days(name: str, day: str) -> None:
    record = msgspec.to_builtins(source("secret", b"x")) | {name: day}
    with pytest.raises(msgspec.ValidationError, match=f"{name} is {day!r}, not a day"):
        msgspec.convert(record, Source)
