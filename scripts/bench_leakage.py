"""What an attacker reads back from published fingerprints: theirs a word, ours a passage.

Usage: python scripts/bench_leakage.py EDITION [--passages 40] [--beam 2000]
       [--neural FOLDER] [--minutes 3]

EDITION is a folder of CoNLL files, one token a line. The attacker has a word trigram model with
back-off, trained on the second half of the book: another text in the same hand, which is more
than an attacker will have. It attacks the first half, given (a) each word's SHA-256 cut to 8 bits,
in order, by beam search, and (b) our checks, passage by passage, by the best attack we know: the
checks are sums, so likely first halves and likely second halves of a passage are listed apart and
joined where their sums fit. In (b) the attacker is also told the two words before each half. Short
texts have passages of 16 words; long ones have passages of 32 and sums over the whole, and for
those it is measured what share of the text one must hold to get the hashes of the rest.

With --neural a second attacker does the same: a word LSTM, trained for some minutes on the texts
(*.txt) in FOLDER, which may not be the attacked book, and told up to 200 words before each half.
It needs torch, in an environment of its own (`pip install torch==2.13.0`) beside this package.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import json
import math
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import numpy as np

from ijcorpus.standoff.code import (
    CHECKS,
    LONG_PASSAGE,
    MODULUS,
    PASSAGE,
    packed,
    weights,
    word_hashes,
)
from ijcorpus.standoff.fingerprint import STRAND
from ijcorpus.standoff.tokens import words
from ijcorpus.standoff.whole import recovered, whole_sums

WIDTH = 40
WORDS_BEAM = 100
Beam = list[tuple[float, tuple[str, ...]]]


class Attacker(Protocol):
    """What knows likely texts: `forms` are the words it knows, `about` says what it is."""

    forms: list[str]
    about: str

    def surprise(self, before: list[str], text: list[str]) -> tuple[float, float]:
        """Bits a word, and the share of words that are the likeliest after those before."""
        ...

    def recover(self, options: Iterable[list[str]], beam: int) -> tuple[str, ...]:
        """The likeliest text when each word is one of some."""
        ...

    def runs(self, before: list[str], length: int, beam: int) -> list[tuple[str, ...]]:
        """The likeliest runs of words after given ones."""
        ...


class Trigrams:
    """Word trigrams with back-off: 0.4 for each order given up."""

    def __init__(self, text: list[str]) -> None:
        self.about = f"word trigrams with back-off, {len(text):,} words of the same book"
        self.counts = [Counter(text)]
        self.total = len(text)
        self.after: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for at, word in enumerate(text):
            for order in (1, 2):
                if at >= order:
                    self.after[tuple(text[at - order : at])][word] += 1
        self.forms = list(self.counts[0])
        self.common = [word for word, _ in self.counts[0].most_common(WIDTH)]
        self.likely: dict[tuple[str, ...], list[tuple[str, float]]] = {}

    def score(self, before: tuple[str, ...], word: str) -> float:
        """The logarithm of a word's weight after the two words before it."""
        weight = 1.0
        for order in (2, 1):
            seen = self.after.get(before[-order:])
            if seen and seen[word]:
                return math.log(weight * seen[word] / seen.total())
            weight *= 0.4
        return math.log(weight * (self.counts[0][word] or 0.1) / self.total)

    def next(self, before: tuple[str, ...]) -> list[tuple[str, float]]:
        """The likeliest next words with their scores."""
        if before not in self.likely:
            near = [w for n in (2, 1) for w, _ in self.after[before[-n:]].most_common(WIDTH)]
            every = {word: self.score(before, word) for word in (*near, *self.common)}
            self.likely[before] = heapq.nlargest(WIDTH, every.items(), key=lambda one: one[1])
        return self.likely[before]

    def surprise(self, before: list[str], text: list[str]) -> tuple[float, float]:
        """Bits a word, over back-off weights, and the share of words that come first in `next`."""
        every = [*before[-2:], *text]
        pairs = [(tuple(every[n : n + 2]), word) for n, word in enumerate(text)]
        bits = -sum(self.score(two, word) for two, word in pairs) / len(text) / math.log(2)
        return bits, sum(self.next(two)[0][0] == word for two, word in pairs) / len(text)

    def recover(self, options: Iterable[list[str]], beam: int) -> tuple[str, ...]:
        """The likeliest text when each word is one of some."""
        state: Beam = [(0.0, ("", ""))]
        for some in options:
            grown = (
                (score + self.score(done[-2:], one), (*done, one))
                for score, done in state
                for one in some or ["?"]
            )
            state = heapq.nlargest(beam, grown, key=lambda one: one[0])
        return state[0][1][2:]

    def runs(self, before: list[str], length: int, beam: int) -> list[tuple[str, ...]]:
        """The likeliest runs of words after given ones, of which it sees two."""
        state: Beam = [(0.0, tuple(before[-2:]))]
        for _ in range(length):
            grown = (
                (score + gain, (*done, word))
                for score, done in state
                for word, gain in self.next(done[-2:])
            )
            state = heapq.nlargest(beam, grown, key=lambda one: one[0])
        return [done[2:] for _, done in state]


