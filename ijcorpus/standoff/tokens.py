"""Words of a text as hydration compares them: blind to case, quotes, spacing and Unicode form."""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate
from typing import NamedTuple

_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
_MARKS = "\u0300-\u036f"
# A word goes on after an invisible character, and after a hyphen that ends its line.
_WORD = re.compile(
    rf"([^\W_]+(?:(?:[{_INVISIBLE}{_MARKS}]+|[-\u2010]\r?\n[ \t]*(?=[a-z]))[^\W_]+)*[{_MARKS}]*)"
)
_NOT_OF_WORD = re.compile(rf"[{_INVISIBLE}\s\u2010-]+")
_JOINING = re.compile(rf"[{_INVISIBLE}{_MARKS}]")
_LINE_ENDS = ("-\n", "-\r\n", "\u2010\n", "\u2010\r\n")


class Words(NamedTuple):
    """The words of a text in order: normalised form, start and end in code points."""

    forms: list[str]
    starts: list[int]
    ends: list[int]


def words(text: str) -> Words:
    """Cut a text into words; whatever stands between words is left out.

    Two texts have the same forms when they differ only in case, white space, punctuation,
    invisible characters, compatibility forms and words hyphenated at the end of a line.
    """
    return _runs(text) or _matches(text)


def _matches(text: str) -> Words:
    """The words of any text, by the regular expression."""
    parts = _WORD.split(text)
    edges = list(accumulate(map(len, parts)))
    surfaces = parts[1::2]
    known = {surface: normalise(surface) for surface in set(surfaces)}
    return Words([known[one] for one in surfaces], edges[0:-1:2], edges[1::2])


def _runs(text: str) -> Words | None:
    """The same, thrice as fast, when each run of letters is a word; None when some are joined."""
    import numpy as np

    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    letters = "".join(map(chr, np.flatnonzero(np.bincount(codes)).tolist()))
    if _JOINING.search(letters) or any(end in text for end in _LINE_ENDS):
        return None
    # What becomes of each character: a blank between words, small letters of ASCII.
    to = np.full(ord(letters[-1]) + 1 if letters else 1, ord(" "), dtype="<u4")
    for letter in filter(str.isalnum, letters):
        to[ord(letter)] = ord(letter.lower() if letter.isascii() else letter)
    spaced = to[codes]
    inside = np.concatenate(([False], spaced != ord(" "), [False]))
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    starts, ends = edges[0::2], edges[1::2]
    forms = spaced.tobytes().decode("utf-32-le").split()
    known: dict[str, str] = {}
    foreign = np.searchsorted(ends, np.flatnonzero(spaced > 127), side="right")
    for n in np.unique(foreign).tolist():
        if forms[n] not in known:
            known[forms[n]] = normalise(forms[n])
        forms[n] = known[forms[n]]
    return Words(forms, starts.tolist(), ends.tolist())


def normalise(word: str) -> str:
    """The form of one word: NFKC, case folded, without invisible characters."""
    if word.isascii() and word.isalnum():
        return word.lower()
    plain = _NOT_OF_WORD.sub("", word)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).casefold())
