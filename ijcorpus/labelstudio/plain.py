"""The quick way through an export: tasks with nothing odd about them, read by their types.

Nearly every task of an export is one finished annotation whose items are as Label Studio writes
them, and as the scheme has them. Such a task becomes a layer here, without a dictionary for each of
its items. Whatever differs in anything is no business of this module: `harvest` and `decode` read
it, and report what is wrong. What is said here of a task is what they would say of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from ijcorpus.annotation import (
    Annotation,
    Annotator,
    AuthorStance,
    Entity,
    Origin,
    Stance,
    author_order,
    stance_order,
)
from ijcorpus.document import sha256
from ijcorpus.labelstudio import config
from ijcorpus.labelstudio.decode import ANY, LISTS, MANY
from ijcorpus.labelstudio.held import holder
from ijcorpus.scheme import LabelScheme

Offered = dict[tuple[str, str], Mapping[str, frozenset[str]]]
"""By the control and the label of a region: what the controls that speak of it may say."""
Said = dict[str, tuple[str, ...]]
"""What is said of one region, by the control that says it."""
_LINKS = (config.ENTITY_ID, config.ENTITY_PICK)


class Layer(NamedTuple):
    """One annotator's work on a document, and the text that it was made on."""

    annotation: Annotation
    text: str


class PlainReader:
    """Reads the tasks of one annotator's project.

    `users` and `digests` are those of `harvest`.
    """

    def __init__(
        self,
        users: Mapping[str, str],
        annotator: Annotator,
        scheme: LabelScheme,
        digests: Mapping[str, str],
    ) -> None:
        self.users, self.annotator, self.digests = users, annotator, digests
        self.scheme, self.offered = scheme, _offered(scheme)
        self.decoder = msgspec.json.Decoder(_Task)

    def read(self, task: msgspec.Raw) -> Layer | None:
        """The layer of a task's JSON; None when it takes a closer look."""
        try:
            return self._task(self.decoder.decode(task))
        except ValueError:  # as msgspec's own errors are
            return None

    def _task(self, task: _Task) -> Layer:
        text = task.data.text
        document, _, digest = task.data.ij_key.rpartition("@")
        if not document or len(task.annotations) != 1 or task.drafts:
            raise _OddError
        work = task.annotations[0]
        own = self.users.get(str(work.completed_by)) == self.annotator.email
        changed = work.updated_by not in (None, work.completed_by)
        if not own or changed or work.was_cancelled or not work.result:
            raise _OddError
        if sha256(text) != digest or self.digests.get(document, digest) != digest:
            raise _OddError
        found = _Result(text, self.scheme.known, self.offered)
        found.read(work.result)
        entities, stances = found.annotated()
        annotation = Annotation(
            document=document,
            digest=digest,
            scheme=self.scheme.version,
            annotator=self.annotator.id,
            entities=entities,
            stances=stances,
            author=tuple(sorted(found.author, key=author_order)),
            flags=tuple(sorted(found.flags)),
        )
        return Layer(annotation, text)


class _OddError(ValueError):
    """Something takes a closer look."""


# Label Studio's records, in its order. Of items it takes a closer look to pass over other fields.


