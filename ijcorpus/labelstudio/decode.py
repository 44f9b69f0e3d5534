"""From Label Studio's JSON back to annotations: verified, repaired only where it is provable.

Everything that cannot be understood is reported and returned; nothing is dropped in silence.
"""

from __future__ import annotations

from typing import Any, get_args

from ijcorpus.annotation import (
    Annotation,
    AuthorStance,
    Entity,
    Holder,
    Origin,
    Stance,
    canonical,
)
from ijcorpus.document import Struct, sha256
from ijcorpus.errors import TextMismatchError
from ijcorpus.finding import Finding, Level, Location, Severity
from ijcorpus.labelstudio import config
from ijcorpus.labelstudio.fields import foreign
from ijcorpus.labelstudio.held import holder
from ijcorpus.labelstudio.shapes import mapping, picked, strings
from ijcorpus.labelstudio.spans import FAULTS, nearby_span, proved_span, trimmed
from ijcorpus.labelstudio.tasks import Item
from ijcorpus.scheme import LabelScheme

_ORIGINS: tuple[Origin, ...] = get_args(Origin)
# Which of the scheme's lists each control of a judgement offers.
LISTS = {
    config.POLARITY: "polarities",
    config.TARGET: "propositions",
    config.ATTRIBUTION: "attributions",
    config.HOLDER_KIND: "holder_kinds",
    config.HOLDER_TYPE: "holder_types",
    config.STANCE_FLAGS: "stance_flags",
}
ANY: frozenset[str] = frozenset()
# Controls that may say several things of one region.
MANY = (config.STANCE_FLAGS, config.NOTE)


Said = dict[str, list[str]]
"""What is said of one region, by the control that says it."""


class Decoded(Struct, frozen=True, kw_only=True):
    """An annotation, what was wrong with the result, and the items that could not be used.

    `refused` says of each of these items why.
    """

    annotation: Annotation
    findings: tuple[Finding, ...]
    quarantined: tuple[Item, ...]
    refused: tuple[Finding, ...]


def annotation_of(
    result: list[Item],
    *,
    document: str,
    text: str,
    digest: str,
    scheme: LabelScheme,
    annotator: str,
) -> Decoded:
    """The annotation that a result says.

    Raises TextMismatchError when the text is not the one of the digest.
    """
    if sha256(text) != digest:
        raise TextMismatchError(
            f"{document}: the text is not the one of digest {digest[:12]}. Push it anew."
        )
    reader = _Reader(document, text, scheme)
    reader.read(result)
    found = Annotation(
        document=document,
        digest=digest,
        scheme=scheme.version,
        annotator=annotator,
        entities=tuple(map(reader.entity, reader.entities)),
        stances=tuple(map(reader.stance, reader.stances)),
        author=tuple(reader.author),
        flags=tuple(reader.flags),
    )
    return Decoded(
        annotation=canonical(found),
        findings=tuple(reader.findings),
        quarantined=tuple(reader.quarantined),
        refused=tuple(reader.refused),
    )


class _Region(Struct, frozen=True, gc=False):
    """A labelled span before anything is said of it."""

    start: int
    end: int
    label: str
    origin: Origin


