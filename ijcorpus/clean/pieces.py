"""What cleaning did to a raw file, piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ijcorpus.clean.decode import decode
from ijcorpus.clean.pipeline import clean
from ijcorpus.document import Source

_LINES = re.compile(r"[\r\n]+|[^\r\n]+")

Action = Literal["kept", "dropped", "changed"]


class Piece(NamedTuple):
    """A stretch of the raw text and what became of it.

    `raw` stands at `[start, end)` of the decoded raw file; `clean` is empty when it was dropped.
    What differs only in the kind of white space (a line end for a space), and white space between
    two pieces, counts as kept.
    """

    action: Action
    start: int
    end: int
    raw: str
    clean: str


def removed(source: Source, raw: bytes) -> Iterator[Piece]:
    """Every character of the raw file, in raw order, as kept, dropped or changed pieces.

    Joined together, `raw` of all pieces is `decode(raw)`. Raises what `clean` raises.
    """
    document = clean(source, raw)
    text = decode(raw)
    at = 0
    for run in document.raw_map.runs:
        start, end = max(at, run.raw_start), run.raw_start + run.raw_length
        yield from _gap(text, at, start)
        made = document.text[run.clean_start : run.clean_start + run.clean_length]
        if start < end:
            piece = text[start:end]
            same = len(made) == len(piece) and made.split() == piece.split()
            yield Piece("kept" if same else "changed", start, end, piece, made)
        at = max(at, end)
    yield from _gap(text, at, len(text))


def _gap(text: str, start: int, end: int) -> Iterator[Piece]:
    """What lies between two kept runs, line by line."""
    for match in _LINES.finditer(text, start, end):
        action = "kept" if match[0].isspace() else "dropped"
        yield Piece(action, *match.span(), match[0], match[0] if action == "kept" else "")
