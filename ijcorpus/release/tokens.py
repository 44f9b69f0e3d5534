"""Tokens and BIO tags of a sentence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from ijcorpus.document import Span
from ijcorpus.errors import MissingExtraError

Tokenizer = Callable[[str], list[Span]]
Mention = tuple[int, int, str]
"""Start, end and label."""

_MARKS = "!-/:-@\\[-`{-~¡-©«¬®-±´¶-¸»¿×÷‐-‧‰-⁞、-〃〈-】〔-〟"
_RUN = rf"[^\s{_MARKS}]++"
_POSSESSIVE = r"['’][sS]\b"
_WORD = rf"{_RUN}(?:[-.]{_RUN}|(?!{_POSSESSIVE})['’]{_RUN}|,\d++)*+(?:(?<=\.[^\W\d_])\.)?+"
_WORDS = re.compile(rf"{_WORD}|{_POSSESSIVE}|\S").findall


def english_tokenizer() -> Tokenizer:
    """spaCy's rule-based English tokenizer, as spans of a sentence; white space is no token."""
    try:
        from spacy.lang.en import English
    except ImportError as error:
        raise MissingExtraError(
            "Building tokens needs spaCy. Install it with: pip install 'ijcorpus[hydrate]'"
        ) from error
    tokenizer = English().tokenizer

    def tokenize(text: str) -> list[Span]:
        return [Span(t.idx, t.idx + len(t)) for t in tokenizer(text) if not t.is_space]

    return tokenize


def words(text: str) -> list[str]:
    """The words and single marks of a text, quickly; white space is none of them.

    A word may have hyphens, full stops and apostrophes within, and commas before digits: don't,
    Haifa-based, 3.5 and 1,000 are one each, and U.S. keeps its last stop. A possessive is a word
    of its own, so that Osaka's is Osaka and 's, as it is for spaCy and the Penn Treebank. Letters
    keep their combining marks, and an emoji its modifiers.
    """
    found: list[str] = []
    for piece in text.split():
        if piece.isalnum():
            found.append(piece)
        elif piece[-1] in ",." and piece[:-1].isalnum():
            found += (piece[:-1], piece[-1])
        else:
            found += _WORDS(piece)
    return found


def tag(tokens: Iterable[Span], mentions: Sequence[Mention]) -> tuple[list[Span], list[str], int]:
    """Tokens, a BIO tag for each, and how many tokens had to be cut.

    `mentions` are `(start, end, label)` in the tokens' offsets; both are in text order. A token
    that a mention's edge falls into is cut there, so that no mention is lost or widened. Raises
    ValueError when mentions overlap or hold no token.
    """
    for before, after in pairwise(mentions):
        if after[0] < before[1]:
            raise ValueError(
                f"mentions [{before[0]}, {before[1]}) and [{after[0]}, {after[1]}) overlap"
            )
    edges = sorted({edge for start, end, _ in mentions for edge in (start, end)})
    pieces: list[Span] = []
    cut = at = 0
    for token in tokens:
        at = bisect_right(edges, token.start, at)
        last = bisect_left(edges, token.end, at)
        if at == last:
            pieces.append(token)
            continue
        bounds = [token.start, *edges[at:last], token.end]
        pieces += [Span(a, b) for a, b in pairwise(bounds)]
        cut += 1
    starts = [piece.start for piece in pieces]
    tags = ["O"] * len(pieces)
    at = 0
    for start, end, label in mentions:
        first = bisect_left(starts, start, at)
        at = bisect_left(starts, end, first)
        if first == at:
            raise ValueError(f"the mention [{start}, {end}) holds no token")
        tags[first:at] = [f"B-{label}", *[f"I-{label}"] * (at - first - 1)]
    return pieces, tags, cut
