"""Hydration between two editions of a book, beside the methods of others on the same spans.

Usage: python scripts/bench_hydration.py ANNOTATED COPY [--spans 3000] [--seed 7]
       [--rounds 5] [--whole-rounds 1] [--sisc PYTHON] [--json]

ANNOTATED and COPY are folders of CoNLL files, one token a line with a BIO tag, or plain texts
(names ending in .txt, words and marks as tokens, no entities): the first is the annotated text, the
second the reader's. Annotations are the entities that the files carry, seeded spans of 1 to 12
tokens, and every single word. The others:

- 8-bit hashes: SHA-256 of each token cut to two hex digits, aligned by difflib, run here on the
  whole text, and by chapter where both folders have as many files;
- novelshare: its published method, with the figures measured on its own data, token by token,
  chapters aligned beforehand where their counts allow;
- SisC: run here when PYTHON has it (`pip install sisc` in an environment of its own). It takes
  texts of up to 200,000 characters, so the book is cut into the annotated chapters, and the copy
  where difflib finds the same boundaries: a help that the others are not given.

Their span is right when every token of it is; a token is wrong when another is put in its place,
and nothing says so. Of our placements those are wrong in which a word that is not reported as
edited is not the annotated word.

Ours is timed from the copy's characters to the placements of entities and seeded spans, theirs from
tokens to tokens; the methods take turns, and medians count. "To ours" is the ratio of CPU seconds,
or of published seconds to our CPU seconds. Growth is the exponent of our time on the text once,
twice and four times, each time with other words. Cold is the first text of a fresh process, after
import: some 900 words, with a word in 40 changed.
"""

from __future__ import annotations

import argparse
import bisect
import json
import math
import multiprocessing
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import accumulate
from pathlib import Path
from statistics import median
from typing import Any

from hydration_peers import NOVELSHARE, Token, Verdict, by_chapter, peer, sisc

from ijcorpus.document import Document, RawMap
from ijcorpus.standoff.align import align
from ijcorpus.standoff.fingerprint import Fingerprint, Place, fingerprint
from ijcorpus.standoff.place import Placement, place
from ijcorpus.standoff.tokens import Words, words

TOKEN = re.compile(r"\w+|[^\w\s]")
COLD_WORDS = 900
WHOLE, BY_CHAPTER = "8-bit hashes and difflib", "8-bit hashes, chapter by chapter"


def chapters(folder: Path) -> list[list[Token]]:
    """Tokens and tags of an edition by chapter, in order; a plain text is one chapter."""
    if folder.suffix == ".txt":
        return [[(token, "O") for token in TOKEN.findall(folder.read_text("utf-8"))]]
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


def ours(record: Fingerprint, text: str) -> tuple[dict[tuple[int, int], Placement], Words]:
    """Every placement by its span in the annotated text; and the copy's words."""
    cut = words(text)
    aligned = align(record, cut.forms)
    return {(p.start, p.end): place(p, aligned, cut, text) for p in record.places}, cut


