"""One document of a corpus root with all that is said of it, as far as it can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from ijcorpus.adjudicate import adjudicate, stale
from ijcorpus.annotation import Annotation, Decision, without_quotes
from ijcorpus.check.reading import Reading
from ijcorpus.checks.documents import PASSES
from ijcorpus.checks.subject import ADJUDICATED, Fingerprinted, Layer, Subject, Traced, Unread
from ijcorpus.document import Document, Source, StandoffDocument
from ijcorpus.errors import AdjudicationError
from ijcorpus.fetch import raw_bytes
from ijcorpus.layout import inside, safe_name
from ijcorpus.records import read_bytes, read_json, read_jsonl
from ijcorpus.standoff.fingerprint import decode_fingerprint
from ijcorpus.workspace import Workspace


def document(workspace: Workspace, source: Source) -> Document | None:
    """A document, if its text is at hand; the workspace would keep every one.

    Raises SourceError for a text that ships and is gone or changed.
    """
    if not workspace.has_text(source.id):
        return None
    from ijcorpus.clean import clean

    return clean(source, raw_bytes(source, workspace.layout))


def subject(
    workspace: Workspace,
    source: Source,
    document: Document | None,
    *,
    decisions: Sequence[Decision],
    unread: Sequence[Unread],
    printed: bool,
) -> Subject:
    """One document with its annotations, records and decisions.

    `unread` are decisions on it that cannot be read; `printed` says whether the corpus publishes
    fingerprints.
    """
    layout, name = workspace.layout, source.id
    withheld = source.rights == "standoff"
    reading = Reading(layout.root, name, silent=withheld)
    layers = dict(_layers(workspace, name, reading))
    settling = layout.adjudication(name)
    final = reading.attempt(
        settling, "annotation", ADJUDICATED, partial(workspace.adjudicated, name)
    )
    recorded = _recorded(layout.standoff_document(name), reading) if withheld else None
    facts = layout.texts / f"{safe_name(name)}.facts.jsonl"
    published = layout.fingerprints / f"{safe_name(name)}.json"
    known = document or recorded
    settled, unsettled, unused = (
        _settled(workspace, known, layers, final, decisions) if known else (None, "", ())
    )
    if settled is not None and withheld:
        settled = without_quotes(settled)
    return Subject(
        source=source,
        document=known or _nothing(name),
        layers=tuple(
            Layer(name=who, annotation=layer, path=_relative(workspace, layout.layer(who, name)))
            for who, layer in layers.items()
        ),
        adjudicated=final
        and Layer(name=ADJUDICATED, annotation=final, path=_relative(workspace, settling)),
        decisions=tuple(decisions),
        recorded=recorded,
        stored=withheld and inside(layout.texts, source.path).exists(),
        facts=reading.attempt(facts, "facts", "facts", partial(_facts, facts)) or (),
        settled=settled,
        unsettled=unsettled,
        stale=unused,
        wanted=workspace.passes_wanted(name),
        lost=known is None,
        fingerprint=_fingerprint(published, reading) if withheld else None,
        unprinted=withheld and printed and not published.exists(),
        unread=(*reading.unread, *unread),
    )


def _layers(workspace: Workspace, name: str, reading: Reading) -> Iterator[tuple[str, Annotation]]:
    for who in workspace.annotators:
        path = workspace.layout.layer(who, name)
        made = reading.attempt(path, "annotation", who, partial(workspace.layer, who, name))
        if made is not None:
            yield who, made


def _recorded(path: Path, reading: Reading) -> StandoffDocument | None:
    if not path.exists():
        return None
    read = partial(read_json, path, StandoffDocument)
    return reading.attempt(path, "document", "standoff", read)


def _facts(path: Path) -> tuple[Traced, ...]:
    return tuple(read_jsonl(path, Traced)) if path.exists() else ()


def _fingerprint(path: Path, reading: Reading) -> Fingerprinted | None:
    def read() -> Fingerprinted:
        data = read_bytes(path, remedy="Make it anew with 'ijcorpus fingerprint'.")
        made = decode_fingerprint(data, where=str(path))
        places = tuple((place.start, place.end) for place in made.places)
        relative = path.relative_to(reading.root).as_posix()
        return Fingerprinted(
            document=made.document, digest=made.digest, places=places, path=relative
        )

    return reading.attempt(path, "fingerprint", "fingerprint", read) if path.exists() else None


def _nothing(name: str) -> StandoffDocument:
    """What stands for a text of which nothing is known."""
    return StandoffDocument(
        id=name, characters=0, digest="", raw_sha256="", cleaner="", sections=(), sentences=()
    )


def _relative(workspace: Workspace, path: Path) -> str:
    return path.relative_to(workspace.layout.root).as_posix()


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