def attack_words(model: Attacker, text: list[str]) -> float:
    """The share of words recovered from 8-bit hashes of each word."""

    def short(word: str) -> str:
        return hashlib.sha256(word.encode()).hexdigest()[:2]

    buckets: dict[str, list[str]] = defaultdict(list)
    for word in model.forms:
        buckets[short(word)].append(word)
    guess = model.recover((buckets[short(word)] for word in text), WORDS_BEAM)
    return sum(a == b for a, b in zip(guess, text, strict=True)) / len(text)


def sums(runs: list[tuple[str, ...]], first: int, length: int, key: bytes) -> np.ndarray:
    """The part of a passage's checks that each run contributes: one column a run."""
    size = len(runs[0])
    hashed = word_hashes((word for run in runs for word in run), key).reshape(-1, size)
    return weights(length)[:, first : first + size] @ hashed.T % MODULUS


def attack_passages(
    model: Attacker, text: list[str], key: bytes, length: int, count: int, beam: int
) -> int:
    """How many passages of so many words are recovered from their checks."""
    found, half = 0, length // 2
    for start in range(length, length * (count + 1), length):
        passage = text[start : start + length]
        goal = weights(length) @ word_hashes(passage, key) % MODULUS
        left = model.runs(text[:start], half, beam)
        right = model.runs(text[: start + half], length - half, beam)
        wanted = packed((goal[:, None] - sums(left, 0, length, key)) % MODULUS)
        found += bool(np.isin(wanted, packed(sums(right, half, length, key))).any())
    return found


def attack_whole(text: list[str], key: bytes, share: float) -> float:
    """The share of missing word hashes that holders of a share of a long text recover."""
    hashes = word_hashes(text[:STRAND], key)
    count = len(hashes) // 4 - CHECKS * (len(hashes) // LONG_PASSAGE)
    known = np.arange(len(hashes)) < share * len(hashes)
    found = recovered(whole_sums(hashes, count), np.where(known, hashes, 0), known)
    return 0.0 if found is None else float(np.mean(found[~known] == hashes[~known]))


def read(folder: Path) -> list[str]:
    """The word forms of an edition, chapters in order."""
    files = sorted(folder.glob("*.conll"), key=lambda path: int(path.stem.rpartition("_")[2]))
    lines = (line for path in files for line in path.read_text("utf-8").splitlines())
    return words(
        " ".join(line.rpartition(" ")[0] for line in lines if line and not line.startswith("# "))
    ).forms


