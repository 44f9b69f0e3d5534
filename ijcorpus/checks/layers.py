"""Checks of an annotation as a whole: what it was made on, and how it is filed."""

from __future__ import annotations

from collections.abc import Iterator

from ijcorpus.annotation import Annotation, canonical
from ijcorpus.checks.view import AnnotationView, Check, Fault


def _text_changed(view: AnnotationView) -> Iterator[Fault]:
    if not view.current:
        yield Fault(
            f"{view.layer.name} was made on the text {view.annotation.digest[:12]}, but the "
            f"document is now {view.subject.document.digest[:12]}; move the annotation to the new "
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
    adjudicated = view.layer == view.subject.adjudicated
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
            "write it with 'ijcorpus pull', or put it in order."
        )


def _form(annotation: Annotation) -> tuple[object, ...]:
    return annotation.entities, annotation.stances, annotation.author, annotation.flags


LAYER_CHECKS: tuple[Check[AnnotationView], ...] = (
    Check(
        code="text-changed",
        severity="error",
        explanation="An annotation must have been made on the text as it is now.",
        function=_text_changed,
    ),
    Check(
        code="scheme-changed",
        severity="warning",
        explanation="An annotation should have been made with the scheme as it is now.",
        function=_scheme_changed,
    ),
    Check(
        code="annotation-misplaced",
        severity="error",
        explanation="An annotation must be filed under its own document and annotator.",
        function=_annotation_misplaced,
    ),
    Check(
        code="annotation-not-canonical",
        severity="warning",
        explanation="An annotation should be in its one form: equal work gives equal files.",
        function=_annotation_not_canonical,
    ),
)