class _Value(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    start: int = -1
    end: int = -1
    text: str | tuple[str, ...] = ""
    labels: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    taxonomy: tuple[tuple[str, ...], ...] = ()


class _Item(msgspec.Struct, gc=False, kw_only=True, forbid_unknown_fields=True):
    id: str = ""
    from_name: str = ""
    to_name: str = ""
    type: Literal["labels", "choices", "textarea", "taxonomy", "relation"]
    origin: Origin = "manual"
    value: _Value = msgspec.field(default_factory=_Value)
    from_id: str = ""
    to_id: str = ""
    labels: tuple[str, ...] | None = None
    direction: str | None = None
    score: float | None = None
    readonly: bool | None = None
    hidden: bool | None = None


class _Work(msgspec.Struct, gc=False):
    completed_by: int
    result: list[_Item]
    updated_by: int | None = None
    was_cancelled: bool | None = None


class _Data(msgspec.Struct, gc=False):
    text: str = msgspec.field(name=config.TEXT)
    ij_key: str


class _Task(msgspec.Struct, gc=False):
    data: _Data
    annotations: list[_Work]
    drafts: list[msgspec.Raw] | None = None


class _Result:
    """What a result says: regions first, then what is said of them, then relations.

    Everything here raises _OddError, or another ValueError, at what takes a closer look.
    """

    def __init__(self, text: str, known: Mapping[str, frozenset[str]], offered: Offered) -> None:
        self.text, self.known, self.offered = text, known, offered
        self.regions: dict[str, tuple[_Item, Mapping[str, frozenset[str]]]] = {}
        self.links: dict[str, str] = {}
        self.said: dict[str, Said] = {}
        self.mentions: dict[str, str] = {}
        self.author: list[AuthorStance] = []
        self.flags: list[str] = []

    def read(self, result: Iterable[_Item]) -> None:
        """Take every item in."""
        regions: list[_Item] = []
        attributes: list[tuple[_Item, tuple[str, ...]]] = []
        relations: list[_Item] = []
        for item in result:
            kind, value = item.type, item.value
            if kind == "labels":
                regions.append(item)
            elif kind == "choices":
                attributes.append((item, value.choices))
            elif kind == "textarea":
                text = value.text
                attributes.append((item, (text,) if isinstance(text, str) else text))
            elif kind == "taxonomy":
                attributes.append((item, tuple(step for (step,) in value.taxonomy)))
            else:
                relations.append(item)
        self.label(regions)
        self.attribute(attributes)
        self.relate(relations)

    def label(self, items: Iterable[_Item]) -> None:
        """Labelled spans whose quotes are what the text has there."""
        text, regions, offered = self.text, self.regions, self.offered
        length = len(text)
        for item in items:
            value, identity = item.value, item.id
            (label,) = value.labels
            start, end = value.start, value.end
            quote = text[start:end]
            proved = quote == value.text and 0 <= start < end <= length
            controls = offered.get((item.from_name, label))
            if not proved or quote.strip() != quote or controls is None:
                raise _OddError
            if not identity or identity in regions:
                raise _OddError
            regions[identity] = item, controls

    def attribute(self, items: Iterable[tuple[_Item, tuple[str, ...]]]) -> None:
        """What controls say, of regions or of the document; each says something."""
        for item, values in items:
            name, region = item.from_name, self.regions.get(item.id)
            if not values:
                raise _OddError
            if region is None:
                self.of_document(name, values)
                continue
            known = region[1].get(name)
            if known is None or (known and not known.issuperset(values)):
                raise _OddError
            if name in _LINKS:
                (link,) = values
                if item.id in self.links:
                    raise _OddError
                self.links[item.id] = link.strip()
                continue
            if len(values) > 1 and name not in MANY:
                raise _OddError
            if self.said.setdefault(item.id, {}).setdefault(name, values) is not values:
                raise _OddError

    def of_document(self, name: str, values: tuple[str, ...]) -> None:
        """The author's stance on a proposition, or flags."""
        known = self.known
        if name == config.DOCUMENT_FLAGS:
            if not known["document_flags"].issuperset(values):
                raise _OddError
            self.flags += values
            return
        (polarity,) = values
        target = name.removeprefix(config.AUTHOR)
        twice = any(author.target == target for author in self.author)
        fits = target in known["propositions"] and polarity in known["polarities"]
        if target == name or twice or not fits:
            raise _OddError
        self.author.append(AuthorStance(target=target, polarity=polarity))

    def relate(self, items: Iterable[_Item]) -> None:
        """Judgements with their holders, whichever way the relations were drawn."""
        for item in items:
            ends = self.regions.get(item.from_id), self.regions.get(item.to_id)
            if ends[0] is None or ends[1] is None:
                raise _OddError
            one, other = ends[0][0], ends[1][0]
            if one.from_name == other.from_name:
                raise _OddError
            stance, mention = (one, other) if one.from_name == config.STANCE else (other, one)
            named = item.labels in (None, (), (config.HOLDER,))
            if not named or self.mentions.setdefault(stance.id, mention.id) != mention.id:
                raise _OddError

    def annotated(self) -> tuple[tuple[Entity, ...], tuple[Stance, ...]]:
        """The entities and judgements, in the order and with the ids of `canonical`."""
        ordered: list[tuple[int, int, str, str, int, _Item]] = []
        judged: list[_Item] = []
        for at, (item, _) in enumerate(self.regions.values()):
            if item.from_name == config.STANCE:
                judged.append(item)
            else:
                value, link = item.value, self.links.get(item.id, "")
                ordered.append((value.start, value.end, value.labels[0], link, at, item))
        ordered.sort()
        entities: list[Entity] = []
        ids: dict[str, str] = {}
        for number, (start, end, label, link, _, item) in enumerate(ordered, start=1):
            ids[item.id] = identity = f"e{number}"
            said = self.said.get(item.id)
            entity = Entity(
                id=identity,
                start=start,
                end=end,
                label=label,
                entity_id=link,
                sense=_first(said, config.SENSE + label) if said else None,
                quote=self.text[start:end],
                origin=item.origin,
            )
            entities.append(entity)
        stances = sorted([self.stance(item, ids) for item in judged], key=stance_order)
        numbered = [replace(s, id=f"s{number}") for number, s in enumerate(stances, start=1)]
        return tuple(entities), tuple(numbered)

    def stance(self, item: _Item, ids: Mapping[str, str]) -> Stance:
        """The judgement of a region, without its id."""
        value, said = item.value, self.said.get(item.id, {})
        mention = self.mentions.get(item.id)
        held = holder(
            _first(said, config.HOLDER_KIND),
            () if mention is None else (ids[mention],),
            _first(said, config.HOLDER_TYPE),
        )
        return Stance(
            id="",
            start=value.start,
            end=value.end,
            holder=held,
            target=_first(said, config.TARGET),
            polarity=_first(said, config.POLARITY),
            attribution=_first(said, config.ATTRIBUTION),
            flags=tuple(sorted(said.get(config.STANCE_FLAGS, ()))),
            note="\n".join(said.get(config.NOTE, ())),
            quote=self.text[value.start : value.end],
        )


def _first(said: Said, name: str) -> str | None:
    """The one value said by a control, or None."""
    values = said.get(name)
    return values[0] if values else None


def _offered(scheme: LabelScheme) -> Offered:
    """For each control and label of a region, the values of the controls that speak of it.

    No values are any text.
    """
    table: Offered = {}
    for label in scheme.entities:
        senses = {config.SENSE + label.id: frozenset(label.senses)} if label.senses else {}
        table[config.ENTITY, label.id] = {config.ENTITY_ID: ANY, config.ENTITY_PICK: ANY} | senses
    lists = {name: scheme.known[listed] for name, listed in LISTS.items()}
    table[config.STANCE, scheme.stance.id] = {config.NOTE: ANY} | lists
    return table
