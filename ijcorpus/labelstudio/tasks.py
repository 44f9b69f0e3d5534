"""From documents and annotations to Label Studio's JSON; the way back is `decode`.

Nothing here speaks to a server. What is sent passes a gate first, since the server checks
neither offsets nor texts, and some inputs make a project unreadable.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import msgspec

from ijcorpus.annotation import Annotation, Entity, Stance
from ijcorpus.document import Document
from ijcorpus.errors import StudioError
from ijcorpus.labelstudio import config
from ijcorpus.scheme import LabelScheme

Item = dict[str, Any]


def key(document: str, digest: str) -> str:
    """What a task is known by, on every server and for ever: the document and its exact text."""
    return f"{document}@{digest}"


def task(document: Document, source_title: str) -> Item:
    """The task of one document; raises StudioError when its text would not survive the server."""
    gate_text(document.id, document.text)
    return {
        "data": {
            config.TEXT: document.text,
            "ij_key": key(document.id, document.digest),
            "document": document.id,
            "title": source_title,
        }
    }


def result(
    annotation: Annotation, text: str, scheme: LabelScheme, pickable: Collection[str] = ()
) -> list[Item]:
    """Label Studio's result of an annotation, in text order.

    Entity ids that the project offers to pick are picked, all others written. Raises StudioError
    when the annotation does not fit the text or contradicts itself.
    """
    gate(annotation, text)
    regions = [*annotation.entities, *annotation.stances]
    regions.sort(key=lambda region: (region.start, -region.end))
    items: list[Item] = []
    for region in regions:
        if isinstance(region, Entity):
            items += _entity(region, text, pickable)
        else:
            items += _stance(region, text, scheme.stance.id)
    for stance in annotation.stances:
        if stance.holder and stance.holder.mention:
            items.append(_relation(stance.id, stance.holder.mention))
    for author in annotation.author:
        items.append(_of_document(config.AUTHOR + author.target, [author.polarity]))
    if annotation.flags:
        items.append(_of_document(config.DOCUMENT_FLAGS, list(annotation.flags)))
    return items


def predictions(
    entities: Sequence[Entity], text: str, model_version: str, pickable: Collection[str] = ()
) -> Item:
    """Entities as a prediction, with ids of their own."""
    named = number(entities, "p")
    gate_regions("a prelabel", named, text)
    marked = (msgspec.structs.replace(entity, origin="prediction") for entity in named)
    items = [item for entity in marked for item in _entity(entity, text, pickable)]
    return {"model_version": model_version, "result": items}


def number(entities: Iterable[Entity], letter: str) -> tuple[Entity, ...]:
    """Entities in text order, with ids by that order."""
    return tuple(
        msgspec.structs.replace(entity, id=f"{letter}{place}")
        for place, entity in enumerate(sorted(entities, key=lambda e: (e.start, e.end)), start=1)
    )


def gate_text(name: str, text: str) -> None:
    """Refuse texts that the server stores wrongly or chokes on; raises StudioError."""
    for place, character in enumerate(text):
        if character in "\r\0" or 0xD800 <= ord(character) <= 0xDFFF:
            raise StudioError(
                f"{name}: the text has U+{ord(character):04X} at {place}, which Label Studio "
                "does not keep. Clean the text and repeat."
            )
    if unicodedata.normalize("NFC", text) != text:
        raise StudioError(f"{name}: the text is not in NFC. Clean it and repeat.")


def gate(annotation: Annotation, text: str) -> None:
    """Refuse an annotation that does not fit its text; raises StudioError with the id."""
    where = f"{annotation.document} by {annotation.annotator}"
    gate_text(annotation.document, text)
    gate_regions(where, [*annotation.entities, *annotation.stances], text)
    known = {entity.id for entity in annotation.entities}
    for stance in annotation.stances:
        mention = stance.holder.mention if stance.holder else None
        if mention is not None and mention not in known:
            raise StudioError(
                f"{where}: stance {stance.id} is held by {mention!r}, which is no entity. "
                "Name one of the document's entities."
            )
    targets = [author.target for author in annotation.author]
    if len(set(targets)) != len(targets):
        raise StudioError(f"{where}: two author stances on one proposition. Keep one of them.")


def gate_regions(where: str, regions: Sequence[Entity | Stance], text: str) -> None:
    """Refuse regions outside the text, with another quote than it has, or with a shared id."""
    seen: set[str] = set()
    for region in regions:
        if region.id in seen:
            raise StudioError(f"{where}: the id {region.id!r} is used twice. Number them anew.")
        seen.add(region.id)
        if not 0 <= region.start < region.end <= len(text):
            raise StudioError(
                f"{where}: {region.id} is [{region.start}, {region.end}), but the text has "
                f"{len(text)} characters. Mend its offsets."
            )
        if region.quote and region.quote != text[region.start : region.end]:
            raise StudioError(
                f"{where}: {region.id} at [{region.start}, {region.end}) quotes what the text "
                "does not have there. Mend its offsets or its quote."
            )


def _entity(entity: Entity, text: str, pickable: Collection[str]) -> list[Item]:
    span = _span(entity, text)
    items = [span(config.ENTITY, "labels", [entity.label]) | {"origin": entity.origin}]
    if entity.entity_id in pickable:
        items.append(span(config.ENTITY_PICK, "taxonomy", [[entity.entity_id]]))
    elif entity.entity_id:
        items.append(span(config.ENTITY_ID, "textarea", [entity.entity_id]))
    if entity.sense is not None:
        items.append(span(config.SENSE + entity.label, "choices", [entity.sense]))
    return items


def _stance(stance: Stance, text: str, label: str) -> list[Item]:
    span = _span(stance, text)
    holder = stance.holder
    items = [span(config.STANCE, "labels", [label])]
    chosen = (
        (config.POLARITY, stance.polarity),
        (config.TARGET, stance.target),
        (config.ATTRIBUTION, stance.attribution),
        (config.HOLDER_KIND, holder.kind if holder else None),
        (config.HOLDER_TYPE, holder.type if holder else None),
    )
    items += [span(name, "choices", [value]) for name, value in chosen if value is not None]
    if stance.flags:
        items.append(span(config.STANCE_FLAGS, "choices", list(stance.flags)))
    if stance.note:
        items.append(span(config.NOTE, "textarea", [stance.note]))
    return items


def _span(region: Entity | Stance, text: str) -> Callable[[str, str, Sequence[object]], Item]:
    """Makes the items of one region: all share its id and place."""

    def item(name: str, kind: str, values: Sequence[object]) -> Item:
        value: Item = {"start": region.start, "end": region.end}
        if kind == "textarea":
            value["text"] = values
        else:
            value |= {"text": text[region.start : region.end], kind: values}
        return _item(region.id, name, kind, value)

    return item


def _of_document(name: str, values: list[str]) -> Item:
    return _item(f"document-{name}", name, "choices", {"choices": values})


def _item(identity: str, name: str, kind: str, value: Item) -> Item:
    return {
        "id": identity,
        "from_name": name,
        "to_name": config.TEXT,
        "type": kind,
        "origin": "manual",
        "value": value,
    }


def _relation(stance: str, entity: str) -> Item:
    """The relation to a holder; a name on it would be drawn over the text."""
    return {
        "type": "relation",
        "from_id": stance,
        "to_id": entity,
        "direction": "right",
        "labels": [],
    }
