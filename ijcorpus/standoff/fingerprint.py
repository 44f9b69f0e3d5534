"""Fingerprints: what is published of a withheld text so that its annotations find their place.

Version 1 of the format cut every passage at `passage` words. Names that the labels give away
could then leave a passage with so few unknown words that they could be told, so version 2 says
how long each passage is, and a passage goes on until enough of its words are known to nobody.
"""

from __future__ import annotations

import bisect
import hashlib
import re
from collections.abc import Iterable
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from ijcorpus.annotation import Annotation
from ijcorpus.document import Document, Struct
from ijcorpus.errors import HydrationError, RecordError
from ijcorpus.records import decode
from ijcorpus.standoff.tokens import Words, words

if TYPE_CHECKING:
    from ijcorpus.standoff.code import Ints, Truths

FORMAT = "ijcorpus-fingerprint"
VERSION = 2
STRAND = 32_000
"""Most words of a strand: each has a weight of its own, and there are 65,520."""

# What every tokeniser takes for a token at least: words with the marks inside them, runs of marks.
_TOKEN = re.compile(r"\w+(?:[^\w\s]+\w+)*|[^\w\s'\u2019]+")
_HEADS = ("title", "byline", "date")
SCHEMA = "https://json-schema.org/draft/2020-12/schema"


Count = Annotated[int, msgspec.Meta(ge=0)]
Size = Annotated[int, msgspec.Meta(ge=1)]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Sums = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{4})*$")]


class Place(Struct, frozen=True, array_like=True):
    """Where a span `[start, end)` of the annotated text lies among its words.

    `first` and `last` are the places of its words, from 0. `head` is the distance in code points
    from the beginning of the first word to the beginning of the span, `tail` from the end of the
    last word to the end of the span: -1 and 1 take in a pair of quotation marks.
    """

    start: Count
    end: Size
    first: Count
    last: Count
    head: int
    tail: int


