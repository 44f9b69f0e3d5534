"""Fingerprints: what is published of a withheld text so that its annotations find their place."""

from __future__ import annotations

import bisect
import hashlib
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from ijcorpus.annotation import Annotation
from ijcorpus.document import Document, Struct
from ijcorpus.errors import HydrationError, RecordError
from ijcorpus.records import decode
from ijcorpus.standoff.tokens import Words, words

if TYPE_CHECKING:
    from ijcorpus.standoff.code import Ints

FORMAT = "ijcorpus-fingerprint"
VERSION = 1
STRAND = 32_000
"""Most words of a strand: each has a weight of its own, and there are 65,520."""

SCHEMA = "https://json-schema.org/draft/2020-12/schema"


class Place(Struct, frozen=True, array_like=True):
    """Where a span `[start, end)` of the annotated text lies among its words.

    `first` and `last` are the places of its words, from 0. `head` is the distance in code points
    from the beginning of the first word to the beginning of the span, `tail` from the end of the
    last word to the end of the span: -1 and 1 take in a pair of quotation marks.
    """

    start: int
    end: int
    first: int
    last: int
    head: int
    tail: int


class Fingerprint(Struct, frozen=True, kw_only=True):
    """The published fingerprint of one text.

    `checks` holds, for each passage of `passage` words (the last passage also has the words that
    remain), four numbers of 16 bits in hex; see `ijcorpus.standoff.code`. `whole` has the sums
    over the whole text, one strand after the other, as numbers of the same kind; it is empty for
    all but long texts; see `ijcorpus.standoff.whole`. `salt` keys the word
    hashes together with the document's id and stays the same for ever: a text fingerprinted
    under two salts gives away twice as much. `digest` is the SHA-256 of the annotated text.
    """

    format: str
    version: int
    document: str
    digest: str
    characters: int
    cleaner: str
    salt: str
    words: int
    passage: int
    checks: str
    whole: str
    places: tuple[Place, ...]

    def __post_init__(self) -> None:
        if self.format != FORMAT:
            raise ValueError(f"{self.format!r} is not the format {FORMAT!r}")
        if len(self.checks) != 16 * passages(self.words, self.passage):
            raise ValueError("the number of checks does not belong to the number of words")
        if len(self.whole) % (4 * max(strands(self.words), 1)):
            raise ValueError("the sums over the whole do not belong to the number of words")
        if any(not 0 <= p.first <= p.last < self.words for p in self.places):
            raise ValueError("a place lies outside the text")

    @property
    def key(self) -> bytes:
        """The key of the word hashes."""
        return hashlib.blake2b(f"{self.salt}\0{self.document}".encode(), digest_size=32).digest()

    @property
    def bits_a_word(self) -> float:
        """The bits published for each word of the text."""
        return 4 * (len(self.checks) + len(self.whole)) / self.words if self.words else 0.0

    def sums(self) -> Ints:
        """The checks as numbers: one row a check, one column a passage."""
        return _numbers(self.checks).reshape(-1, 4).T

    def strand_sums(self) -> Ints:
        """The sums over the whole as numbers: one row a strand, one column a sum."""
        return _numbers(self.whole).reshape(max(strands(self.words), 1), -1)

    def bounds(self) -> list[int]:
        """The first word of each passage, and the number of words at the end."""
        count = passages(self.words, self.passage)
        return [*(n * self.passage for n in range(count)), self.words]


def passages(count: int, length: int) -> int:
    """How many passages `count` words make; none when the text is shorter than a passage."""
    return count // length


def strands(count: int) -> int:
    """Among how many strands `count` words are dealt in turn for the sums over the whole."""
    return -(-count // STRAND)


def fingerprint(document: Document, spans: Iterable[tuple[int, int]], *, salt: str) -> Fingerprint:
    """The fingerprint of a document, with the places of the given spans.

    Spans without a word (punctuation alone) have no place. Texts shorter than a passage get no
    checks: their words could be guessed, and only an exact copy can be joined with them.
    """
    from ijcorpus.standoff.code import LONG, LONG_PASSAGE, PASSAGE

    cut = words(document.text)
    length = PASSAGE if len(cut.forms) < LONG else LONG_PASSAGE
    places = (place_of(cut, start, end) for start, end in sorted(set(spans)))
    made = Fingerprint(
        format=FORMAT,
        version=VERSION,
        document=document.id,
        digest=document.digest,
        characters=len(document.text),
        cleaner=document.cleaner,
        salt=salt,
        words=len(cut.forms),
        passage=length,
        checks="0" * 16 * passages(len(cut.forms), length),
        whole="",
        places=tuple(place for place in places if place is not None),
    )
    return _with_checks(made, cut)


def spans_of(*annotations: Annotation) -> set[tuple[int, int]]:
    """Every span that annotations of one document speak of."""
    return {(one.start, one.end) for made in annotations for one in (*made.entities, *made.stances)}


def place_of(cut: Words, start: int, end: int) -> Place | None:
    """The place of a span among the words, or None when it touches none."""
    first = bisect.bisect_right(cut.ends, start)
    last = bisect.bisect_left(cut.starts, end) - 1
    if first > last:
        return None
    return Place(start, end, first, last, start - cut.starts[first], end - cut.ends[last])


class _Header(msgspec.Struct, frozen=True):
    """What every version of the format has."""

    format: str
    version: int


def decode_fingerprint(data: bytes, *, where: str) -> Fingerprint:
    """A fingerprint from its JSON; `where` names the file for messages.

    Raises RecordError for what is no fingerprint, and for a newer version than VERSION, whatever
    else that version has.
    """
    header = decode(data, _Header, where=where)
    if header.format == FORMAT and header.version > VERSION:
        raise RecordError(
            f"{where}: version {header.version} of {FORMAT} is newer than the {VERSION} that this "
            "ijcorpus reads. Install a newer ijcorpus."
        )
    return decode(data, Fingerprint, where=where)


def refuse_other(found: Fingerprint, digest: str) -> None:
    """Raise HydrationError when a fingerprint is not of the text that was annotated."""
    if found.digest != digest:
        raise HydrationError(
            f"{found.document}: the fingerprint is of another text (SHA-256 {found.digest}) than "
            f"the release annotates ({digest}). Take the fingerprint that belongs to the release."
        )


def _with_checks(empty: Fingerprint, cut: Words) -> Fingerprint:
    import numpy as np

    from ijcorpus.standoff.code import LONG, MODULUS, weights, word_hashes

    hashes = word_hashes(cut.forms, empty.key)
    sums = [
        weights(end - start) @ hashes[start:end] % MODULUS
        for start, end in pairwise(empty.bounds())
    ]
    made = msgspec.structs.replace(empty, checks=_hex(np.array(sums)))
    return made if made.words < LONG else msgspec.structs.replace(made, whole=_whole(made, hashes))


def _whole(made: Fingerprint, hashes: Ints) -> str:
    """The sums over the whole text, as many as four bits a word allow beside the checks."""
    from ijcorpus.standoff.whole import whole_sums

    count = strands(made.words)
    each = (made.words // 4 - len(made.checks) // 4) // count
    return "".join(_hex(whole_sums(hashes[n::count], each)) for n in range(count))


def _hex(numbers: Ints) -> str:
    return numbers.astype(">u2").tobytes().hex()


def _numbers(data: str) -> Ints:
    import numpy as np

    return np.frombuffer(bytes.fromhex(data), dtype=">u2").astype(np.int64)


def schema() -> dict[str, object]:
    """The JSON Schema of a fingerprint file."""
    return {"$schema": SCHEMA, **msgspec.json.schema(Fingerprint)}
