"""Check a corpus root: everything it holds, as the checks see it, and what they find."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TypeVar

import msgspec

from ijcorpus.annotation import RegistryEntry
from ijcorpus.checks import Report, check
from ijcorpus.checks.view import ADJUDICATED, CorpusView, Layer, Subject, Traced, Waiver
from ijcorpus.document import Source, StandoffDocument
from ijcorpus.layout import inside, safe_name
from ijcorpus.records import read_json, read_jsonl
from ijcorpus.workspace import Workspace

T = TypeVar("T")


class FactSource(msgspec.Struct):
    """Of a fact source, what checks need: its id."""

    id: str


def check_corpus(workspace: Workspace, *, today: datetime.date | None = None) -> Report:
    """All findings of a corpus root.

    Raises CorpusError when something that the checks rest on cannot be read.
    """
    return check(corpus_view(workspace, today=today))


def corpus_view(workspace: Workspace, *, today: datetime.date | None = None) -> CorpusView:
    """A corpus root as the checks see it.

    Lists that are only begun (splits, fact sources, waivers) may be missing; they are empty then.
    """
    layout = workspace.layout
    return CorpusView(
        scheme=workspace.scheme,
        subjects=tuple(_subject(workspace, s) for s in read_jsonl(layout.sources, Source)),
        registry=tuple(read_jsonl(layout.registry, RegistryEntry)),
        annotators=workspace.annotators,
        splits=workspace.splits if layout.splits.exists() else {},
        fact_sources=frozenset(fact.id for fact in _optional(layout.fact_sources, FactSource)),
        today=today or datetime.datetime.now(tz=datetime.UTC).date(),
        strays=tuple(_strays(workspace)),
        waivers=tuple(_optional(layout.waivers, Waiver)),
    )


def _subject(workspace: Workspace, source: Source) -> Subject:
    layout, name = workspace.layout, source.id
    withheld = source.rights == "standoff"
    record = layout.standoff_document(name)
    facts = layout.texts / f"{safe_name(name)}.facts.jsonl"
    final = workspace.adjudicated(name)
    at_hand = not withheld or workspace.has_text(name)
    return Subject(
        source=source,
        document=workspace.document(name) if at_hand else workspace.standoff(name),
        layers=tuple(
            Layer(name=who, annotation=layer, path=_relative(workspace, layout.layer(who, name)))
            for who, layer in workspace.layers(name).items()
        ),
        adjudicated=final
        and Layer(
            name=ADJUDICATED,
            annotation=final,
            path=_relative(workspace, layout.adjudication(name)),
        ),
        decisions=tuple(d for d in workspace.decisions if d.document == name),
        recorded=read_json(record, StandoffDocument) if withheld and record.exists() else None,
        stored=withheld and inside(layout.texts, source.path).exists(),
        facts=tuple(_optional(facts, Traced)),
    )


def _strays(workspace: Workspace) -> Iterator[str]:
    """Files of annotations and stand-off records that no annotator and source account for."""
    layout = workspace.layout
    names = workspace.sources
    expected = {layout.layer(who, name) for who in workspace.annotators for name in names}
    expected |= {layout.adjudication(name) for name in names}
    expected |= {
        layout.standoff_document(name) for name, s in names.items() if s.rights == "standoff"
    }
    folders = (layout.layers, layout.adjudicated, layout.standoff)
    for path in sorted(chain.from_iterable(folder.rglob("*.json") for folder in folders)):
        if path not in expected:
            yield _relative(workspace, path)


def _relative(workspace: Workspace, path: Path) -> str:
    return path.relative_to(workspace.layout.root).as_posix()


def _optional(path: Path, kind: type[T]) -> Iterator[T]:
    return read_jsonl(path, kind) if path.exists() else iter(())
