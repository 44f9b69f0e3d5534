"""Readings in canonical form, and what makes two of them the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from ijcorpus.annotation import AuthorStance, Entity, Holder, Reading, Stance

Identity = tuple[str | int | tuple[str, ...], ...]


class Judgement(NamedTuple):
    """A stance with the mentions that may stand for its holder, the named one first."""

    stance: Stance
    mentions: tuple[Entity, ...] = ()


def entity_identity(entity: Entity) -> Identity:
    """What two equal entities share: span, label, link and sense."""
    return (entity.start, entity.end, entity.label, entity.entity_id, entity.sense or "")


def holder_identity(holder: Holder | None, mention: Entity | None) -> Identity:
    """Who a holder is: kind, type, and for a mention its link, or its span while unlinked."""
    if holder is None:
        return ("", "")
    if mention is None:
        return (holder.kind, holder.type or "")
    who = mention.entity_id or f"[{mention.start}, {mention.end})"
    return (holder.kind, holder.type or "", who)


def stance_identity(judgement: Judgement) -> Identity:
    """What two equal judgements share; notes, quotes and the mention's place are left out."""
    stance = judgement.stance
    return (
        stance.start,
        stance.end,
        stance.target or "",
        stance.polarity or "",
        stance.attribution or "",
        tuple(sorted(set(stance.flags))),
        *holder_identity(stance.holder, next(iter(judgement.mentions), None)),
    )


def reading_of(
    annotator: str,
    *,
    entities: Iterable[Entity] = (),
    judgements: Iterable[Judgement] = (),
    author: Iterable[AuthorStance] = (),
    flags: Iterable[str] = (),
) -> Reading:
    """A reading in text order, numbered e1.. and s1.., each item once.

    Of equal items the first gives note and quote. The mentions of the judgements join the
    entities, so that a reading of stances carries its holders.
    """
    kept = {entity_identity(entity): entity for entity in reversed([*entities])}
    unique: dict[Identity, Judgement] = {}
    for judgement in judgements:
        unique.setdefault(stance_identity(judgement), judgement)
        for mention in judgement.mentions:
            kept.setdefault(entity_identity(mention), mention)
    numbers = {identity: f"e{n}" for n, identity in enumerate(sorted(kept), start=1)}
    stances: list[Stance] = []
    for n, identity in enumerate(sorted(unique), start=1):
        stance, mentions = unique[identity]
        holder = stance.holder
        if holder is not None and mentions:
            number = numbers[entity_identity(mentions[0])]
            holder = msgspec.structs.replace(holder, mention=number)
        flags_ = tuple(sorted(set(stance.flags)))
        stances.append(msgspec.structs.replace(stance, id=f"s{n}", holder=holder, flags=flags_))
    return Reading(
        annotator=annotator,
        entities=tuple(msgspec.structs.replace(kept[i], id=numbers[i]) for i in sorted(kept)),
        stances=tuple(stances),
        author=tuple(sorted(set(author), key=lambda item: (item.target, item.polarity))),
        flags=tuple(sorted(set(flags))),
    )


def judgements(reading: Reading) -> list[Judgement]:
    """The judgements of a reading; after the named mention come others of the same link."""
    found: list[Judgement] = []
    for stance in reading.stances:
        named = mention_of(stance, reading.entities)
        others = [e for e in reading.entities if named and e != named]
        same = [e for e in others if named and e.entity_id and e.entity_id == named.entity_id]
        found.append(Judgement(stance, (named, *same) if named else ()))
    return found


def mention_of(stance: Stance, entities: Iterable[Entity]) -> Entity | None:
    """The entity a stance names as its holder, if any."""
    if stance.holder is None or stance.holder.mention is None:
        return None
    return next((entity for entity in entities if entity.id == stance.holder.mention), None)
