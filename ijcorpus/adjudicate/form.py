"""Worksheets: the open disputes of one document as a form to fill in by hand.

Under each dispute stand the annotators' readings, side by side. The adjudicator fills in
`choice` (an annotator's name, or `other`), `reason` (one of the scheme's), `note` (in its own
words) and, for `other`, `reading`: what stands instead. A reading is written like this, whatever
is empty left out; `{}` says that nothing stands:

    {"entities": [[start, end, label, entity_id, sense]],
     "stances": [{"evidence": [start, end], "holder": HOLDER, "target": id, "polarity": id,
                  "attribution": id, "flags": [id], "note": text}],
     "author": {target: polarity},
     "flags": [id]}

HOLDER is `"author"`, `"unnamed"` or `"unnamed:type"`, `{"mention": [start, end]}` or
`{"mention": entity_id}` (its mention nearest to the evidence), the last two with `"type"` if
wanted. `entity_id` and `sense` may be left out. `marked` and `words` show the text and are
passed over when the form is read.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ijcorpus.adjudicate.compare import Dispute, Kind
from ijcorpus.adjudicate.readings import mention_of
from ijcorpus.annotation import Reading, Stance
from ijcorpus.document import StandoffDocument, Struct
from ijcorpus.scheme import LabelScheme

EVIDENCE = "⟦⟧"
HOLDER = "⟨⟩"


class EntityForm(Struct, frozen=True, array_like=True, omit_defaults=True):
    """`[start, end, label, entity_id, sense]`; the last two may be left out."""

    start: int
    end: int
    label: str
    entity_id: str = ""
    sense: str | None = None


class MentionForm(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A holder that is a mention, by its span or its link."""

    mention: tuple[int, int] | str
    type: str | None = None
    words: str = ""


class StanceForm(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One judgement of a reading."""

    evidence: tuple[int, int]
    holder: MentionForm | str | None
    target: str | None
    polarity: str | None
    attribution: str | None
    flags: tuple[str, ...] = ()
    note: str = ""


class ReadingForm(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A reading as a person writes it."""

    marked: str = ""
    entities: tuple[EntityForm, ...] = ()
    stances: tuple[StanceForm, ...] = ()
    author: dict[str, str] | None = None
    flags: tuple[str, ...] = ()


class DisputeForm(Struct, frozen=True, kw_only=True):
    """One dispute, with what is to be filled in."""

    dispute: str
    kind: Kind
    at: tuple[int, int]
    readings: dict[str, ReadingForm]
    choice: str = ""
    reason: str = ""
    note: str = ""
    reading: ReadingForm | None = None


class Worksheet(Struct, frozen=True, kw_only=True):
    """The open disputes of one document; `reasons` lists what `reason` may say."""

    document: str
    digest: str
    scheme: str
    reasons: tuple[str, ...]
    disputes: tuple[DisputeForm, ...]


def worksheet(
    document: StandoffDocument,
    found: Iterable[Dispute],
    scheme: LabelScheme,
    *,
    text: str | None = None,
    before: Worksheet | None = None,
) -> Worksheet:
    """The form for some disputes of one document.

    With the text at hand the sentence is shown under each reading, its entities or evidence in
    ⟦ ⟧ and the holders in ⟨ ⟩. What was filled in `before` stays wherever the dispute is the same.
    """
    filled = {form.dispute: form for form in before.disputes} if before else {}
    forms: list[DisputeForm] = []
    for dispute in found:
        form = DisputeForm(
            dispute=dispute.key,
            kind=dispute.kind,
            at=(dispute.start, dispute.end),
            readings={
                reading.annotator: reading_form(reading, text, _window(document, dispute))
                for reading in dispute.readings
            },
        )
        if old := filled.get(dispute.key):
            form = msgspec.structs.replace(
                form, choice=old.choice, reason=old.reason, note=old.note, reading=old.reading
            )
        forms.append(form)
    return Worksheet(
        document=document.id,
        digest=document.digest,
        scheme=scheme.version,
        reasons=scheme.names("reasons"),
        disputes=tuple(forms),
    )


def reading_form(reading: Reading, text: str | None, window: tuple[int, int]) -> ReadingForm:
    """A reading as a person writes it, with the text of a window marked if it is at hand."""
    entities = () if reading.stances else reading.entities
    return ReadingForm(
        marked=_marked(reading, text, window) if text else "",
        entities=tuple(EntityForm(e.start, e.end, e.label, e.entity_id, e.sense) for e in entities),
        stances=tuple(_stance_form(stance, reading, text) for stance in reading.stances),
        author={stance.target: stance.polarity for stance in reading.author} or None,
        flags=reading.flags,
    )


def _stance_form(stance: Stance, reading: Reading, text: str | None) -> StanceForm:
    holder: MentionForm | str | None = None
    mention = mention_of(stance, reading.entities)
    if mention is not None and stance.holder is not None:
        words = text[mention.start : mention.end] if text else ""
        span = (mention.start, mention.end)
        holder = MentionForm(mention=span, type=stance.holder.type, words=words)
    elif stance.holder is not None:
        holder = ":".join(filter(None, (stance.holder.kind, stance.holder.type)))
    return StanceForm(
        evidence=(stance.start, stance.end),
        holder=holder,
        target=stance.target,
        polarity=stance.polarity,
        attribution=stance.attribution,
        flags=stance.flags,
        note=stance.note,
    )


def _window(document: StandoffDocument, dispute: Dispute) -> tuple[int, int]:
    """The dispute's span, widened to whole sentences."""
    touched = [s for s in document.sentences if s.start < dispute.end and dispute.start < s.end]
    starts = [dispute.start, *(s.start for s in touched)]
    return min(starts), max([dispute.end, *(s.end for s in touched)])


def _marked(reading: Reading, text: str, window: tuple[int, int]) -> str:
    marks = {(s.start, s.end, EVIDENCE) for s in reading.stances}
    brackets = HOLDER if reading.stances else EVIDENCE
    marks |= {(entity.start, entity.end, brackets) for entity in reading.entities}
    start, end = window
    inside = [mark for mark in marks if start <= mark[0] and mark[1] <= end]
    # At one offset what closes comes first, then of what opens the longest.
    edges = [(stop, 0, -begin, pair[1]) for begin, stop, pair in inside]
    edges += [(begin, 1, -stop, pair[0]) for begin, stop, pair in inside]
    parts: list[str] = []
    at = start
    for offset, _, _, bracket in sorted(edges):
        parts += [text[at:offset], bracket]
        at = offset
    return "".join([*parts, text[at:end]])
