"""A corpus root, opened: its sources, scheme, registry, documents and annotations."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import msgspec

from ijcorpus.adjudicate.rule import Rule, read_rule
from ijcorpus.annotation import Annotation, Annotator, Decision, RegistryEntry
from ijcorpus.assignment import (
    Assignment,
    Corpus,
    Given,
    assign,
    joined,
    read_assignment,
    read_given,
    sharing,
)
from ijcorpus.document import Document, FactCheck, Source, StandoffDocument, Struct
from ijcorpus.errors import AbsentSourceError, RecordError
from ijcorpus.fetch import raw_bytes
from ijcorpus.layout import Layout, safe_name
from ijcorpus.records import read_json, read_jsonl, read_text
from ijcorpus.scheme import LabelScheme, read_scheme
from ijcorpus.splits import extend, read_splits

T = TypeVar("T")


class CorpusInfo(Struct, frozen=True, kw_only=True):
    """What a corpus is called, by whom, and under which terms (`corpus/corpus.toml`).

    `text_creators` are the hub's names for where the texts come from, such as `found`; `limits`
    are sentences for the data card.
    """

    name: str
    title: str
    version: str
    released: str
    description: str
    language: str
    licence: str
    licence_url: str
    authors: tuple[str, ...]
    keywords: tuple[str, ...]
    provenance: str
    repository: str = ""
    text_creators: tuple[str, ...] = ("found",)
    limits: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


class Workspace:
    """Everything under one corpus root, read when first asked for.

    `copies` is the folder of the reader's own copies of texts that may not ship.
    """

    def __init__(self, root: Path, copies: Path | None = None) -> None:
        self.layout = Layout(root, copies)
        if not self.layout.info.is_file():
            raise RecordError(
                f"{root} is no corpus root: it has no corpus/corpus.toml. Name one with "
                "--root, before the command's name."
            )
        self._documents: dict[str, Document] = {}

    @cached_property
    def info(self) -> CorpusInfo:
        """The corpus's own description."""
        return _read_toml(self.layout.info, CorpusInfo)

    @cached_property
    def scheme(self) -> LabelScheme:
        """The label scheme."""
        text = read_text(self.layout.scheme, remedy="A corpus root needs its scheme.")
        return read_scheme(text, name=str(self.layout.scheme))

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Sources by id, in file order; ids are names of files, too."""
        return {safe_name(s.id): s for s in read_jsonl(self.layout.sources, Source)}

    @cached_property
    def fact_checks(self) -> tuple[FactCheck, ...]:
        """Documents that were read against their sources, in file order; mostly there are none."""
        path = self.layout.fact_checks
        return tuple(read_jsonl(path, FactCheck)) if path.exists() else ()

    @cached_property
    def registry(self) -> dict[str, RegistryEntry]:
        """Registry entries by id, in file order."""
        return {entry.id: entry for entry in read_jsonl(self.layout.registry, RegistryEntry)}

    @cached_property
    def annotators(self) -> dict[str, Annotator]:
        """Annotators by id, in file order; e-mail addresses in small letters, as Label Studio's.

        Raises RecordError for two of one id or address: their work could not be told apart.
        """
        listed = _read_toml(self.layout.annotators, dict[str, tuple[Annotator, ...]])
        found: dict[str, Annotator] = {}
        accounts: dict[str, str] = {}
        for one in listed.get("annotator", ()):
            email = one.email.lower()
            if one.id in found:
                raise RecordError(f"{self.layout.annotators} lists {one.id} twice. Keep one.")
            if email and accounts.setdefault(email, one.id) != one.id:
                raise RecordError(
                    f"{self.layout.annotators}: {accounts[email]} and {one.id} have the same "
                    f"account, {one.email}; case makes no difference. Each annotator needs its "
                    "own, or the work of two could not be told apart."
                )
            found[one.id] = msgspec.structs.replace(one, email=email)
        return found

    @cached_property
    def splits(self) -> dict[str, str]:
        """The frozen splits: document id -> split name."""
        text = read_text(self.layout.splits, remedy="Make it with 'ijcorpus build'.")
        return read_splits(text, name=str(self.layout.splits))

    @cached_property
    def assignment(self) -> Assignment | None:
        """The rule by which documents are given to annotators; without a file, all get all."""
        path = self.layout.assignment
        if not path.exists():
            return None
        return read_assignment(read_text(path, remedy="Make it readable."), name=str(path))

    @cached_property
    def assignable(self) -> Corpus:
        """Those who annotate, and the documents with the splits they have or will have."""
        people = [a for a in self.annotators.values() if a.kind != "rule" and not a.adjudicates]
        frozen = self.splits if self.layout.splits.exists() else {}
        splits = extend(frozen, self.sources.values(), self.scheme.splits)
        return Corpus(
            annotators=tuple(a.id for a in people),
            splits={name: splits[name] for name in self.sources},
            auditors=tuple(a.id for a in people if a.audits),
        )

    @cached_property
    def sharing(self) -> tuple[str, ...]:
        """Those who share the documents; RecordError for an assignment that does not fit."""
        rule, corpus = self.assignment or Assignment(), self.assignable
        known = dict.fromkeys([*self.scheme.splits.shares, self.scheme.splits.held_out])
        return sharing(rule, corpus, known, name=str(self.layout.assignment))

    @cached_property
    def assigned(self) -> Given:
        """What was given so far, as recorded."""
        if not self.layout.assigned.exists():
            return {}
        text = read_text(self.layout.assigned, remedy="Make it readable.")
        return read_given(text, self.assignable, name=str(self.layout.assigned))

    def assign(self, held: Mapping[str, tuple[str, ...]]) -> Given:
        """Everybody's documents in order: as recorded, as `held` on a server, as annotated, new."""
        corpus = self.assignable
        layers = {
            who: [name for name in corpus.splits if self.layout.layer(who, name).exists()]
            for who in corpus.annotators
        }
        given = joined(corpus, self.assigned, held, layers)
        return assign(self.assignment or Assignment(), corpus, self.sharing, given)

    def passes_wanted(self, document: str) -> int | None:
        """How many passes the assignment asks of a document; None without an assignment."""
        if self.assignment is None:
            return None
        split = self.assignable.splits[document]
        return self.assignment.wanted(document, split, self.sharing)

    @cached_property
    def uncounted(self) -> frozenset[str]:
        """Calibration documents that the assignment leaves out of agreement."""
        rule = self.assignment
        return frozenset(rule.calibration if rule and not rule.calibration_counts else ())

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """Every adjudication decision, in file order."""
        if not self.layout.decisions.exists():
            return ()
        return tuple(read_jsonl(self.layout.decisions, Decision))

    @cached_property
    def rule(self) -> Rule:
        """The rule by which readings pass; without a file, everybody must agree."""
        if not self.layout.rule.exists():
            return Rule()
        text = read_text(self.layout.rule, remedy="Make it readable.")
        return read_rule(text, name=str(self.layout.rule))

    def source(self, document: str) -> Source:
        """One source; raises RecordError when the corpus has none of that id."""
        if document not in self.sources:
            near = get_close_matches(document, self.sources, n=1)
            meant = f"Did you mean {near[0]}?" if near else "Take an id that stands there."
            raise RecordError(f"{self.layout.sources} has no document {document!r}. {meant}")
        return self.sources[document]

    def document(self, document: str) -> Document:
        """The clean document of a source whose raw text is at hand.

        Raises SourceError when the text may not ship and no copy of it is at hand.
        """
        if document not in self._documents:
            from ijcorpus.clean import clean

            source = self.source(document)
            self._documents[document] = clean(source, raw_bytes(source, self.layout))
        return self._documents[document]

    def has_text(self, document: str) -> bool:
        """Whether the raw text of a document is at hand.

        Raises SourceError for a text that ships and is gone, and for bytes that are not those
        described: that is no absence but a fault.
        """
        source = self.source(document)
        try:
            raw_bytes(source, self.layout)
        except AbsentSourceError:
            if source.rights == "full_text":
                raise
            return False
        return True

    def documents(self) -> Iterator[Document]:
        """Clean documents of all sources whose raw text is at hand, in source order."""
        return (self.document(document) for document in self.sources if self.has_text(document))

    def standoff(self, document: str) -> StandoffDocument:
        """A document without its text: made from the text, or as recorded in `corpus/standoff`."""
        source = self.source(document)
        if source.rights == "full_text":
            return self.document(document).standoff()
        return read_json(self.layout.standoff_document(document), StandoffDocument)

    def layer(self, annotator: str, document: str) -> Annotation | None:
        """One annotator's annotation of one document, if there is one."""
        path = self.layout.layer(annotator, document)
        return read_json(path, Annotation) if path.exists() else None

    def layers(self, document: str) -> dict[str, Annotation]:
        """Every annotator's annotation of a document, by annotator in listed order."""
        found = {name: self.layer(name, document) for name in self.annotators}
        return {name: layer for name, layer in found.items() if layer is not None}

    def passes(self, document: str) -> dict[str, Annotation]:
        """The layers that adjudication joins, by annotator in listed order."""
        known = self.annotators
        return {name: made for name, made in self.layers(document).items() if known[name].passes}

    def adjudicated(self, document: str) -> Annotation | None:
        """The adjudicated annotation of a document, if there is one."""
        path = self.layout.adjudication(document)
        return read_json(path, Annotation) if path.exists() else None


def _read_toml(path: Path, kind: type[T]) -> T:
    text = read_text(path, remedy="A corpus root needs this file.")
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RecordError(f"{path}: {error}. Mend it and repeat.") from error
