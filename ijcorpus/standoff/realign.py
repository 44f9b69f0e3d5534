"""A withheld document on a copy that is not, letter by letter, the text that was annotated."""

from __future__ import annotations

from typing import Literal, TypeVar

import msgspec

from ijcorpus.annotation import AnnotatedDocument, Annotation, Entity, Stance
from ijcorpus.document import Document, Struct
from ijcorpus.standoff.fingerprint import Fingerprint, refuse_other
from ijcorpus.standoff.place import Placement, place
from ijcorpus.standoff.tokens import Words, words
from ijcorpus.standoff.withheld import Withheld, join

T = TypeVar("T", Entity, Stance)


class Placed(Struct, frozen=True, kw_only=True):
    """What came of one annotation: its id, what it is, and where it went."""

    id: str
    kind: Literal["entity", "stance"]
    placement: Placement


class Realigned(Struct, frozen=True, kw_only=True):
    """A copy with the annotations that could be placed on it, and what came of every one.

    `share` is the share of the annotated text's words that were found in the copy.
    """

    result: AnnotatedDocument
    placed: tuple[Placed, ...]
    share: float


def realign(withheld: Withheld, record: Fingerprint, copy: Document) -> Realigned:
    """Place every annotation of a withheld document on a copy, or say why not.

    Annotations keep their ids; those that are not `exact` or `realigned` are not in the result.
    Raises HydrationError when the fingerprint is not of the annotated text.
    """
    refuse_other(record, withheld.document.digest)
    if copy.digest == withheld.document.digest:
        return _exact(join(withheld, copy))
    from ijcorpus.standoff.align import align

    cut = words(copy.text)
    aligned = align(record, cut.forms)
    spots = {(spot.start, spot.end): spot for spot in record.places}
    made = withheld.annotation
    where: dict[str, Placement] = {}
    for one in (*made.entities, *made.stances):
        spot = spots.get((one.start, one.end))
        if spot is None:
            where[one.id] = Placement(status="missing", reason="the fingerprint has no place of it")
        else:
            where[one.id] = place(spot, aligned, cut, copy.text)
    _follow_holders(made, where)
    return Realigned(
        result=AnnotatedDocument(document=copy, annotation=_moved(made, where, copy)),
        placed=_listed(made, where),
        share=aligned.share,
    )


def found_words(record: Fingerprint, cut: Words) -> int:
    """How many words of a text stand in a copy: quick, from whole passages alone."""
    from ijcorpus.standoff.align import whole_passages

    return record.passage * whole_passages(record, cut.forms)


def _exact(joined: AnnotatedDocument) -> Realigned:
    made = joined.annotation
    where = {
        one.id: Placement(status="exact", start=one.start, end=one.end)
        for one in (*made.entities, *made.stances)
    }
    return Realigned(result=joined, placed=_listed(made, where), share=1.0)


def _listed(made: Annotation, where: dict[str, Placement]) -> tuple[Placed, ...]:
    return (
        *(Placed(id=e.id, kind="entity", placement=where[e.id]) for e in made.entities),
        *(Placed(id=s.id, kind="stance", placement=where[s.id]) for s in made.stances),
    )


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