def self_test(model: Attacker, key: bytes, beam: int) -> bool:
    """Whether the attack on passages works at all: on the model's own likeliest words."""
    before = ["x"] * (PASSAGE - 2) + ["i", "was"]
    first = model.runs(before, PASSAGE // 2, beam)[beam // 2]
    last = model.runs([*before, *first], PASSAGE - PASSAGE // 2, beam)[beam // 3]
    return attack_passages(model, [*before, *first, *last], key, PASSAGE, 1, beam) == 1


def attacked(
    model: Attacker, target: list[str], key: bytes, count: int, beam: int
) -> tuple[dict[str, object], bool]:
    """What one attacker gets, and whether it got no passage though its attack works."""
    part = target[PASSAGE : PASSAGE * (count + 1)]
    forms = set(model.forms)
    bits, foretold = model.surprise(target[:PASSAGE], part)
    works = self_test(model, key, beam)
    begun = time.perf_counter()
    passages = attack_passages(model, target, key, PASSAGE, count, beam)
    seconds = time.perf_counter() - begun
    longer = count * PASSAGE // LONG_PASSAGE
    long_passages = attack_passages(model, target, key, LONG_PASSAGE, longer, beam)
    found: dict[str, object] = {
        "attacker": model.about,
        "words the attacker knows": round(sum(word in forms for word in part) / len(part), 4),
        "bits of surprise a word": round(bits, 2),
        "recovered, next word from the true words before, no hashes": round(foretold, 4),
        "recovered from 8-bit word hashes (8 bits a word)": round(attack_words(model, part), 4),
        "recovered from passages of 16 words (4 bits a word)": round(
            passages * PASSAGE / len(part), 4
        ),
        "recovered from passages of 32 words (2 bits a word, and 2 over the whole)": round(
            long_passages * LONG_PASSAGE / len(part), 4
        ),
        "passages recovered": {
            str(PASSAGE): f"{passages} of {count}",
            str(LONG_PASSAGE): f"{long_passages} of {longer}",
        },
        "candidates tried for a passage, as a power of 2": round(2 * math.log2(beam), 1),
        "guesses for a passage, as a power of 2": {
            str(length): round(bits * length, 1) for length in (PASSAGE, LONG_PASSAGE)
        },
        "texts that fit a passage's checks, as a power of 2": {
            str(length): round(bits * length - 64, 1) for length in (PASSAGE, LONG_PASSAGE)
        },
        "seconds a passage": round(seconds / count, 2),
        "the attack recovers a passage made from its own lists": works,
    }
    return found, works and not passages + long_passages


def neural(folder: Path | None, minutes: float, target: list[str]) -> Attacker | str:
    """The neural attacker, or why there is none."""
    if folder is None:
        return "not run: --neural FOLDER names the texts it learns from"
    try:
        from neural_attacker import Neural
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        return "not run: torch cannot be imported"
    text = [
        form
        for path in sorted(folder.glob("*.txt"))
        for form in words(path.read_text("utf-8")).forms
    ]
    if not text:
        raise SystemExit(f"{folder}: no *.txt to learn from. Name a folder of other texts.")
    there = {tuple(target[n : n + 8]) for n in range(len(target) - 7)}
    shared = {run for n in range(len(text) - 7) if (run := tuple(text[n : n + 8])) in there}
    if len(shared) > len(there) / 100:
        raise SystemExit(f"{folder}: holds the attacked book. Take it out: that proves nothing.")
    return Neural(text, minutes)


def main() -> int:
    """Attack, print, and fail when a passage is recovered or an attack itself does not work."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("edition", type=Path)
    parser.add_argument("--passages", type=int, default=40)
    parser.add_argument("--beam", type=int, default=2000)
    parser.add_argument("--neural", type=Path, metavar="FOLDER")
    parser.add_argument("--minutes", type=float, default=3, help="of training")
    options = parser.parse_args()
    text = read(options.edition)
    target = text[: len(text) // 2]
    key = hashlib.blake2b(b"bench", digest_size=32).digest()
    report: dict[str, object] = {"words attacked": PASSAGE * options.passages}
    good = True
    second = neural(options.neural, options.minutes, target)
    for name, model in (("n-grams", Trigrams(text[len(text) // 2 :])), ("neural", second)):
        if isinstance(model, str):
            report[name] = model
            continue
        report[name], holds = attacked(model, target, key, options.passages, options.beam)
        good = good and holds
    report["hashes of missing words recovered by holders of a share of a long text"] = {
        f"{share:.0%}": attack_whole(target, key, share)
        for share in (0.5, 0.75, 0.85, 0.87, 0.88, 0.95)
    }
    print(json.dumps(report, indent=1))
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
