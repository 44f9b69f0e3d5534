"""Where annotators agree by rule, and what is left for a person to decide.

A *place* is where readings are compared: entities whose spans are connected by overlap; stances
on one target whose evidence overlaps or lies in one sentence; the author's stance on one target;
one flag of the document. A stance that every annotator has is a place of its own. The reading
that enough annotators share, be it that there is nothing, passes; any other place is a dispute.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from ijcorpus.adjudicate.readings import (
    Identity,
    Judgement,
    entity_identity,
    judgements,
    mention_of,
    reading_of,
    stance_identity,
)
from ijcorpus.annotation import Annotation, AuthorStance, Entity, Reading, Stance
from ijcorpus.document import Span, Struct, sha256
from ijcorpus.errors import AdjudicationError

OTHER = "other"
Kind = Literal["entity", "stance", "author", "flag"]


class Dispute(Struct, frozen=True, kw_only=True):
    """A place on which the annotators' readings differ.

    `key` digests the document's id and the readings. `readings` has one reading an annotator,
    by name, empty where it has nothing there; a reading of stances carries the mentions of its
    holders as entities. `[start, end)` holds all spans; it is `[0, 0)` for the whole document.
    """

    document: str
    key: str
    kind: Kind
    start: int
    end: int
    readings: tuple[Reading, ...]


class _Item(NamedTuple):
    kind: Kind
    annotator: str
    group: Hashable
    start: int
    end: int
    identity: Identity
    value: Entity | Judgement | AuthorStance | str


def disputes(
    document_id: str,
    layers: Mapping[str, Annotation],
    *,
    sentences: Sequence[Span],
    agreed_by: int | None = None,
) -> tuple[tuple[Reading, ...], tuple[Dispute, ...]]:
    """The readings that pass by rule, place by place, and the disputes in text order.

    `agreed_by` is how many annotators must share a reading: all of them by default, and where
    fewer have annotated. It must be more than half of them. Agreed readings have no annotator's
    name. Raises AdjudicationError when the layers are not of one document, text and scheme.
    """
    _check(document_id, layers)
    needed = len(layers) if agreed_by is None else min(agreed_by, len(layers))
    if 2 * needed <= len(layers):
        raise AdjudicationError(
            f"{document_id}: {agreed_by} of {len(layers)} annotators are no majority. "
            f"Ask for at least {len(layers) // 2 + 1}."
        )
    agreed: list[Reading] = []
    found: list[Dispute] = []
    for place in _places(_items(layers, sentences)):
        by_annotator = {name: [i for i in place if i.annotator == name] for name in sorted(layers)}
        votes = Counter(frozenset(i.identity for i in items) for items in by_annotator.values())
        identities, count = votes.most_common(1)[0]
        if count >= needed:
            agreed.append(_reading("", [item for item in place if item.identity in identities]))
        else:
            found.append(_dispute(document_id, place, by_annotator))
    return (
        tuple(reading for reading in agreed if reading != Reading(annotator="")),
        tuple(sorted(found, key=lambda dispute: (dispute.start, dispute.end, dispute.key))),
    )


def _check(document_id: str, layers: Mapping[str, Annotation]) -> None:
    if OTHER in layers:
        raise AdjudicationError(f"{document_id}: no annotator can be called {OTHER!r}. Rename it.")
    if not layers:
        raise AdjudicationError(f"{document_id}: no annotator's layer. Annotate it first.")
    for what in ("document", "digest", "scheme"):
        values = {name: getattr(layer, what) for name, layer in sorted(layers.items())}
        if len(set(values.values())) > 1:
            raise AdjudicationError(
                f"{document_id}: the layers differ in their {what}: {values}. "
                "Bring all layers to one text and scheme before they are adjudicated."
            )
    other = next(iter(layers.values())).document
    if other != document_id:
        raise AdjudicationError(f"{document_id}: the layers are of {other!r}. Pass its own layers.")


def _items(layers: Mapping[str, Annotation], sentences: Sequence[Span]) -> Iterator[_Item]:
    stances: list[_Item] = []
    for name, layer in sorted(layers.items()):
        for e in layer.entities:
            yield _Item("entity", name, "", e.start, e.end, entity_identity(e), e)
        stances += _stances(name, layer, sentences)
        for a in layer.author:
            yield _Item("author", name, a.target, 0, 1, (a.target, a.polarity), a)
        for flag in layer.flags:
            yield _Item("flag", name, flag, 0, 1, (flag,), flag)
    holders: defaultdict[Identity, set[str]] = defaultdict(set)
    for item in stances:
        holders[item.identity].add(item.annotator)
    for item in stances:
        everywhere = len(holders[item.identity]) == len(layers)
        yield item._replace(group=item.identity) if everywhere else item


def _stances(name: str, layer: Annotation, sentences: Sequence[Span]) -> Iterator[_Item]:
    for stance in layer.stances:
        mention = mention_of(stance, layer.entities)
        if mention is None and stance.holder is not None and stance.holder.mention is not None:
            raise AdjudicationError(
                f"{layer.document}: in the layer of {name!r} stance {stance.id} names the holder "
                f"{stance.holder.mention!r}, which is not there. Mend the layer."
            )
        judgement = Judgement(stance, (mention,) if mention else ())
        touched = [s for s in sentences if s.start < stance.end and stance.start < s.end]
        start = min([stance.start, *(s.start for s in touched)])
        end = max([stance.end, *(s.end for s in touched)])
        group = stance.target or ""
        yield _Item("stance", name, group, start, end, stance_identity(judgement), judgement)


def _places(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    groups: defaultdict[Hashable, list[_Item]] = defaultdict(list)
    for item in items:
        groups[item.kind, item.group].append(item)
    for members in groups.values():
        members.sort(key=lambda item: (item.start, item.end))
        place: list[_Item] = []
        reach = 0
        for item in members:
            if place and item.start >= reach:
                yield place
                place = []
            place.append(item)
            reach = max(reach, item.end)
        yield place


def _reading(annotator: str, items: Iterable[_Item]) -> Reading:
    """The canonical reading of items, merged where they are equal.

    Equal entities are of manual origin if any of them is; of equal judgements the first note
    (by annotator) stands, and every mention is kept, in text order.
    """
    members: defaultdict[Identity, list[_Item]] = defaultdict(list)
    for item in sorted(items, key=lambda item: item.annotator):
        members[item.identity].append(item)
    values = [_merged([item.value for item in same]) for same in members.values()]
    return reading_of(
        annotator,
        entities=[value for value in values if isinstance(value, Entity)],
        judgements=[value for value in values if isinstance(value, Judgement)],
        author=[value for value in values if isinstance(value, AuthorStance)],
        flags=[value for value in values if isinstance(value, str)],
    )


def _merged(
    same: Sequence[Entity | Judgement | AuthorStance | str],
) -> Entity | Judgement | AuthorStance | str:
    entities = [value for value in same if isinstance(value, Entity)]
    if entities:
        return _merged_entity(entities)
    found = [value for value in same if isinstance(value, Judgement)]
    if not found:
        return same[0]
    stance = msgspec.structs.replace(
        found[0].stance,
        note=next((j.stance.note for j in found if j.stance.note), ""),
        quote=next((j.stance.quote for j in found if j.stance.quote), ""),
    )
    mentions: defaultdict[Identity, list[Entity]] = defaultdict(list)
    for mention in (mention for judgement in found for mention in judgement.mentions):
        mentions[entity_identity(mention)].append(mention)
    return Judgement(stance, tuple(_merged_entity(mentions[i]) for i in sorted(mentions)))


def _merged_entity(same: Sequence[Entity]) -> Entity:
    quote = next((entity.quote for entity in same if entity.quote), "")
    origin = min(entity.origin for entity in same)  # "manual" is first in the alphabet
    return msgspec.structs.replace(same[0], quote=quote, origin=origin)


def _dispute(
    document_id: str, place: Sequence[_Item], by_annotator: Mapping[str, list[_Item]]
) -> Dispute:
    kind = place[0].kind
    readings = tuple(_reading(name, items) for name, items in by_annotator.items())
    spans: list[Entity | Stance] = [item.value for item in place if isinstance(item.value, Entity)]
    spans += [item.value.stance for item in place if isinstance(item.value, Judgement)]
    plain = [[reading.annotator, *_plain(reading)] for reading in readings]
    key = sha256(msgspec.json.encode([document_id, kind, *plain]))[:16]
    return Dispute(
        document=document_id,
        key=key,
        kind=kind,
        start=min((span.start for span in spans), default=0),
        end=max((span.end for span in spans), default=0),
        readings=readings,
    )


def _plain(reading: Reading) -> list[object]:
    """What a decision rests on: no ids, quotes, notes or origins."""
    stances = [
        (stance_identity(judgement), [(m.start, m.end) for m in judgement.mentions[:1]])
        for judgement in judgements(reading)
    ]
    entities = [] if stances else [entity_identity(entity) for entity in reading.entities]
    return [entities, stances, reading.author, reading.flags]