def timed(methods: dict[str, tuple[Callable[[], object], int]]) -> dict[str, dict[str, float]]:
    """Median seconds of methods that take turns, each as many rounds as it is given."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in methods}
    for n in range(max(rounds for _, rounds in methods.values())):
        for name, (run, rounds) in methods.items():
            if n < rounds:
                begun, busy = time.perf_counter(), time.process_time()
                run()
                spent = time.perf_counter() - begun, time.process_time() - busy
                taken[name].append(spent)
    return {
        name: {
            "seconds": round(median(one for one, _ in every), 3),
            "CPU seconds": round(median(one for _, one in every), 3),
            "rounds": len(every),
        }
        for name, every in taken.items()
    }


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
    parser.add_argument("--rounds", type=int, default=5, help="of timing")
    parser.add_argument(
        "--whole-rounds", type=int, default=1, help="of timing difflib on the whole text"
    )
    parser.add_argument("--sisc", metavar="PYTHON", help="a Python that has SisC")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    parts, copies = chapters(options.annotated), chapters(options.copy)
    report = measure(parts, copies, options)
    published = NOVELSHARE.get((options.annotated.name, options.copy.name))
    print(json.dumps(report, indent=1) if options.json else table(report, published))
    return int(report["ours"]["wrong"] > 0)


def measure(
    parts: list[list[Token]], copies: list[list[Token]], options: argparse.Namespace
) -> dict[str, Any]:
    """Every method on the same spans, and every single word as a span of its own."""
    tokens = [token for part in parts for token in part]
    groups = {
        "entities": entities(tokens),
        "seeded spans": seeded(tokens, options.spans, options.seed),
        "single words": [(n, n + 1) for n, (t, _) in enumerate(tokens) if any(map(str.isalnum, t))],
    }
    groups = {name: group for name, group in groups.items() if group}
    here, there = ([[t for t, _ in part] for part in side] for side in (parts, copies))
    flat = [t for part in here for t in part], [t for part in there for t in part]
    copy = " ".join(flat[1])
    spans = [one for name, group in groups.items() if name != "single words" for one in group]
    record = recorded(flat[0], spans)
    methods: dict[str, tuple[Callable[[], object], int]] = {
        "ours": (lambda: ours(record, copy), options.rounds),
        WHOLE: (lambda: peer(*flat), options.whole_rounds),
    }
    verdicts, blocks = peer(*flat)
    report: dict[str, Any] = {"tokens": len(tokens), "ours": our_figures(flat[0], copy, groups)}
    report[WHOLE] = {"bits a token": 8, **_right(verdicts, groups)}
    if len(here) == len(there) > 1:
        methods[BY_CHAPTER] = (lambda: by_chapter(here, there), options.rounds)
        report[BY_CHAPTER] = {"bits a token": 8, **_right(by_chapter(here, there), groups)}
    for name, figures in timed(methods).items():
        report[name] |= figures
    report["growth"] = growth(*flat, options)
    report["cold"] = cold(flat[0], options.rounds)
    if options.sisc is not None:
        verdicts, seconds, shown = sisc(options.sisc, parts, flat[1], blocks)
        report["SisC"] = {
            "letters in clear": round(shown, 3),
            "seconds": round(seconds, 2),
            **_right(verdicts, groups),
        }
    return report


def recorded(tokens: list[str], spans: list[tuple[int, int]]) -> Fingerprint:
    """The fingerprint of tokens, a blank between each two, with spans of tokens."""
    span = _characters(tokens)
    document = Document(
        id="bench",
        text=" ".join(tokens),
        sections=(),
        sentences=(),
        raw_map=RawMap(()),
        raw_sha256="",
        cleaner="",
    )
    return fingerprint(document, [(span[a][0], span[b - 1][1]) for a, b in spans], salt="bench")


def _characters(tokens: list[str]) -> list[tuple[int, int]]:
    """Where each token begins and ends in the text."""
    ends = [end + n for n, end in enumerate(accumulate(map(len, tokens)))]
    return [(end - len(token), end) for token, end in zip(tokens, ends, strict=True)]


def our_figures(
    tokens: list[str], copy: str, groups: dict[str, list[tuple[int, int]]]
) -> dict[str, Any]:
    """Bits, faults and shares of our own method."""
    record = recorded(tokens, [one for group in groups.values() for one in group])
    made, cut = ours(record, copy)
    source, faults = words(" ".join(tokens)), 0
    for spot in record.places:
        put = made[spot.start, spot.end]
        faults += wrong(spot, put, source, _near(cut, put))
    where = _characters(tokens)
    placed = {
        name: [made[where[a][0], where[b - 1][1]] for a, b in group]
        for name, group in groups.items()
    }
    return {
        "bits a word": round(record.bits_a_word, 3),
        "bits a token": round(record.bits_a_word * record.words / len(tokens), 3),
        "wrong": faults,
        **{name: _shares(group) for name, group in placed.items()},
    }


def growth(tokens: list[str], copy: list[str], options: argparse.Namespace) -> dict[str, Any]:
    """Our CPU seconds on the text once, twice and four times, and the exponent of their growth."""
    methods: dict[str, tuple[Callable[[], object], int]] = {}
    for times in (1, 2, 4):
        long, other = _repeated(tokens, times), _repeated(copy, times)
        tagged = [(token, "O") for token in long]
        record = recorded(long, seeded(tagged, options.spans * times, options.seed))
        methods[f"{times}x"] = (partial(ours, record, " ".join(other)), options.rounds)
    seconds = [one["CPU seconds"] for one in timed(methods).values()]
    exponent = math.log(seconds[-1] / seconds[0], 4)
    return {"CPU seconds": dict(zip(methods, seconds, strict=True)), "exponent": round(exponent, 2)}


def _repeated(tokens: list[str], times: int) -> list[str]:
    """The text several times, each time with other words."""
    return [t + "abcd"[n] * t.isalnum() for n in range(times) for t in tokens]


def cold(tokens: list[str], rounds: int) -> dict[str, dict[str, float]]:
    """Median seconds of the first text of a fresh process: its fingerprint, and its placement."""
    fresh = multiprocessing.get_context("spawn")
    found: list[dict[str, dict[str, float]]] = []
    for _ in range(rounds):
        with fresh.Pool(1) as pool:
            found.append(pool.apply(first, (tokens[:COLD_WORDS],)))
    return {
        step: {kind: round(median(one[step][kind] for one in found), 3) for kind in kinds}
        for step, kinds in found[0].items()
    }


def first(tokens: list[str]) -> dict[str, dict[str, float]]:
    """Seconds for the fingerprint of a short text, and for its spans on an edited copy."""
    spans = seeded([(token, "O") for token in tokens], 60, 7)
    copy = " ".join("other" if n % 40 == 20 else token for n, token in enumerate(tokens))
    made: list[Fingerprint] = []
    return timed(
        {
            "fingerprint": (lambda: made.append(recorded(tokens, spans)), 1),
            "placement": (lambda: ours(made[0], copy), 1),
        }
    )


def _right(right: list[Verdict], groups: dict[str, list[tuple[int, int]]]) -> dict[str, float]:
    return {
        "all tokens": round(right.count(True) / len(right), 4),
        "wrong": round(right.count(False) / len(right), 4),
        **{n: round(sum(all(right[a:b]) for a, b in g) / len(g), 4) for n, g in groups.items()},
    }


def table(report: dict[str, Any], published: tuple[str, str, str, str] | None) -> str:
    """The figures as Markdown: spans placed rightly, and what was wrong without a word of it."""
    names = [n for n in ("entities", "seeded spans", "single words") if n in report["ours"]]
    rows = [["method", "published", *names, "wrong, not reported", "seconds", "CPU", "to ours"]]
    rows.append(["---"] * len(rows[0]))
    mine = report["ours"]
    placed = [f"{mine[name]['placed']:.2%}" for name in names]
    bits, faults = f"{mine['bits a token']} bits a token", f"{mine['wrong']} spans"
    rows.append(["ijcorpus", bits, *placed, faults, *_times(mine, mine)])
    for other in (WHOLE, BY_CHAPTER, "SisC"):
        if other in report:
            one = report[other]
            bits = f"{one.get('letters in clear', 0):.0%} of the letters, all lengths"
            bits = bits if other == "SisC" else f"{one['bits a token']} bits a token"
            missed = f"{one['wrong']:.2%} of tokens"
            shares = [f"{one[name]:.2%}" for name in names]
            rows.append([other, bits, *shares, missed, *_times(one, mine)])
    if published is not None:
        plain, guessed, lost, seconds = published
        blank = [""] * (len(names) - 1)
        times = [seconds, "", f"{float(seconds.partition('-')[0]) / mine['CPU seconds']:.1f}"]
        rows.append(["novelshare, its figures", "8 bits a token", *blank, plain, "", *times])
        rows.append(["novelshare, guessing", "8 bits a token", *blank, guessed, lost, *times])
    grown, cold = report["growth"], report["cold"]
    told = ", ".join(f"{times}: {seconds} s" for times, seconds in grown["CPU seconds"].items())
    begun = [
        f"{step} {1000 * one['seconds']:.0f} ms ({1000 * one['CPU seconds']:.0f} ms of CPU)"
        for step, one in cold.items()
    ]
    return "\n".join(
        [
            *(f"| {' | '.join(row)} |" for row in rows),
            "",
            f"Growth, CPU: {told}; exponent {grown['exponent']}.",
            f"Cold, {COLD_WORDS} tokens: {', '.join(begun)}.",
        ]
    )


def _times(one: dict[str, Any], mine: dict[str, Any]) -> list[str]:
    """Seconds, CPU seconds where they are known, and how many times ours."""
    kind = "CPU seconds" if "CPU seconds" in one else "seconds"
    return [str(one["seconds"]), str(one.get("CPU seconds", "")), f"{one[kind] / mine[kind]:.1f}"]


def _near(cut: Words, put: Placement) -> Words:
    """The copy's words about a placement, so that checking it does not read the whole copy."""
    low = bisect.bisect_right(cut.ends, put.start or 0)
    high = bisect.bisect_left(cut.starts, put.end or 0)
    return Words(cut.forms[low:high], cut.starts[low:high], cut.ends[low:high])


def _shares(made: list[Placement]) -> dict[str, float]:
    """The share of each status; `placed` is exact and realigned, edits reported or none."""
    found: Counter[str] = Counter()
    for put in made:
        found[put.status] += 1
        found["placed"] += put.status in ("exact", "realigned")
        found["placed without an edit"] += (
            put.status == "realigned" and not put.edited and not put.lost
        )
    return {"spans": len(made), **{key: round(n / len(made), 4) for key, n in found.items()}}


if __name__ == "__main__":
    sys.exit(main())
