"""From agreed readings and decisions to one adjudicated annotation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from ijcorpus.adjudicate.compare import OTHER, Dispute, disputes
from ijcorpus.adjudicate.readings import Judgement, judgements, reading_of
from ijcorpus.annotation import Annotation, Decision, Entity, Reading, canonical
from ijcorpus.document import Span
from ijcorpus.errors import AdjudicationError


def adjudicate(
    document_id: str,
    layers: Mapping[str, Annotation],
    decisions: Iterable[Decision],
    *,
    adjudicator: str,
    sentences: Sequence[Span],
    agreed_by: int | None = None,
) -> Annotation:
    """The adjudicated annotation: what is agreed, and what was decided.

    It depends on the layers and the decisions, not on their order. Holders that are mentions
    point to the adjudicated entity of the same span, or else to one that overlaps and has the
    same link. Raises AdjudicationError when a dispute is open, a decision does not fit its
    dispute, entities would overlap or a holder would be no entity. See `stale` for decisions
    that apply to nothing any more.
    """
    agreed, found = disputes(document_id, layers, sentences=sentences, agreed_by=agreed_by)
    settled = _by_dispute(document_id, decisions)
    missing = [dispute.key for dispute in found if dispute.key not in settled]
    if missing:
        raise AdjudicationError(
            f"{document_id}: {len(missing)} of {len(found)} disputes are open: "
            f"{', '.join(missing)}. Decide them with 'ijcorpus adjudicate --worksheet' "
            "and '--decide'."
        )
    readings = [*agreed, *(_chosen(dispute, settled[dispute.key]) for dispute in found)]
    entities = [e for reading in readings if not reading.stances for e in reading.entities]
    standing = reading_of("", entities=entities).entities
    _refuse_overlap(document_id, standing)
    joined = reading_of(
        "",
        entities=standing,
        judgements=_pointed(document_id, readings, standing),
        author=[stance for reading in readings for stance in reading.author],
        flags=[flag for reading in readings for flag in reading.flags],
    )
    for before, after in pairwise(joined.author):
        if before.target == after.target:
            raise AdjudicationError(
                f"{document_id}: the author would have two stances on {after.target}, "
                f"{before.polarity} and {after.polarity}. Decide for one of them."
            )
    layer = next(iter(layers.values()))
    return canonical(
        Annotation(
            document=document_id,
            digest=layer.digest,
            scheme=layer.scheme,
            annotator=adjudicator,
            entities=joined.entities,
            stances=joined.stances,
            author=joined.author,
            flags=joined.flags,
        )
    )


def stale(
    document_id: str,
    layers: Mapping[str, Annotation],
    decisions: Iterable[Decision],
    *,
    sentences: Sequence[Span],
    agreed_by: int | None = None,
) -> tuple[Decision, ...]:
    """The decisions on this document whose dispute no longer exists: a layer has changed."""
    _, found = disputes(document_id, layers, sentences=sentences, agreed_by=agreed_by)
    keys = {dispute.key for dispute in found}
    return tuple(d for d in decisions if d.document == document_id and d.dispute not in keys)


def _by_dispute(document_id: str, decisions: Iterable[Decision]) -> dict[str, Decision]:
    settled: dict[str, Decision] = {}
    for decision in decisions:
        if decision.document != document_id:
            continue
        if settled.setdefault(decision.dispute, decision) != decision:
            raise AdjudicationError(
                f"{document_id}: dispute {decision.dispute} is decided twice and differently. "
                "Keep one of the two decisions."
            )
    return settled


def _chosen(dispute: Dispute, decision: Decision) -> Reading:
    """The reading that stands; raises AdjudicationError when the decision does not fit."""
    where = f"{dispute.document}: the decision on dispute {dispute.key}"
    if decision.kind != dispute.kind:
        raise AdjudicationError(
            f"{where} is about {decision.kind}, the dispute about {dispute.kind}. Decide it anew."
        )
    if (decision.choice == OTHER) != (decision.reading is not None):
        raise AdjudicationError(
            f"{where} must hold a reading if, and only if, its choice is {OTHER!r}; "
            f"its choice is {decision.choice!r}. Decide it anew."
        )
    if decision.reading is not None:
        fault = misfit(decision.reading, dispute.kind)
        if fault:
            raise AdjudicationError(f"{where} {fault}.")
        return decision.reading
    for reading in dispute.readings:
        if reading.annotator == decision.choice:
            return reading
    names = ", ".join(reading.annotator for reading in dispute.readings)
    raise AdjudicationError(
        f"{where} chooses {decision.choice!r}, which is neither {OTHER!r} nor one of {names}. "
        "Decide it anew."
    )


def misfit(reading: Reading, kind: str) -> str:
    """Why a reading cannot settle a dispute of a kind, or nothing if it can.

    The entities of a reading of stances are the mentions of its holders and nothing else.
    """
    has = {
        "entity": bool(reading.entities) and kind != "stance",
        "stance": bool(reading.stances),
        "author": bool(reading.author),
        "flag": bool(reading.flags),
    }
    extra = [name for name, there in has.items() if there and name != kind]
    if extra:
        return f"is about {kind} and its reading holds {', '.join(extra)}; leave that out"
    if kind == "stance":
        named = {stance.holder.mention for stance in reading.stances if stance.holder}
        numbers = {entity.id for entity in reading.entities}
        if named - {None} != numbers:
            return "must carry the mentions of its holders, all of them and no others"
    return ""


def _refuse_overlap(document_id: str, entities: Sequence[Entity]) -> None:
    for before, after in pairwise(entities):
        if after.start < before.end:
            raise AdjudicationError(
                f"{document_id}: two entities would overlap, {before.label} at [{before.start}, "
                f"{before.end}) and {after.label} at [{after.start}, {after.end}). Decide so "
                "that one of them stands."
            )


def _pointed(
    document_id: str, readings: Iterable[Reading], standing: Sequence[Entity]
) -> Iterator[Judgement]:
    for judgement in (judgement for reading in readings for judgement in judgements(reading)):
        if not judgement.mentions:
            yield judgement
            continue
        mention = _standing(judgement.mentions, standing)
        if mention is None:
            stance, named = judgement.stance, judgement.mentions[0]
            raise AdjudicationError(
                f"{document_id}: the stance on {stance.target} at [{stance.start}, {stance.end}) "
                f"has its holder at [{named.start}, {named.end}) ({named.entity_id or 'unlinked'})"
                ", where no adjudicated entity stands. Let one stand there, or decide the stance "
                f"as {OTHER!r} with a holder that does."
            )
        yield Judgement(judgement.stance, (mention,))


def _standing(mentions: Iterable[Entity], standing: Sequence[Entity]) -> Entity | None:
    """The adjudicated entity of a mention's span, or one that overlaps it and has its link."""
    for mention in mentions:
        for entity in standing:
            if (entity.start, entity.end) == (mention.start, mention.end):
                return entity
        for entity in standing:
            overlaps = entity.start < mention.end and mention.start < entity.end
            if overlaps and mention.entity_id and entity.entity_id == mention.entity_id:
                return entity
    return None
