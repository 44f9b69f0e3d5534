"""Disputes as Label Studio tasks, and rulings back as the forms that a worksheet has.

A task shows the sentences around the dispute with the agreed entities in them, and what each
annotator said in words; each annotator's reading is a prediction. Nothing here speaks to a server.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from msgspec.structs import replace

from ijcorpus.adjudicate import Dispute, Ground
from ijcorpus.adjudicate.compare import OTHER
from ijcorpus.adjudicate.form import (
    DisputeForm,
    EntityForm,
    MentionForm,
    ReadingForm,
    StanceForm,
    reading_form,
)
from ijcorpus.annotation import Annotation, Entity, Holder, Reading, RegistryEntry, Stance
from ijcorpus.document import Document, Struct, sha256
from ijcorpus.labelstudio import config, tasks
from ijcorpus.labelstudio.api import Json
from ijcorpus.labelstudio.decode import annotation_of
from ijcorpus.scheme import LabelScheme

RULING, REASON, RULING_NOTE = "ruling", "reason", "ruling_note"
AGREED = "agreed"
CONTEXT = 2
"""How many sentences before and after the dispute are shown."""

_STYLE = """
.ij-ruling { border-bottom: 1px solid #ccc; margin-bottom: 8px; padding-bottom: 4px; }
.ij-ruling [class*=typography] { font-size: 14px !important; margin: 6px 0 2px !important; }
.ij-ruling .lsf-choices { margin: 0; }
"""


class Docket(Struct, frozen=True, kw_only=True):
    """A document with its open disputes and the readings that pass by rule."""

    document: Document
    disputes: tuple[Dispute, ...]
    agreed: tuple[Reading, ...]


def adjudication_config(
    scheme: LabelScheme, annotators: Sequence[str], registry: Iterable[RegistryEntry] = ()
) -> str:
    """The labelling configuration with a ruling beside it: whose reading stands, and why."""
    view = fromstring(config.labeling_config(scheme, registry))  # noqa: S314 (our own)
    style = view.find("Style")
    if style is not None:
        style.text = (style.text or "") + _STYLE
    box = Element("View", className="ij-ruling")
    SubElement(box, "Header", value="$question")
    SubElement(box, "Table", name="readings", value="$readings")
    chosen: tuple[tuple[str, str, Iterable[tuple[str, str]]], ...] = (
        (RULING, "What stands", [(name, "") for name in (*annotators, OTHER)]),
        (REASON, "Why", [(reason.id, reason.description) for reason in scheme.reasons]),
    )
    for name, header, options in chosen:
        SubElement(box, "Header", value=header)
        control = SubElement(box, "Choices", name=name, toName=config.TEXT)
        control.attrib |= {"choice": "single-radio", "showInline": "true", "required": "true"}
        for value, hint in options:
            SubElement(control, "Choice", {"value": value} | ({"hint": hint} if hint else {}))
    note = SubElement(box, "TextArea", name=RULING_NOTE, toName=config.TEXT)
    note.attrib |= {"rows": "1", "maxSubmissions": "1", "placeholder": "note, in your own words"}
    view.insert(1, box)
    return tostring(view, encoding="unicode")


def case(document: Document, dispute: Dispute) -> Json:
    """The task of one dispute."""
    start, end = _window(document, dispute)
    text = document.text[start:end]
    tasks.gate_text(document.id, text)
    return {
        "data": {
            config.TEXT: text,
            "ij_key": tasks.key(dispute.key, document.digest),
            "document": document.id,
            "offset": start,
            "question": f"{document.id}: {dispute.kind}",
            "readings": {r.annotator: _in_words(r, document.text) for r in dispute.readings},
        }
    }


def predictions(
    docket: Docket, dispute: Dispute, scheme: LabelScheme, pickable: Collection[str] = ()
) -> dict[str, list[Json]]:
    """What is agreed, and with it each reading, as results by the name they are known under."""
    document = docket.document
    start, end = _window(document, dispute)
    found: dict[str, list[Json]] = {}
    for reading in (Reading(annotator=AGREED), *dispute.readings):
        entities = [*_agreed(docket, dispute, reading), *reading.entities]
        spans = {(entity.start, entity.end): entity for entity in entities}
        names = {at: f"e{n}" for n, at in enumerate(sorted(spans))}
        own = {entity.id: names[entity.start, entity.end] for entity in reading.entities}
        moved = Annotation(
            document=document.id,
            digest=sha256(document.text[start:end]),
            scheme=scheme.version,
            annotator=reading.annotator,
            entities=tuple(
                replace(spans[at], id=names[at], start=at[0] - start, end=at[1] - start, quote="")
                for at in sorted(spans)
            ),
            stances=tuple(_moved(stance, start, own) for stance in reading.stances),
            author=reading.author,
            flags=reading.flags,
        )
        shown = document.text[start:end]
        found[reading.annotator] = tasks.result(moved, shown, scheme, pickable)
    return found


def ruling(
    result: Sequence[Json], data: Json, dispute: Dispute, ground: Ground
) -> tuple[DisputeForm | None, list[str]]:
    """The form that a finished task fills in, and in words what cannot be read."""
    said = {
        name: _values(item)
        for item in result
        if (name := item.get("from_name")) in (RULING, REASON, RULING_NOTE)
    }
    choice, reason = ("".join(said.get(name, [])) for name in (RULING, REASON))
    if not choice:
        return None, ["was submitted without a ruling; choose what stands"]
    reading: ReadingForm | None = None
    if choice == OTHER:
        rest = [item for item in result if item.get("from_name") not in said]
        reading, faults = _other(rest, data, dispute, ground)
        if faults:
            return None, faults
    form = DisputeForm(
        dispute=dispute.key,
        kind=dispute.kind,
        at=(dispute.start, dispute.end),
        readings={},
        choice=choice,
        reason=reason,
        note="\n".join(said.get(RULING_NOTE, [])),
        reading=reading,
    )
    return form, []


def _other(
    rest: list[Json], data: Json, dispute: Dispute, ground: Ground
) -> tuple[ReadingForm | None, list[str]]:
    """What the adjudicator made of the window, as far as the dispute is about it."""
    text, offset = str(data.get(config.TEXT, "")), int(data.get("offset") or 0)
    decoded = annotation_of(
        rest,
        document=dispute.document,
        text=text,
        digest=sha256(text),
        scheme=ground.scheme,
        annotator="",
    )
    faults = [f.message.rstrip(".") for f in decoded.findings if f.severity == "error"]
    made = decoded.annotation
    entities = [replace(e, start=e.start + offset, end=e.end + offset) for e in made.entities]
    near = [e for e in entities if e.start < dispute.end and dispute.start < e.end]
    targets = {author.target for reading in dispute.readings for author in reading.author}
    flags = {flag for reading in dispute.readings for flag in reading.flags}
    kind = dispute.kind
    if kind != "stance" and made.stances:
        faults.append(f"is about {kind}, but judgements were added; remove them")
    return (
        ReadingForm(
            entities=tuple(
                EntityForm(e.start, e.end, e.label, e.entity_id, e.sense)
                for e in (near if kind == "entity" else [])
            ),
            stances=tuple(
                _stance_form(stance, offset, made.mention(stance)) for stance in made.stances
            )
            if kind == "stance"
            else (),
            author={a.target: a.polarity for a in made.author if a.target in targets} or None
            if kind == "author"
            else None,
            flags=tuple(flag for flag in made.flags if flag in flags) if kind == "flag" else (),
        ),
        faults,
    )


def _stance_form(stance: Stance, offset: int, mention: Entity | None) -> StanceForm:
    holder: MentionForm | str | None = None
    if mention is not None and stance.holder is not None:
        span = (mention.start + offset, mention.end + offset)
        holder = MentionForm(mention=span, type=stance.holder.type)
    elif stance.holder is not None:
        holder = ":".join(filter(None, (stance.holder.kind, stance.holder.type)))
    return StanceForm(
        evidence=(stance.start + offset, stance.end + offset),
        holder=holder,
        target=stance.target,
        polarity=stance.polarity,
        attribution=stance.attribution,
        flags=stance.flags,
        note=stance.note,
    )


def _moved(stance: Stance, start: int, names: Mapping[str, str]) -> Stance:
    holder = stance.holder
    if holder is not None and holder.mention is not None:
        holder = Holder(kind="mention", mention=names[holder.mention], type=holder.type)
    begin, end = stance.start - start, stance.end - start
    return replace(stance, start=begin, end=end, holder=holder, quote="")


def _agreed(docket: Docket, dispute: Dispute, beside: Reading) -> list[Entity]:
    """The agreed entities in the window that overlap none of a reading."""
    start, end = _window(docket.document, dispute)
    return [
        entity
        for reading in docket.agreed
        if not reading.stances
        for entity in reading.entities
        if start <= entity.start
        and entity.end <= end
        and not any(e.start < entity.end and entity.start < e.end for e in beside.entities)
    ]


def _window(document: Document, dispute: Dispute) -> tuple[int, int]:
    """What is shown: some sentences around all spans of the readings, or the whole document."""
    if dispute.kind in ("author", "flag") or not document.sentences:
        return 0, len(document.text)
    spans = [s for reading in dispute.readings for s in (*reading.entities, *reading.stances)]
    start = min([dispute.start, *(span.start for span in spans)])
    end = max([dispute.end, *(span.end for span in spans)])
    touched = [n for n, s in enumerate(document.sentences) if s.start < end and start < s.end]
    if not touched:
        return 0, len(document.text)
    first = document.sentences[max(touched[0] - CONTEXT, 0)]
    last = document.sentences[min(touched[-1] + CONTEXT, len(document.sentences) - 1)]
    return min(first.start, start), max(last.end, end)


def _in_words(reading: Reading, text: str) -> str:
    return "; ".join(_lines(reading, text)) or "nothing"


def _lines(reading: Reading, text: str) -> Iterator[str]:
    form = reading_form(reading, text, (0, 0))
    for e in form.entities:
        yield " ".join(filter(None, (f"“{text[e.start : e.end]}”", e.label, e.entity_id, e.sense)))
    for stance in form.stances:
        holder = stance.holder
        who = holder.words if isinstance(holder, MentionForm) else holder
        words = (who, stance.target, stance.polarity, stance.attribution, *stance.flags)
        said = " ".join(word or "?" for word in words)
        yield f"“{text[slice(*stance.evidence)]}”: {said}"
    yield from (
        f"the author: {target} {polarity}" for target, polarity in (form.author or {}).items()
    )
    yield from (f"flag: {flag}" for flag in form.flags)


def _values(item: Json) -> list[str]:
    value = item.get("value") or {}
    return [str(said) for said in value.get("choices") or value.get("text") or []]
