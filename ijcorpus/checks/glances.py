"""Glances: one test that proves that none of several checks can find anything.

A glance may doubt what is in order, and the checks look at it mark by mark then; it never trusts
what is not. `tests/checks/test_glances.py` holds each to its checks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import filterfalse
from operator import itemgetter, le, lt
from typing import Any, Generic, TypeVar

from ijcorpus.checks.annotated import AnnotationView
from ijcorpus.checks.consistency import EDGES
from ijcorpus.checks.marks import Marks
from ijcorpus.checks.view import NIL, DocumentView
from ijcorpus.document import Struct

V = TypeVar("V")
_EDGE = re.compile(rf"[\s{re.escape(EDGES)}]")
_ALPHANUMERIC = re.compile(r"[^\W_]")
# Greek and Cyrillic, how broken UTF-8 begins, and the sign for what could not be read.
_SUSPECT = re.compile("[\u0370-\u052fÃâÂï\ufffd]")


class Glance(Struct, Generic[V], frozen=True, kw_only=True):
    """A test of a view, and the codes of the checks that find nothing where it holds."""

    clear: Callable[[V], bool]
    clears: frozenset[str]


def look(glances: tuple[Glance[V], ...], view: V) -> tuple[bool, ...]:
    """Which of the glances hold of a view."""
    return tuple([glance.clear(view) for glance in glances])


def _characters(view: DocumentView) -> bool:
    text, unusual = view.subject.text, view.subject.unusual
    if text is None:
        return view.subject.characters > 0
    return not text.isspace() and text != "" and (
        not unusual
        or (
            unusual.isprintable()
            and not _SUSPECT.search(unusual)
            and unicodedata.is_normalized("NFC", text)
        )
    )  # fmt: skip


def _ships(view: DocumentView) -> bool:
    source = view.subject.source
    ours = source.rights == "full_text" and source.subset == "archive"
    return (
        ours
        and view.subject.recorded is None
        and not (source.facts or view.subject.facts)
        and view.subject.fingerprint is None
        and not view.subject.unprinted
    )


def _undisputed(view: DocumentView) -> bool:
    return not view.subject.decisions and not view.subject.stale


def _in_place(marks: Marks) -> bool:
    unquoted = marks.subject.text is None or not any(marks.quotes)
    return (
        marks.in_place
        and (unquoted or marks.quotes == marks.words)
        and None not in marks.sentences
    )  # fmt: skip


def _trim(marks: Marks) -> bool:
    if not marks.in_place or marks.subject.text is None:
        return False
    count = len(marks.names)
    first, last = ("".join(map(itemgetter(at), marks.words)) for at in (0, -1))
    evidence = first[count:] + last[count:]
    return (
        (first[:count].isalnum() or not count)
        and not _EDGE.search(last[:count])
        and evidence == "".join(evidence.split())
        and "\n" not in "".join(marks.names)
        and not _ALPHANUMERIC.search(marks.beside)
    )


def _linked(marks: Marks) -> bool:
    said, corpus = marks.mentions, marks.corpus
    if not marks.in_place or not corpus.kinds.issuperset(zip(said.label, said.sense, strict=True)):
        return False
    links = zip(said.entity_id, said.label, marks.names, strict=True)
    unlisted = filterfalse(corpus.called.__contains__, links)
    return all(
        link.startswith(NIL) and link not in corpus.entries and words not in corpus.named
        for link, _, words in unlisted
    )


def _one_link_a_name(marks: Marks) -> bool:
    if not marks.in_place:
        return False
    links = marks.mentions.entity_id
    last = dict(zip(marks.names, links, strict=True))
    return tuple(map(last.get, marks.names)) == links


def _complete(marks: Marks) -> bool:
    said, options, scheme = marks.judgements, marks.corpus.options, marks.corpus.scheme
    kinds, types = options["holder_kinds"], options["holder_types"]
    return (
        not marks.flags
        and not any(said.flags)
        and {*said.target, *[a.target for a in marks.author]}.issubset(scheme.target_names)
        and {*said.polarity, *[a.polarity for a in marks.author]}.issubset(scheme.polarity_names)
        and {*said.attribution}.issubset(options["attributions"])
        and all(
            holder is not None
            and (holder.type is None if holder.kind == "author" else holder.type in types)
            and (source == holder.kind or source not in kinds)
            for holder, source in zip(said.holder, said.attribution, strict=True)
        )
    )


def _no_author(marks: Marks) -> bool:
    return not marks.author and not any(
        holder is not None and holder.kind == "author" for holder in marks.judgements.holder
    )


def _followed(marks: Marks) -> bool:
    final = marks.subject.adjudicated
    return final is not None and len(final.mentions.start) == len(marks.mentions.start)


def _one_a_sentence(marks: Marks) -> bool:
    return marks.in_place and len({*marks.sentences}) == len(marks.sentences)


def _filed(view: AnnotationView) -> bool:
    said = view.annotation
    return (
        said.digest == view.subject.digest
        and said.document == view.subject.id
        and (said.annotator == view.layer.name or view.layer is view.subject.adjudicated)
        and said.scheme == view.corpus.scheme.version
    )


def _in_order(view: AnnotationView) -> bool:
    said, held = view.layer.mentions, view.layer.judgements
    return (
        not (view.annotation.author or view.annotation.flags or any(held.flags))
        and said.id + held.id == _numbered(len(said.id), len(held.id))
        and all(map(lt, said.start, said.end))
        and all(map(le, said.end, said.start[1:]))
        and all(map(lt, held.start, held.start[1:]))
    )


@cache
def _numbered(entities: int, stances: int) -> tuple[str, ...]:
    return (*(f"e{n + 1}" for n in range(entities)), *(f"s{n + 1}" for n in range(stances)))


def _held(view: AnnotationView) -> bool:
    said, held = view.layer.mentions, view.layer.judgements
    known = dict(zip(said.id, view.annotation.entities, strict=True))
    types: dict[str, str | None] = {}
    for holder, start, end in zip(held.holder, held.start, held.end, strict=True):
        if holder is None or holder.mention is None:
            continue
        mention = known.get(holder.mention)
        if mention is None or (mention.start <= start and end <= mention.end):
            return False
        link = mention.entity_id
        if not link or types.setdefault(link, holder.type) != holder.type:
            return False
    return len(known) == len(said.id)


def _glance(clear: Callable[[V], bool], *codes: str) -> Glance[V]:
    return Glance(clear=clear, clears=frozenset(codes))


DOCUMENT_GLANCES: tuple[Glance[DocumentView], ...] = (
    _glance(
        _characters, "text-empty", "text-odd-space", "text-private-use", "text-mojibake",
        "text-homoglyph", "text-not-nfc", "text-control-character",
    ),
    _glance(
        _ships, "rights-mismatch", "quote-in-withheld", "standoff-missing", "standoff-differs",
        "provenance-missing", "fact-source-unknown", "fact-sentence-unknown",
        "fingerprint-missing", "fingerprint-of-other-text", "fingerprint-stale",
    ),
    _glance(
        _undisputed, "decision-stale", "decision-twice", "decision-reason-unknown",
        "decision-choice-unknown",
    ),
)  # fmt: skip
# Of all marks of a document: what is wrong in one annotation is wrong among them.
MARK_GLANCES: tuple[Glance[Marks], ...] = (
    _glance(
        _in_place, "span-empty", "span-outside-text", "evidence-outside-text", "surface-differs",
        "evidence-across-sentences", "offset-in-utf16", "offset-in-bytes",
    ),
    _glance(
        _trim, "span-whitespace-edge", "span-cuts-word", "mention-edge-mark",
        "mention-across-lines", "mention-without-letter",
    ),
    _glance(
        _linked, "unknown-label", "unknown-sense", "sense-missing", "unknown-entity-id",
        "entity-unlinked", "label-differs-from-registry", "nil-id-has-entry",
        "surface-not-a-name",
    ),
    _glance(_one_link_a_name, "same-surface-two-ids"),
    _glance(
        _complete, "unknown-target", "unknown-polarity", "unknown-attribution", "unknown-flag",
        "unknown-holder-type", "judgement-incomplete", "holder-missing", "holder-type-missing",
        "attribution-contradicts-holder", "flag-twice", "author-typed",
    ),
    _glance(
        _no_author, "author-stance-missing", "author-stance-twice", "author-stance-contradicts",
        "author-stance-unsupported",
    ),
    _glance(_one_a_sentence, "judgement-repeated"),
    _glance(_followed, "adjudication-stale"),
)  # fmt: skip
LAYER_GLANCES: tuple[Glance[AnnotationView], ...] = (
    _glance(_filed, "text-changed", "scheme-changed", "annotation-misplaced"),
    _glance(
        _in_order, "annotation-not-canonical", "mark-id-twice", "span-crosses", "span-duplicate",
        "judgement-duplicate",
    ),
    _glance(
        _held, "holder-mention-unresolved", "evidence-is-holder", "holder-type-differs",
        "holder-unlinked",
    ),
)  # fmt: skip
GLANCES: dict[str, tuple[Glance[Any], ...]] = {
    "document": (*MARK_GLANCES, *DOCUMENT_GLANCES),
    "annotation": (*MARK_GLANCES, *LAYER_GLANCES),
}