class Fingerprint(Struct, frozen=True, kw_only=True):
    """The published fingerprint of one text.

    `lengths` are the words of each passage, in order; there are none where the text is too short
    for one. `again` names the passages, counted from 0, whose words the text has elsewhere too: a
    copy that has them once need not have them where they belong. `checks` holds, for each passage,
    four numbers of 16 bits in hex; see `ijcorpus.standoff.code`. `whole` has the sums over the
    whole text, one strand after the other, as numbers of the same kind; it is empty for all but
    long texts; see `ijcorpus.standoff.whole`.
    `salt` keys the word hashes together with the document's id and stays the same for ever: a text
    fingerprinted under two salts, or cut in two ways, gives away twice as much. `digest` is the
    SHA-256 of the annotated text.
    """

    format: Literal["ijcorpus-fingerprint"]
    version: Literal[2]
    document: Annotated[str, msgspec.Meta(min_length=1)]
    digest: Digest
    characters: Count
    cleaner: str
    salt: str
    words: Count
    lengths: tuple[Size, ...]
    again: tuple[Count, ...]
    checks: Sums
    whole: Sums
    places: tuple[Place, ...]

    def __post_init__(self) -> None:
        if self.lengths and sum(self.lengths) != self.words:
            raise ValueError("the lengths of the passages do not make up the words")
        if len(self.checks) != 16 * len(self.lengths):
            raise ValueError("the number of checks does not belong to the number of passages")
        if len(self.whole) % (4 * max(strands(self.words), 1)):
            raise ValueError("the sums over the whole do not belong to the number of words")
        if any(one >= len(self.lengths) for one in self.again):
            raise ValueError("a passage that comes again is none of the passages")
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

    def summed(self) -> Truths:
        """Which words the sums over the whole are made of.

        All but four in the middle of each passage: those follow from the passage's own sums.
        """
        import numpy as np

        from ijcorpus.standoff.code import CHECKS

        found = np.ones(self.words, dtype=bool)
        middle = np.array([(a + b - CHECKS) // 2 for a, b in pairwise(self.bounds())], dtype=int)
        for step in range(CHECKS if self.lengths else 0):
            found[middle + step] = False
        return found

    def bounds(self) -> list[int]:
        """The first word of each passage, and the number of words at the end."""
        return [*accumulate(self.lengths, initial=0)] if self.lengths else [self.words]


def strands(count: int) -> int:
    """Among how many strands `count` words are dealt in turn for the sums over the whole."""
    return -(-count // STRAND)


def fingerprint(
    document: Document,
    spans: Iterable[tuple[int, int]],
    *,
    salt: str,
    known: Iterable[tuple[int, int]] = (),
    lengths: tuple[int, ...] | None = None,
) -> Fingerprint:
    """The fingerprint of a document, with the places of the given spans.

    `known` are the spans whose words are no secret, such as a title, or names that the labels link
    to a registry. `lengths` are those of a fingerprint of the same text that was published before,
    so that no second way to cut it gives away more. Spans without a word (punctuation alone) have
    no place. A text with fewer unknown words than a passage needs gets no checks: they could be
    guessed, and only an exact copy can be joined with them.
    """
    from ijcorpus.standoff.code import LONG, LONG_PASSAGE, PASSAGE

    cut = words(document.text)
    if lengths is None:
        wanted = PASSAGE if len(cut.forms) < LONG else LONG_PASSAGE
        lengths = passages(_unknown(cut, known), len(cut.forms), wanted)
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
        lengths=lengths,
        again=(),
        checks="0" * 16 * len(lengths),
        whole="",
        places=tuple(place for place in places if place is not None),
    )
    return _with_checks(made, cut, len(_TOKEN.findall(document.text)))


def passages(unknown: list[int], count: int, wanted: int) -> tuple[int, ...]:
    """How many of `count` words each passage has, so that it has `wanted` of the `unknown` ones.

    The last passage also has the words that remain.
    """
    ends = [place + 1 for place in unknown[wanted - 1 :: wanted]]
    return tuple(b - a for a, b in pairwise([0, *ends[:-1], count])) if ends else ()


def _unknown(cut: Words, known: Iterable[tuple[int, int]]) -> list[int]:
    """The places of the words that are in none of the spans."""
    given = (place_of(cut, start, end) for start, end in known)
    told = {word for place in given if place for word in range(place.first, place.last + 1)}
    return [word for word in range(len(cut.forms)) if word not in told]


def spans_of(*annotations: Annotation) -> set[tuple[int, int]]:
    """Every span that annotations of one document speak of."""
    return {(one.start, one.end) for made in annotations for one in (*made.entities, *made.stances)}


def given_away(document: Document, *annotations: Annotation) -> set[tuple[int, int]]:
    """The spans whose words can be told from what is published beside the fingerprint.

    Those are names, which labels link to a registry, and what heads the text.
    """
    heads = {(s.start, s.end) for s in document.sections if s.kind in _HEADS}
    return heads | {(one.start, one.end) for made in annotations for one in made.entities}


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


class _First(msgspec.Struct, frozen=True):
    """What version 1 has otherwise."""

    words: Count
    passage: Size
    whole: str


def decode_fingerprint(data: bytes, *, where: str) -> Fingerprint:
    """A fingerprint from its JSON, raised to VERSION; `where` names the file for messages.

    Raises RecordError for what is no fingerprint, and for a newer version than VERSION, whatever
    else that version has.
    """
    header = decode(data, _Header, where=where)
    if header.format != FORMAT:
        raise RecordError(f"{where}: {header.format!r} is not the format {FORMAT!r}.")
    if header.version > VERSION:
        raise RecordError(
            f"{where}: version {header.version} of {FORMAT} is newer than the {VERSION} that this "
            "ijcorpus reads. Install a newer ijcorpus."
        )
    if header.version == 1:
        data = _raised(data, decode(data, _First, where=where), where)
    return decode(data, Fingerprint, where=where)


def _raised(data: bytes, first: _First, where: str) -> bytes:
    """A record of version 1 as one of version 2."""
    if first.whole:
        raise RecordError(
            f"{where}: the sums over the whole are of a draft of the format that was never "
            "released. Make the fingerprint anew."
        )
    record: dict[str, Any] = msgspec.json.decode(data)
    del record["passage"]
    lengths = passages(list(range(first.words)), first.words, first.passage)
    return msgspec.json.encode({**record, "version": VERSION, "lengths": lengths, "again": []})


def refuse_other(found: Fingerprint, digest: str) -> None:
    """Raise HydrationError when a fingerprint is not of the text that was annotated."""
    if found.digest != digest:
        raise HydrationError(
            f"{found.document}: the fingerprint is of another text (SHA-256 {found.digest}) than "
            f"the release annotates ({digest}). Take the fingerprint that belongs to the release."
        )


def _with_checks(empty: Fingerprint, cut: Words, tokens: int) -> Fingerprint:
    """The record with its sums, of so many bits as its words and marks allow."""
    import numpy as np

    from ijcorpus.standoff.code import LONG, MODULUS, running_sums, weights, word_hashes
    from ijcorpus.standoff.lookup import candidates
    from ijcorpus.standoff.whole import whole_sums

    hashes = word_hashes(cut.forms, empty.key)
    sums = [
        weights(end - start) @ hashes[start:end] % MODULUS
        for start, end in pairwise(empty.bounds())
    ]
    made = msgspec.structs.replace(empty, checks=_hex(np.array(sums)))
    places = candidates(made.bounds(), made.sums(), running_sums(hashes))
    again = tuple(passage for passage, starts in places.items() if len(starts) > 1)
    made = msgspec.structs.replace(made, again=again)
    if made.words < LONG:
        return made
    told, count = hashes[made.summed()], strands(made.words)
    numbers = min((tokens - len(made.checks)) // 4, 7 * made.words // 80)
    each = max(numbers, 0) // count
    whole = "".join(_hex(whole_sums(told[n::count], each)) for n in range(count))
    return msgspec.structs.replace(made, whole=whole)


def _hex(numbers: Ints) -> str:
    return numbers.astype(">u2").tobytes().hex()


def _numbers(data: str) -> Ints:
    import numpy as np

    return np.frombuffer(bytes.fromhex(data), dtype=">u2").astype(np.int64)


def schema() -> dict[str, object]:
    """The JSON Schema of a fingerprint file."""
    return {"$schema": SCHEMA, **msgspec.json.schema(Fingerprint)}
