"""Checks of published fingerprints: that they are of the texts and annotations as they are now."""

from __future__ import annotations

from collections.abc import Iterator

from ijcorpus.checks.view import Check, DocumentView, Fault


def _fingerprint_missing(view: DocumentView) -> Iterator[Fault]:
    if view.subject.unprinted:
        yield Fault(
            "the corpus publishes fingerprints, but none of this text, so that readers can join "
            f"no copy but an exact one; run 'ijcorpus fingerprint {view.subject.id}'."
        )


def _fingerprint_of_other_text(view: DocumentView) -> Iterator[Fault]:
    subject, made = view.subject, view.subject.fingerprint
    if made is None:
        return
    if made.document != subject.id:
        said = f"document {made.document}"
    elif made.digest != subject.digest:
        said = f"the text {made.digest[:12]}, but the document is {subject.digest[:12]}"
    else:
        return
    yield Fault(
        f"the fingerprint is of {said}; run 'ijcorpus fingerprint {subject.id}' where the text is "
        "at hand.",
        record="fingerprint",
        path=made.path,
    )


def _fingerprint_stale(view: DocumentView) -> Iterator[Fault]:
    subject, made = view.subject, view.subject.fingerprint
    if made is None or made.digest != subject.digest:
        return
    missing = _spans(view).difference(made.places)
    if missing:
        start, end = min(missing)
        yield Fault(
            f"the fingerprint lacks the places of {len(missing)} marks, first [{start}, {end}), so "
            "that they cannot be found in a copy that differs; run 'ijcorpus fingerprint "
            f"{subject.id}' where the text is at hand.",
            record="fingerprint",
            start=start,
            end=end,
            path=made.path,
        )


def _spans(view: DocumentView) -> set[tuple[int, int]]:
    """Where the marks of all annotations lie; those without a word, as far as known, have no place.

    Marks that lie nowhere, and those made on another text, are the matter of other checks.
    """
    subject, text, spans = view.subject, view.subject.text, set[tuple[int, int]]()
    for layer in subject.annotations:
        if layer.annotation.digest == subject.digest:
            for said in (layer.mentions, layer.judgements):
                spans.update(zip(said.start, said.end, strict=True))
    placed = {(a, b) for a, b in spans if 0 <= a < b <= subject.characters}
    return {(a, b) for a, b in placed if text is None or any(map(str.isalnum, text[a:b]))}


FINGERPRINT_CHECKS: tuple[Check[DocumentView], ...] = (
    Check(
        code="fingerprint-missing",
        level=6,
        severity="warning",
        explanation="A corpus that publishes fingerprints should have one of every withheld text.",
        function=_fingerprint_missing,
    ),
    Check(
        code="fingerprint-of-other-text",
        level=6,
        severity="error",
        explanation="A fingerprint must be of the text that is annotated.",
        function=_fingerprint_of_other_text,
    ),
    Check(
        code="fingerprint-stale",
        level=6,
        severity="warning",
        explanation="A fingerprint should have the place of every mark of the annotations.",
        function=_fingerprint_stale,
    ),
)
