"""Stand-off annotation of any text, without a corpus: plain strings and spans.

`protect` makes what may be published of a text that may not, and `place_all` finds the spans in
somebody's own copy of it. A fingerprint is a record: `ijcorpus.records.write_json` writes it, and
`ijcorpus.standoff.fingerprint.decode_fingerprint` reads it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ijcorpus.document import Document, RawMap, Span, sha256
from ijcorpus.standoff.fingerprint import Fingerprint, fingerprint
from ijcorpus.standoff.place import Placement, place
from ijcorpus.standoff.tokens import words

_HALF = re.compile("[\ud800-\udfff]")
"""Surrogates, which a text has that was decoded with errors passed over."""


def protect(
    text: str,
    spans: Iterable[tuple[int, int]],
    *,
    name: str,
    salt: str,
    known: Iterable[tuple[int, int]] | None = None,
    before: Fingerprint | None = None,
) -> Fingerprint:
    """The fingerprint of a text with the places of spans `[start, end)`, in code points.

    `name` is the text's id in your corpus and `salt` your corpus's own word, which must never
    change for a text: two salts give away twice as much. `known` are spans whose words your
    labels, or a title, give away; all of them, if you do not say which: the fewer words are
    unknown, the longer are the passages that are told apart, and the less survives an edit. A
    text of fewer than 16 unknown words can be joined with the very same text only. `before` is
    the fingerprint of the text that you have published, when you add spans.

    Raises ValueError for a text that is not in Unicode form NFC, whose offsets would not hold
    elsewhere, for one with surrogates, for a span outside the text, and when `before` has
    another text or salt.
    """
    if half := _HALF.search(text):
        raise ValueError(f"{name}: half a character at {half.start()}. Decode the text anew.")
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError(f"{name}: the text is not in NFC. Normalise it before you annotate it.")
    wanted = [Span(start, end) for start, end in spans]
    if before and (before.digest, before.salt) != (sha256(text), salt):
        raise ValueError(f"{name}: the published fingerprint is of another text or salt.")
    if outside := [span for span in wanted if span.end > len(text)]:
        raise ValueError(f"{name}: {outside[0]} ends after the text, at {len(text)}.")
    return fingerprint(
        Document(
            id=name,
            text=text,
            sections=(),
            sentences=(),
            raw_map=RawMap(()),
            raw_sha256=sha256(text),
            cleaner="none",
        ),
        [(span.start, span.end) for span in wanted],
        salt=salt,
        known=[(span.start, span.end) for span in wanted] if known is None else known,
        lengths=before.lengths if before else None,
    )


def place_all(record: Fingerprint, copy: str) -> dict[Span, Placement]:
    """Every span of a fingerprint, by its place in the annotated text, on a copy of the text.

    `exact`: the copy is the text itself. `realigned`: its words are proved, but for those that
    `edited` and `lost` tell of. `ambiguous` and `missing` have no place, and a reason.
    """
    copy = _HALF.sub("\ufffd", copy)
    spans = {Span(spot.start, spot.end): spot for spot in record.places}
    if sha256(copy) == record.digest:
        return {one: Placement(status="exact", start=one.start, end=one.end) for one in spans}
    from ijcorpus.standoff.align import align

    cut = words(copy)
    aligned = align(record, cut.forms)
    return {one: place(spot, aligned, cut, copy) for one, spot in spans.items()}
