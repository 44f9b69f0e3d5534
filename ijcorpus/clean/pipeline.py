"""`clean`: decode, find the lines, name the sections, find the sentences."""

from __future__ import annotations

from ijcorpus.clean.decode import decode
from ijcorpus.clean.lines import Line, lines_of_block, lines_of_text
from ijcorpus.clean.sections import Part, parts_of
from ijcorpus.clean.sentences import sentences
from ijcorpus.clean.trace import Traced, join
from ijcorpus.document import Document, Section, Source, Span, sha256
from ijcorpus.errors import CleanError

CLEANER = "ijcorpus-clean 1"
"""Name and version of the rules; the version changes with any rule that changes a text."""

_BETWEEN = "\n\n"


def clean(source: Source, raw: bytes) -> Document:
    """Turn the raw bytes of a source into its document.

    Raises CleanError, which names the source, for bytes that are empty, binary, huge, of no
    known encoding or without the fragment asked for; MissingExtraError without `[hydrate]`.
    """
    try:
        parts = parts_of(_lines(source, Traced.of(decode(raw))), source.title)
    except CleanError as error:
        raise CleanError(f"{source.id}: {error}") from None
    if not parts:
        raise CleanError(f"{source.id}: no text is left of {len(raw):,} bytes: is it the article?")
    return _document(source, raw, parts)


def _lines(source: Source, text: Traced) -> list[Line]:
    if source.format == "text":
        return lines_of_text(text)
    if source.format == "html":
        from ijcorpus.clean.html import blocks_of_html

        blocks = blocks_of_html(text)
    else:
        from ijcorpus.clean.tei import blocks_of_tei

        blocks = blocks_of_tei(text, source.fragment)
    return [line for at, block in enumerate(blocks) for line in lines_of_block(block, at)]


def _document(source: Source, raw: bytes, parts: list[Part]) -> Document:
    whole = join((part.traced for part in parts), _BETWEEN)
    sections: list[Section] = []
    spans: list[Span] = []
    at = 0
    for kind, traced in parts:
        sections.append(Section(kind=kind, start=at, end=at + len(traced)))
        spans += (Span(at + start, at + end) for start, end in sentences(traced.text))
        at += len(traced) + len(_BETWEEN)
    return Document(
        id=source.id,
        text=whole.text,
        sections=tuple(sections),
        sentences=tuple(spans),
        raw_map=whole.raw_map(),
        raw_sha256=sha256(raw),
        cleaner=CLEANER,
    )
