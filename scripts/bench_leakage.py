"""What an attacker reads back from published fingerprints: theirs a word, ours a passage.

Usage: python scripts/bench_leakage.py EDITION [--passages 40] [--beam 2000]
       [--neural FOLDER] [--minutes 3] [--root ROOT]

EDITION is a folder of CoNLL files, one token a line. The attacker has a word trigram model with
back-off, trained on the second half of the book: another text in the same hand, which is more
than an attacker will have. It attacks the first half, given (a) each word's SHA-256 cut to 8 bits,
in order, by beam search, and (b) our checks, passage by passage, by the best attack we know: the
checks are sums, so likely first halves and likely second halves of a passage are listed apart and
joined where their sums fit. In (b) the attacker is also told the two words before each half. Short
texts have passages of 16 words; long ones have passages of 20 and sums over the whole, and for
those it is measured what share of the text one must hold to get the hashes of the rest.

A release also gives words away by itself: names that the labels link, where the places put them,
and the title. So (c) the attacker is told all but some words of a passage, guesses all but four of
those from the words it knows, solves the four sums for the others, keeps what are words, and takes
the likeliest passage. With --root the fingerprints of a corpus are read, and it is said how few
words of a passage its labels leave unknown.

With --neural a second attacker does the same: a word LSTM, trained for some minutes on the texts
(*.txt) in FOLDER, which may not be the attacked book, and told up to 200 words before each half.
It needs torch, in an environment of its own (`pip install torch==2.13.0`) beside this package.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import itertools
import json
import math
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from ijcorpus.standoff.code import (
    CHECKS,
    LONG_PASSAGE,
    MODULUS,
    PASSAGE,
    inverse,
    packed,
    weights,
    word_hashes,
)
from ijcorpus.standoff.fingerprint import decode_fingerprint
from ijcorpus.standoff.plain import protect
from ijcorpus.standoff.recall import recalled
from ijcorpus.standoff.tokens import words
from ijcorpus.workspace import Workspace

WIDTH = 40
WORDS_BEAM = 100
GUESSES = 2**25
"""Most guesses at the words that are not solved for."""
FITTING = 20_000
"""Most passages that are weighed."""
PASSAGE_BITS = 16 * CHECKS
TOLD = (4, 5, 6, 7, 8, 10, 12)
Beam = list[tuple[float, tuple[str, ...]]]


class Attacker(Protocol):
    """What knows likely texts: `forms` are its words, commonest first, `about` says what it is."""

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
        self.forms = [word for word, _ in self.counts[0].most_common()]
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


def attack_told(model: Attacker, text: list[str], key: bytes, unknown: int, count: int) -> float:
    """The share of passages got back of which all but so many words, anywhere, are told."""
    chance, right = random.Random(unknown), 0
    for start in range(PASSAGE, PASSAGE * (count + 1), PASSAGE):
        passage = text[start : start + PASSAGE]
        hidden = sorted(chance.sample(range(PASSAGE), unknown))
        told = [None if n in hidden else word for n, word in enumerate(passage)]
        goal = weights(PASSAGE) @ word_hashes(passage, key) % MODULUS
        fitting = list(itertools.islice(solutions(model.forms, told, goal, key), FITTING))
        best = min(fitting, key=lambda one: model.surprise(text[:start], one)[0], default=[])
        right += best == passage
    return right / count


def solutions(
    forms: list[str], told: list[str | None], goal: np.ndarray, key: bytes
) -> Iterator[list[str]]:
    """Passages of known words that have the told ones, and fit the sums."""
    hidden = [n for n, word in enumerate(told) if word is None]
    guessed, solved = hidden[:-CHECKS], hidden[-CHECKS:]
    hashed = word_hashes(forms, key)
    meaning: dict[int, list[str]] = defaultdict(list)
    for form, number in zip(forms, hashed.tolist(), strict=True):
        meaning[number].append(form)
    is_word = np.isin(np.arange(MODULUS), hashed)
    known = [(n, word) for n, word in enumerate(told) if word is not None]
    part = weights(len(told))[:, [n for n, _ in known]] @ word_hashes([w for _, w in known], key)
    back = inverse(weights(len(told))[:, solved])
    rest = back @ ((goal - part) % MODULUS) % MODULUS
    # The words that are tried at each guessed place, so many that all together stay within GUESSES.
    some = hashed[: int(GUESSES ** (1 / max(len(guessed), 1)))]
    tries = [(back @ weights(len(told))[:, [n]]) * some % MODULUS for n in guessed]
    others = np.zeros((CHECKS, 1), dtype=np.int64)
    for one in tries[1:]:
        others = (others[:, :, None] + one[:, None, :]).reshape(CHECKS, -1) % MODULUS
    for first in range(len(some) if guessed else 1):
        left = rest - tries[0][:, first] if guessed else rest
        found = (left[:, None] - others) % MODULUS
        fits = is_word[found[0]]
        for row in found[1:]:
            fits = fits & is_word[row]
        for at in np.flatnonzero(fits).tolist():
            numbers = [] if not guessed else [first]
            numbers += np.unravel_index(at, (len(some),) * len(tries[1:])) if tries[1:] else []
            guess = [forms[int(n)] for n in numbers]
            for rest_of in itertools.product(*(meaning[int(n)] for n in found[:, at])):
                filled = dict(zip((*guessed, *solved), (*guess, *rest_of), strict=True))
                yield [filled.get(n) or word or "" for n, word in enumerate(told)]


def unknown_words(root: Path) -> dict[str, object]:
    """Of each fingerprint its bits a word, and how many words of a passage labels leave unknown."""
    found: dict[str, object] = {}
    workspace = Workspace(root)
    for path in sorted(workspace.layout.fingerprints.glob("*.json")):
        record = decode_fingerprint(path.read_bytes(), where=path.name)
        settled = workspace.adjudicated(record.document)
        layers = [*workspace.layers(record.document).values(), *([settled] if settled else [])]
        names = {(e.start, e.end) for layer in layers for e in layer.entities}
        named = [p for p in record.places if (p.start, p.end) in names]
        told = {word for p in named for word in range(p.first, p.last + 1)}
        ends = itertools.pairwise(record.bounds())
        left = Counter(sum(n not in told for n in range(a, b)) for a, b in ends)
        found[record.document] = {
            "bits a word": round(record.bits_a_word, 3),
            "passages by unknown words": {str(n): left[n] for n in sorted(left)},
        }
    return found


def attack_whole(text: list[str], share: float) -> float:
    """The share of missing words whose hashes holders of the beginning of a long text recover."""
    # Marks count among the tokens: prose has about one for each seven words.
    marked = " ".join(f"{word}," if n % 7 == 0 else word for n, word in enumerate(text))
    made = protect(marked, [], name="bench", salt="bench", known=())
    hashes = word_hashes(text, made.key)
    held = int(share * len(text))
    found = np.where(np.arange(len(text)) < held, np.arange(len(text)), -1)
    told = recalled(made, found, hashes[:held])
    return 0.0 if told is None else float(np.mean(told[held:] == hashes[held:]))


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
        "recovered from our passages, by bits a word": {
            f"{PASSAGE_BITS / PASSAGE:g}": passages * PASSAGE / len(part),
            f"{PASSAGE_BITS / LONG_PASSAGE:g}, beside the sums over the whole": (
                long_passages * LONG_PASSAGE / len(part)
            ),
        },
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
        "passages recovered, all but so many words being told": {
            str(unknown): attack_told(model, target, key, unknown, min(count, 20))
            for unknown in TOLD
        },
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
    parser.add_argument("--root", type=Path, help="a corpus with fingerprints")
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
        f"{share:.0%}": attack_whole(target, share)
        for share in (0.5, 0.75, 0.85, 0.87, 0.89, 0.91, 0.95)
    }
    if options.root:
        report["fingerprints"] = unknown_words(options.root)
    print(json.dumps(report, indent=1))
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
