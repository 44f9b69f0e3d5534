"""Footnote marks glued to words, told from numbers that belong to the text.

A mark is digits at the end of a token, after a letter or a closing sign: `word.3`, `word”12`,
`word[4]`, `word³`. A number that belongs to the text stands alone, follows a digit or a
currency sign, or is part of a name: `3.5`, `$1.51`, `No.621`, `F-35`, `G7`, `v2.0`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ijcorpus.clean.trace import Edit, Traced
from ijcorpus.clean.vocabulary import vocabulary

# Abbreviations whose number follows the full stop: `No.621`, `Art.9`, `p.12`.
_NUMBERED = vocabulary(
    "no nos nr art arts sec sect secs ch chap vol vols fig figs p pp par para paras pt ver vers "
    "ed eds app ann res reg doc ser op col cl approx ca cca est max min av avg jan feb mar apr "
    "jun jul aug sep sept oct nov dec rs dr mr st ft mt rev gen cap ref tab eq ex nis usd ils jpy "
    "windows web net"
)
# Lower-case names that end in a number: `covid19`, `web3`.
_NAMED = vocabulary(
    "covid iphone ipad windows formula section article web catch area utf base log top sha mp "
    "android channel chapter group team type class phase track title part page resolution pages "
    "figure table version number apollo"
)
_UNITS = vocabulary("m km cm mm ft mi in yd sq nm kw w")

_NUMBERS = r"(?:\d{1,2}(?:(?:, ?|[–-])\d{1,2})+|\d{1,3})"
_AFTER_SIGN = re.compile(
    rf"(?<=[^\W_]|%)(?P<signs>[.,;!?…)\]”’\"']{{1,4}})(?P<mark>{_NUMBERS})(?=[.,;]?(?:\s|$))"
)
_AFTER_YEAR = re.compile(
    r"\b(?:1[89]|20)\d\d\.(?P<mark>\d{1,2})(?=\s+[“\"‘]?[A-Z]|[^\S\n]*$)", re.MULTILINE
)
# `about 80.1  Most`: typed with two spaces after a sentence, so that this is no decimal.
_AFTER_NUMBER = re.compile(r"(?<=\d\.)\d{1,2}(?=[ \xa0]{2,}[“\"‘]?[A-Z])")
_BEFORE_YEAR = re.compile(
    r"\b(?:in|since|by|until|during|from|to|of|and|early|late|mid|January|February|March|April|May"
    r"|June|July|August|September|October|November|December)(?: \d{1,2},)? \(?$",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?<![\w@#/.:])(?P<word>[a-z]{4,})(?P<mark>\d{1,2})(?=[.,;:!?)”’]*(?:\s|$))")
_SUPERSCRIPT = re.compile(r"(?<=[^\s⁺⁻(])(?:[⁰¹²³⁴-⁹]+(?:[,–-]?[⁰¹²³⁴-⁹]+)*|[†‡]+)")
_RAISED = re.compile(r"[⁰¹²³⁴-⁹†‡]")
_DIGIT = re.compile(r"\d")
_BRACKETED = re.compile(
    rf"(?<=[^\s(])\[(?:(?:foot|end)?note |fn\.? ?|n\. ?)?{_NUMBERS}\]"
    rf"| \[{_NUMBERS}\](?=[.,;:!?]|[^\S\n]*$)",
    re.MULTILINE | re.IGNORECASE,
)
_LAST_WORD = re.compile(r"[^\W_]*$")
_LAST_LETTERS = re.compile(r"[^\W\d_]*$")
_REACH = 40
"""No word that tells a mark from a number is longer."""


def drop_marks(text: Traced) -> Traced:
    """Drop every footnote mark; other numbers stay."""
    if "[" in text.text:
        text = text.sub(_BRACKETED, "")
    if _RAISED.search(text.text):
        text = text.edit(_superscripts(text.text))
    if not _DIGIT.search(text.text):
        return text
    if "  " in text.text:
        text = text.sub(_AFTER_NUMBER, "")
    text = text.edit(_after_sign(text.text))
    return text.edit(_after_year(text.text)).edit(_glued(text.text))


def _superscripts(text: str) -> Iterator[Edit]:
    """Marks such as `word³`, but neither units (`km²`) nor powers (`10⁶`)."""
    for match in _SUPERSCRIPT.finditer(text):
        before = text[max(0, match.start() - _REACH) : match.start()]
        power = before[-1].isdigit() and not re.search(r"\b(?:1[89]|20)\d\d$", before)
        if not power and _end(_LAST_LETTERS, before) not in _UNITS:
            yield Edit(*match.span(), "")


def _after_sign(text: str) -> Iterator[Edit]:
    """Marks after a full stop, comma, bracket or closing quotation mark."""
    for match in _AFTER_SIGN.finditer(text):
        before = text[max(0, match.start() - _REACH) : match.start()]
        if _is_mark(before, match["signs"], match["mark"], text[match.end() :][:2]):
            yield Edit(*match.span("mark"), "")


def _is_mark(before: str, signs: str, mark: str, after: str) -> bool:
    token = before.rpartition(" ")[2]
    closed = any(sign in signs for sign in ')]”"')
    if "/" in token or "@" in token or token.startswith("www."):
        return False
    if before[-1].isdigit():
        return closed and "(" not in token[1:]
    if signs in ("’", "'"):
        return len(mark) == 1
    if signs[0] in ".,)" and before[-1] != "%":
        word = _end(_LAST_WORD, before)
        if len(word) < 2 or word in _NUMBERED:
            return False
    if closed:
        return True
    if "," in signs or ";" in signs:
        return len(mark) < 3
    return not after.strip()[:1].islower()


def _after_year(text: str) -> Iterator[Edit]:
    """Marks after a year that ends a sentence: `in 2014.5 The`."""
    for match in _AFTER_YEAR.finditer(text):
        if _BEFORE_YEAR.search(text[max(0, match.start() - _REACH) : match.start()]):
            yield Edit(*match.span("mark"), "")


def _glued(text: str) -> Iterator[Edit]:
    """Marks with nothing between: `mark20`, but not `covid19`."""
    for match in _GLUED.finditer(text):
        if match["word"] not in _NAMED:
            yield Edit(*match.span("mark"), "")


def _end(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[0].lower() if match else ""
