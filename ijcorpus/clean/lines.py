"""From a whole text to its lines, each a paragraph: unwrapped, without bullets, tidied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from ijcorpus.clean import shapes
from ijcorpus.clean.characters import repair, tidy
from ijcorpus.clean.markup import Block
from ijcorpus.clean.noise import is_section_label, noise, opens_related
from ijcorpus.clean.trace import Edit, Traced, between, join
from ijcorpus.document import SectionKind


class Line(NamedTuple):
    """One paragraph; `block` counts the blank lines before it, `hint` comes from markup."""

    traced: Traced
    block: int = 0
    bullet: bool = False
    hint: SectionKind | None = None

    @property
    def text(self) -> str:
        """The characters of the line."""
        return self.traced.text


_BULLET = re.compile(r"\s*(?:[•‣▪●◦∙⁃]\s*|[*·–-]\s+)+(?=\S)")
_ITEM = re.compile(r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)]\s|[A-Z][\w. ]{0,30}:\s|\d{1,2} [A-Z]")
_BEFORE_ITEM = re.compile(r"[.:;!?…][)\]”’\"']*$")
_MARKED = re.compile(r"[•‣▪●◦∙⁃\[]|[*·–-]\s|[\W_]+$")
_GOES_ON = re.compile(r"[“‘\"'(]?[a-z]")
_ROW = re.compile(r" [|/>»›·→] ")
_CAPTION_WORDS = 40
_LONGEST_ROW = 400
_WIDEST = 100
"""Lines above this length are paragraphs, not pieces of one."""


def lines_of_text(text: Traced) -> list[Line]:
    """The lines of plain text, wrapped paragraphs put together again."""
    pieces = [piece.strip() for piece in _split(repair(text))]
    return [line for line in map(_finished, _unwrap(pieces)) if line.text]


def lines_of_block(block: Block, number: int) -> list[Line]:
    """The lines of one block of a marked-up text."""
    lines = [
        _finished(Line(piece, number, block.bullet, block.hint))
        for piece in _split(repair(block.traced))
    ]
    return [line for line in lines if line.text]


def with_credits(lines: list[Line]) -> list[Line]:
    """A picture's credit on a line of its own joins the caption above it."""
    kept: list[Line] = []
    for line in lines:
        above = kept[-1] if kept else None
        if above and above.block == line.block and _is_credit_of(above.text, line.text):
            space = between(above.traced, line.traced)
            traced = join((above.traced, space, line.traced))
            kept[-1] = _finished(above._replace(traced=traced, hint="caption"))
        else:
            kept.append(line)
    return [line for line in kept if line.text]


def without_noise(lines: list[Line]) -> list[Line]:
    """Drop what belongs to the page: single lines, and lists of other articles."""
    kept: list[Line] = []
    related: int | None = None
    for line in lines:
        if noise(line.text):
            related = line.block if opens_related(line.text) else related
            continue
        in_list = related is not None and (
            line.block == related or (line.block == related + 1 and line.bullet)
        )
        if not in_list:
            related = None
            kept.append(line)
    return kept


def _is_credit_of(above: str, line: str) -> bool:
    return shapes.is_credit(line) and shapes.words(above) <= _CAPTION_WORDS and not noise(above)


def _split(text: Traced) -> Iterator[Traced]:
    start = 0
    while (end := text.text.find("\n", start)) >= 0:
        yield text.cut(start, end)
        start = end + 1
    yield text.cut(start, len(text))


def _finished(line: Line) -> Line:
    """Without bullet marks, and tidied; to a fixed point, so that cleaning twice is once."""
    traced = tidy(line.traced)
    if match := _BULLET.match(traced.text):
        return _finished(line._replace(traced=traced.edit([Edit(0, match.end(), "")]), bullet=True))
    if edits := _beside_buttons(traced.text):
        return _finished(line._replace(traced=traced.edit(edits)))
    return line._replace(traced=traced)


def _beside_buttons(line: str) -> list[Edit]:
    """Keep what is text in a row of buttons: `12 July 2008 | World | Print`."""
    marks = [mark.span() for mark in _ROW.finditer(line)] if len(line) <= _LONGEST_ROW else []
    items = list(
        zip(
            [0, *(end for _, end in marks)],
            [*(start for start, _ in marks), len(line)],
            strict=True,
        )
    )
    if not marks or noise(line) or not any(_is_button(line[slice(*item)]) for item in items):
        return []
    kept = [item for item in items if _is_text(line[slice(*item)])]
    starts = [0, *(end for _, end in kept)]
    ends = [*(start for start, _ in kept), len(line)]
    edits = [
        Edit(start, end, " | " if start > 0 and end < len(line) else "")
        for start, end in zip(starts, ends, strict=True)
        if start < end
    ]
    return [edit for edit in edits if line[edit.start : edit.end] != edit.replacement]


def _is_button(item: str) -> bool:
    return noise(item) is not None or is_section_label(item)


def _is_text(item: str) -> bool:
    if _is_button(item):
        return False
    return shapes.words(item) >= 6 or shapes.is_date(item) or shapes.is_byline(item)


def _unwrap(pieces: list[Traced]) -> Iterator[Line]:
    """Join a line to the next where the break was forced: its first word did not fit."""
    width = _wrap_width([piece.text for piece in pieces])
    parts: list[Traced] = []
    block = 0
    for piece in pieces:
        if parts and not _goes_on(parts[-1].text, piece.text, width):
            yield Line(_joined(parts), block)
            parts = []
        if piece.text:
            parts.append(piece)
        else:
            block += 1
    if parts:
        yield Line(_joined(parts), block)


def _wrap_width(lines: list[str]) -> int:
    """The width a text was wrapped at, 0 when it was not."""
    wrapped = [
        len(line) for line, after in pairwise(lines) if len(line) <= _WIDEST and after[:1].islower()
    ]
    return max(wrapped) if len(wrapped) >= 3 else 0


def _goes_on(line: str, after: str, width: int) -> bool:
    if not after or not width or len(line) > _WIDEST or noise(line) or _MARKED.match(after):
        return False
    if _ITEM.match(after) and _BEFORE_ITEM.search(line):
        return False
    if _GOES_ON.match(after) and 2 * len(line) > width and not _BEFORE_ITEM.search(line):
        return True
    return len(line) + 1 + len(after.split(maxsplit=1)[0]) > width


def _joined(parts: list[Traced]) -> Traced:
    """One paragraph; a hyphen at a line's end keeps its word together."""
    pieces = parts[:1]
    for before, after in pairwise(parts):
        if not re.search(r"\w-$", before.text):
            pieces.append(between(before, after))
        pieces.append(after)
    return join(pieces)
