"""What checks are made of and what they see: plain values, built by the caller."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, TypeVar

from ijcorpus.annotation import Annotator, Decision, RegistryEntry
from ijcorpus.checks.lazy import lazy
from ijcorpus.checks.subject import Layer, Subject, Summary, Unread, excerpt
from ijcorpus.document import Struct
from ijcorpus.finding import Finding, Level, Location, Repair, Severity
from ijcorpus.layout import Layout
from ijcorpus.scheme import EntityLabel, LabelScheme

# How links begin to what the registry does not have.
NIL = "nil-"
_WAIVERS = Layout(Path()).waivers.as_posix()
# Lists of the scheme that judgements and documents choose from.
_OPTIONS = ("attributions", "stance_flags", "document_flags", "holder_kinds", "holder_types")


class Fault(NamedTuple):
    """What a check function says: one sentence, and the place as far as the view does not know it.

    `record` is an id within the view; `document` is given by checks of the whole corpus only, and
    `path` where the place is a file of its own.
    """

    message: str
    record: str = ""
    start: int | None = None
    end: int | None = None
    document: str = ""
    others: tuple[Location, ...] = ()
    repair: Repair | None = None
    path: str = ""


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

    def finding(self, view: V, fault: Fault) -> Finding:
        """What the check has found in a view, with its full place and the words there."""
        return Finding(
            code=self.code,
            level=self.level,
            severity=self.severity,
            location=view.locate(fault),
            message=fault.message,
            excerpt=view.excerpt(fault),
            others=fault.others,
            repair=fault.repair,
        )


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

    `subjects` are gone through once and never held together; checks of the whole corpus see
    `documents`, their summaries, as often as they like, and can ask `texts` for the text of one.
    All are in file order with ids that may occur twice, as is the `registry`. `fact_sources` are
    the ids that a source may rest on; `strays` are files that nothing accounts for, `orphans`
    decisions on documents that are not there, `unread` lines of no document known; checks of the
    whole corpus see the unread records of all documents there.
    """

    scheme: LabelScheme
    subjects: Iterable[Subject]
    registry: tuple[RegistryEntry, ...]
    annotators: dict[str, Annotator]
    splits: dict[str, str]
    fact_sources: frozenset[str]
    today: datetime.date
    strays: tuple[str, ...] = ()
    orphans: tuple[Decision, ...] = ()
    unread: tuple[Unread, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    documents: Iterable[Summary] = ()
    texts: Callable[[str], str | None] | None = None

    @lazy
    def entries(self) -> dict[str, RegistryEntry]:
        """Registry entries by id."""
        return {entry.id: entry for entry in self.registry}

    @lazy
    def called(self) -> frozenset[tuple[str, str, str]]:
        """Ids of registry entries, but those that seem not to be one, with label and each name."""
        return frozenset(
            (entry.id, entry.label, name)
            for entry in self.entries.values()
            if entry.id and not entry.id.startswith(NIL)
            for name in (entry.name, *entry.aliases, *entry.ambiguous)
        )

    @lazy
    def kinds(self) -> frozenset[tuple[str, str | None]]:
        """The scheme's entity labels, each with each of its senses, or with None."""
        return frozenset(
            (label.id, sense) for label in self.scheme.entities for sense in label.senses or (None,)
        )

    @lazy
    def named(self) -> dict[str, tuple[str, ...]]:
        """Ids of registry entries by the names that no rule calls ambiguous."""
        found: dict[str, tuple[str, ...]] = {}
        for entry in self.registry:
            for name in {entry.name, *entry.aliases} - {*entry.ambiguous}:
                found[name] = (*found.get(name, ()), entry.id)
        return found

    @lazy
    def labels(self) -> dict[str, EntityLabel]:
        """The scheme's entity labels by id."""
        return {label.id: label for label in self.scheme.entities}

    @lazy
    def options(self) -> dict[str, tuple[str, ...]]:
        """The ids of the scheme's closed lists for judgements and documents."""
        return {name: self.scheme.names(name) for name in _OPTIONS}

    @lazy
    def signs(self) -> dict[str | None, str | int | None]:
        """The sign of each polarity that has one: 1 for, -1 against."""
        return {polarity.id: polarity.maps.get("sign") for polarity in self.scheme.polarities}

    def text(self, document: str) -> str:
        """The text of a document, read again; empty where it is not at hand."""
        return (self.texts(document) if self.texts else None) or ""

    def locate(self, fault: Fault) -> Location:
        """A place somewhere in the corpus."""
        return Location(
            document=fault.document,
            record=fault.record,
            path=fault.path,
            start=fault.start,
            end=fault.end,
        )

    def excerpt(self, fault: Fault) -> str:
        """The text around a fault, if its document has one that may ship."""
        if fault.start is None or fault.end is None:
            return ""
        # Where an id stands twice, one of the two may be withheld.
        ships = {d.ships for d in self.documents if d.id == fault.document}
        text = self.text(fault.document) if ships == {True} else ""
        return excerpt(text, fault.start, fault.end) if text else ""


class DocumentView(Struct, frozen=True, kw_only=True, dict=True):
    """One document, and the corpus it belongs to."""

    corpus: CorpusView
    subject: Subject

    @lazy
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
            document=self.subject.id,
            record=fault.record,
            path=fault.path,
            start=fault.start,
            end=fault.end,
        )

    def excerpt(self, fault: Fault) -> str:
        """The text around a fault."""
        return self.subject.excerpt(fault.start, fault.end)


class WaiverView(Struct, frozen=True, kw_only=True):
    """One waiver, after everything else has run; `codes` are those of all checks."""

    waiver: Waiver
    used: bool
    codes: tuple[str, ...]
    today: datetime.date

    @property
    def expired(self) -> bool:
        """Whether its day is past."""
        return self.waiver.until is not None and self.waiver.until < self.today

    def locate(self, fault: Fault) -> Location:
        """The place that the waiver names."""
        waiver = self.waiver
        return Location(document=waiver.document, record=waiver.record, path=_WAIVERS)

    def excerpt(self, fault: Fault) -> str:
        """A waiver has no text."""
        return ""
