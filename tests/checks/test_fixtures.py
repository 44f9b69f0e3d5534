"""One failing and one passing corpus for each check."""

from __future__ import annotations

import datetime
import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ijcorpus.annotation import (
    Annotation,
    Annotator,
    AuthorStance,
    Decision,
    Entity,
    RegistryEntry,
    Stance,
)
from ijcorpus.checks import SCOPES, Report, check, table
from ijcorpus.checks.released import ReleaseView
from ijcorpus.checks.subject import (
    ADJUDICATED,
    Fingerprinted,
    Layer,
    Released,
    Subject,
    Traced,
    Unread,
)
from ijcorpus.checks.view import CorpusView, Waiver
from ijcorpus.document import (
    Document,
    RawMap,
    RawRun,
    Rights,
    Source,
    Span,
    StandoffDocument,
    Struct,
    Subset,
)
from ijcorpus.scheme import read_scheme

FOLDER = Path(__file__).parents[1] / "fixtures" / "checks"
SCHEME = read_scheme((FOLDER / "scheme.toml").read_text())
CHECKS = {check.code: check for checks in SCOPES.values() for check in checks}
TODAY = datetime.date(2001, 1, 1)


class Said(Struct, frozen=True, kw_only=True):
    """One annotation; `of` and `by` are put in where they are not given."""

    entities: tuple[Entity, ...] = ()
    stances: tuple[Stance, ...] = ()
    author: tuple[AuthorStance, ...] = ()
    flags: tuple[str, ...] = ()
    digest: str | None = None
    scheme: str = "7"
    of: str | None = None
    by: str | None = None


class Then(Struct, frozen=True, kw_only=True):
    """What a released version has of a document: as it is now, but for what is said here."""

    row: dict[str, Any] | None = {}
    layers: dict[str, Said] = {}


class Print(Struct, frozen=True, kw_only=True):
    """A published fingerprint, of the document's own text if no other is given."""

    places: tuple[tuple[int, int], ...] = ()
    document: str | None = None
    digest: str | None = None


class Text(Struct, frozen=True, kw_only=True):
    """One document: `said` is what every pass and the adjudication say, unless they say else."""

    id: str = "a"
    text: str = "Ada Moss poured tea in Wend. Rain fell on Wend."
    sentences: tuple[Span, ...] | None = None
    subset: Subset = "original"
    rights: Rights = "full_text"
    at_hand: bool = True
    recorded: bool | None = None
    recorded_characters: int | None = None
    stored: bool = False
    topic: str | None = None
    date: str = "2001"
    path: str | None = None
    split: str | None | msgspec.UnsetType = msgspec.UNSET
    drafted_by: str | None = "nobody"
    facts: tuple[str, ...] = ("fact-1",)
    traced: tuple[Traced, ...] = ()
    said: Said = Said()
    passes: dict[str, Said] | None = None
    adjudicated: Said | None | msgspec.UnsetType = msgspec.UNSET
    decisions: tuple[Decision, ...] = ()
    settled: Said | None = None
    unsettled: str = ""
    stale: tuple[str, ...] = ()
    released: Then | None = None
    unread: tuple[Unread, ...] = ()
    lost: bool = False
    fingerprint: Print | None = None
    unprinted: bool = False


class Corpus(Struct, frozen=True, kw_only=True):
    """A corpus that is in order but for what it says.

    `release` is a JSON merge patch (RFC 7396) of the release in `release.json`, if there is one;
    `shares` are the splits of the scheme, if it has others.
    """

    documents: tuple[Text, ...] = (Text(),)
    release: dict[str, Any] | None = None
    orphans: tuple[Decision, ...] = ()
    registry: tuple[RegistryEntry, ...] = ()
    splits: dict[str, str] = {}
    shares: dict[str, float] = {}
    strays: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    waivers: tuple[Waiver, ...] = ()


def annotator(name: str, *, adjudicates: bool = False) -> Annotator:
    return Annotator(id=name, kind="rule" if name == "rule" else "human", description="",
                     email="", adjudicates=adjudicates)  # fmt: skip


ANNOTATORS = {
    **{name: annotator(name) for name in ("one", "two", "three", "rule")},
    "judge": annotator("judge", adjudicates=True),
}


