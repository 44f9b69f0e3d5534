"""Checks of one document: its text, its rights, and which annotations it has."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

import msgspec

from ijcorpus.annotation import Entity, Stance
from ijcorpus.checks.overlap import shared_runs, words
from ijcorpus.checks.subject import Layer
from ijcorpus.checks.view import Check, DocumentView, Fault
from ijcorpus.document import Document

PASSES = 2
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")
_REFUSED = ("Cc", "Cf", "Cs", "Zl", "Zp")


def _text_not_nfc(view: DocumentView) -> Iterator[Fault]:
    text = view.subject.text or ""
    composed = unicodedata.normalize("NFC", text)
    if text != composed:
        pairs = enumerate(zip(text, composed, strict=False))
        at = next((n for n, (a, b) in pairs if a != b), min(len(text), len(composed)))
        yield Fault(
            f"the text is not in NFC from character {at} on; mend the cleaning rules, "
            "not the text.",
            start=at,
            end=at + 1,
        )


def _text_control_character(view: DocumentView) -> Iterator[Fault]:
    text = view.subject.text or ""
    for character in sorted(set(text)):
        refused = character == "\ufffd" or unicodedata.category(character) in _REFUSED
        if character in "\n\t" or not refused:
            continue
        at, count = text.index(character), text.count(character)
        name = unicodedata.name(character, "a control character")
        yield Fault(
            f"the text holds U+{ord(character):04X} ({name}) {count} times, first at {at}; "
            "mend the cleaning rules, not the text.",
            record=f"U+{ord(character):04X}",
            start=at,
            end=at + 1,
        )


def _plain(text: str) -> str:
    """A text with straight quotation marks and single spaces."""
    return " ".join(text.translate(_STRAIGHT).split())


def _wanted(view: DocumentView) -> int:
    """How many passes the document needs: what the assignment asks for, else two."""
    return view.subject.wanted or PASSES


def _needed(view: DocumentView) -> str:
    count = _wanted(view)
    return f"{count} independent pass{'es' if count > 1 else ''}"


def _document_without_layers(view: DocumentView) -> Iterator[Fault]:
    if not view.passes:
        yield Fault(f"nobody has annotated the document; it needs {_needed(view)}.")


def _pass_missing(view: DocumentView) -> Iterator[Fault]:
    if 0 < len(view.passes) < _wanted(view):
        names = ", ".join(layer.name for layer in view.passes)
        yield Fault(
            f"the document has {len(view.passes)} pass{'es' * (len(view.passes) > 1)} ({names}); "
            f"it needs {_needed(view)}."
        )


def _adjudication_missing(view: DocumentView) -> Iterator[Fault]:
    if len(view.passes) >= _wanted(view) and view.subject.adjudicated is None:
        names = ", ".join(layer.name for layer in view.passes)
        yield Fault(f"the passes ({names}) are not adjudicated; run 'ijcorpus adjudicate'.")


def _adjudication_stale(view: DocumentView) -> Iterator[Fault]:
    final = view.subject.adjudicated
    if final is None or len(view.passes) < _wanted(view):
        return
    first, *others = view.passes
    missing = {*_meanings(first)}.difference(_meanings(final))
    if missing:
        missing.intersection_update(*map(_meanings, others))
    # Of entities that mean the same, the last.
    meant = dict(zip(_meanings(first), first.annotation.entities, strict=True)) if missing else {}
    for meaning, entity in meant.items():
        if meaning in missing:
            yield Fault(
                f"every pass has {entity.label} {entity.entity_id} at [{entity.start}, "
                f"{entity.end}), but the adjudication has not; run 'ijcorpus adjudicate' again.",
                start=entity.start,
                end=entity.end,
            )


def _meanings(layer: Layer) -> Iterator[tuple[object, ...]]:
    said = layer.mentions
    return zip(said.start, said.end, said.label, said.entity_id, said.sense, strict=True)


def _rights_mismatch(view: DocumentView) -> Iterator[Fault]:
    source = view.subject.source
    if source.rights == "standoff" and view.subject.stored:
        yield Fault(
            f"the text may not ship, but {source.path} lies in the corpus; move it to the folder "
            "of your own copies."
        )
    if source.rights == "full_text" and source.subset == "press":
        yield Fault(
            "the source is a press text, yet its rights say that it ships in full; "
            "say that it is stand-off."
        )


def _quote_in_withheld(view: DocumentView) -> Iterator[Fault]:
    if view.subject.ships:
        return
    for layer in view.subject.annotations:
        for mark in _quoting(view, layer.annotation.entities, layer.annotation.stances):
            yield Fault(
                f"{layer.name}/{mark.id} [{mark.start}, {mark.end}) quotes a text that may not "
                "ship; leave the words out.",
                record=f"{layer.name}/{mark.id}",
                start=mark.start,
                end=mark.end,
            )
    for decision in view.subject.decisions:
        reading = decision.reading
        marks = _quoting(view, reading.entities, reading.stances) if reading else []
        if marks or _repeats(view, decision.note):
            yield Fault(
                f"the decision on dispute {decision.dispute} quotes a text that may not ship; "
                "leave the words out.",
                record=decision.dispute,
            )


def _quoting(
    view: DocumentView, entities: Iterable[Entity], stances: Iterable[Stance]
) -> list[Entity | Stance]:
    """Marks that quote the text outright, or at length in their note."""
    quoting: list[Entity | Stance] = [entity for entity in entities if entity.quote]
    return quoting + [s for s in stances if s.quote or _repeats(view, s.note)]


def _repeats(view: DocumentView, note: str) -> bool:
    """Whether a note has eight words in a row of the text, if the text is at hand."""
    return bool(note and view.subject.text) and any(
        shared_runs(words(note), words(view.subject.text or ""))
    )


def _standoff_missing(view: DocumentView) -> Iterator[Fault]:
    if not view.subject.ships and view.subject.recorded is None:
        yield Fault(
            "the text may not ship, and the corpus has no stand-off record of it; "
            "make one with 'ijcorpus clean --record'."
        )


def _standoff_differs(view: DocumentView) -> Iterator[Fault]:
    subject = view.subject
    if subject.recorded is None or not isinstance(subject.document, Document):
        return
    made = msgspec.structs.asdict(subject.document.standoff())
    kept = msgspec.structs.asdict(subject.recorded)
    names = [name for name in made if made[name] != kept[name]]
    if names:
        yield Fault(
            f"the text at hand gives another {' and '.join(names)} than the corpus records; "
            "record it again with 'ijcorpus clean --record', or find out which rule has changed."
        )


def _provenance_missing(view: DocumentView) -> Iterator[Fault]:
    source = view.subject.source
    if source.subset != "original":
        return
    missing = [
        name
        for name, value in (("who drafted it", source.drafted_by), ("its facts", source.facts))
        if not value
    ]
    if missing:
        yield Fault(
            f"the source record of an original text does not say {' and '.join(missing)}; add it."
        )


def _fact_source_unknown(view: DocumentView) -> Iterator[Fault]:
    traced = [source for fact in view.subject.facts for source in fact.sources]
    for fact in dict.fromkeys((*view.subject.source.facts, *traced)):
        if fact not in view.corpus.fact_sources:
            yield Fault(
                f"the source rests on {fact!r}, which corpus/fact_sources.jsonl does not have; "
                "mend the id or describe the source.",
                record=fact,
            )


def _fact_sentence_unknown(view: DocumentView) -> Iterator[Fault]:
    if view.subject.text is None or not view.subject.facts:
        return
    text = _plain(view.subject.text)
    for number, fact in enumerate(view.subject.facts, start=1):
        if _plain(fact.sentence) not in text:
            yield Fault(
                f"fact {number} is said to stand at {fact.sentence!r}, which is not in the text; "
                "quote the beginning of its sentence as the clean text has it.",
                record=f"fact-{number}",
            )


DOCUMENT_CHECKS: tuple[Check[DocumentView], ...] = (
    Check(
        code="text-not-nfc",
        level=1,
        severity="error",
        explanation="A clean text must be in Unicode's composed form (NFC).",
        function=_text_not_nfc,
        needs_text=True,
    ),
    Check(
        code="text-control-character",
        level=1,
        severity="error",
        explanation="A clean text has no control, zero-width, direction or replacement characters.",
        function=_text_control_character,
        needs_text=True,
    ),
    Check(
        code="rights-mismatch",
        level=6,
        severity="error",
        explanation="A text that may not ship must not lie in the corpus, and no press text ships.",
        function=_rights_mismatch,
    ),
    Check(
        code="quote-in-withheld",
        level=6,
        severity="error",
        explanation="Annotations and decisions must not quote a text that may not ship.",
        function=_quote_in_withheld,
    ),
    Check(
        code="standoff-missing",
        level=1,
        severity="error",
        explanation="The corpus must record length and structure of every withheld text.",
        function=_standoff_missing,
    ),
    Check(
        code="standoff-differs",
        level=1,
        severity="error",
        explanation="What the corpus records of a withheld text must be what its copy gives.",
        function=_standoff_differs,
        needs_text=True,
    ),
    Check(
        code="provenance-missing",
        level=2,
        severity="error",
        explanation="A text written for the corpus must say who drafted it and from which facts.",
        function=_provenance_missing,
    ),
    Check(
        code="fact-source-unknown",
        level=2,
        severity="error",
        explanation="A source must rest on fact sources that the corpus describes.",
        function=_fact_source_unknown,
    ),
    Check(
        code="fact-sentence-unknown",
        level=2,
        severity="error",
        explanation="A sentence that is traced to its sources must stand in the text.",
        function=_fact_sentence_unknown,
        needs_text=True,
    ),
    Check(
        code="document-without-layers",
        level=6,
        severity="error",
        explanation="Every document must be annotated.",
        function=_document_without_layers,
    ),
    Check(
        code="pass-missing",
        level=6,
        severity="error",
        explanation="Every document must have two independent passes, or what its assignment says.",
        function=_pass_missing,
    ),
    Check(
        code="adjudication-missing",
        level=6,
        severity="error",
        explanation="A document with all its passes must be adjudicated.",
        function=_adjudication_missing,
    ),
    Check(
        code="adjudication-stale",
        level=6,
        severity="warning",
        explanation="What every pass says should stand in the adjudication.",
        function=_adjudication_stale,
    ),
)
