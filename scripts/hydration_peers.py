"""The methods of others that `bench_hydration.py` runs or quotes."""

from __future__ import annotations

import difflib
import hashlib
import json
import subprocess
import sys
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple

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


def peer(tokens: list[str], copy: list[str]) -> tuple[list[Verdict], list[Block]]:
    """For each token whether the copy's aligned token is the same; and the blocks."""
    here, there = ([hashlib.sha256(t.encode()).hexdigest()[:2] for t in x] for x in (tokens, copy))
    blocks = difflib.SequenceMatcher(None, here, there).get_matching_blocks()
    right: list[Verdict] = [None] * len(tokens)
    for a, b, size in blocks:
        for n in range(size):
            right[a + n] = tokens[a + n] == copy[b + n]
    return right, [Block(*block) for block in blocks]


def by_chapter(parts: list[list[str]], copies: list[list[str]]) -> list[Verdict]:
    """As `peer`, chapter by chapter."""
    return [one for pair in zip(parts, copies, strict=True) for one in peer(*pair)[0]]


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
