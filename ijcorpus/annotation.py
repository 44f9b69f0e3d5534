"""Annotations: what one annotator, or the adjudication, says about one document."""

from __future__ import annotations

from typing import Literal

import msgspec

from ijcorpus.document import Document, Struct

Origin = Literal["manual", "prediction", "prediction-changed"]
HolderKind = Literal["mention", "author", "unnamed"]


class Entity(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A named mention: code points `[start, end)` of the text, a label and a link.

    `entity_id` is a registry id or a `nil-...` id, empty while unlinked. `quote` is the surface,
    empty where the text may not ship. `origin` says whether a prelabel was taken over.
    """

    id: str
    start: int
    end: int
    label: str
    entity_id: str = ""
    sense: str | None = None
    quote: str = ""
    origin: Origin = "manual"


class Holder(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Who holds a stance: a mention (by its entity's id), the author, or somebody unnamed."""

    kind: HolderKind
    mention: str | None = None
    type: str | None = None

    def __post_init__(self) -> None:
        if (self.kind == "mention") != (self.mention is not None):
            raise ValueError(f"a holder of kind {self.kind!r} with mention {self.mention!r}")


class Stance(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One judgement: holder -> target -> polarity, on the evidence `[start, end)`.

    `holder`, `polarity`, `target` and `attribution` may be None only in work that is not
    finished; a check reports it.
    """

    id: str
    start: int
    end: int
    holder: Holder | None = None
    target: str | None = None
    polarity: str | None = None
    attribution: str | None = None
    flags: tuple[str, ...] = ()
    note: str = ""
    quote: str = ""


class AuthorStance(Struct, frozen=True, kw_only=True, gc=False):
    """The author's own stance on one proposition, over the whole document."""

    target: str
    polarity: str


class Annotation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything one annotator says of one document.

    `digest` is the SHA-256 of the clean text it was made on; `scheme` the scheme's version.
    Entities and stances are in text order.
    """

    document: str
    digest: str
    scheme: str
    annotator: str
    entities: tuple[Entity, ...] = ()
    stances: tuple[Stance, ...] = ()
    author: tuple[AuthorStance, ...] = ()
    flags: tuple[str, ...] = ()

    def mention(self, stance: Stance) -> Entity | None:
        """The entity that holds a stance, or None when its holder is no mention."""
        if stance.holder is None or stance.holder.mention is None:
            return None
        return next((e for e in self.entities if e.id == stance.holder.mention), None)


def canonical(annotation: Annotation) -> Annotation:
    """The one form of an annotation: everything in order, ids e1, e2 ... and s1, s2 ...

    Entities are in text order, then stances; author stances by target; flags by name. Two
    annotations that say the same are equal in this form.
    """
    entities = sorted(annotation.entities, key=lambda e: (e.start, e.end, e.label, e.entity_id))
    ids = {entity.id: f"e{n}" for n, entity in enumerate(entities, start=1)}
    replace = msgspec.structs.replace
    stances = sorted(
        (replace(s, holder=_pointed(s.holder, ids), flags=_flags(s)) for s in annotation.stances),
        key=stance_order,
    )
    return replace(
        annotation,
        entities=tuple([e if e.id == ids[e.id] else replace(e, id=ids[e.id]) for e in entities]),
        stances=tuple(replace(s, id=f"s{n}") for n, s in enumerate(stances, start=1)),
        author=tuple(sorted(annotation.author, key=author_order)),
        flags=tuple(sorted(annotation.flags)),
    )


def without_quotes(annotation: Annotation) -> Annotation:
    """The same annotation without a word of the text, for texts that may not ship."""
    replace = msgspec.structs.replace
    return replace(
        annotation,
        entities=tuple(replace(entity, quote="") for entity in annotation.entities),
        stances=tuple(replace(stance, quote="") for stance in annotation.stances),
    )


def _pointed(holder: Holder | None, ids: dict[str, str]) -> Holder | None:
    if holder is None or holder.mention is None:
        return holder
    return msgspec.structs.replace(holder, mention=ids.get(holder.mention, holder.mention))


def _flags(stance: Stance) -> tuple[str, ...]:
    return tuple(sorted(stance.flags))


def stance_order(stance: Stance) -> tuple[int, int, str, str, str]:
    """The order of judgements in `canonical`."""
    holder = (stance.holder.kind + (stance.holder.mention or "")) if stance.holder else ""
    return stance.start, stance.end, stance.target or "", stance.polarity or "", holder


def author_order(author: AuthorStance) -> tuple[int, str]:
    """The order of author stances in `canonical`: a shorter target first."""
    return len(author.target), author.target


class AnnotatedDocument(Struct, frozen=True, kw_only=True):
    """A document with its text and one annotation of it."""

    document: Document
    annotation: Annotation


class Annotator(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One annotator and what it is: a person, a language model or a rule.

    `prelabels` says whether its tasks carry the rule's prelabels; `email` is its account on the
    annotation server; `description` says who or what it is in a sentence. Who `adjudicates`
    decides between the passes; who `audits` annotates afterwards to try the result: neither is one
    of the passes.
    """

    id: str
    kind: Literal["human", "model", "rule"]
    description: str
    email: str
    prelabels: bool = False
    adjudicates: bool = False
    audits: bool = False

    @property
    def passes(self) -> bool:
        """Whether its layers are passes, which agreement compares and adjudication joins."""
        return not (self.adjudicates or self.audits)


class RegistryEntry(Struct, frozen=True, kw_only=True):
    """One entity of the registry.

    `side` is the ISO 3166 code of the country the actor acts for, `IGO`, or None. `ambiguous`
    lists the names that no rule may link by itself.
    """

    id: str
    name: str
    label: str
    side: str | None
    aliases: tuple[str, ...]
    ambiguous: tuple[str, ...]
    note: str
    verified: bool


class Reading(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one annotator has at a disputed place: entities, stances, author stances or flags."""

    annotator: str
    entities: tuple[Entity, ...] = ()
    stances: tuple[Stance, ...] = ()
    author: tuple[AuthorStance, ...] = ()
    flags: tuple[str, ...] = ()


class Decision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one dispute was settled, by whom and why.

    `dispute` is the dispute's key: a digest of the document's id and of all readings, so that a
    decision never applies to readings it was not made on. `choice` names the annotator whose
    reading stands, or `other`, and then `reading` holds what stands instead (nothing, if empty).
    """

    document: str
    dispute: str
    kind: Literal["entity", "stance", "author", "flag"]
    choice: str
    reason: str
    note: str
    by: str
    reading: Reading | None = None
