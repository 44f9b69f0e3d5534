"""What cleaning did to a raw file, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from ijcorpus.clean.decode import decode
from ijcorpus.clean.pipeline import clean
from ijcorpus.document import Source

Action = Literal["kept", "dropped", "changed"]


class Piece(NamedTuple):
    """A stretch of the raw text and what became of it.

    `raw` stands at `[start, end)` of the decoded raw file; `clean` is `raw` when kept, empty when
    dropped. White space between two kept pieces counts as kept.
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
        start, end = run.raw_start, run.raw_start + run.raw_length
        if at < start:
            yield _gap(text, at, start)
        made = document.text[run.clean_start : run.clean_start + run.clean_length]
        if start < end and max(at, start) < end:
            kept = made == text[start:end]
            yield Piece("kept" if kept else "changed", start, end, text[start:end], made)
        at = max(at, end)
    if at < len(text):
        yield _gap(text, at, len(text))


def _gap(text: str, start: int, end: int) -> Piece:
    raw = text[start:end]
    return (
        Piece("kept", start, end, raw, raw)
        if raw.isspace()
        else Piece("dropped", start, end, raw, "")
    )
