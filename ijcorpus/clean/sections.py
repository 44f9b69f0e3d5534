"""From lines to named sections: what is furniture goes, the rest gets its kind."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from ijcorpus.clean import shapes
from ijcorpus.clean.lines import Line, with_credits, without_noise
from ijcorpus.clean.noise import is_section_label
from ijcorpus.clean.trace import Edit, Traced
from ijcorpus.document import SectionKind


class Part(NamedTuple):
    """One section before it has its place in the clean text."""

    kind: SectionKind
    traced: Traced


_OPENING = "“\"‘'"
_SHORTEST_REPEAT = 4
"""Fewer words than these may be said twice (`Yes, of course.`)."""
_SAME_CAPTION = 0.8
_GLOSSARY = re.compile(r"(?:glossary|definitions|key terms|terms)(?: of terms| used)?\W*", re.I)
_SUMMARY = re.compile(
    r"(?:(?:executive )?summary|key (?:points|takeaways|findings)|takeaways|highlights|at a glance"
    r"|in brief|main points|the main points)\W*",
    re.IGNORECASE,
)
_NOTES = re.compile(
    r"(?:(?:foot|end)?notes?|references|sources|bibliography|works cited)(?: and \w+)?\W*", re.I
)
_REGIONS: tuple[tuple[SectionKind, re.Pattern[str]], ...] = (
    ("glossary", _GLOSSARY),
    ("summary", _SUMMARY),
    ("note", _NOTES),
)


def parts_of(lines: list[Line], title: str) -> list[Part]:
    """Drop furniture and repeats, and name what is left. `title` is the source's."""
    lines = _titled(_without_alt_texts(without_noise(with_credits(lines))), title)
    while (kept := _without_repeats(_without_front_matter(lines, title), title)) != lines:
        lines = kept
    return _named(lines, title)


def _titled(lines: list[Line], title: str) -> list[Line]:
    """Cut the site's name off the title's line (`Title | Site`), unless one stands alone."""
    wanted = shapes.key(title)
    if not wanted or any(shapes.key(line.text) == wanted for line in lines):
        return lines
    for at, line in enumerate(lines):
        for mark in re.finditer(r" (?=[|–—»-] )", line.text[: 2 * len(title)]):
            if shapes.key(line.text[: mark.start()]) == wanted:
                traced = line.traced.edit([Edit(mark.start(), len(line.text), "")])
                return [*lines[:at], line._replace(traced=traced), *lines[at + 1 :]]
    return lines


def _without_alt_texts(lines: list[Line]) -> list[Line]:
    """Drop a picture's alternative text: a label glued above the caption that repeats it."""
    pairs = pairwise([*lines, None])
    return [line for line, below in pairs if line and not _is_alt_text(line, below)]


def _is_alt_text(line: Line, below: Line | None) -> bool:
    if below is None or below.block != line.block or not _is_caption(below):
        return False
    if shapes.ends_sentence(line.text) or shapes.words(line.text) >= shapes.words(below.text):
        return False
    return shapes.overlap(line.text, below.text) >= _SAME_CAPTION


def _without_front_matter(lines: list[Line], title: str) -> list[Line]:
    """Drop the site's banner above the title, and names of site parts above the first sentence."""
    wanted = shapes.key(title)
    keys = [shapes.key(line.text) for line in lines]
    start = keys.index(wanted) if wanted in keys else 0
    first = next((i for i, line in enumerate(lines) if _is_text(line, wanted)), len(lines))
    return [
        line
        for i, line in enumerate(lines)
        if i >= first
        or keys[i] == wanted
        or not ((i < start and _is_banner(line.text)) or is_section_label(line.text))
    ]


def _is_text(line: Line, wanted: str) -> bool:
    return shapes.is_long(line.text) and shapes.key(line.text) != wanted


def _is_banner(text: str) -> bool:
    return not (shapes.is_date(text) or shapes.is_byline(text) or shapes.is_caption(text))


def _without_repeats(lines: list[Line], title: str) -> list[Line]:
    """Keep the first of lines that say the same: headlines, captions, pulled quotations."""
    wanted = shapes.key(title)
    seen: set[str] = set()
    captions: list[str] = []
    keys = [shapes.key(line.text) for line in lines]
    kept: list[Line] = []
    for line in lines:
        text = line.text
        name = shapes.key(shapes.unlabelled(text) if _is_caption(line) else text)
        if name in seen or _is_pulled(text, name, keys):
            continue
        if name == wanted or shapes.words(text) >= _SHORTEST_REPEAT:
            seen.add(name)
        if _is_caption(line):
            if any(shapes.overlap(text, caption) >= _SAME_CAPTION for caption in captions):
                continue
            captions.append(text)
        kept.append(line)
    return kept


