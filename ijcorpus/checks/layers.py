"""Checks of an annotation as a whole: what it was made on, and how it is filed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ijcorpus.annotation import Annotation, canonical
from ijcorpus.checks.annotated import AnnotationView
from ijcorpus.checks.view import Check, Fault
from ijcorpus.finding import Repair


def _text_changed(view: AnnotationView) -> Iterator[Fault]:
    if not view.current:
        yield Fault(
            f"{view.layer.name} was made on the text {view.annotation.digest[:12]}, but the "
            f"document is now {view.subject.digest[:12]}; move the annotation to the new "
            "text, or go back to the old."
        )


def _scheme_changed(view: AnnotationView) -> Iterator[Fault]:
    if view.annotation.scheme != view.scheme.version:
        yield Fault(
            f"{view.layer.name} was made with scheme {view.annotation.scheme}, but the corpus has "
            f"{view.scheme.version}; look it through and raise its version."
        )


def _annotation_misplaced(view: AnnotationView) -> Iterator[Fault]:
    found = (view.annotation.document, view.annotation.annotator)
    adjudicated = view.layer is view.subject.adjudicated
    wanted = (view.subject.id, found[1] if adjudicated else view.layer.name)
    if found != wanted:
        yield Fault(
            f"the annotation is filed for {' by '.join(wanted)}, but says that it is of "
            f"{' by '.join(found)}; rename the file or mend the record."
        )


def _annotation_not_canonical(view: AnnotationView) -> Iterator[Fault]:
    if _form(view.annotation) != _form(canonical(view.annotation)):
        yield Fault(
            f"{view.layer.name} is not in text order with ids e1, e2 ... and s1, s2 ...; "
            "'ijcorpus check --fix' puts it in order.",
            repair=Repair(kind="canonical", safe=not _ids_twice(view)),
        )


def _mark_id_twice(view: AnnotationView) -> Iterator[Fault]:
    for name in _ids_twice(view):
        yield Fault(
            f"{view.layer.name} has two marks with the id {name}, so what points to it is "
            "ambiguous; give one of them another id.",
            record=name,
        )


def _ids_twice(view: AnnotationView) -> list[str]:
    if len({*view.ids}) == len(view.ids):
        return []
    return [name for name, count in Counter(view.ids).items() if count > 1]


def _form(annotation: Annotation) -> tuple[object, ...]:
    return annotation.entities, annotation.stances, annotation.author, annotation.flags


LAYER_CHECKS: tuple[Check[AnnotationView], ...] = (
    Check(
        code="text-changed",
        level=3,
        severity="error",
        explanation="An annotation must have been made on the text as it is now.",
        function=_text_changed,
    ),
    Check(
        code="scheme-changed",
        level=2,
        severity="warning",
        explanation="An annotation should have been made with the scheme as it is now.",
        function=_scheme_changed,
    ),
    Check(
        code="annotation-misplaced",
        level=1,
        severity="error",
        explanation="An annotation must be filed under its own document and annotator.",
        function=_annotation_misplaced,
    ),
    Check(
        code="annotation-not-canonical",
        level=2,
        severity="warning",
        explanation="An annotation should be in its one form: equal work gives equal files.",
        function=_annotation_not_canonical,
    ),
    Check(
        code="mark-id-twice",
        level=2,
        severity="error",
        explanation="An id must occur once in an annotation.",
        function=_mark_id_twice,
    ),
)
