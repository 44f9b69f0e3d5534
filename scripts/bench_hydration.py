"""Hydration between two editions of a book, beside the methods of others on the same spans.

Usage: python scripts/bench_hydration.py ANNOTATED COPY [--spans 3000] [--seed 7]
       [--sisc PYTHON] [--json]

ANNOTATED and COPY are folders of CoNLL files, one token a line with a BIO tag: the first is the
annotated text, the second the reader's. Annotations are the entities that the files carry, seeded
spans of 1 to 12 tokens, and every single word. The others:

- 8-bit hashes: SHA-256 of each token cut to two hex digits, aligned by difflib, run here;
- novelshare: its published method, with the figures measured on its own data, token by token;
- SisC: run here when PYTHON has it (`pip install sisc` in an environment of its own). It takes
  texts of up to 200,000 characters, so the book is cut into the annotated chapters, and the copy
  where difflib finds the same boundaries: a help that the others are not given.

Their span is right when every token of it is; a token is wrong when another is put in its place,
and nothing says so. Of our placements those are wrong in which a word that is not reported as
edited is not the annotated word.
"""

from __future__ import annotations

import argparse
import bisect
import difflib
import hashlib
import json
import random
import subprocess
import sys
import time
from collections import Counter
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from ijcorpus.document import Document, RawMap
from ijcorpus.standoff.align import align
from ijcorpus.standoff.fingerprint import Fingerprint, Place, fingerprint
from ijcorpus.standoff.place import Placement, place
from ijcorpus.standoff.tokens import Words, words

Token = tuple[str, str]
Verdict = bool | None
"""Whether what was put in the place of a token is that token; None when nothing was."""


class Block(NamedTuple):
    """A run of `size` tokens that the annotated text and the copy share."""

    here: int
    there: int
    size: int


# Correct tokens plain and with guessing, wrong and not reported, seconds; of 8 bits a token.
NOVELSHARE = {
    ("F-1818", "F-1823"): ("99.44%", "99.75%", "0.26%", "2"),
    ("F-1818", "F-1831"): ("91.55%", "96.61%", "3.40%", "19-32"),
}


def chapters(folder: Path) -> list[list[Token]]:
    """Tokens and tags of an edition by chapter, in order."""
    files = sorted(folder.glob("*.conll"), key=lambda path: int(path.stem.rpartition("_")[2]))
    found: list[list[Token]] = []
    for path in files:
        lines = path.read_text("utf-8").splitlines()
        rows = (line.rpartition(" ") for line in lines if line and not line.startswith("# "))
        found.append([(token, tag) for token, _, tag in rows])
    return found


def read(folder: Path) -> list[Token]:
    """Tokens and tags of an edition."""
    return [token for chapter in chapters(folder) for token in chapter]


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


def peer(tokens: list[str], copy: list[str]) -> tuple[list[Verdict], list[Block], float]:
    """For each token whether the copy's aligned token is the same; the blocks; the seconds."""
    begun = time.perf_counter()
    short = [[hashlib.sha256(t.encode()).hexdigest()[:2] for t in one] for one in (tokens, copy)]
    blocks = difflib.SequenceMatcher(None, *short).get_matching_blocks()
    right: list[Verdict] = [None] * len(tokens)
    for a, b, size in blocks:
        for n in range(size):
            right[a + n] = tokens[a + n] == copy[b + n]
    return right, [Block(*block) for block in blocks], time.perf_counter() - begun


def sisc(
    python: str, parts: list[list[Token]], copy: list[str], blocks: list[Block]
) -> tuple[list[Verdict], float, float]:
    """As `peer`, by SisC chapter by chapter; and the share of letters that it publishes."""
    tokens = [[token for token, _ in part] for part in parts]
    cuts = [0, *accumulate(map(len, tokens))]
    there = [0, *(_across(cut, blocks) for cut in cuts[1:-1]), len(copy)]
    pieces = zip(tokens, pairwise(there), strict=True)
    pairs = [(" ".join(part), " ".join(copy[begin:end])) for part, (begin, end) in pieces]
    script = Path(__file__).with_name("bench_sisc.py")
    done = subprocess.run(
        [python, str(script)], input=json.dumps(pairs), capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"SisC did not run: {done.stderr.strip().splitlines()[-1]}")
    right: list[Verdict] = []
    made: list[dict[str, Any]] = json.loads(done.stdout)
    for part, one in zip(tokens, made, strict=True):
        at = 0
        for token in part:
            place, last = one["places"][at], one["places"][at + len(token) - 1]
            letters = "".join(filter(None, one["columns"][place : last + 1]))
            right.append(letters == token if letters else None)
            at += len(token) + 1
    masks, own = "".join(one["mask"] for one in made), "".join(pair[0] for pair in pairs)
    shown = [mask == letter for mask, letter in zip(masks, own, strict=True) if letter.isalnum()]
    return right, sum(one["seconds"] for one in made), sum(shown) / len(shown)


