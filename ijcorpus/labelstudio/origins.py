"""Which entities of an annotation were taken over from a prelabel."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from ijcorpus.annotation import Annotation, Entity


def with_origins(annotation: Annotation, predicted: Iterable[Entity]) -> Annotation:
    """The annotation with the entities that equal a prelabel marked as taken over.

    As in Label Studio itself, a sense added to a prelabel does not make it another entity.
    """
    known = {(e.start, e.end, e.label, e.entity_id): e.sense for e in predicted}

    def marked(entity: Entity) -> Entity:
        said = entity.start, entity.end, entity.label, entity.entity_id
        taken = said in known and known[said] in (None, entity.sense)
        return replace(entity, origin="prediction") if taken else entity

    return replace(annotation, entities=tuple(marked(entity) for entity in annotation.entities))
