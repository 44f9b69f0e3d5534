"""A withheld document on a copy that is not, letter by letter, the text that was annotated."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from typing import Literal, TypeVar

import msgspec

from ijcorpus.annotation import AnnotatedDocument, Annotation, Entity, Stance
from ijcorpus.document import Document, Span, Struct
from ijcorpus.standoff.extent import LeftOut, left_out, narrowed
from ijcorpus.standoff.fingerprint import Fingerprint, refuse_other
from ijcorpus.standoff.place import Placement, place
from ijcorpus.standoff.tokens import Words, words
from ijcorpus.standoff.withheld import Withheld, join

T = TypeVar("T", Entity, Stance)

_NO_PLACE = Placement(status="missing", reason="the fingerprint has no place of it")


class Placed(Struct, frozen=True, kw_only=True):
    """What came of one annotation: its id, what it is, and where it went."""

    id: str
    kind: Literal["entity", "stance"]
    placement: Placement


class Realigned(Struct, frozen=True, kw_only=True):
    """A copy with the annotations that could be placed on it, and what came of every one.

    `share` is the share of the annotated text's words that were found in the copy. `spans` has
    the placement of every span of the fingerprint by its place in the annotated text; in an exact
    copy it is empty, since every span stays where it was. Of a copy that differs, the document is
    the part that holds the annotated text, and placements are in its offsets: `outside` counts the
    copy's sentences before and after it, and `left_out` names those in it that are not known to
    stand as they were annotated.
    """

    result: AnnotatedDocument
    placed: tuple[Placed, ...]
    share: float
    spans: dict[Span, Placement] = msgspec.field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    outside: int = 0


def realign(withheld: Withheld, record: Fingerprint, copy: Document) -> Realigned:
    """Place every annotation of a withheld document on a copy, or say why not.

    Annotations keep their ids; those that are not `exact` or `realigned` are not in the result.
    Raises HydrationError when the fingerprint is not of the annotated text.
    """
    refuse_other(record, withheld.document.digest)
    if copy.digest == withheld.document.digest:
        return exact(withheld, copy)
    from ijcorpus.standoff.align import align

    whole = words(copy.text)
    copy, cut, aligned, outside = narrowed(copy, whole, align(record, whole.forms))
    spans = {Span(s.start, s.end): place(s, aligned, cut, copy.text) for s in record.places}
    made = withheld.annotation
    where = {
        one.id: spans.get(Span(one.start, one.end), _NO_PLACE)
        for one in (*made.entities, *made.stances)
    }
    _refuse_divided(made, where, copy)
    _refuse_overlap(made, where)
    copy = _undivided(copy, where.values())
    _follow_holders(made, where)
    lost = [Span(e.start, e.end) for e in made.entities if where[e.id].start is None]
    return Realigned(
        result=AnnotatedDocument(document=copy, annotation=_moved(made, where, copy)),
        placed=_listed(made, where),
        share=aligned.share,
        spans=spans,
        left_out=left_out(copy, cut, aligned, record, lost),
        outside=outside,
    )


def exact(withheld: Withheld, copy: Document) -> Realigned:
    """Every annotation where it was, on the annotated text itself.

    Raises HydrationError when the copy is not the annotated text.
    """
    joined = join(withheld, copy)
    made = joined.annotation
    where = {
        one.id: Placement(status="exact", start=one.start, end=one.end)
        for one in (*made.entities, *made.stances)
    }
    return Realigned(result=joined, placed=_listed(made, where), share=1.0)


def found_words(record: Fingerprint, cut: Words) -> int:
    """How many words of a text stand in a copy: quick, from whole passages alone."""
    from ijcorpus.standoff.align import in_passages

    return in_passages(record, cut.forms)


def _listed(made: Annotation, where: dict[str, Placement]) -> tuple[Placed, ...]:
    return (
        *(Placed(id=e.id, kind="entity", placement=where[e.id]) for e in made.entities),
        *(Placed(id=s.id, kind="stance", placement=where[s.id]) for s in made.stances),
    )


def _refuse_divided(made: Annotation, where: dict[str, Placement], copy: Document) -> None:
    """What lay in one part of the text must not begin in a caption and end in the body."""
    for one in (*made.entities, *made.stances):
        to = where[one.id]
        if to.start is None or to.end is None:
            continue
        first = bisect.bisect_right(copy.sections, to.start, key=lambda part: part.start) - 1
        last = bisect.bisect_left(copy.sections, to.end, key=lambda part: part.start)
        if len({part.kind for part in copy.sections[max(first, 0) : last]}) > 1:
            reason = "it would lie in two parts of the copy, such as a heading and the body"
            where[one.id] = Placement(status="missing", reason=reason)


def _undivided(copy: Document, placed: Iterable[Placement]) -> Document:
    """The copy with sentences put together where a line's end divides what was in one."""
    sentences = list(copy.sentences)
    for to in placed:
        if to.start is None or to.end is None:
            continue
        first = bisect.bisect_right(sentences, to.start, key=lambda span: span.start) - 1
        last = bisect.bisect_left(sentences, to.end, key=lambda span: span.start)
        if first >= 0 and last - first > 1:
            whole = Span(sentences[first].start, sentences[last - 1].end)
            sentences[first:last] = [whole]
    return msgspec.structs.replace(copy, sentences=tuple(sentences))


def _refuse_overlap(made: Annotation, where: dict[str, Placement]) -> None:
    """Mentions that stood apart must stand apart in the copy."""
    placed = [(to, e.id) for e in made.entities if (to := where[e.id]).start is not None]
    reached = 0
    for to, name in sorted(placed, key=lambda one: (one[0].start or 0, one[0].end or 0)):
        if (to.start or 0) < reached:
            where[name] = Placement(status="missing", reason="another mention reaches into it here")
        else:
            reached = to.end or 0


def _follow_holders(made: Annotation, where: dict[str, Placement]) -> None:
    """A judgement whose holder is a mention that was not placed cannot stand alone."""
    for stance in made.stances:
        mention = made.mention(stance)
        if mention is not None and where[mention.id].status not in ("exact", "realigned"):
            reason = f"the mention of its holder, {mention.id}, was not placed"
            where[stance.id] = Placement(status="missing", reason=reason)


def _moved(made: Annotation, where: dict[str, Placement], copy: Document) -> Annotation:
    """The annotation with new offsets, digest and quotes, in the order of the copy."""
    entities = [_on(one, where[one.id], copy.text) for one in made.entities]
    stances = [_on(one, where[one.id], copy.text) for one in made.stances]
    return msgspec.structs.replace(
        made,
        digest=copy.digest,
        entities=tuple(sorted((e for e in entities if e), key=lambda e: (e.start, e.end))),
        stances=tuple(sorted((s for s in stances if s), key=lambda s: (s.start, s.end))),
    )


def _on(one: T, to: Placement, text: str) -> T | None:
    if to.status != "realigned" or to.start is None or to.end is None:
        return None
    return msgspec.structs.replace(one, start=to.start, end=to.end, quote=text[to.start : to.end])