def _across(cut: int, blocks: list[Block]) -> int:
    """The place in the copy of a place in the annotated text, by the last block before it."""
    before = [block for block in blocks if block.here <= cut]
    last = before[-1] if before else Block(0, 0, 0)
    return last.there + min(cut - last.here, last.size)


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
    parser.add_argument("--sisc", metavar="PYTHON", help="a Python that has SisC")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    parts, copy = chapters(options.annotated), [token for token, _ in read(options.copy)]
    report = measure(parts, copy, options.spans, options.seed, options.sisc)
    published = NOVELSHARE.get((options.annotated.name, options.copy.name))
    print(json.dumps(report, indent=1) if options.json else table(report, published))
    return int(report["ours"]["wrong"] > 0)


def measure(
    parts: list[list[Token]], copy: list[str], count: int, seed: int, python: str | None
) -> dict[str, Any]:
    """Every method on the same spans, and every single word as a span of its own."""
    tokens = [token for part in parts for token in part]
    groups = {
        "entities": entities(tokens),
        "seeded spans": seeded(tokens, count, seed),
        "single words": [(n, n + 1) for n, (t, _) in enumerate(tokens) if any(map(str.isalnum, t))],
    }
    groups = {name: group for name, group in groups.items() if group}
    right, blocks, seconds = peer([t for t, _ in tokens], copy)
    report: dict[str, Any] = {
        "tokens": len(tokens),
        "ours": our_figures(tokens, copy, groups),
        "8-bit hashes and difflib": {
            "bits a token": 8,
            "seconds": round(seconds, 2),
            **_right(right, groups),
        },
    }
    if python is not None:
        right, seconds, shown = sisc(python, parts, copy, blocks)
        report["SisC"] = {
            "letters in clear": round(shown, 3),
            "seconds": round(seconds, 2),
            **_right(right, groups),
        }
    return report


def our_figures(
    tokens: list[Token], copy: list[str], groups: dict[str, list[tuple[int, int]]]
) -> dict[str, Any]:
    """Bits, time, faults and shares of our own method."""
    text, other = " ".join(token for token, _ in tokens), " ".join(copy)
    at, places = 0, []
    for token, _ in tokens:
        places.append((at, at + len(token)))
        at += len(token) + 1
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
    chosen = [
        span[one] for name, group in groups.items() if name != "single words" for one in group
    ]
    record = fingerprint(document, span.values(), salt="bench")
    _, _, seconds = ours(fingerprint(document, chosen, salt="bench"), other)
    made, cut, _ = ours(record, other)
    source, faults = words(text), 0
    for spot in record.places:
        put = made[spot.start, spot.end]
        faults += wrong(spot, put, source, _near(cut, put))
    return {
        "bits a word": round(record.bits_a_word, 3),
        "bits a token": round(record.bits_a_word * record.words / len(tokens), 3),
        "seconds": round(seconds, 2),
        "wrong": faults,
        **{name: _shares(group, span, made) for name, group in groups.items()},
    }


def _right(right: list[Verdict], groups: dict[str, list[tuple[int, int]]]) -> dict[str, float]:
    return {
        "all tokens": round(right.count(True) / len(right), 4),
        "wrong": round(right.count(False) / len(right), 4),
        **{n: round(sum(all(right[a:b]) for a, b in g) / len(g), 4) for n, g in groups.items()},
    }


def table(report: dict[str, Any], published: tuple[str, str, str, str] | None) -> str:
    """The figures as Markdown: spans placed rightly, and what was wrong without a word of it."""
    names = [n for n in ("entities", "seeded spans", "single words") if n in report["ours"]]
    rows = [["method", "published", *names, "wrong, not reported", "seconds"]]
    rows.append(["---"] * len(rows[0]))
    mine = report["ours"]
    faults = f"{mine['wrong']} spans"
    placed = [f"{mine[name]['placed']:.2%}" for name in names]
    bits = f"{mine['bits a token']} bits a token"
    rows.append(["ijcorpus", bits, *placed, faults, str(mine["seconds"])])
    for other in ("8-bit hashes and difflib", "SisC"):
        if other in report:
            one = report[other]
            bits = f"{one.get('letters in clear', 0):.0%} of the letters, all lengths"
            bits = bits if other == "SisC" else f"{one['bits a token']} bits a token"
            missed = f"{one['wrong']:.2%} of tokens"
            shares = [f"{one[name]:.2%}" for name in names]
            rows.append([other, bits, *shares, missed, str(one["seconds"])])
    if published is not None:
        plain, guessed, lost, seconds = published
        blank = [""] * (len(names) - 1)
        rows.append(["novelshare, its figures", "8 bits a token", *blank, plain, "", seconds])
        rows.append(["novelshare, guessing", "8 bits a token", *blank, guessed, lost, seconds])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


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
