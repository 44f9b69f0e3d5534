"""Tokens and BIO tags of a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from ijcorpus.document import Span
from ijcorpus.errors import MissingExtraError

Tokenizer = Callable[[str], list[Span]]


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


def tag(
    tokens: Iterable[Span], mentions: Sequence[tuple[int, int, str]]
) -> tuple[list[Span], list[str], int]:
    """Tokens, a BIO tag for each, and how many tokens had to be cut.

    `mentions` are `(start, end, label)` in the tokens' offsets and in text order. A token that a
    mention's edge falls into is cut there, so that no mention is lost or widened. Raises
    ValueError when mentions overlap or hold no token.
    """
    for before, after in pairwise(mentions):
        if after[0] < before[1]:
            raise ValueError(
                f"mentions [{before[0]}, {before[1]}) and [{after[0]}, {after[1]}) overlap"
            )
    edges = sorted({edge for start, end, _ in mentions for edge in (start, end)})
    pieces: list[Span] = []
    cut = 0
    for token in tokens:
        inner = [edge for edge in edges if token.start < edge < token.end]
        bounds = [token.start, *inner, token.end]
        pieces += [Span(a, b) for a, b in pairwise(bounds)]
        cut += bool(inner)
    tags = ["O"] * len(pieces)
    for start, end, label in mentions:
        held = [i for i, piece in enumerate(pieces) if start <= piece.start and piece.end <= end]
        if not held:
            raise ValueError(f"the mention [{start}, {end}) holds no token")
        tags[held[0]] = f"B-{label}"
        for i in held[1:]:
            tags[i] = f"I-{label}"
    return pieces, tags, cut
