"""Texts that are hard on a browser: every kind of character, and more words than fit a screen."""

from __future__ import annotations

import hashlib
import json

import pytest
from studio_site import Site, plain

import ijcorpus.clean
from ijcorpus.document import Document, Source

KINDS = ("👩🏽", "🇯🇵", "👨‍👩‍👧", "x̌", "q̃", "山", "𠮷", "ש", "\t", "  ")
"""Skin tone, flag, joined family, marks that no composition takes up, kanji of both planes, Hebrew."""

SIGNS = """\
All signs at the fair

Before  it\topened: 👩🏽 🇯🇵 👨‍👩‍👧 x̌q̃ 山田 שלום 𠮷野 and\t\tmore  rain.

Seen were 山田 Hana, Team 🇯🇵 Nine, Max x̌q̃ Holm, שלום עולם, Tea\tDay, Open  Door, \
Mug 👩🏽 Two, Club 👨‍👩‍👧 House, 𠮷野 Hill and, after all of them, Anna.

Team 🇯🇵 Nine called\tthe  fair 👩🏽 🇯🇵 👨‍👩‍👧 x̌q̃ 山田 שלום 𠮷野 a waste. 👩🏽 It rained.
"""


def log(days: int) -> str:
    """A log of so many days, each in a paragraph of 22 words with names of its own."""
    return "A harbour log\n\n" + "\n\n".join(
        f"On day {day} the keeper Berta{day} counted the boats of Port{day} and wrote that Guild{day} "
        f"found the toll of that day unfair."
        for day in range(1, days + 1)
    )


TEXTS = {"doc-signs": SIGNS, "doc-log": log(120)}


def add(site: Site, patch: pytest.MonkeyPatch) -> None:
    """Put these texts into the corpus as they are.

    Cleaning takes away what some texts are there for: tabs, double spaces, joiners.
    """
    path = site.root / "corpus" / "sources.jsonl"
    row = json.loads(path.read_text().splitlines()[0])
    for name, text in TEXTS.items():
        row |= {"id": name, "path": f"{name}.txt", "title": text.splitlines()[0]}
        row["sha256"] = hashlib.sha256(text.encode()).hexdigest()
        (site.root / "corpus" / "texts" / row["path"]).write_text(text)
        with path.open("a") as file:
            file.write(json.dumps(row) + "\n")
    cleaned = ijcorpus.clean.clean

    def clean(source: Source, raw: bytes) -> Document:
        name = source.id
        return plain(name, TEXTS[name]) if name in TEXTS else cleaned(source, raw)

    patch.setattr(ijcorpus.clean, "clean", clean)
