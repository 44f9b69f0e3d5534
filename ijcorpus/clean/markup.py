"""A scanner of marked-up text that keeps offsets, which parsers throw away."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ijcorpus.clean.trace import Edit, Traced, join
from ijcorpus.clean.vocabulary import vocabulary
from ijcorpus.document import SectionKind


class Named(NamedTuple):
    """What the elements around a block say it is."""

    hint: SectionKind | None = None
    bullet: bool = False
    tag: str = ""


class Block(NamedTuple):
    """The text of one block element, and what its elements say it is."""

    traced: Traced
    hint: SectionKind | None = None
    bullet: bool = False
    tag: str = ""


class Tag(NamedTuple):
    """A start or end tag, or an empty element, at `[start, end)`."""

    name: str
    opens: bool
    closes: bool
    attributes: str
    start: int
    end: int

    def attribute(self, name: str) -> str:
        """The value of an attribute, empty when it is not there."""
        match = re.search(
            rf"""(?:^|\s){re.escape(name)}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""",
            self.attributes,
            re.IGNORECASE,
        )
        return html.unescape(next(filter(None, match.groups()), "")) if match else ""


class Text(NamedTuple):
    """Characters between tags, at `[start, end)`, entities not yet resolved."""

    start: int
    end: int
    literal: bool = False


_TOKEN = re.compile(
    r"<!--(?:>|->|.*?-->|.*\Z)"
    r"|<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)"
    r"|<[!?][^>]*>"
    r"|<(?P<slash>/?)(?P<name>[A-Za-z][^\s/>]*)"
    r"(?P<attributes>(?>[^<>\"']+|\"[^\"]{0,5000}\"|'[^']{0,5000}'|[\"'])*+)>",
    re.DOTALL,
)
_REFERENCE = re.compile(r"&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,7}|[A-Za-z][A-Za-z0-9]{0,40});?")
_SILENT = ("script", "style", "noscript", "template", "textarea", "svg", "iframe", "object")


def scan(text: str, *, silent: bool) -> Iterator[Tag | Text]:
    """Tags and the text between them, in order; comments and declarations are left out.

    With `silent`, the content of elements that show no text (HTML's scripts) is left out too.
    """
    at = 0
    while match := _TOKEN.search(text, at):
        if at < match.start():
            yield Text(at, match.start())
        at = match.end()
        if match["cdata"] is not None:
            yield Text(*match.span("cdata"), literal=True)
        if match["name"] is None:
            continue
        name, attributes = match["name"].lower(), match["attributes"]
        opens = not match["slash"]
        closes = bool(match["slash"]) or attributes.endswith("/")
        yield Tag(name, opens, closes, attributes, *match.span())
        if silent and opens and not closes and name in _SILENT:
            end = re.compile(rf"</{name}\b", re.IGNORECASE).search(text, at)
            at = end.start() if end else len(text)
    if at < len(text):
        yield Text(at, len(text))


def walk(
    source: Traced,
    tokens: Iterable[Tag | Text],
    breaks: Callable[[Tag], bool],
    name: Callable[[list[Tag]], Named | None],
) -> Iterator[Block]:
    """The blocks of a marked-up text, in order.

    `breaks` tells the elements that begin and end a block; `name` says what a block is from the
    elements it stands in, outermost first, and None when it is to be left out.
    """
    stack: list[Tag] = []
    parts: list[Traced] = []
    for token in tokens:
        if isinstance(token, Text):
            parts.append(visible(source, token))
            continue
        if token.name in _BREAKS or token.name in _CELLS:
            parts.append(_stands_for(source, token, BREAK if token.name in _BREAKS else " "))
        elif breaks(token):
            if block := _block(stack, parts, name):
                yield block
            parts = []
        _follow(stack, token)
    if block := _block(stack, parts, name):
        yield block


def visible(source: Traced, text: Text) -> Traced:
    """The characters of a stretch of text, entities resolved, each with its place."""
    piece = source.cut(text.start, text.end)
    if text.literal or "&" not in piece.text:
        return piece
    return piece.edit(
        Edit(*match.span(), html.unescape(match[0])) for match in _REFERENCE.finditer(piece.text)
    )


BREAK = "\x1f"
_BREAKS = frozenset({"br", "lb"})
_CELLS = frozenset({"td", "th", "cell"})
_VOID = vocabulary("area base br col embed hr img input link meta param source track wbr lb pb")
_SPACE = re.compile(rf"[^\S{BREAK}]+")
_AROUND_BREAK = re.compile(rf" ?{BREAK}[ {BREAK}]*")


def _block(
    stack: list[Tag], parts: list[Traced], name: Callable[[list[Tag]], Named | None]
) -> Block | None:
    """One block's text, where white space is one space and a line break a line end."""
    whole = join(parts)
    if not whole.text.strip() or not (named := name(stack)):
        return None
    return Block(whole.sub(_SPACE, " ").sub(_AROUND_BREAK, "\n").strip(), *named)


def _stands_for(source: Traced, tag: Tag, character: str) -> Traced:
    """One character in the place of a tag."""
    return source.cut(tag.start, tag.end).edit([Edit(0, tag.end - tag.start, character)])


def _follow(stack: list[Tag], tag: Tag) -> None:
    """Keep the open elements up to date; an end tag closes what was left open inside it."""
    if tag.opens:
        if not tag.closes and tag.name not in _VOID:
            stack.append(tag)
        return
    for at in range(len(stack) - 1, -1, -1):
        if stack[at].name == tag.name:
            del stack[at:]
            return
