"""Web pages: trafilatura says which paragraphs are the article, a scan says where they are.

trafilatura gives text without offsets. So we scan the page ourselves, keep the blocks whose text
trafilatura kept, and add what it leaves out but a corpus wants: bylines, dates, captions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from ijcorpus.clean.extra import needs
from ijcorpus.clean.markup import Block, Named, Tag, scan, walk
from ijcorpus.clean.trace import Edit, Traced
from ijcorpus.clean.vocabulary import vocabulary
from ijcorpus.document import SectionKind

_BLOCKS = vocabulary(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main "
    "menu nav ol option p pre section select summary table tbody tfoot thead title tr ul button"
)
_LEFT_OUT = vocabulary("head nav aside footer form button dialog menu select script style title")
# Words of class and id attributes, and the kind of section they announce.
_CLASSES: tuple[tuple[SectionKind, frozenset[str]], ...] = (
    ("note", vocabulary("footnote footnotes endnote endnotes notes references")),
    ("caption", vocabulary("caption figcaption wp-caption-text cutline")),
    ("glossary", frozenset({"glossary"})),
    ("byline", vocabulary("byline author authors writer credits-author")),
    ("date", vocabulary("date dateline-date pubdate published timestamp post-date")),
    ("summary", vocabulary("standfirst subtitle subhead dek deck lede-summary key-points")),
)
_META = vocabulary("meta article-meta post-meta entry-meta byline-date info article-info")
_HEADING = re.compile(r"h[2-6]")
_MARK = re.compile(
    r"<sup\b[^>]{0,200}>(?:<[^<>]{1,300}>|[\s\[\]()]){0,16}+(?P<digits>\d{1,3}(?:[,\s–-]+\d{1,3})*)"
    r"(?:<(?!/sup)[^<>]{1,300}>|[\s\[\]()]){0,16}+</sup>",
    re.IGNORECASE,
)
_POWER = re.compile(r"(?:\b10|\b[kcm]?m|\b(?:ft|mi|yd|in))$")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_NOT_WORD = re.compile(r"[\W_]+")
_SURE = 20
"""A text this long, found inside an extracted paragraph, is no chance match."""


def blocks_of_html(text: Traced) -> Iterator[Block]:
    """The blocks of a page that belong to its article, in the order of the page."""
    page = text.edit(_marks(text.text))
    wanted = _extracted(page.text)
    begun = False
    for block in walk(page, scan(page.text, silent=True), _breaks, _name):
        if not (block.hint or block.tag in ("h1", "meta") or wanted(block.traced.text)):
            continue
        begun = begun or block.tag == "p"
        heading = begun and block.hint is None and _HEADING.fullmatch(block.tag)
        yield block._replace(hint="heading") if heading else block


def _marks(page: str) -> Iterator[Edit]:
    """Drop raised footnote numbers; a raised number that is a power stays raised (`10⁶`)."""
    for match in _MARK.finditer(page):
        power = _POWER.search(page, max(0, match.start() - 8), match.start())
        yield Edit(*match.span(), match["digits"].translate(_SUPERSCRIPTS) if power else "")


def _breaks(tag: Tag) -> bool:
    return tag.name in _BLOCKS


def _name(stack: list[Tag]) -> Named | None:
    if any(tag.name in _LEFT_OUT for tag in stack):
        return None
    inner = next((tag.name for tag in reversed(stack) if tag.name in _BLOCKS), "")
    if inner in ("figcaption", "caption"):
        return Named("caption", tag=inner)
    if inner in ("dt", "dd"):
        return Named("glossary", tag=inner)
    named = {word for tag in stack for word in _words(tag)}
    for kind, words in _CLASSES:
        if words & named:
            return Named(kind, tag=inner)
    bullet = inner == "li" and any(tag.name == "ul" for tag in stack)
    return Named(bullet=bullet, tag="meta" if _META & named else inner)


def _words(tag: Tag) -> list[str]:
    """The words of an element's class, id and role; none of the whole page's elements."""
    if tag.name in ("html", "body", "article", "main") or "=" not in tag.attributes:
        return []
    values = (tag.attribute(name) for name in ("class", "id", "itemprop", "rel"))
    return " ".join(values).lower().replace("_", "-").split()


def _extracted(page: str) -> Callable[[str], bool]:
    """Whether a text is part of the article, as far as trafilatura can tell."""
    found: Any = needs("trafilatura").bare_extraction(
        page,
        fast=True,
        favor_recall=True,
        include_comments=False,
        include_tables=True,
        include_formatting=False,
        deduplicate=False,
    )
    if found is None:
        return lambda text: True
    lines = {_squeezed("".join(element.itertext())) for element in found.body.iter("*")}
    whole = "\n".join(sorted(lines))

    def wanted(text: str) -> bool:
        squeezed = _squeezed(text)
        return squeezed in lines or (len(squeezed) >= _SURE and squeezed in whole)

    return wanted


def _squeezed(text: str) -> str:
    return _NOT_WORD.sub("", text)
