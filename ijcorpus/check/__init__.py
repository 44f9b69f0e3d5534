"""Check a corpus root: everything it holds, as the checks see it, and what they find."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from ijcorpus.annotation import Decision, RegistryEntry
from ijcorpus.check.reading import lines, refuse_lines
from ijcorpus.check.released import release_views, released
from ijcorpus.check.subjects import document, subject
from ijcorpus.checks import Memory, Report, check
from ijcorpus.checks.subject import Released, Subject
from ijcorpus.checks.view import CorpusView, Waiver
from ijcorpus.document import Source
from ijcorpus.finding import Level
from ijcorpus.layout import safe_name
from ijcorpus.records import read_jsonl
from ijcorpus.workspace import Workspace

RELEASE_LEVEL = 7
# Texts that are kept, so that few corpora are cleaned twice and none fills the memory.
_TEXTS = 256
# Files that a folder may hold for its readers, or for git.
_KEPT = ("README.md", ".gitkeep", ".gitignore")


class _OfDocument(Protocol):
    @property
    def document(self) -> str: ...


D = TypeVar("D", bound=_OfDocument)


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
    Records of single documents that cannot be read are findings. Raises CorpusError when
    something that all checks rest on cannot be read, such as the scheme or the list of sources.
    """
    refuse_lines(workspace.layout.sources, Source)
    refuse_lines(workspace.layout.registry, RegistryEntry)
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
    layout, listed = workspace.layout, workspace.sources
    read = lru_cache(_TEXTS)(partial(document, workspace))
    listing = partial(lines, layout.root, sources=listed.values())
    decisions, undecided = listing(layout.decisions, Decision, "decision")
    waivers, unwaived = listing(layout.waivers, Waiver, "list")
    facts, unsourced = listing(layout.fact_sources, FactSource, "list")
    decided, undecided_of = _by_document(decisions), _by_document(undecided)
    printed = any(layout.fingerprints.glob("*.json"))

    def known(name: str) -> Released | None:
        return released.get(name, Released(version=workspace.info.version)) if released else None

    def seen(source: Source) -> Subject:
        made = subject(
            workspace,
            source,
            read(source),
            decisions=decided.get(source.id, ()),
            unread=undecided_of.get(source.id, ()),
            printed=printed,
        )
        return msgspec.structs.replace(made, released=known(source.id))

    def text(name: str) -> str | None:
        found = read(workspace.source(name))
        return found.text if found else None

    return CorpusView(
        scheme=workspace.scheme,
        subjects=map(seen, read_jsonl(layout.sources, Source)),
        registry=tuple(read_jsonl(layout.registry, RegistryEntry)),
        annotators=workspace.annotators,
        splits=workspace.splits if layout.splits.exists() else {},
        fact_sources=frozenset(fact.id for fact in facts),
        today=today or datetime.datetime.now(tz=datetime.UTC).date(),
        strays=tuple(_strays(workspace)),
        orphans=tuple(d for d in decisions if d.document not in listed),
        unread=(*undecided_of.get("", ()), *unwaived, *unsourced),
        waivers=tuple(waivers),
        texts=text,
    )


def _by_document(records: Iterable[D]) -> dict[str, list[D]]:
    found: defaultdict[str, list[D]] = defaultdict(list)
    for record in records:
        found[record.document].append(record)
    return found


def _strays(workspace: Workspace) -> Iterator[str]:
    """Files of texts, annotations, stand-off records, fingerprints that nothing accounts for."""
    layout = workspace.layout
    names = workspace.sources
    expected = {layout.layer(who, name) for who in workspace.annotators for name in names}
    expected |= {layout.adjudication(name) for name in names}
    withheld = [name for name, source in names.items() if source.rights == "standoff"]
    expected |= {layout.standoff_document(name) for name in withheld}
    expected |= {layout.fingerprints / f"{name}.json" for name in withheld}
    expected |= {layout.texts / f"{safe_name(name)}.facts.jsonl" for name in names}
    # A withheld text among them is no stray but a worse fault, with a check of its own.
    expected |= {layout.texts / source.path for source in names.values()}
    folders = (
        layout.layers,
        layout.adjudicated,
        layout.standoff,
        layout.fingerprints,
        layout.texts,
    )
    for path in sorted(chain.from_iterable(folder.rglob("*") for folder in folders)):
        if path.is_file() and path not in expected and path.name not in _KEPT:
            yield _relative(workspace, path)


def _relative(workspace: Workspace, path: Path) -> str:
    return path.relative_to(workspace.layout.root).as_posix()
