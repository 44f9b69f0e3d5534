"""What checks are made of and what they see: plain values, built by the caller."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Generic, NamedTuple, Protocol, TypeVar

from ijcorpus.annotation import Annotation, Annotator, Decision, Entity, RegistryEntry, Stance
from ijcorpus.document import Document, Source, StandoffDocument, Struct
from ijcorpus.finding import Finding, Level, Location, Repair, Severity
from ijcorpus.scheme import LabelScheme

ADJUDICATED = "adjudicated"
M = TypeVar("M", bound=Entity | Stance)


class Fault(NamedTuple):
    """What a check function says: one sentence, and the place as far as the view does not know it.

    `record` is an id within the view; `document` is given by checks of the whole corpus only.
    """

    message: str
    record: str = ""
    start: int | None = None
    end: int | None = None
    document: str = ""
    others: tuple[Location, ...] = ()
    repair: Repair | None = None


class View(Protocol):
    """A thing that can be checked: it turns a fault's place into a location and an excerpt."""

    def locate(self, fault: Fault) -> Location:
        """The full location of a fault."""
        ...

    def excerpt(self, fault: Fault) -> str:
        """The text around a fault, empty where there is none or it may not ship."""
        ...


V = TypeVar("V", bound=View)


class Check(Struct, Generic[V], frozen=True, kw_only=True):
    """One check: a stable code, its level, how bad its findings are, its rule and its function.

    `needs_text` says that it cannot look at a document whose text is not at hand.
    """

    code: str
    level: Level
    severity: Severity
    explanation: str
    function: Callable[[V], Iterator[Fault]]
    needs_text: bool = False

    def run(self, view: V) -> Iterator[Finding]:
        """The check's findings in one view."""
        for fault in self.function(view):
            yield Finding(
                code=self.code,
                level=self.level,
                severity=self.severity,
                location=view.locate(fault),
                message=fault.message,
                excerpt=view.excerpt(fault),
                others=fault.others,
                repair=fault.repair,
            )


class Layer(Struct, frozen=True, kw_only=True):
    """One annotation as it is filed: under whose name and, if known, in which file."""

    name: str
    annotation: Annotation
    path: str = ""


class Traced(Struct, frozen=True, kw_only=True):
    """A sentence, by its beginning, with the fact it states and the sources of the fact."""

    sentence: str
    sources: tuple[str, ...]
    fact: str


