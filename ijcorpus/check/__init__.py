"""Check a corpus root: everything it holds, as the checks see it, and what they find."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import TypeVar

import msgspec

from ijcorpus.adjudicate import adjudicate, stale
from ijcorpus.annotation import Annotation, Decision, RegistryEntry, without_quotes
from ijcorpus.check.released import release_views, released
from ijcorpus.checks import Memory, Report, check
from ijcorpus.checks.documents import PASSES
from ijcorpus.checks.subject import ADJUDICATED, Layer, Released, Subject, Traced
from ijcorpus.checks.view import CorpusView, Waiver
from ijcorpus.document import Document, Source, StandoffDocument
from ijcorpus.errors import AdjudicationError
from ijcorpus.fetch import raw_bytes
from ijcorpus.finding import Level
from ijcorpus.layout import inside, safe_name
from ijcorpus.records import read_json, read_jsonl
from ijcorpus.workspace import Workspace

T = TypeVar("T")
RELEASE_LEVEL = 7
# Texts that are kept, so that few corpora are cleaned twice and none fills the memory.
_TEXTS = 256
# Files that a folder may hold for its readers, or for git.
_KEPT = ("README.md", ".gitkeep", ".gitignore")


class FactSource(msgspec.Struct):
    """Of a fact source, what checks need: its id."""

    id: str


def check_corpus(
    workspace: Workspace,
    *,
    level: Level = 7,
    today: datetime.date | None = None,
    memory: Memory | None = None,
) -> Report:
    """All findings of a corpus root up to a level.

    A `memory`, such as `cache.Cache`, spares what has not changed since it was last checked.
    Raises CorpusError when something that the checks rest on cannot be read.
    """
    last = level >= RELEASE_LEVEL
    releases = release_views(workspace) if last else ()
    view = corpus_view(workspace, today=today, released=released(workspace) if last else {})
    return check(view, level=level, releases=releases, memory=memory)


def corpus_view(
    workspace: Workspace,
    *,
    today: datetime.date | None = None,
    released: Mapping[str, Released] | None = None,
) -> CorpusView:
    """A corpus root as the checks see it; documents are read one by one as they are asked for.

    `released` is what the version that the corpus says it is has of each document, if it is
    released. Lists that are only begun (splits, fact sources, waivers) may be missing; they are
    empty then.
    """
    layout = workspace.layout
    read = lru_cache(_TEXTS)(partial(_document, workspace))
    decided: defaultdict[str, list[Decision]] = defaultdict(list)
    for decision in workspace.decisions:
        decided[decision.document].append(decision)

    def known(name: str) -> Released | None:
        return released.get(name, Released(version=workspace.info.version)) if released else None

    def text(name: str) -> str | None:
        document = read(workspace.source(name))
        return document.text if isinstance(document, Document) else None

    return CorpusView(
        scheme=workspace.scheme,
        subjects=(
            msgspec.structs.replace(
                _subject(workspace, source, read(source), decided.get(source.id, ())),
                released=known(source.id),
            )
            for source in read_jsonl(layout.sources, Source)
        ),
        registry=tuple(read_jsonl(layout.registry, RegistryEntry)),
        annotators=workspace.annotators,
        splits=workspace.splits if layout.splits.exists() else {},
        fact_sources=frozenset(fact.id for fact in _optional(layout.fact_sources, FactSource)),
        today=today or datetime.datetime.now(tz=datetime.UTC).date(),
        strays=tuple(_strays(workspace)),
        orphans=tuple(d for d in workspace.decisions if d.document not in workspace.sources),
        waivers=tuple(_optional(layout.waivers, Waiver)),
        texts=text,
    )


def _document(workspace: Workspace, source: Source) -> Document | StandoffDocument:
    """A document, with its text where that is at hand; the workspace would keep every one."""
    if workspace.has_text(source.id):
        from ijcorpus.clean import clean

        return clean(source, raw_bytes(source, workspace.layout))
    return workspace.standoff(source.id)


def _subject(
    workspace: Workspace,
    source: Source,
    document: Document | StandoffDocument,
    decisions: Sequence[Decision],
) -> Subject:
    layout, name = workspace.layout, source.id
    withheld = source.rights == "standoff"
    record = layout.standoff_document(name)
    facts = layout.texts / f"{safe_name(name)}.facts.jsonl"
    final = workspace.adjudicated(name)
    layers = workspace.layers(name)
    settled, unsettled, unused = _settled(workspace, document, layers, final, decisions)
    if settled is not None and withheld:
        settled = without_quotes(settled)
    return Subject(
        source=source,
        document=document,
        layers=tuple(
            Layer(name=who, annotation=layer, path=_relative(workspace, layout.layer(who, name)))
            for who, layer in layers.items()
        ),
        adjudicated=final
        and Layer(
            name=ADJUDICATED,
            annotation=final,
            path=_relative(workspace, layout.adjudication(name)),
        ),
        decisions=tuple(decisions),
        recorded=read_json(record, StandoffDocument) if withheld and record.exists() else None,
        stored=withheld and inside(layout.texts, source.path).exists(),
        facts=tuple(_optional(facts, Traced)),
        settled=settled,
        unsettled=unsettled,
        stale=unused,
        wanted=workspace.passes_wanted(name),
    )


def _settled(
    workspace: Workspace,
    document: Document | StandoffDocument,
    layers: Mapping[str, Annotation],
    final: Annotation | None,
    decisions: Sequence[Decision],
) -> tuple[Annotation | None, str, tuple[str, ...]]:
    """What passes and decisions give, or why they give nothing; and decisions on no dispute."""
    annotators, name = workspace.annotators, document.id
    passes = {n: a for n, a in layers.items() if annotators[n].passes}
    if final is None or len(passes) < (workspace.passes_wanted(name) or PASSES):
        return None, "", ()
    try:
        made = adjudicate(
            name,
            passes,
            decisions,
            adjudicator=final.annotator,
            sentences=document.sentences,
            agreed_by=workspace.rule.agreed_by,
        )
        unused = stale(
            name,
            passes,
            decisions,
            sentences=document.sentences,
            agreed_by=workspace.rule.agreed_by,
        )
    except AdjudicationError as error:
        return None, str(error), ()
    return made, "", tuple(decision.dispute for decision in unused)


def _strays(workspace: Workspace) -> Iterator[str]:
    """Files of texts, annotations and stand-off records that nothing listed accounts for."""
    layout = workspace.layout
    names = workspace.sources
    expected = {layout.layer(who, name) for who in workspace.annotators for name in names}
    expected |= {layout.adjudication(name) for name in names}
    expected |= {
        layout.standoff_document(name) for name, s in names.items() if s.rights == "standoff"
    }
    expected |= {layout.texts / f"{safe_name(name)}.facts.jsonl" for name in names}
    # A withheld text among them is no stray but a worse fault, with a check of its own.
    expected |= {layout.texts / source.path for source in names.values()}
    folders = (layout.layers, layout.adjudicated, layout.standoff, layout.texts)
    for path in sorted(chain.from_iterable(folder.rglob("*") for folder in folders)):
        if path.is_file() and path not in expected and path.name not in _KEPT:
            yield _relative(workspace, path)


def _relative(workspace: Workspace, path: Path) -> str:
    return path.relative_to(workspace.layout.root).as_posix()


def _optional(path: Path, kind: type[T]) -> Iterator[T]:
    return read_jsonl(path, kind) if path.exists() else iter(())
