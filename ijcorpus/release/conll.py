"""Texts with their entities in the columns of the CoNLL shared task of 2003.

A line is a token, two columns that nobody filled, and a tag: BIO of the kind that marks every first
token (Ramshaw and Marcus 1995; IOB2). A blank line ends a sentence, and a line `-DOCSTART-` opens a
document. So writes Label Studio's own export, and so read spaCy, Flair and the loaders of
CoNLL-2003.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NoReturn

from ijcorpus.annotation import Entity
from ijcorpus.document import Span
from ijcorpus.release.tokens import Mention, words

_OPENING = "-DOCSTART- -X- O O\n\n"


def flat(entities: Iterable[Entity]) -> list[Mention]:
    """The mentions that BIO can say, in text order.

    Of two that overlap the one that begins first is taken; of those that begin together, the
    longest.
    """
    found = [(entity.start, entity.end, entity.label) for entity in entities]
    if all(before[1] <= after[0] for before, after in pairwise(found)):
        return found
    taken: list[Mention] = []
    for mention in sorted(found, key=lambda mention: (mention[0], -mention[1])):
        if not taken or taken[-1][1] <= mention[0]:
            taken.append(mention)
    return taken


def conll(text: str, mentions: Iterable[Mention], sentences: Sequence[Span] = ()) -> str:
    """A document's lines, with a blank one at the end.

    `mentions` are in text order and do not overlap; the text is cut at their edges before it is cut
    into words. Sentences that share a mention are not parted; without sentences, all is one.
    Raises ValueError for a mention of nothing but white space.
    """
    breaks = iter([*(sentence.start for sentence in sentences[1:]), len(text) + 1])
    following = next(breaks)
    parts, at = [_OPENING], 0
    for start, end, label in (*mentions, (len(text), len(text), "")):
        while following <= start:
            if following >= at:
                parts += (_lines(text[at:following]), "\n")
                at = following
            following = next(breaks)
        parts.append(_lines(text[at:start]))
        at = end
        if label:
            parts += _named(text[start:end], label) or _refused(start, end)
    return "".join(parts) + "\n"


def _lines(text: str) -> str:
    """The lines of words in no mention."""
    return " -X- _ O\n".join([*words(text), ""])


def _named(text: str, label: str) -> list[str]:
    """The lines of a mention's words."""
    if text.isalnum():
        return [f"{text} -X- _ B-{label}\n"]
    found = words(text)
    return [f"{word} -X- _ {'I' if n else 'B'}-{label}\n" for n, word in enumerate(found)]


def _refused(start: int, end: int) -> NoReturn:
    raise ValueError(f"the mention [{start}, {end}) holds no token")
