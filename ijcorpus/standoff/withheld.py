"""Joining annotations of a withheld text with a copy of the text. Pure: no file is read."""

from __future__ import annotations

import msgspec

from ijcorpus.annotation import AnnotatedDocument, Annotation
from ijcorpus.document import Document, Source, StandoffDocument, Struct
from ijcorpus.errors import HydrationError


class Withheld(Struct, frozen=True, kw_only=True):
    """A withheld document as it is released: where it is from, its structure and its labels.

    Quotes and notes of the annotation are empty: nothing here has a word of the text.
    """

    source: Source
    document: StandoffDocument
    annotation: Annotation


def withhold(annotation: Annotation) -> Annotation:
    """An annotation without surfaces: no quotes, and no notes, since a note may quote."""
    return msgspec.structs.replace(
        annotation,
        entities=tuple(msgspec.structs.replace(e, quote="") for e in annotation.entities),
        stances=tuple(msgspec.structs.replace(s, quote="", note="") for s in annotation.stances),
    )


def join(withheld: Withheld, copy: Document) -> AnnotatedDocument:
    """The annotated document, when the copy's clean text is the text that was annotated.

    Every offset then holds exactly, and the quotes are filled in. Raises HydrationError when
    the texts differ in any character.
    """
    if copy.digest != withheld.document.digest:
        raise HydrationError(_difference(withheld, copy))
    text, made = copy.text, withheld.annotation
    return AnnotatedDocument(
        document=copy,
        annotation=msgspec.structs.replace(
            made,
            entities=tuple(
                msgspec.structs.replace(e, quote=text[e.start : e.end]) for e in made.entities
            ),
            stances=tuple(
                msgspec.structs.replace(s, quote=text[s.start : s.end]) for s in made.stances
            ),
        ),
    )


def _difference(withheld: Withheld, copy: Document) -> str:
    wanted = withheld.document
    head = (
        f"{wanted.id}: the copy's clean text has the SHA-256 {copy.digest} "
        f"({len(copy.text):,} characters), but {wanted.digest} ({wanted.characters:,} characters) "
        "was annotated. "
    )
    if copy.raw_sha256 != wanted.raw_sha256:
        return head + (
            f"The file itself is another (SHA-256 {copy.raw_sha256}, not {wanted.raw_sha256}). "
            f"{withheld.source.obtain}"
        )
    if copy.cleaner != wanted.cleaner:
        return head + (
            f"The file is the right one, but it was cleaned by {copy.cleaner!r}, not by "
            f"{wanted.cleaner!r}. Install the version of ijcorpus that the release was made with."
        )
    return head + (
        f"The file and the cleaner ({copy.cleaner}) are the right ones, so a library that cleaning "
        "rests on behaves otherwise here. Install with -c constraints.txt."
    )
