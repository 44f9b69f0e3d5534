"""From sources, documents and annotations to the rows of every configuration.

Pure: nothing is read or written. Rows carry labels by name; their keys stand in the order of
`features.configurations`. A row of a withheld document has no surface text: the functions that
make such rows are given the document without its text.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from ijcorpus.annotation import Annotation, Annotator, Entity, RegistryEntry, Stance
from ijcorpus.document import Document, Source, Span, StandoffDocument
from ijcorpus.errors import ReleaseError, TextMismatchError
from ijcorpus.release.features import ACCESS
from ijcorpus.release.tokens import Tokenizer, tag
from ijcorpus.scheme import LabelScheme

Row = dict[str, Any]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One document of the release with its adjudicated annotation and every annotator's own.

    `document` is a StandoffDocument when the text is withheld, and then no row has any of it.
    """

    source: Source
    split: str
    document: Document | StandoffDocument
    annotation: Annotation
    layers: Mapping[str, Annotation]

    def __post_init__(self) -> None:
        if (self.source.rights == "standoff") != isinstance(self.document, StandoffDocument):
            raise ReleaseError(f"{self.source.id}: a withheld text reached the release with words.")
        for name, made in {"adjudicated": self.annotation, **self.layers}.items():
            if made.digest != self.document.digest:
                raise TextMismatchError(
                    f"{self.source.id}: the annotation {name!r} was made on the text "
                    f"{made.digest[:12]}, but the clean text is {self.document.digest[:12]}. "
                    "Annotate the new text, or restore the source and cleaner it was made on."
                )
        _complete(self.annotation)


def document_row(item: Item) -> Row:
    """The row of a full-text document."""
    return full_row(item.source, _full(item), item.annotation)


def full_row(source: Source, document: Document, annotation: Annotation) -> Row:
    """The row of `documents` for a text at hand: of the release, or hydrated by its reader."""
    return {
        **_metadata(source),
        "cleaner": document.cleaner,
        "text_sha256": document.digest,
        "raw_sha256": document.raw_sha256,
        "text": document.text,
        **_labels(document, annotation, document.text),
    }


def access_columns(items: Iterable[Item]) -> tuple[str, ...]:
    """The columns of ACCESS that any withheld document of a release fills."""
    withheld = [item.source for item in items if isinstance(item.document, StandoffDocument)]
    return tuple(name for name in ACCESS if any(getattr(source, name) for source in withheld))


def standoff_row(item: Item, access: Iterable[str] = ()) -> Row:
    """The row of a withheld document: metadata, structure and labels, no surface.

    `access` names its columns of ACCESS.
    """
    source, document = item.source, item.document
    if not isinstance(document, StandoffDocument):
        raise TypeError(f"{source.id} is no withheld document")
    return {
        **_metadata(source),
        "obtain": source.obtain,
        "path": source.path,
        "format": source.format,
        "fragment": source.fragment,
        **{name: _plain(getattr(source, name)) for name in access},
        "cleaner": document.cleaner,
        "text_sha256": document.digest,
        "raw_sha256": document.raw_sha256,
        "characters": document.characters,
        **_labels(document, item.annotation, None),
    }


def entity_rows(item: Item, tokenize: Tokenizer) -> Iterator[Row]:
    """One row a sentence, with tokens, their offsets in the sentence and BIO tags."""
    document = _full(item)
    inside: dict[int, list[Entity]] = {}
    for entity in item.annotation.entities:
        inside.setdefault(_sentence(item, entity), []).append(entity)
    for index, span in enumerate(document.sentences):
        text = document.text[span.start : span.end]
        mentions = sorted(inside.get(index, ()), key=lambda mention: mention.start)
        spans = [(m.start - span.start, m.end - span.start, m.label) for m in mentions]
        try:
            tokens, tags, cut = tag(tokenize(text), spans)
        except ValueError as error:
            raise ReleaseError(
                f"{item.source.id}, sentence {index} [{span.start}, {span.end}): {error}. "
                "Mend the adjudicated annotation."
            ) from error
        yield {
            "document": item.source.id,
            "sentence": index,
            "start": span.start,
            "end": span.end,
            "text": text,
            "tokens": [text[token.start : token.end] for token in tokens],
            "token_starts": [token.start for token in tokens],
            "token_ends": [token.end for token in tokens],
            "tags": tags,
            "entity_ids": [mention.entity_id for mention in mentions],
            "cut_tokens": cut,
        }


def stance_rows(
    item: Item, registry: Mapping[str, RegistryEntry], scheme: LabelScheme
) -> Iterator[Row]:
    """One row a judgement of a full-text document."""
    document, targets = _full(item), {target.id: target for target in scheme.propositions}
    for stance in item.annotation.stances:
        index = _sentence(item, stance)
        sentence = document.sentences[index]
        holder = item.annotation.mention(stance)
        entry = registry.get(holder.entity_id) if holder else None
        judged = _judgement(item.annotation, stance)
        yield {
            "document": item.source.id,
            "id": stance.id,
            "sentence": index,
            "sentence_start": sentence.start,
            "text": document.text[sentence.start : sentence.end],
            "evidence": document.text[stance.start : stance.end],
            "start": stance.start,
            "end": stance.end,
            "start_in_text": stance.start - sentence.start,
            "end_in_text": stance.end - sentence.start,
            "holder_kind": judged["holder_kind"],
            "holder": document.text[holder.start : holder.end] if holder else None,
            "holder_entity": judged["holder_entity"],
            "holder_type": judged["holder_type"],
            "holder_side": entry.side if entry else None,
            "target": stance.target,
            "target_text": targets[stance.target or ""].text,
            "polarity": stance.polarity,
            "attribution": stance.attribution,
            "flags": list(stance.flags),
            "note": stance.note or None,
        }


