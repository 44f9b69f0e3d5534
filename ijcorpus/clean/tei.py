"""TEI documents: lxml vouches for the file, a scan of the same text keeps the offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ijcorpus.clean.extra import needs
from ijcorpus.clean.markup import Block, Named, Tag, Text, scan, visible, walk
from ijcorpus.clean.trace import Traced, join
from ijcorpus.clean.vocabulary import vocabulary
from ijcorpus.document import SectionKind
from ijcorpus.errors import CleanError

_BLOCKS = vocabulary(
    "ab argument back body byline cell closer dateline div docauthor docdate entry figdesc "
    "figure front group head item l label lg list note opener p postscript quote row salute "
    "signed table text tei trailer"
)
_LEFT_OUT = frozenset({"teiheader", "figdesc", "graphic", "facsimile"})
_KINDS: dict[str, SectionKind] = {
    "note": "note",
    "byline": "byline",
    "docauthor": "byline",
    "docdate": "date",
    "argument": "summary",
    "p": "body",
}
_WHITE = re.compile(r"\s+")
_DECLARES = re.compile(r"<!ENTITY\b", re.IGNORECASE)


def blocks_of_tei(text: Traced, fragment: str | None) -> Iterator[Block]:
    """The blocks of the element whose xml:id is `fragment`, or of the whole `text` element.

    Raises CleanError for XML that is not well formed or declares entities, and for a fragment
    that is not there.
    """
    element = _element(text.text, fragment)
    tokens = list(_inside(scan(text.text, silent=False), fragment))
    found = join(visible(text, token) for token in tokens if isinstance(token, Text))
    if _WHITE.sub("", found.text) != _WHITE.sub("", "".join(element.xpath(".//text()"))):
        raise CleanError(f"the scan of {fragment or 'the text'} differs from lxml's: report this")
    titled = False
    for block in walk(text, tokens, _breaks, _name):
        title = block.tag == "head" and not titled
        titled = titled or title
        yield block._replace(hint="title") if title else block


def _element(text: str, fragment: str | None) -> Any:
    """The element wanted, from a parser that resolves, fetches and expands nothing."""
    if _DECLARES.search(text):
        raise CleanError("the XML declares entities, which are refused: expand them beforehand")
    etree = needs("lxml.etree")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise CleanError(f"not well-formed XML: {error}") from None
    found = (
        root.xpath("//*[@xml:id=$id]", id=fragment)
        if fragment
        else root.xpath("//*[local-name()='text']")
    )
    if not found:
        ids = ", ".join(sorted(root.xpath("//*[local-name()='div']/@xml:id"))[:20])
        wanted = f"xml:id {fragment!r}" if fragment else "text element"
        raise CleanError(f"no {wanted}; divisions of the file: {ids or 'none'}")
    return found[0]


def _inside(tokens: Iterable[Tag | Text], fragment: str | None) -> Iterator[Tag | Text]:
    """The tokens from the wanted element's start tag to its end tag."""
    depth, name = 0, ""
    for token in tokens:
        if depth == 0:
            if not isinstance(token, Tag) or not token.opens or not _wanted(token, fragment):
                continue
            name = token.name
        yield token
        if isinstance(token, Tag) and token.name == name and not (token.opens and token.closes):
            depth += 1 if token.opens else -1
            if depth == 0:
                return


def _wanted(tag: Tag, fragment: str | None) -> bool:
    return tag.attribute("xml:id") == fragment if fragment else tag.name == "text"


def _breaks(tag: Tag) -> bool:
    return tag.name in _BLOCKS


def _name(stack: list[Tag]) -> Named | None:
    names = [tag.name for tag in stack]
    if _LEFT_OUT & set(names):
        return None
    inner = next((name for name in reversed(names) if name in _BLOCKS), "")
    if inner == "head":
        return Named("caption", tag="figure") if "figure" in names else Named("heading", tag="head")
    glossary = any(tag.name == "list" and tag.attribute("type") == "gloss" for tag in stack)
    if "note" in names or (glossary and inner in ("label", "item")):
        return Named("note" if "note" in names else "glossary", tag=inner)
    return Named(_KINDS.get(inner), bullet=inner == "item", tag=inner)
