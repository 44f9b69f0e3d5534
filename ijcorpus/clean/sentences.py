"""Sentences: where a full stop ends one, and where it only shortens a word.

Own rules, since they are part of a document's identity and must not change with a library's
version, and since they did better than what there is (the scores stand in `tests/clean`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ijcorpus.clean.vocabulary import vocabulary

_STARTERS = vocabulary(
    "The A An It Its He She They We I You This That These Those In On At But And However For If "
    "When While As Their His Her Our My Your There Here Nobody Both Some Many Most After Before "
    "Since With Although Though Yet Now Then So To From By What Who Why How Not No Another Other "
    "Others Under According Instead Meanwhile Still Despite Even Where Because Each Every Few All "
    "Such Several Only Once Until Whether Nor Or Did Do Does Is Are Was Were Has Have Had Can "
    "Could Will Would Should Must May Might Let"
)
# Never the end: a name or an explanation follows.
_TITLES = vocabulary(
    "mr mrs ms messrs mme dr prof gen lt col maj brig adm capt cmdr sgt cpl sen rep gov amb rev "
    "hon pres st mt ft fr supt insp e.g i.e cf vs viz ca approx lt.gen maj.gen asst assoc dept"
)
# Not the end when a number follows.
_NUMBERED = vocabulary(
    "no nos art arts sec secs sect ch chap vol vols fig figs p pp par paras pt res reg doc ser op "
    "jan feb mar apr jun jul aug sep sept oct nov dec ver para app ann eq tab ed"
)
_MONTHS = vocabulary("jan feb mar apr jun jul aug sep sept oct nov dec")
# The end only when the next word looks like a beginning.
_TAILS = vocabulary("inc ltd co corp bros llc plc jr sr al esq cie intl univ assn mfg")
_SHOUTED = vocabulary("Yahoo Yum Joomla Kahoot Jeopardy Oklahoma Chips")
_PARTS = vocabulary("Chapter Part Section Article Title Annex Item Phase Act Book Volume")
_CLOCK_FOLLOWERS = vocabulary(
    "GMT UTC JST IST EST EDT PST PDT CET Monday Tuesday Wednesday Thursday Friday Saturday Sunday "
    "January February March April May June July August September October November December"
)

_END = re.compile(
    r"(?P<mark>\[(?:\.\.\.|…)\]|[.!?…]+)(?P<closers>[)\]”’\"'»]*)(?P<space>\s+)(?=\S)|\n+(?=\S)"
)
_WORD = re.compile(r"[^\s(\[“‘\"'«—–/]*$")
_NEXT = re.compile(r"[(\[“‘\"'«]*(?P<word>[\w’'&-]*)")
_OPENS = re.compile(r"[(\[“‘\"'«]*[\w$€£¥#]")
_LISTED = re.compile(r"\([a-z0-9]{1,3}\) [A-Z“\"]")
_CAMEL = re.compile(r"[a-z]{1,2}[A-Z]")
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")
_ENUMERATOR = re.compile(r"(?:\d{1,3}(?:\.\d{1,2})*|[A-Za-z]|[IVXLivxl]{1,5})")
_SAYS = re.compile(
    r"(?:[A-Z][\w.’'-]*\s){1,4}(?:said|says|asked|asks|added|replied|told|wrote|shouted|cried|argued)\b"
)
_CLOCK = re.compile(r"\w+(?: \w+)? time\b")


def sentences(text: str) -> list[tuple[int, int]]:
    """Half-open intervals of the sentences of one section, in order, without outer white space.

    They hold every character of `text` that is not white space.
    """
    found: list[tuple[int, int]] = []
    start = len(text) - len(text.lstrip())
    for end, after in _breaks(text):
        if end > start and not _is_list_mark(text[start:end]):
            found.append((start, end))
            start = after
    end = len(text.rstrip())
    if start < end:
        found.append((start, end))
    return found


def _breaks(text: str) -> Iterator[tuple[int, int]]:
    """Ends of sentences, each with the place where the next begins."""
    for match in _END.finditer(text):
        if match["mark"] is None or "\n" in match["space"]:
            yield len(text[: match.end()].rstrip()), match.end()
        elif _ends(text, match):
            yield match.end("closers"), match.end()


def _is_list_mark(sentence: str) -> bool:
    """Is this only the number of what follows: `1.`, `II.`, `Chapter II.`?"""
    *before, last = sentence.rstrip(".)").split() or [""]
    if not _ENUMERATOR.fullmatch(last.lstrip("(")) or sentence[-1] not in ".)":
        return False
    return not before or (len(before) == 1 and before[0] in _PARTS)


def _ends(text: str, match: re.Match[str]) -> bool:
    """Does a sentence end at these marks?"""
    rest = text[match.end() : match.end() + 80]
    following = _NEXT.match(rest)
    word = following["word"] if following else ""
    if _LISTED.match(rest):
        return True
    if not _OPENS.match(rest) or (word[:1].islower() and not _CAMEL.match(word)):
        return False
    before = _word_before(text, match.start())
    mark, closers = match["mark"], match["closers"]
    if "!" in mark or "?" in mark:
        if closers:
            return not _SAYS.match(rest)
        return before not in _SHOUTED or word in _STARTERS
    if mark != "." or any(sign in closers for sign in "”\"’'»"):
        return True
    return _full_stop_ends(before, word, rest)


def _full_stop_ends(before: str, word: str, rest: str) -> bool:
    """Does the full stop after `before` end a sentence when `word` comes next?"""
    low = before.lower()
    if low in _TITLES:
        return False
    if low in ("a.m", "p.m"):
        return word not in _CLOCK_FOLLOWERS and not _CLOCK.match(rest) and not word[:1].isdigit()
    if low in _NUMBERED and word[:1].isdigit():
        return False
    abbreviated = (
        low in _TAILS
        or low in _MONTHS
        or _DOTTED.fullmatch(before) is not None
        or (len(before) == 1 and before.isupper())
    )
    return word in _STARTERS if abbreviated else True


def _word_before(text: str, end: int) -> str:
    match = _WORD.search(text, max(0, end - 40), end)
    return match[0] if match else ""