class _Reader:
    """Reads one result: regions first, then what is said of them, then relations.

    Entities and stances are made of it in the end, each by its region's id.
    """

    def __init__(self, document: str, text: str, scheme: LabelScheme) -> None:
        self.document, self.text, self.scheme = document, text, scheme
        self.known = scheme.known
        self.entities: dict[str, _Region] = {}
        self.stances: dict[str, _Region] = {}
        self.holders: dict[str, list[str]] = {}
        self.author: list[AuthorStance] = []
        self.flags: list[str] = []
        self.findings: list[Finding] = []
        self.quarantined: list[Item] = []
        self.refused: list[Finding] = []
        self.said: dict[str, dict[str, list[str]]] = {}
        self.typed: dict[str, Item] = {}

    def read(self, result: list[Item]) -> None:
        """Sort the items out."""
        relations: list[Item] = []
        attributes: list[Item] = []
        for item in result:
            kind = item.get("type")
            if kind == "labels":
                self.region(item)
            elif kind == "relation":
                relations.append(item)
            elif kind in ("choices", "textarea", "taxonomy"):
                attributes.append(item)
            else:
                self.refuse(item, "studio-unknown-item", f"an item of type {kind!r} is not known")
        for item in attributes:
            self.attribute(item)
        for item in relations:
            self.relation(item)
        for item in result:
            if (names := foreign(item)) and not any(item is one for one in self.quarantined):
                self.keep(item, names)

    # Regions

    def region(self, item: Item) -> None:
        """A labelled span becomes an entity or a stance."""
        identity, name = str(item.get("id", "")), item.get("from_name")
        value = mapping(item.get("value"))
        labels = strings(value.get("labels"))
        regions, known = self.entities, self.known["entities"]
        if name == config.STANCE:
            regions, known = self.stances, (self.scheme.stance.id,)
        fits = name in (config.ENTITY, config.STANCE) and len(labels) == 1 and labels[0] in known
        if not fits or not identity:
            said = f"a region with labels {labels} of {name!r} is not in the scheme"
            self.refuse(item, "studio-unknown-label", said)
            return
        if identity in regions:
            self.refuse(item, "studio-double-id", f"the region id {identity!r} is used twice")
            return
        span = self.span(item, value)
        if span is None:
            return
        origin = item.get("origin", "manual")
        if origin not in _ORIGINS:
            if name == config.ENTITY:
                self.report("studio-unknown-origin", "warning", f"origin {origin!r}", *span)
            origin = "manual"
        regions[identity] = _Region(*span, labels[0], origin)

    def span(self, item: Item, value: dict[str, Any]) -> tuple[int, int] | None:
        """The span as code points of our text, or None when it cannot be proved."""
        start, end = value.get("start"), value.get("end")
        if type(start) is not int or type(end) is not int or not 0 <= start < end:
            self.refuse(item, "studio-bad-offsets", f"the offsets {start!r}, {end!r} are no span")
            return None
        quote = self.text[start:end]
        if quote == value.get("text") and quote.strip() == quote and end <= len(self.text):
            return start, end
        proved = proved_span(self.text, start, end, value.get("text"))
        moved = None if proved else nearby_span(self.text, start, end, value.get("text"))
        proved = proved or moved
        if proved is None:
            self.refuse(item, "studio-quote-differs", f"[{start}, {end}) is not what it quotes")
            return None
        if moved:
            message = f"[{start}, {end}) is not what it quotes; {[*moved]} alone near it is"
            self.report("studio-moved-span", "warning", message, *moved)
        elif proved != (start, end):
            message = f"[{start}, {end}) counted UTF-16 units; as characters it is {[*proved]}"
            self.report("studio-utf16-offsets", "warning", message, *proved)
        inner = trimmed(self.text, *proved)
        if inner is None:
            self.refuse(item, "studio-empty-span", f"[{start}, {end}) is white space")
        elif inner != proved:
            message = f"{[*proved]} lost white space at its edges"
            self.report("studio-trimmed", "info", message, *inner)
        return inner

    # What is said of regions and of the document

    def attribute(self, item: Item) -> None:
        """Choices and texts: of a region when they carry offsets, else of the document."""
        name = str(item.get("from_name"))
        value = mapping(item.get("value"))
        if item.get("type") == "taxonomy":
            values = picked(value.get("taxonomy"))
        else:
            values = strings(value.get("text" if item.get("type") == "textarea" else "choices"))
        if values is None:
            self.refuse(item, "studio-unknown-choice", f"{name!r} is no pick from a flat list")
            return
        if name.startswith(config.AUTHOR):
            self.author_stance(item, name.removeprefix(config.AUTHOR), values)
        elif name == config.DOCUMENT_FLAGS:
            self.document_flags(item, values)
        else:
            self.of_region(item, name, values)

    def author_stance(self, item: Item, target: str, values: list[str]) -> None:
        """One choice for one proposition."""
        twice = any(author.target == target for author in self.author)
        known = target in self.known["propositions"] and self.known["polarities"].issuperset(values)
        if not values:
            return
        if not known or twice or len(values) != 1:
            said = f"the author's stance {values} on {target!r} is not one of the scheme's"
            self.refuse(item, "studio-unknown-choice", said)
            return
        self.author.append(AuthorStance(target=target, polarity=values[0]))

    def document_flags(self, item: Item, values: list[str]) -> None:
        """Flags of the document."""
        unknown = set(values) - self.known["document_flags"]
        if unknown:
            said = f"the document flags {sorted(unknown)} are not in the scheme"
            self.refuse(item, "studio-unknown-choice", said)
        self.flags += [value for value in values if value not in unknown]

    def of_region(self, item: Item, name: str, values: list[str]) -> None:
        """Something said of one region; it goes into what is made of the region."""
        identity = str(item.get("id", ""))
        if name in (config.ENTITY_ID, config.ENTITY_PICK) or name.startswith(config.SENSE):
            region = self.entities.get(identity)
        else:
            region = self.stances.get(identity)
        if region is None:
            said = f"{name!r} is said of {identity!r}, which is no region it belongs to"
            self.refuse(item, "studio-orphan", said)
            return
        known = self.offered(name, region)
        if known is None or (known and not known.issuperset(values)):
            said = f"{name!r} = {values} is not in the scheme"
            self.refuse(item, "studio-unknown-choice", said, region)
            return
        before = self.said.setdefault(identity, {})
        if name in before or (len(values) > 1 and name not in MANY):
            self.refuse(item, "studio-double-value", f"{name!r} has more than one value", region)
            return
        before[name] = values
        if name == config.ENTITY_ID:
            self.typed[identity] = item

    def offered(self, name: str, region: _Region) -> frozenset[str] | None:
        """The values a control may have on a region: none is any text, None an unknown control."""
        if name in (config.ENTITY_ID, config.ENTITY_PICK, config.NOTE):
            return ANY
        if name in LISTS:
            return self.known[LISTS[name]]
        label = self.scheme.label(region.label) if name == config.SENSE + region.label else None
        return frozenset(label.senses) if label and label.senses else None

    def relation(self, item: Item) -> None:
        """A relation between a stance and an entity: its holder, whichever way it was drawn."""
        labels = strings(item.get("labels"))
        ends = [str(item.get("from_id")), str(item.get("to_id"))]
        stance = [end for end in ends if end in self.stances and end not in self.entities]
        entity = [end for end in ends if end in self.entities and end not in self.stances]
        if len(stance) != 1 or len(entity) != 1 or labels not in ([], [config.HOLDER]):
            said = f"the relation {' - '.join(ends)} {labels} joins no stance to an entity"
            self.refuse(item, "studio-unknown-relation", said)
            return
        holders = self.holders.setdefault(stance[0], [])
        if entity[0] not in holders:
            holders.append(entity[0])

    # What becomes of it

    def entity(self, identity: str) -> Entity:
        """The entity that a region and what is said of it are."""
        region, said = self.entities[identity], self.said.get(identity)
        return Entity(
            id=identity,
            start=region.start,
            end=region.end,
            label=region.label,
            entity_id=self.linked(identity, region, said) if said else "",
            sense=_first(said, config.SENSE + region.label) if said else None,
            quote=self.text[region.start : region.end],
            origin=region.origin,
        )

    def linked(self, identity: str, region: _Region, said: Said) -> str:
        """The entity's id, picked or typed; of two that differ the typed one is put aside."""
        pick = (_first(said, config.ENTITY_PICK) or "").strip()
        typed = (_first(said, config.ENTITY_ID) or "").strip()
        if pick and typed and pick != typed:
            fault = f"an entity has the id {pick!r} picked and {typed!r} typed; keep one"
            self.refuse(self.typed[identity], "studio-two-ids", fault, region)
        return pick or typed

    def stance(self, identity: str) -> Stance:
        """The stance that a region and what is said of it are."""
        region, said = self.stances[identity], self.said.get(identity, {})
        return Stance(
            id=identity,
            start=region.start,
            end=region.end,
            holder=self.holder(identity, region, said),
            target=_first(said, config.TARGET),
            polarity=_first(said, config.POLARITY),
            attribution=_first(said, config.ATTRIBUTION),
            flags=tuple(said.get(config.STANCE_FLAGS, ())),
            note="\n".join(said.get(config.NOTE, ())),
            quote=self.text[region.start : region.end],
        )

    def holder(self, identity: str, region: _Region, said: Said) -> Holder | None:
        """What the choice and the relations together say of the holder; None when they differ."""
        mentions = self.holders.get(identity, ())
        try:
            return holder(
                _first(said, config.HOLDER_KIND), mentions, _first(said, config.HOLDER_TYPE)
            )
        except ValueError as error:
            message = f"a stance {error}"
            self.report("studio-holder", "error", message, region.start, region.end)
            return None

    # Reports

    def refuse(self, item: Item, code: str, message: str, region: _Region | None = None) -> None:
        """Report an item and keep it aside."""
        start, end = (region.start, region.end) if region else (None, None)
        self.report(code, "error", f"{message}; it was put aside", start, end)
        self.refused.append(self.findings[-1])
        self.quarantined.append(item)

    def keep(self, item: Item, names: list[str]) -> None:
        """Report fields that layers have no place for, and keep the item aside as well."""
        said = f"item {item.get('id')!r} has {', '.join(names)}, which layers have no place for; "
        self.report("studio-unknown-field", "warning", f"{said}it was put aside, the rest taken")
        self.refused.append(self.findings[-1])
        self.quarantined.append(item)

    def report(
        self,
        code: str,
        severity: Severity,
        message: str,
        start: int | None = None,
        end: int | None = None,
    ) -> None:
        """Report a fault, without a word of the text."""
        place = Location(document=self.document, start=start, end=end)
        self.findings.append(
            Finding(
                code=code,
                level=_level(code),
                severity=severity,
                location=place,
                message=f"{message}.",
            )
        )


def _level(code: str) -> Level:
    if code.removeprefix("studio-") in FAULTS:
        return 3
    return 5 if code == "studio-holder" else 4


def _first(said: Said, name: str) -> str | None:
    """The one value said of a region, or None."""
    values = said.get(name)
    return values[0] if values else None
