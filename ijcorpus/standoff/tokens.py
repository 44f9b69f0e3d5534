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
    parts = _WORD.split(text)
    edges = list(accumulate(map(len, parts)))
    surfaces = parts[1::2]
    known = {surface: normalise(surface) for surface in set(surfaces)}
    return Words([known[one] for one in surfaces], edges[0:-1:2], edges[1::2])


def normalise(word: str) -> str:
    """The form of one word: NFKC, case folded, without invisible characters."""
    if word.isascii() and word.isalnum():
        return word.lower()
    plain = _NOT_OF_WORD.sub("", word)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).casefold())
