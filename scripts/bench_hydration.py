"""Hydration between two editions of a book, beside 8-bit word hashes aligned by difflib.

Usage: python scripts/bench_hydration.py ANNOTATED COPY [--spans 3000] [--seed 7]

ANNOTATED and COPY are folders of CoNLL files, one token a line with a BIO tag: the first is the
annotated text, the second the reader's. Annotations are the entities that the files carry and
seeded spans of 1 to 12 tokens. The peer publishes SHA-256 cut to two hex digits for each token,
punctuation too, and aligns with difflib: its span is right when every token of it is.
A placement is wrong when a word in it that is not reported as edited is not the annotated word.
"""

from __future__ import annotations

import argparse
import bisect
import difflib
import hashlib
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from ijcorpus.document import Document, RawMap
from ijcorpus.standoff.align import align
from ijcorpus.standoff.fingerprint import Fingerprint, Place, fingerprint
from ijcorpus.standoff.place import Placement, place
from ijcorpus.standoff.tokens import Words, words

Token = tuple[str, str]


def read(folder: Path) -> list[Token]:
    """Tokens and tags of an edition, chapters in order."""
    files = sorted(folder.glob("*.conll"), key=lambda path: int(path.stem.rpartition("_")[2]))
    lines = (line for path in files for line in path.read_text("utf-8").splitlines())
    rows = (line.rpartition(" ") for line in lines if line and not line.startswith("# "))
    return [(token, tag) for token, _, tag in rows]


def entities(tokens: list[Token]) -> list[tuple[int, int]]:
    """Half-open token spans of the tagged entities."""
    found: list[tuple[int, int]] = []
    for at, (_, tag) in enumerate(tokens):
        if tag.startswith("I-") and found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + 1)
        elif tag != "O":
            found.append((at, at + 1))
    return found


def seeded(tokens: list[Token], count: int, seed: int) -> list[tuple[int, int]]:
    """Random spans that hold a word."""
    rng = random.Random(seed)
    spans = ((at := rng.randrange(len(tokens) - 12), at + rng.randint(1, 12)) for _ in range(count))
    return [(a, b) for a, b in spans if any(c.isalnum() for t, _ in tokens[a:b] for c in t)]


def peer(tokens: list[str], copy: list[str]) -> tuple[list[bool], float]:
    """For each token whether the copy's aligned token is the same; and the seconds taken."""
    begun = time.perf_counter()
    short = [[hashlib.sha256(t.encode()).hexdigest()[:2] for t in one] for one in (tokens, copy)]
    blocks = difflib.SequenceMatcher(None, *short).get_matching_blocks()
    right = [False] * len(tokens)
    for a, b, size in blocks:
        for n in range(size):
            right[a + n] = tokens[a + n] == copy[b + n]
    return right, time.perf_counter() - begun


def ours(record: Fingerprint, text: str) -> tuple[dict[tuple[int, int], Placement], Words, float]:
    """Every placement by its span in the annotated text; the copy's words; the seconds taken."""
    begun = time.perf_counter()
    cut = words(text)
    aligned = align(record, cut.forms)
    made = {(p.start, p.end): place(p, aligned, cut, text) for p in record.places}
    return made, cut, time.perf_counter() - begun


def wrong(spot: Place, put: Placement, source: Words, copy: Words) -> bool:
    """Whether a placement has a word, not reported as edited, that the span has not."""
    if put.status not in ("exact", "realigned") or put.start is None or put.end is None:
        return False
    wanted = source.forms[spot.first : spot.last + 1]
    kept = [
        form
        for form, start, end in zip(copy.forms, copy.starts, copy.ends, strict=True)
        if start < put.end
        and end > put.start
        and not any(e.start <= start and end <= e.end for e in put.edited)
    ]
    rest = iter(wanted)
    return not all(form in rest for form in kept) or len(wanted) - len(kept) != put.lost


def main() -> int:
    """Measure, print, and fail when a placement is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("annotated", type=Path)
    parser.add_argument("copy", type=Path)
    parser.add_argument("--spans", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    tokens, copy = read(options.annotated), read(options.copy)
    report = measure(tokens, copy, options.spans, options.seed)
    print(json.dumps(report, indent=1))
    return int(report["ours"]["wrong"] > 0)


def measure(tokens: list[Token], copy: list[Token], count: int, seed: int) -> dict[str, Any]:
    """Both methods on the same spans, and every single word as a span of its own."""
    text, other = (" ".join(token for token, _ in one) for one in (tokens, copy))
    at, places = 0, []
    for token, _ in tokens:
        places.append((at, at + len(token)))
        at += len(token) + 1
    groups = {
        "entities": entities(tokens),
        "seeded spans": seeded(tokens, count, seed),
        "single words": [(n, n + 1) for n, (t, _) in enumerate(tokens) if any(map(str.isalnum, t))],
    }
    span = {one: (places[one[0]][0], places[one[1] - 1][1]) for g in groups.values() for one in g}
    document = Document(
        id="bench",
        text=text,
        sections=(),
        sentences=(),
        raw_map=RawMap(()),
        raw_sha256="",
        cleaner="",
    )
    chosen = [span[one] for name in ("entities", "seeded spans") for one in groups[name]]
    record = fingerprint(document, span.values(), salt="bench")
    _, _, seconds = ours(fingerprint(document, chosen, salt="bench"), other)
    made, cut, _ = ours(record, other)
    source = words(text)
    right, peer_seconds = peer([t for t, _ in tokens], [t for t, _ in copy])
    faults = 0
    for spot in record.places:
        faults += wrong(
            spot, made[spot.start, spot.end], source, _near(cut, made[spot.start, spot.end])
        )
    return {
        "tokens": len(tokens),
        "ours": {
            "bits a word": round(record.bits_a_word, 3),
            "bits a token": round(4 * len(record.checks) / len(tokens), 3),
            "seconds": round(seconds, 2),
            "wrong": faults,
            **{name: _shares(group, span, made) for name, group in groups.items() if group},
        },
        "8-bit hashes and difflib": {
            "bits a token": 8,
            "seconds": round(peer_seconds, 2),
            "all tokens": round(sum(right) / len(right), 4),
            **{
                name: round(sum(all(right[a:b]) for a, b in group) / len(group), 4)
                for name, group in groups.items()
                if group
            },
        },
    }


def _near(cut: Words, put: Placement) -> Words:
    """The copy's words about a placement, so that checking it does not read the whole copy."""
    low = bisect.bisect_right(cut.ends, put.start or 0)
    high = bisect.bisect_left(cut.starts, put.end or 0)
    return Words(cut.forms[low:high], cut.starts[low:high], cut.ends[low:high])


def _shares(
    group: list[tuple[int, int]],
    span: dict[tuple[int, int], tuple[int, int]],
    made: dict[tuple[int, int], Placement],
) -> dict[str, float]:
    """The share of each status; `placed` is exact and realigned, edits reported or none."""
    found: Counter[str] = Counter()
    for one in group:
        put = made[span[one]]
        found[put.status] += 1
        found["placed"] += put.status in ("exact", "realigned")
        found["placed without an edit"] += (
            put.status == "realigned" and not put.edited and not put.lost
        )
    return {"spans": len(group), **{key: round(n / len(group), 4) for key, n in found.items()}}


if __name__ == "__main__":
    sys.exit(main())