def author_rows(item: Item, scheme: LabelScheme) -> Iterator[Row]:
    """One row a proposition that a full-text document takes up."""
    targets = {target.id: target.text for target in scheme.propositions}
    for stance in item.annotation.author:
        yield {
            "document": item.source.id,
            "title": item.source.title,
            "genre": item.source.genre,
            "vantage": item.source.vantage,
            "target": stance.target,
            "target_text": targets[stance.target],
            "polarity": stance.polarity,
        }


def annotation_rows(item: Item, annotators: Mapping[str, Annotator]) -> Iterator[Row]:
    """Every annotator's labels before adjudication.

    Each pass begins with a row whose `item` is `pass`, so that a pass that found nothing differs
    from no pass. Withheld documents have neither text nor notes.
    """
    text = item.document.text if isinstance(item.document, Document) else None
    for name, layer in item.layers.items():
        head = {
            "document": item.source.id,
            "subset": item.source.subset,
            "annotator": name,
            "annotator_kind": annotators[name].kind,
            "made_by": annotators[name].description,
        }
        for row in _layer_rows(layer, text):
            yield {**head, **row}


def registry_rows(registry: Mapping[str, RegistryEntry]) -> Iterator[Row]:
    """One row an entity of the registry."""
    for entry in registry.values():
        yield {
            "id": entry.id,
            "name": entry.name,
            "label": entry.label,
            "side": entry.side,
            "aliases": list(entry.aliases),
            "ambiguous": list(entry.ambiguous),
            "note": entry.note or None,
            "verified": entry.verified,
        }


_NULLABLE = (
    "item id start end text label entity_id sense origin holder_kind holder_mention holder_type "
    "target polarity attribution"
)
_EMPTY: Row = dict.fromkeys(_NULLABLE.split()) | {"flags": (), "note": None}


def _layer_rows(layer: Annotation, text: str | None) -> Iterator[Row]:
    yield {**_EMPTY, "item": "pass", "flags": list(layer.flags)}
    for entity in layer.entities:
        yield {**_EMPTY, "item": "entity", "text": None, **_mention(entity, text)}
    for stance in layer.stances:
        judged = _judgement(layer, stance, text)
        del judged["holder_entity"]
        yield {**_EMPTY, "item": "stance", **judged}
    for author in layer.author:
        pair = {"target": author.target, "polarity": author.polarity}
        yield {**_EMPTY, "item": "author", **pair}


def _metadata(source: Source) -> Row:
    names = "id subset title publisher date genre period vantage topic licence url drafted_by"
    return {name: getattr(source, name) for name in names.split()} | {"facts": list(source.facts)}


def _labels(document: Document | StandoffDocument, made: Annotation, text: str | None) -> Row:
    return {
        "sections": [{"kind": s.kind, "start": s.start, "end": s.end} for s in document.sections],
        "sentences": [{"start": s.start, "end": s.end} for s in document.sentences],
        "mentions": [_mention(entity, text) for entity in made.entities],
        "judgements": [_judgement(made, stance, text) for stance in made.stances],
        "author_stances": [{"target": a.target, "polarity": a.polarity} for a in made.author],
        "flags": list(made.flags),
        "scheme": made.scheme,
        "annotator": made.annotator,
    }


def _mention(entity: Entity, text: str | None) -> Row:
    return {
        "id": entity.id,
        "start": entity.start,
        "end": entity.end,
        **({} if text is None else {"text": text[entity.start : entity.end]}),
        "label": entity.label,
        "entity_id": entity.entity_id,
        "sense": entity.sense,
        "origin": entity.origin,
    }


def _judgement(made: Annotation, stance: Stance, text: str | None = None) -> Row:
    holder, mention = stance.holder, made.mention(stance)
    return {
        "id": stance.id,
        "start": stance.start,
        "end": stance.end,
        **({} if text is None else {"text": text[stance.start : stance.end]}),
        "holder_kind": holder.kind if holder else None,
        "holder_mention": holder.mention if holder else None,
        "holder_entity": mention.entity_id if mention else None,
        "holder_type": holder.type if holder else None,
        "target": stance.target,
        "polarity": stance.polarity,
        "attribution": stance.attribution,
        "flags": list(stance.flags),
        **({} if text is None else {"note": stance.note or None}),
    }


def _plain(value: str | tuple[str, ...] | None) -> str | list[str] | None:
    return list(value) if isinstance(value, tuple) else value


def _full(item: Item) -> Document:
    if not isinstance(item.document, Document):
        raise TypeError(f"{item.source.id} is withheld: it has no row with text")
    return item.document


def _sentence(item: Item, marked: Entity | Stance) -> int:
    """The index of the sentence that holds a mention or an evidence span."""
    sentences: tuple[Span, ...] = item.document.sentences
    at = bisect.bisect_right(sentences, marked.start, key=lambda span: span.start) - 1
    if at < 0 or marked.end > sentences[at].end:
        raise ReleaseError(
            f"{item.source.id}: {marked.id} [{marked.start}, {marked.end}) does not lie inside one "
            "sentence, so it would be lost. Mend the span, or the sentence rule."
        )
    return at


def _complete(made: Annotation) -> None:
    """Refuse an adjudicated annotation with unfinished judgements or dangling holders."""
    for stance in made.stances:
        missing = [
            name
            for name in ("holder", "target", "polarity", "attribution")
            if getattr(stance, name) is None
        ]
        if stance.holder and stance.holder.mention and made.mention(stance) is None:
            missing.append(f"mention {stance.holder.mention}")
        if missing:
            raise ReleaseError(
                f"{made.document}: the adjudicated judgement {stance.id} "
                f"[{stance.start}, {stance.end}) has no {', '.join(missing)}. Adjudicate it."
            )