class Subject(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One document with everything that is said of it.

    `document` has its text when that is at hand, whether or not it may ship. `recorded` is what
    the corpus keeps of a text that may not ship; `stored` says that the raw text lies in the
    corpus itself. `facts` says which sentences rest on which sources. `settled` is what passes and
    decisions give, `unsettled` why they give nothing, `stale` the decisions on no dispute.
    """

    source: Source
    document: Document | StandoffDocument
    layers: tuple[Layer, ...] = ()
    adjudicated: Layer | None = None
    decisions: tuple[Decision, ...] = ()
    recorded: StandoffDocument | None = None
    stored: bool = False
    facts: tuple[Traced, ...] = ()
    settled: Annotation | None = None
    unsettled: str = ""
    stale: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The document's id."""
        return self.source.id

    @property
    def text(self) -> str | None:
        """The clean text, if it is at hand."""
        return self.document.text if isinstance(self.document, Document) else None

    @property
    def ships(self) -> bool:
        """Whether the text may be shown to everybody."""
        return self.source.rights == "full_text"

    @property
    def characters(self) -> int:
        """The length of the clean text in code points."""
        if isinstance(self.document, Document):
            return len(self.document.text)
        return self.document.characters

    @property
    def annotations(self) -> tuple[Layer, ...]:
        """Every pass, then the adjudication."""
        return (*self.layers, *((self.adjudicated,) if self.adjudicated else ()))

    def excerpt(self, fault: Fault) -> str:
        """The text around a fault, empty where there is none or it may not ship."""
        if self.text is None or not self.ships or fault.start is None or fault.end is None:
            return ""
        return excerpt(self.text, fault.start, fault.end)


class Waiver(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finding that somebody has looked at and accepts, for a reason and until a day.

    An empty `record` waives the code for the whole document.
    """

    code: str
    document: str
    reason: str
    by: str
    record: str = ""
    until: datetime.date | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether the waiver is about this finding."""
        at = finding.location
        return (self.code, self.document) == (finding.code, at.document) and (
            self.record in ("", at.record)
        )


class CorpusView(Struct, frozen=True, kw_only=True, dict=True, omit_defaults=True):
    """The whole corpus.

    `subjects` and `registry` are in file order with ids that may occur twice; `fact_sources` are
    the ids that a source may rest on; `strays` are files that nothing accounts for,
    `orphans` decisions on documents that are not there.
    """

    scheme: LabelScheme
    subjects: tuple[Subject, ...]
    registry: tuple[RegistryEntry, ...]
    annotators: dict[str, Annotator]
    splits: dict[str, str]
    fact_sources: frozenset[str]
    today: datetime.date
    strays: tuple[str, ...] = ()
    orphans: tuple[Decision, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    @cached_property
    def entries(self) -> dict[str, RegistryEntry]:
        """Registry entries by id."""
        return {entry.id: entry for entry in self.registry}

    @cached_property
    def named(self) -> dict[str, tuple[str, ...]]:
        """Ids of registry entries by the names that no rule calls ambiguous."""
        found: dict[str, tuple[str, ...]] = {}
        for entry in self.registry:
            for name in {entry.name, *entry.aliases} - {*entry.ambiguous}:
                found[name] = (*found.get(name, ()), entry.id)
        return found

    @cached_property
    def by_id(self) -> dict[str, Subject]:
        """Subjects by document id."""
        return {subject.id: subject for subject in self.subjects}

    def locate(self, fault: Fault) -> Location:
        """A place somewhere in the corpus."""
        return Location(
            document=fault.document, record=fault.record, start=fault.start, end=fault.end
        )

    def excerpt(self, fault: Fault) -> str:
        """The text around a fault, if its document has one that may ship."""
        subject = self.by_id.get(fault.document)
        return subject.excerpt(fault) if subject else ""


class DocumentView(Struct, frozen=True, kw_only=True):
    """One document, and the corpus it belongs to."""

    corpus: CorpusView
    subject: Subject

    @property
    def passes(self) -> tuple[Layer, ...]:
        """The independent passes: no rule's layer, no adjudicator's, no auditor's."""
        listed = self.corpus.annotators
        return tuple(
            layer
            for layer in self.subject.layers
            if layer.name in listed
            and listed[layer.name].kind != "rule"
            and listed[layer.name].passes
        )

    def locate(self, fault: Fault) -> Location:
        """A place in this document."""
        return Location(
            document=self.subject.id, record=fault.record, start=fault.start, end=fault.end
        )

    def excerpt(self, fault: Fault) -> str:
        """The text around a fault."""
        return self.subject.excerpt(fault)


class AnnotationView(Struct, frozen=True, kw_only=True, dict=True):
    """One annotation of one document, and the corpus it belongs to."""

    corpus: CorpusView
    subject: Subject
    layer: Layer

    @property
    def annotation(self) -> Annotation:
        """The annotation."""
        return self.layer.annotation

    @property
    def scheme(self) -> LabelScheme:
        """The corpus's label scheme."""
        return self.corpus.scheme

    @cached_property
    def current(self) -> bool:
        """Whether the annotation was made on the text the document has now."""
        return self.annotation.digest == self.subject.document.digest

    @cached_property
    def text(self) -> str | None:
        """The text that the annotation's offsets are about, if it is at hand."""
        return self.subject.text if self.current else None

    def placed(self, marks: Iterable[M]) -> list[M]:
        """The marks whose offsets lie in the text; none when the text is another."""
        if not self.current:
            return []
        end = self.subject.characters
        return [mark for mark in marks if 0 <= mark.start < mark.end <= end]

    @cached_property
    def placed_entities(self) -> list[Entity]:
        """The entities whose offsets lie in the text."""
        return self.placed(self.annotation.entities)

    @cached_property
    def placed_stances(self) -> list[Stance]:
        """The judgements whose offsets lie in the text."""
        return self.placed(self.annotation.stances)

    def mention(self, stance: Stance) -> Entity | None:
        """The entity that holds a stance, or None."""
        wanted = stance.holder.mention if stance.holder else None
        return None if wanted is None else self._by_id.get(wanted)

    @cached_property
    def _by_id(self) -> dict[str, Entity]:
        """Entities by id; of an id that is there twice, the first."""
        return {entity.id: entity for entity in reversed(self.annotation.entities)}

    def sentence(self, mark: Stance) -> int | None:
        """The number of the sentence that holds the whole mark, or None."""
        spans = self.subject.document.sentences
        held = (n for n, s in enumerate(spans) if s.start <= mark.start and mark.end <= s.end)
        return next(held, None)

    def surface(self, mark: Entity | Stance) -> str:
        """The words of a mark, as far as they are known."""
        text = self.text
        if text is None or not 0 <= mark.start < mark.end <= len(text):
            return mark.quote
        return text[mark.start : mark.end]

    def name(self, mark: Entity | Stance) -> str:
        """A mark's kind, id, words (unless they may not ship) and interval, for messages."""
        kind = "entity" if isinstance(mark, Entity) else "judgement"
        words = f" {_short(self.surface(mark))!r}" if self.subject.ships else ""
        return f"{kind} {mark.id}{words} [{mark.start}, {mark.end})"

    def fault(
        self,
        mark: Entity | Stance,
        message: str,
        *others: Entity | Stance,
        repair: Repair | None = None,
    ) -> Fault:
        """A fault of a mark; the message begins with the mark's name."""
        return Fault(
            message=f"{self.name(mark)} {message}",
            record=mark.id,
            start=mark.start,
            end=mark.end,
            others=tuple(
                self.locate(Fault("", record=other.id, start=other.start, end=other.end))
                for other in others
            ),
            repair=repair,
        )

    def move(self, start: int, end: int, *, safe: bool = True) -> Repair:
        """The repair that moves a mark; never safe where the place follows from the passes."""
        made = self.layer.name != ADJUDICATED
        return Repair(kind="move", safe=safe and made, start=start, end=end)

    def locate(self, fault: Fault) -> Location:
        """A place in this annotation; records are named `layer/id`."""
        return Location(
            document=self.subject.id,
            record=f"{self.layer.name}/{fault.record}" if fault.record else self.layer.name,
            path=self.layer.path,
            start=fault.start,
            end=fault.end,
        )

    def excerpt(self, fault: Fault) -> str:
        """The text around a fault, unless the annotation was made on another."""
        return self.subject.excerpt(fault) if self.current else ""


class WaiverView(Struct, frozen=True, kw_only=True):
    """One waiver, after everything else has run."""

    waiver: Waiver
    used: bool
    today: datetime.date

    @property
    def expired(self) -> bool:
        """Whether its day is past."""
        return self.waiver.until is not None and self.waiver.until < self.today

    def locate(self, fault: Fault) -> Location:
        """The place that the waiver names."""
        return Location(document=self.waiver.document, record=self.waiver.record)

    def excerpt(self, fault: Fault) -> str:
        """A waiver has no text."""
        return ""


def excerpt(text: str, start: int, end: int, *, around: int = 30, most: int = 60) -> str:
    """The place in its line of text, and under it a line of carets.

    White space is shown as a space and what cannot be printed as a middle dot; a long place is
    cut, and carets end with it.
    """
    start = min(max(start, 0), len(text))
    end = min(max(end, start), len(text))
    shown = min(end, start + most)
    before, place = text[max(0, start - around) : start], text[start:shown]
    after = text[end : end + around] if shown == end else "..."
    line = "".join(c if c.isprintable() else " " if c.isspace() else "·" for c in before + place)
    tail = "".join(c if c.isprintable() else " " if c.isspace() else "·" for c in after)
    return f"{line}{tail}".rstrip() + f"\n{' ' * len(before)}{'^' * max(1, len(place))}"


def _short(words: str, most: int = 40) -> str:
    return words if len(words) <= most else f"{words[:most]}..."