def document(given: Text) -> Document:
    return Document(
        id=given.id,
        text=given.text,
        sections=(),
        sentences=given.sentences or ((Span(0, len(given.text)),) if given.text else ()),
        raw_map=RawMap((RawRun(0, len(given.text), 0, len(given.text)),)),
        raw_sha256="0",
        cleaner="1",
    )


def source(given: Text) -> Source:
    return Source(
        id=given.id,
        subset=given.subset,
        rights=given.rights,
        title="A title",
        publisher="none",
        date=given.date,
        genre="note",
        period="now",
        vantage="here",
        topic=given.topic or given.id,
        licence="CC0-1.0",
        path=given.path or f"{given.id}.txt",
        format="text",
        sha256="0",
        obtain="Write it.",
        drafted_by=given.drafted_by,
        facts=given.facts,
    )


def layer(name: str, said: Said, made: Document) -> Layer:
    annotation = Annotation(
        document=said.of or made.id,
        digest=said.digest or made.digest,
        scheme=said.scheme,
        annotator=said.by or ("judge" if name == ADJUDICATED else name),
        entities=said.entities,
        stances=said.stances,
        author=said.author,
        flags=said.flags,
    )
    return Layer(name=name, annotation=annotation)


def released(given: Text, made: Document, now: dict[str, Said]) -> Released | None:
    if given.released is None:
        return None
    if given.released.row is None:
        return Released(version="1.0.0")
    row = {"title": "A title", "text_sha256": made.digest, "raw_sha256": made.raw_sha256}
    then = {**now, **given.released.layers}
    return Released(
        version="1.0.0",
        row={
            n: tuple(v) if isinstance(v, list) else v
            for n, v in {**row, **given.released.row}.items()
        },
        layers=tuple(layer(name, said, made) for name, said in then.items()),
    )


def subject(given: Text) -> Subject:
    made = document(given)
    passes = {"one": given.said, "two": given.said} if given.passes is None else given.passes
    final = given.said if given.adjudicated is msgspec.UNSET else given.adjudicated
    withheld = given.rights == "standoff"
    kept: StandoffDocument | None = None
    if withheld if given.recorded is None else given.recorded:
        kept = made.standoff()
        if given.recorded_characters is not None:
            kept = msgspec.structs.replace(kept, characters=given.recorded_characters)
    seen = made if given.at_hand else made.standoff()
    if given.lost:
        seen = msgspec.structs.replace(made.standoff(), characters=0, digest="", sentences=())
    printed = given.fingerprint
    return Subject(
        source=source(given),
        document=seen,
        layers=tuple(layer(name, said, made) for name, said in passes.items()),
        adjudicated=layer(ADJUDICATED, final, made) if final else None,
        decisions=given.decisions,
        recorded=kept,
        stored=given.stored,
        facts=given.traced,
        settled=layer(ADJUDICATED, given.settled, made).annotation if given.settled else None,
        unsettled=given.unsettled,
        stale=given.stale,
        released=released(given, made, {**passes, **({ADJUDICATED: final} if final else {})}),
        unread=tuple(msgspec.structs.replace(one, document=given.id) for one in given.unread),
        lost=given.lost,
        fingerprint=printed
        and Fingerprinted(
            document=printed.document or given.id,
            digest=printed.digest or made.digest,
            places=printed.places,
        ),
        unprinted=given.unprinted,
    )


def split_of(text: Text) -> str | None:
    """As given; else what the scheme holds out is in the split that it is held out for."""
    if text.split is not msgspec.UNSET:
        return text.split
    return "late" if text.subset == "press" else "early"


def corpus_view(corpus: Corpus) -> CorpusView:
    named = {text.id: split for text in corpus.documents if (split := split_of(text))}
    return CorpusView(
        scheme=msgspec.structs.replace(
            SCHEME,
            splits=msgspec.structs.replace(
                SCHEME.splits, shares=corpus.shares or SCHEME.splits.shares
            ),
        ),
        subjects=tuple(subject(text) for text in corpus.documents),
        registry=corpus.registry,
        annotators=ANNOTATORS,
        splits={**named, **corpus.splits},
        fact_sources=frozenset(["fact-1"]),
        today=TODAY,
        strays=corpus.strays,
        orphans=corpus.orphans,
        unread=corpus.unread,
        waivers=corpus.waivers,
    )


def release_view(patch: dict[str, Any]) -> ReleaseView:
    whole = patched(json.loads((FOLDER / "release.json").read_text()), patch)
    return msgspec.structs.replace(
        msgspec.convert({**whole, "scheme": None}, ReleaseView), scheme=SCHEME
    )


