"""Checks of what mentions are called and whom they are linked to."""

from __future__ import annotations

from collections.abc import Iterator

from ijcorpus.annotation import Entity
from ijcorpus.checks.annotated import AnnotationView
from ijcorpus.checks.view import NIL, Check, Fault


def _unknown_label(view: AnnotationView) -> Iterator[Fault]:
    for entity in view.annotation.entities:
        if entity.label not in view.corpus.labels:
            yield view.fault(
                entity,
                f"has the label {entity.label!r}, which scheme {view.scheme.version} does not "
                f"have; choose one of {', '.join(view.scheme.label_names)}.",
            )


def _senses(view: AnnotationView, label: str) -> tuple[str, ...] | None:
    """The senses of a label; None for a label that the scheme does not have."""
    known = view.corpus.labels.get(label)
    return None if known is None else known.senses


def _unknown_sense(view: AnnotationView) -> Iterator[Fault]:
    for entity in view.annotation.entities:
        senses = _senses(view, entity.label)
        if entity.sense is not None and senses is not None and entity.sense not in senses:
            yield view.fault(
                entity,
                f"has the sense {entity.sense!r}; {entity.label} has "
                f"{', '.join(senses) or 'no senses'}.",
            )


def _sense_missing(view: AnnotationView) -> Iterator[Fault]:
    for entity in view.annotation.entities:
        if entity.sense is None and (senses := _senses(view, entity.label)):
            listed = ", ".join(senses)
            yield view.fault(entity, f"({entity.label}) has no sense; choose one of {listed}.")


def _unknown_entity_id(view: AnnotationView) -> Iterator[Fault]:
    for entity in view.annotation.entities:
        link = entity.entity_id
        if link and not link.startswith(NIL) and link not in view.corpus.entries:
            yield view.fault(
                entity,
                f"is linked to {link!r}, which the registry does not have; "
                f"choose another id, add the entry, or use an id that begins with {NIL!r}.",
            )


def _entity_unlinked(view: AnnotationView) -> Iterator[Fault]:
    for entity in view.annotation.entities:
        if not entity.entity_id:
            yield view.fault(
                entity,
                "is not linked; give it the registry's id, "
                f"or one that begins with {NIL!r} if the registry has none.",
            )


def _label_differs(view: AnnotationView) -> Iterator[Fault]:
    for entity in view.annotation.entities:
        entry = view.corpus.entries.get(entity.entity_id)
        if entry and entry.label != entity.label:
            yield view.fault(
                entity,
                f"is labelled {entity.label}, but the registry calls {entry.id} ({entry.name}) "
                f"{entry.label}; change the label or the link.",
            )


def _same_surface_two_ids(view: AnnotationView) -> Iterator[Fault]:
    first: dict[str, Entity] = {}
    for entity in view.annotation.entities:
        words = view.surface(entity)
        if not words or not entity.entity_id:
            continue
        other = first.setdefault(words, entity)
        if other.entity_id != entity.entity_id:
            yield view.fault(
                entity,
                f"is {entity.entity_id}, but the same words in {view.name(other)} are "
                f"{other.entity_id}; make sure that two things are meant.",
                other,
            )


ENTITY_CHECKS: tuple[Check[AnnotationView], ...] = (
    Check(
        code="unknown-label",
        level=4,
        severity="error",
        explanation="The label of a mention must be one of the scheme's.",
        function=_unknown_label,
    ),
    Check(
        code="unknown-sense",
        level=4,
        severity="error",
        explanation="The sense of a mention must be one that its label has.",
        function=_unknown_sense,
    ),
    Check(
        code="sense-missing",
        level=4,
        severity="warning",
        explanation="A mention whose label has senses should have one.",
        function=_sense_missing,
    ),
    Check(
        code="unknown-entity-id",
        level=4,
        severity="error",
        explanation="A link must be in the registry, or say by its prefix that it is not.",
        function=_unknown_entity_id,
    ),
    Check(
        code="entity-unlinked",
        level=4,
        severity="warning",
        explanation="Every mention should be linked.",
        function=_entity_unlinked,
    ),
    Check(
        code="label-differs-from-registry",
        level=4,
        severity="warning",
        explanation="A mention should have the label of the entry it is linked to.",
        function=_label_differs,
    ),
    Check(
        code="same-surface-two-ids",
        level=4,
        severity="info",
        explanation="The same words stand for two things in one document: right at times.",
        function=_same_surface_two_ids,
    ),
)