def _is_pulled(text: str, name: str, keys: list[str]) -> bool:
    """Is this a quotation set apart, which a longer paragraph holds too?"""
    if text[0] not in _OPENING or name.count(" ") < _SHORTEST_REPEAT:
        return False
    if not shapes.ends_sentence(text):
        return False
    return any(len(name) < len(other) and f" {name} " in f" {other} " for other in keys)


def _is_caption(line: Line) -> bool:
    return line.hint == "caption" or shapes.is_caption(line.text)


def _named(lines: list[Line], title: str) -> list[Part]:
    """Give each line its kind, from its hint, its shape and what came before it."""
    headline = _title_at(lines, shapes.key(title))
    glossary = _glossary_blocks(lines)
    tail = _tail_at(lines)
    kinds: list[SectionKind] = []
    region: SectionKind | None = None
    for at, line in enumerate(lines):
        kind: SectionKind | None = "title" if at == headline else line.hint
        kind = kind or _fixed_kind(line, glossary, at >= tail)
        if kind is None:
            region = _region(line.text, region)
            kind = (_body_kind if "body" in kinds else _front_kind)(line, region, kinds)
        kinds.append(kind)
    return [Part(kind, line.traced) for kind, line in zip(kinds, lines, strict=True)]


def _title_at(lines: list[Line], wanted: str) -> int:
    """Where the title is: the same words, most of the words, or the first line that may be one."""
    keys = [shapes.key(line.text) for line in lines]
    if wanted in keys:
        return keys.index(wanted)
    end = next((at for at, line in enumerate(lines) if shapes.is_prose(line.text)), len(lines))
    front = [at for at, line in enumerate(lines[:end]) if _is_banner(line.text)]
    likely = [at for at in front if " " in keys[at] and shapes.overlap(keys[at], wanted) >= 0.6]
    return next(iter(likely or front), 0)


def _tail_at(lines: list[Line]) -> int:
    """Where the footnotes may begin: after the last paragraph without a number."""
    prose = [
        at
        for at, line in enumerate(lines)
        if shapes.is_prose(line.text) and not shapes.is_numbered_note(line.text)
    ]
    return prose[-1] + 1 if prose else len(lines)


def _fixed_kind(line: Line, glossary: set[int], tail: bool) -> SectionKind | None:
    """The kind of a line that can be told wherever it stands."""
    if shapes.is_caption(line.text):
        return "caption"
    if line.block in glossary:
        return "glossary"
    if shapes.is_note(line.text) or (tail and shapes.is_numbered_note(line.text)):
        return "note"
    return None


def _region(text: str, region: SectionKind | None) -> SectionKind | None:
    """The kind that a heading gives to the lines under it."""
    for kind, pattern in _REGIONS:
        if pattern.fullmatch(text):
            return kind
    return None if region == "summary" and not shapes.ends_sentence(text) else region


def _front_kind(line: Line, region: SectionKind | None, before: list[SectionKind]) -> SectionKind:
    """The kind of a line between the title and the first paragraph."""
    text = line.text
    if shapes.is_date(text):
        return "date"
    if shapes.is_byline(text):
        return "byline"
    if line.bullet or (region == "summary" and shapes.ends_sentence(text)):
        return "summary"
    if shapes.is_prose(text) or shapes.ends_sentence(text):
        return "body"
    if shapes.is_desk(text) or (shapes.is_name(text) and "byline" not in before):
        return "byline"
    return "summary" if shapes.words(text) >= 5 else "heading"


def _body_kind(line: Line, region: SectionKind | None, before: list[SectionKind]) -> SectionKind:
    """The kind of a line from the first paragraph on."""
    text = line.text
    if any(pattern.fullmatch(text) for _, pattern in _REGIONS):
        return "heading"
    if region == "note":
        return "note"
    if region and (line.bullet or region == "glossary"):
        return region
    if shapes.is_date(text):
        return "date"
    if shapes.is_heading(text) and not line.bullet:
        return "heading"
    return "body"


def _glossary_blocks(lines: list[Line]) -> set[int]:
    """Blocks in which terms and their definitions take turns."""
    blocks: dict[int, list[Line]] = {}
    for line in lines:
        blocks.setdefault(line.block, []).append(line)
    return {block for block, members in blocks.items() if _takes_turns(members)}


def _takes_turns(lines: list[Line]) -> bool:
    if len(lines) < 4 or len(lines) % 2:
        return False
    return all(
        shapes.ends_sentence(line.text) == bool(at % 2) and (at % 2 or shapes.words(line.text) <= 6)
        for at, line in enumerate(lines)
    )