def patched(value: Any, patch: Any) -> Any:
    """RFC 7396: objects are merged, null removes, anything else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(value) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if change is None:
            merged.pop(key, None)
        else:
            merged[key] = patched(merged.get(key), change)
    return merged


def example(code: str, name: str) -> Report:
    data = (FOLDER / code / f"{name}.json").read_bytes()
    corpus = msgspec.json.decode(data, type=Corpus)
    releases = [] if corpus.release is None else [release_view(corpus.release)]
    return check(corpus_view(corpus), releases=releases)


@pytest.mark.parametrize("code", CHECKS)
def test_the_failing_corpus_yields_the_code_and_no_other_error(code: str) -> None:
    found = example(code, "fail").findings
    mine = [finding for finding in found if finding.code == code]
    assert mine
    assert {f.code for f in found if f.severity == "error"} <= {code}
    for finding in mine:
        assert (finding.severity, finding.level) == (CHECKS[code].severity, CHECKS[code].level)
        assert finding.message[-1] == "." and "\n" not in finding.message
        assert finding.location.document or finding.location.record


@pytest.mark.parametrize("code", CHECKS)
def test_the_passing_corpus_does_not(code: str) -> None:
    found = example(code, "pass").findings
    assert code not in {finding.code for finding in found}
    assert not [finding for finding in found if finding.severity == "error"]


def test_every_check_has_its_fixtures_and_every_fixture_its_check() -> None:
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir()}
    assert folders == set(CHECKS)
    for code in folders:
        names = {path.name for path in (FOLDER / code).iterdir()}
        assert names == {"fail.json", "pass.json"}


def test_codes_are_unique_and_explained() -> None:
    checks = [one for checks in SCOPES.values() for one in checks]
    assert len(checks) == len(CHECKS)
    assert all(one.explanation.endswith(".") and len(one.explanation) > 20 for one in checks)
    assert all(one.code == one.code.lower() and " " not in one.code for one in checks)
    functions = [one.function for one in checks]
    assert len(set(functions)) == len(functions)


def test_the_table_has_a_row_for_every_check() -> None:
    rows = table().splitlines()
    assert len(rows) == len(CHECKS) + 2
    assert all(any(f" | `{code}` | " in row for row in rows) for code in CHECKS)


def test_a_corpus_in_order_has_no_findings() -> None:
    assert check(corpus_view(Corpus())).findings == ()


@pytest.mark.parametrize("code", sorted(code for code in CHECKS if not code.startswith("waiver")))
def test_no_finding_shows_words_of_a_text_that_may_not_ship(code: str) -> None:
    data = json.loads((FOLDER / code / "fail.json").read_text())
    said: list[str] = []
    for text in data.get("documents", [{}]):
        text["rights"], text["subset"] = "standoff", "press"
        body: str = text.get("text", Text().text)
        said += [body[at : at + 12] for at in range(len(body) - 11)]
    view = corpus_view(msgspec.convert(data, Corpus))
    for finding in check(view).findings:
        assert finding.excerpt == ""
        assert not any(words in finding.message for words in said), finding.message


def test_every_refused_character_is_named() -> None:
    found = example("text-control-character", "fail").findings
    records = [f.location.record for f in found]
    assert records == ["U+0000", "U+000D", "U+200B", "U+202E", "U+FFFD"]


def test_every_place_of_a_withheld_quote_is_found() -> None:
    found = example("quote-in-withheld", "fail").findings
    records = {(f.location.document, f.location.record) for f in found}
    layers = ("one", "two", "adjudicated")
    assert records >= {*(("a", f"{name}/e1") for name in layers), ("c", "d1")}
    assert records >= {("b", f"{name}/s1") for name in layers}


def test_documents_are_let_go_one_by_one() -> None:
    alive: list[int] = []

    def subjects() -> Iterator[Subject]:
        for number in range(12):
            yield subject(Text(id=f"d{number}"))
            alive.append(sum(isinstance(one, Subject) for one in gc.get_objects()))

    before = sum(isinstance(one, Subject) for one in gc.get_objects())
    view = msgspec.structs.replace(corpus_view(Corpus(documents=())), subjects=subjects())
    found = {finding.code for finding in check(view).findings}
    assert "text-twice" in found  # what spans documents is seen all the same
    assert max(alive) <= before + 2
