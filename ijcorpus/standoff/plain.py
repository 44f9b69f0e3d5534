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


def protect(text: str, spans: Iterable[tuple[int, int]], *, name: str, salt: str) -> Fingerprint:
    """The fingerprint of a text with the places of spans `[start, end)`, in code points.

    `name` is the text's id in your corpus and `salt` your corpus's own word, which must never
    change for a text: two salts give away twice as much. A text of fewer than 16 words can be
    joined with the very same text only. Raises ValueError for a text that is not in Unicode
    form NFC, whose offsets would not hold elsewhere, for one with surrogates, and for a span
    outside the text.
    """
    if half := _HALF.search(text):
        raise ValueError(f"{name}: half a character at {half.start()}. Decode the text anew.")
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError(f"{name}: the text is not in NFC. Normalise it before you annotate it.")
    wanted = [Span(start, end) for start, end in spans]
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
