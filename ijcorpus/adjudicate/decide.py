"""From filled worksheets to decisions: everything is checked before anything is kept."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from ijcorpus.adjudicate.compare import OTHER, Dispute
from ijcorpus.adjudicate.form import (
    DisputeForm,
    EntityForm,
    MentionForm,
    ReadingForm,
    StanceForm,
    Worksheet,
)
from ijcorpus.adjudicate.readings import Judgement, reading_of
from ijcorpus.adjudicate.settle import misfit
from ijcorpus.annotation import (
    Annotation,
    AuthorStance,
    Decision,
    Entity,
    Holder,
    Reading,
    Stance,
)
from ijcorpus.document import StandoffDocument
from ijcorpus.scheme import LabelScheme

RUN = 8
"""A note on a text that may not ship shares no run of this many words with it."""


class Ground(NamedTuple):
    """What a worksheet is checked against.

    `text` is the text if it is at hand; quotes are kept only if it `ships`. `earlier` are the
    decisions on record.
    """

    document: StandoffDocument
    layers: Mapping[str, Annotation]
    disputes: Sequence[Dispute]
    scheme: LabelScheme
    registry: Container[str]
    ships: bool
    text: str | None = None
    earlier: Sequence[Decision] = ()


def decided(sheet: Worksheet, ground: Ground, *, by: str) -> tuple[list[Decision], list[str]]:
    """The decisions a worksheet holds, and in words whatever is wrong with it.

    Disputes without a choice are passed over. Decisions hold no word of a text that may not ship.
    """
    document = ground.document
    now = (document.id, document.digest, ground.scheme.version)
    if (sheet.document, sheet.digest, sheet.scheme) != now:
        return [], [
            f"{sheet.document}: the worksheet is of another document, text or scheme than "
            f"{document.id} is now. Make it anew with --worksheet."
        ]
    known = _known(sheet, ground)
    found = {dispute.key: dispute for dispute in ground.disputes}
    decisions: list[Decision] = []
    problems: list[str] = []
    seen: set[str] = set()
    for form in sheet.disputes:
        faults = [*_form_faults(form, found.get(form.dispute), ground, known)]
        if form.dispute in seen:
            faults.append("stands in the worksheet twice; keep one")
        seen.add(form.dispute)
        problems += [f"{document.id}, dispute {form.dispute}: {fault}." for fault in faults]
        if form.choice and not faults:
            reading = None if form.reading is None else _reading(form.reading, ground, known, by)
            fault = misfit(reading, form.kind) if reading else ""
            problems += [f"{document.id}, dispute {form.dispute} {fault}."] if fault else []
            decisions.append(
                Decision(
                    document=document.id,
                    dispute=form.dispute,
                    kind=form.kind,
                    choice=form.choice,
                    reason=form.reason,
                    note=form.note.strip(),
                    by=by,
                    reading=reading,
                )
            )
    return decisions, problems


def _known(sheet: Worksheet, ground: Ground) -> list[Entity]:
    """Every entity that may stand in the end: of a layer, of a decision, of this worksheet."""
    known = [entity for _, layer in sorted(ground.layers.items()) for entity in layer.entities]
    for decision in ground.earlier:
        if decision.document == ground.document.id and decision.kind == "entity":
            known += decision.reading.entities if decision.reading else ()
    for form in sheet.disputes:
        if form.choice == OTHER and form.kind == "entity" and form.reading:
            known += [_entity(entity, ground) for entity in form.reading.entities]
    return known


def _form_faults(
    form: DisputeForm, dispute: Dispute | None, ground: Ground, known: Sequence[Entity]
) -> Iterator[str]:
    if not form.choice:
        if form.reason or form.note or form.reading is not None:
            yield "is filled in, but has no choice; choose, or empty the rest"
        return
    if dispute is None:
        yield "is no dispute of the layers any more; make the worksheet anew with --worksheet"
        return
    names = [reading.annotator for reading in dispute.readings]
    reasons = ground.scheme.names("reasons")
    if form.kind != dispute.kind:
        yield f"is about {dispute.kind}, not {form.kind}; leave the kind as it was"
    if form.choice not in (*names, OTHER):
        yield f"the choice {form.choice!r} is not one of {', '.join((*names, OTHER))}"
    if form.reason not in reasons:
        yield f"the reason {form.reason!r} is not one of {', '.join(reasons)}"
    if form.choice == OTHER and form.reading is None:
        yield f"{OTHER!r} needs a reading; {{}} says that nothing stands"
    if form.choice != OTHER and form.reading is not None:
        yield f"the reading is used only with {OTHER!r}; choose that, or set the reading to null"
    notes = [form.note]
    if form.reading is not None:
        notes += [stance.note for stance in form.reading.stances]
        yield from _reading_faults(form.reading, ground, known)
    if not ground.ships and ground.text and any(_copies(note, ground.text) for note in notes):
        yield f"a note shares {RUN} words in a row with the text; use words of your own"


def _reading_faults(form: ReadingForm, ground: Ground, known: Sequence[Entity]) -> Iterator[str]:
    scheme = ground.scheme
    for entity in form.entities:
        yield from _span_faults("entity", entity.start, entity.end, ground)
        label = scheme.label(entity.label)
        yield from _unknown("label", [entity.label], scheme.label_names)
        if label is not None and entity.sense is not None:
            yield from _unknown(f"sense of {label.id}", [entity.sense], label.senses)
        linked = not entity.entity_id or entity.entity_id.startswith("nil-")
        if not linked and entity.entity_id not in ground.registry:
            yield f"{entity.entity_id!r} is neither in the registry nor a nil- id"
    for stance in form.stances:
        yield from _span_faults("evidence", *stance.evidence, ground)
        yield from _unknown("target", [stance.target], scheme.target_names)
        yield from _unknown("polarity", [stance.polarity], scheme.polarity_names)
        yield from _unknown("attribution", [stance.attribution], scheme.names("attributions"))
        yield from _unknown("stance flag", stance.flags, scheme.names("stance_flags"))
        yield from _holder_faults(stance, ground, known)
    author = form.author or {}
    yield from _unknown("target", author, scheme.target_names)
    yield from _unknown("polarity", author.values(), scheme.polarity_names)
    yield from _unknown("document flag", form.flags, scheme.names("document_flags"))


def _unknown(what: str, values: Iterable[str | None], known: Sequence[str]) -> Iterator[str]:
    for value in values:
        if value not in known:
            yield f"the {what} {value!r} is not one of {', '.join(known) or 'none'}"


def _span_faults(what: str, start: int, end: int, ground: Ground) -> Iterator[str]:
    if not 0 <= start < end <= ground.document.characters:
        yield (
            f"the {what} [{start}, {end}) is empty or outside the text of "
            f"{ground.document.characters} characters"
        )
    elif not any(s.start <= start and end <= s.end for s in ground.document.sentences):
        yield f"the {what} [{start}, {end}) is not inside one sentence"


def _holder_faults(stance: StanceForm, ground: Ground, known: Sequence[Entity]) -> Iterator[str]:
    if isinstance(stance.holder, MentionForm):
        if stance.holder.type is not None:
            types = ground.scheme.names("holder_types")
            yield from _unknown("holder type", [stance.holder.type], types)
        if _mention(stance.holder, stance, known) is None:
            yield (
                f"no entity of a layer or a decision is the holder {stance.holder.mention!r}; "
                "name one that is, by [start, end] or by its link"
            )
        return
    kind, _, kind_type = (stance.holder or "").partition(":")
    if kind not in ("author", "unnamed"):
        yield (
            f'the holder {stance.holder!r} is none: write "author", "unnamed:type" or '
            '{"mention": [start, end]}'
        )
    elif kind_type:
        yield from _unknown("holder type", [kind_type], ground.scheme.names("holder_types"))


def _mention(form: MentionForm, stance: StanceForm, known: Sequence[Entity]) -> Entity | None:
    """The entity of that span, or the one of that link that is nearest to the evidence."""
    if isinstance(form.mention, tuple):
        return next((e for e in known if (e.start, e.end) == form.mention), None)
    start, end = stance.evidence
    linked = (entity for entity in known if entity.entity_id == form.mention)
    return min(
        linked, key=lambda e: (max(0, e.start - end, start - e.end), e.start, e.end), default=None
    )


def _reading(form: ReadingForm, ground: Ground, known: Sequence[Entity], by: str) -> Reading:
    return reading_of(
        by,
        entities=[_entity(entity, ground) for entity in form.entities],
        judgements=[_judgement(stance, ground, known) for stance in form.stances],
        author=[AuthorStance(target=t, polarity=p) for t, p in (form.author or {}).items()],
        flags=form.flags,
    )


def _entity(form: EntityForm, ground: Ground) -> Entity:
    return Entity(
        id="",
        start=form.start,
        end=form.end,
        label=form.label,
        entity_id=form.entity_id,
        sense=form.sense,
        quote=_quote(form.start, form.end, ground),
    )


def _judgement(form: StanceForm, ground: Ground, known: Sequence[Entity]) -> Judgement:
    mention: Entity | None = None
    if isinstance(form.holder, MentionForm):
        mention = _mention(form.holder, form, known)
        holder = Holder(kind="mention", mention="", type=form.holder.type)
    else:
        kind, _, kind_type = (form.holder or "").partition(":")
        holder = Holder(kind="author" if kind == "author" else "unnamed", type=kind_type or None)
    if mention is not None and not ground.ships:
        mention = msgspec.structs.replace(mention, quote="")
    start, end = form.evidence
    stance = Stance(
        id="",
        start=start,
        end=end,
        holder=holder,
        target=form.target,
        polarity=form.polarity,
        attribution=form.attribution,
        flags=form.flags,
        note=form.note.strip(),
        quote=_quote(start, end, ground),
    )
    return Judgement(stance, (mention,) if mention else ())


def _quote(start: int, end: int, ground: Ground) -> str:
    return ground.text[start:end] if ground.ships and ground.text else ""


def _copies(note: str, text: str) -> bool:
    """Whether a note shares a run of RUN words with the text, case and punctuation aside."""
    ours, theirs = (re.findall(r"\w+", words.casefold()) for words in (note, text))
    runs = {tuple(theirs[at : at + RUN]) for at in range(len(theirs) - RUN + 1)}
    return any(tuple(ours[at : at + RUN]) in runs for at in range(len(ours) - RUN + 1))
