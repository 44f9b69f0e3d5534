"""What an attacker reads back from published fingerprints: theirs a word, ours a passage.

Usage: python scripts/bench_leakage.py EDITION [--passages 40] [--beam 2000]

EDITION is a folder of CoNLL files, one token a line. The attacker has a word trigram model with
back-off, trained on the second half of the book: another text in the same hand, which is more
than an attacker will have. It attacks the first half, given (a) each word's SHA-256 cut to 8 bits,
in order, by beam search, and (b) our checks, passage by passage, by the best attack we know: the
checks are sums, so likely first halves and likely second halves of a passage are listed apart and
joined where their sums fit. In (b) the attacker is also told the two words before each half. Short
texts have passages of 16 words; long ones have passages of 32 and sums over the whole, and for
those it is measured what share of the text one must hold to get the hashes of the rest.
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
from pathlib import Path

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
Beam = list[tuple[float, tuple[str, ...]]]


class Model:
    """Word trigrams with back-off: 0.4 for each order given up."""

    def __init__(self, text: list[str]) -> None:
        self.counts = [Counter(text)]
        self.total = len(text)
        self.after: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for at, word in enumerate(text):
            for order in (1, 2):
                if at >= order:
                    self.after[tuple(text[at - order : at])][word] += 1
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


def attack_words(model: Model, text: list[str], beam: int) -> float:
    """The share of words recovered from 8-bit hashes of each word."""

    def short(word: str) -> str:
        return hashlib.sha256(word.encode()).hexdigest()[:2]

    buckets: dict[str, list[str]] = defaultdict(list)
    for word in model.counts[0]:
        buckets[short(word)].append(word)
    state: Beam = [(0.0, ("", ""))]
    for word in text:
        options = buckets[short(word)] or ["?"]
        grown = (
            (score + model.score(done[-2:], one), (*done, one))
            for score, done in state
            for one in options
        )
        state = heapq.nlargest(beam, grown, key=lambda one: one[0])
    guess = state[0][1][2:]
    return sum(a == b for a, b in zip(guess, text, strict=True)) / len(text)


def halves(model: Model, before: tuple[str, ...], length: int, beam: int) -> list[tuple[str, ...]]:
    """The likeliest runs of words after two given ones."""
    state: Beam = [(0.0, before)]
    for _ in range(length):
        grown = (
            (score + gain, (*done, word))
            for score, done in state
            for word, gain in model.next(done[-2:])
        )
        state = heapq.nlargest(beam, grown, key=lambda one: one[0])
    return [done[2:] for _, done in state]


def sums(runs: list[tuple[str, ...]], first: int, length: int, key: bytes) -> np.ndarray:
    """The part of a passage's checks that each run contributes: one column a run."""
    size = len(runs[0])
    hashed = word_hashes((word for run in runs for word in run), key).reshape(-1, size)
    return weights(length)[:, first : first + size] @ hashed.T % MODULUS


def attack_passages(
    model: Model, text: list[str], key: bytes, length: int, count: int, beam: int
) -> int:
    """How many passages of so many words are recovered from their checks."""
    found, half = 0, length // 2
    for start in range(length, length * (count + 1), length):
        passage = text[start : start + length]
        goal = weights(length) @ word_hashes(passage, key) % MODULUS
        left = halves(model, tuple(text[start - 2 : start]), half, beam)
        right = halves(model, tuple(passage[half - 2 : half]), length - half, beam)
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


def perplexity(model: Model, text: list[str]) -> float:
    """The model's perplexity on a text, over back-off weights."""
    scores = [model.score(tuple(text[n - 2 : n]), text[n]) for n in range(2, len(text))]
    return math.exp(-sum(scores) / len(scores))


def read(folder: Path) -> list[str]:
    """The word forms of an edition, chapters in order."""
    files = sorted(folder.glob("*.conll"), key=lambda path: int(path.stem.rpartition("_")[2]))
    lines = (line for path in files for line in path.read_text("utf-8").splitlines())
    return words(
        " ".join(line.rpartition(" ")[0] for line in lines if line and not line.startswith("# "))
    ).forms


def self_test(model: Model, key: bytes, beam: int) -> bool:
    """Whether the attack on passages works at all: on the model's own likeliest words."""
    first = halves(model, ("i", "was"), PASSAGE // 2, beam)[beam // 2]
    last = halves(model, first[-2:], PASSAGE - PASSAGE // 2, beam)[beam // 3]
    return (
        attack_passages(
            model, ["x"] * (PASSAGE - 2) + ["i", "was", *first, *last], key, PASSAGE, 1, beam
        )
        == 1
    )


def main() -> int:
    """Attack, print, and fail when a passage is recovered or the attack itself does not work."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("edition", type=Path)
    parser.add_argument("--passages", type=int, default=40)
    parser.add_argument("--beam", type=int, default=2000)
    options = parser.parse_args()
    text = read(options.edition)
    model, target = Model(text[len(text) // 2 :]), text[: len(text) // 2]
    key = hashlib.blake2b(b"bench", digest_size=32).digest()
    part = target[PASSAGE : PASSAGE * (options.passages + 1)]
    known = sum(word in model.counts[0] for word in part) / len(part)
    alone = [
        model.next(tuple(target[PASSAGE + n - 2 : PASSAGE + n]))[0][0] for n in range(len(part))
    ]
    begun = time.perf_counter()
    works = self_test(model, key, options.beam)
    passages = attack_passages(model, target, key, PASSAGE, options.passages, options.beam)
    seconds = time.perf_counter() - begun
    longer = options.passages * PASSAGE // LONG_PASSAGE
    long_passages = attack_passages(model, target, key, LONG_PASSAGE, longer, options.beam)
    bits = math.log2(perplexity(model, part))
    report = {
        "words attacked": len(part),
        "words the attacker knows": round(known, 4),
        "bits of surprise a word": round(bits, 2),
        "recovered, next word from the true words before, no hashes": round(
            sum(a == b for a, b in zip(alone, part, strict=True)) / len(part), 4
        ),
        "recovered from 8-bit word hashes (8 bits a word)": round(
            attack_words(model, part, 100), 4
        ),
        "recovered from passages of 16 words (4 bits a word)": round(
            passages * PASSAGE / len(part), 4
        ),
        "recovered from passages of 32 words (2 bits a word, and 2 over the whole)": round(
            long_passages * LONG_PASSAGE / len(part), 4
        ),
        "hashes of missing words recovered by holders of a share of a long text": {
            f"{share:.0%}": attack_whole(target, key, share)
            for share in (0.5, 0.75, 0.85, 0.87, 0.88, 0.95)
        },
        "passage pairs tried": options.beam**2,
        "seconds a passage": round(seconds / options.passages, 2),
        "guesses for a passage, as a power of 2": {
            str(length): round(bits * length, 1) for length in (PASSAGE, LONG_PASSAGE)
        },
        "texts that fit a passage's checks, as a power of 2": {
            str(length): round(bits * length - 64, 1) for length in (PASSAGE, LONG_PASSAGE)
        },
        "the attack recovers a passage made from its own lists": works,
    }
    print(json.dumps(report, indent=1))
    return int(passages + long_passages > 0 or not works)


if __name__ == "__main__":
    sys.exit(main())
