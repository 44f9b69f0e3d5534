"""The whole way on disk: disputes, worksheets, decisions, adjudicated annotations."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from ijcorpus.agreement import Agreement, Overview
from ijcorpus.annotation import Annotation, Decision, Entity, Holder, RegistryEntry, Stance
from ijcorpus.cli import cli
from ijcorpus.document import Document, RawMap, Section, Source, Span, sha256
from ijcorpus.errors import AdjudicationError, CorpusError
from ijcorpus.records import read_json, read_jsonl, write_json, write_jsonl
from ijcorpus.workspace import Workspace

TEXT = "Ada Green met Bo Blue. Ada praised the pact with Omland."
SENTENCES = (Span(0, 22), Span(23, 56))
ROOT = Path(__file__).parents[2]
INFO = """
name = "n"
title = "t"
version = "1"
released = "2026-01-01"
description = "d"
language = "en"
licence = "l"
licence_url = "u"
authors = ["a"]
repository = "r"
keywords = []
provenance = "p"
"""
ANNOTATORS = """
[[annotator]]
id = "ann"
kind = "human"
description = "d"
email = "a@x"
[[annotator]]
id = "ben"
kind = "human"
description = "d"
email = "b@x"
[[annotator]]
id = "judge"
kind = "human"
description = "d"
email = "j@x"
adjudicates = true
"""


def layer(annotator: str, document: str, *, words: str, polarity: str = "favor") -> Annotation:
    start = TEXT.index(words)
    ada = Entity(id="e1", start=0, end=9, label="PERSON", entity_id="ent-1",
                 quote="Ada Green")  # fmt: skip
    other = Entity(id="e2", start=start, end=start + len(words), label="PERSON",
                   quote=words)  # fmt: skip
    stance = Stance(
        id="s1",
        start=27,
        end=43,
        holder=Holder(kind="mention", mention="e1"),
        target="T1",
        polarity=polarity,
        attribution="indirect",
        quote=TEXT[27:43],
    )
    return Annotation(
        document=document,
        digest=sha256(TEXT),
        scheme="1.0",
        annotator=annotator,
        entities=(ada, other),
        stances=(stance,),
    )


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """Two documents of one text, `free` and `bound` (which may not ship), each with two layers."""
    workspace = tmp_path / "root"
    for folder in ("corpus", "annotations"):
        (workspace / folder).mkdir(parents=True)
    (workspace / "corpus" / "corpus.toml").write_text(INFO)
    (workspace / "annotations" / "annotators.toml").write_text(ANNOTATORS)
    scheme = (ROOT / "annotations" / "scheme.toml").read_text()
    (workspace / "annotations" / "scheme.toml").write_text(scheme)
    entry = RegistryEntry(id="ent-1", name="Ada", label="PERSON", side=None, aliases=(),
                          ambiguous=(), note="", verified=True)  # fmt: skip
    opened = Workspace(workspace)
    write_jsonl(opened.layout.registry, [entry])
    rights = {"free": "full_text", "bound": "standoff"}
    write_jsonl(opened.layout.sources, [source(name, rights[name]) for name in rights])
    write_json(opened.layout.standoff_document("bound"), document("bound").standoff())
    monkeypatch.setattr(Workspace, "document", lambda _, name: document(name))
    monkeypatch.setattr(Workspace, "has_text", lambda _, name: True)
    for name in rights:
        put(opened, layer("ann", name, words="Bo Blue"))
        put(opened, layer("ben", name, words="Blue", polarity="mixed"))
    # The adjudicator's own account holds nothing that is compared.
    put(opened, layer("judge", "free", words="met"))
    return workspace


def source(name: str, rights: str) -> Source:
    values = dict.fromkeys(
        ("title", "publisher", "date", "genre", "period", "vantage", "topic", "licence"), "x"
    )
    return Source(id=name, subset="original", rights=rights, path=name, format="text",
                  sha256="x", obtain="x", **values)  # fmt: skip


def document(name: str) -> Document:
    body = Section(kind="body", start=0, end=len(TEXT))
    return Document(id=name, text=TEXT, sections=(body,), sentences=SENTENCES,
                    raw_map=RawMap(()), raw_sha256="x", cleaner="c")  # fmt: skip


def put(workspace: Workspace, annotation: Annotation) -> None:
    write_json(workspace.layout.layer(annotation.annotator, annotation.document), annotation)


def run(root: Path, *arguments: str, command: str = "adjudicate"):
    return CliRunner().invoke(cli, ["--root", str(root), "--json", command, *arguments])


def problem(root: Path, *arguments: str, command: str = "adjudicate") -> str:
    error = run(root, *arguments, command=command).exception
    assert isinstance(error, CorpusError), error
    return str(error)


def forms(folder: Path, name: str) -> dict:
    return json.loads((folder / f"{name}.json").read_text())


def fill(folder: Path, **choices: dict) -> None:
    """Fill in the forms of both documents: fields by kind of dispute."""
    for path in folder.glob("*.json"):
        sheet = json.loads(path.read_text())
        for form in sheet["disputes"]:
            form |= choices.get(form["kind"], {})
        path.write_text(json.dumps(sheet))


CHOICES = {
    "entity": {"choice": "ann", "reason": "boundary", "note": "the full name"},
    "stance": {
        "choice": "other",
        "reason": "merge",
        "note": "neither",
        "reading": {
            "stances": [
                {
                    "evidence": [27, 34],
                    "holder": {"mention": "ent-1"},
                    "target": "T1",
                    "polarity": "against",
                    "attribution": "direct",
                }  # fmt: skip
            ]
        },
    },
}


def test_open_disputes_are_counted_and_nothing_is_written(root) -> None:
    result = run(root)
    assert result.exit_code == 1
    reports = json.loads(result.stdout)
    assert [(r["document"], r["annotators"], r["disputes"], len(r["open"]), r["written"])
            for r in reports] == [(name, ["ann", "ben"], 2, 2, False)
                                  for name in ("free", "bound")]  # fmt: skip
    assert not (root / "annotations" / "adjudicated").exists()


def test_the_way_from_worksheets_to_adjudicated_annotations(root, tmp_path) -> None:
    folder = tmp_path / "forms"
    assert run(root, "--worksheet", str(folder)).exit_code == 0
    shown = {f["kind"]: f["readings"]["ann"]["marked"] for f in forms(folder, "bound")["disputes"]}
    assert shown == {
        "entity": "Ada Green met ⟦Bo Blue⟧.",
        "stance": "Ada ⟦praised the pact⟧ with Omland.",
    }
    fill(folder, **CHOICES)
    result = run(root, "--decide", str(folder))
    assert result.exit_code == 0, result.output
    layout = Workspace(root).layout
    decisions = [*read_jsonl(layout.decisions, Decision)]
    assert {(d.document, d.kind, d.choice, d.by) for d in decisions} == {
        (name, kind, CHOICES[kind]["choice"], "judge")
        for name in ("free", "bound")
        for kind in ("entity", "stance")
    }
    for name, quotes in (("free", ["Ada Green", "Bo Blue", "praised"]), ("bound", [""] * 3)):
        settled = read_json(layout.adjudication(name), Annotation)
        assert settled.annotator == "judge"
        spans = [(e.start, e.end) for e in settled.entities]
        assert spans == [(0, 9), (14, 21)]
        assert [item.quote for item in (*settled.entities, *settled.stances)] == quotes
        assert settled.stances[0].polarity == "against"
        assert settled.mention(settled.stances[0]) == settled.entities[0]
    kept = "".join(line for line in layout.decisions.read_text().splitlines() if "bound" in line)
    assert "praised" not in kept and "Ada" not in kept
    assert json.loads(run(root).stdout)[0]["written"] is True


def test_deciding_twice_changes_nothing_and_otherwise_needs_replace(root, tmp_path) -> None:
    folder = tmp_path / "forms"
    run(root, "--worksheet", str(folder))
    fill(folder, **CHOICES)
    run(root, "--decide", str(folder))
    decisions = Workspace(root).layout.decisions
    before = decisions.read_bytes()
    assert run(root, "--decide", str(folder)).exit_code == 0
    assert decisions.read_bytes() == before
    fill(folder, entity={"choice": "ben"})
    assert "already decided otherwise; add --replace" in problem(root, "--decide", str(folder))
    assert decisions.read_bytes() == before
    assert run(root, "--decide", str(folder), "--replace").exit_code == 0
    made = [*read_jsonl(decisions, Decision)]
    assert len(made) == 4
    assert {d.choice for d in made if d.kind == "entity"} == {"ben"}
    assert [e.start for e in Workspace(root).adjudicated("free").entities] == [0, 17]


def test_one_fault_anywhere_keeps_everything_out(root, tmp_path) -> None:
    folder = tmp_path / "forms"
    run(root, "--worksheet", str(folder))
    fill(folder, entity=CHOICES["entity"], stance=CHOICES["stance"] | {"reason": "because"})
    message = problem(root, "--decide", str(folder))
    assert message.count("the reason 'because' is not one of guideline") == 2
    assert "free, dispute " in message and "bound, dispute " in message
    assert not Workspace(root).layout.decisions.exists()


def test_two_worksheets_cannot_decide_one_dispute_in_two_ways(root, tmp_path) -> None:
    folder = tmp_path / "forms"
    run(root, "--worksheet", str(folder))
    fill(folder, **CHOICES)
    sheet = (folder / "free.json").read_text()
    (folder / "free-again.json").write_text(sheet.replace('"choice": "ann"', '"choice": "ben"'))
    assert "decided otherwise in another worksheet" in problem(root, "--decide", str(folder))
    assert not Workspace(root).layout.decisions.exists()


def test_what_is_decided_leaves_the_worksheet_and_what_was_typed_stays(root, tmp_path) -> None:
    folder = tmp_path / "forms"
    run(root, "--worksheet", str(folder))
    fill(folder, entity=CHOICES["entity"])
    assert run(root, "--decide", str(folder)).exit_code == 1
    fill(folder, stance={"choice": "ben"})
    run(root, "--worksheet", str(folder))
    left = forms(folder, "free")["disputes"]
    assert [(form["kind"], form["choice"]) for form in left] == [("stance", "ben")]


def test_a_changed_layer_makes_decisions_stale_and_the_old_file_suspect(root, tmp_path) -> None:
    folder = tmp_path / "forms"
    run(root, "--worksheet", str(folder))
    fill(folder, **CHOICES)
    run(root, "--decide", str(folder))
    put(Workspace(root), layer("ben", "free", words="Bo", polarity="mixed"))
    result = run(root)
    assert result.exit_code == 1
    free, bound = json.loads(result.stdout)
    assert (len(free["open"]), len(free["stale"]), free["written"]) == (1, 1, False)
    assert "no longer follows from the layers" in free["problem"]
    assert bound["written"] and not bound["problem"]


def test_a_document_that_cannot_be_settled_does_not_stop_the_others(root, tmp_path) -> None:
    put(Workspace(root), layer("ann", "free", words="Green met"))
    folder = tmp_path / "forms"
    run(root, "--worksheet", str(folder))
    fill(folder, **CHOICES)
    result = run(root, "--decide", str(folder))
    assert result.exit_code == 1
    free, bound = json.loads(result.stdout)
    assert "free: two entities would overlap" in free["problem"] and not free["written"]
    assert bound["written"]


@pytest.mark.parametrize("kept", ["corpus", "annotations", "annotations/layers/../more"])
def test_worksheets_stay_out_of_what_is_published(root, kept) -> None:
    assert "is published" in problem(root, "--worksheet", str(root / kept))
    assert not (root / "annotations" / "more").exists()


@pytest.mark.parametrize("name", ["ann", "nobody"])
def test_only_who_adjudicates_may_decide(root, name) -> None:
    assert "judge adjudicates" in problem(root, "--as", name)


def test_one_of_several_adjudicators_must_be_named(root) -> None:
    more = ANNOTATORS + ANNOTATORS[ANNOTATORS.rindex("[[") :].replace("judge", "second").replace(
        "j@x", "s@x"
    )
    (root / "annotations" / "annotators.toml").write_text(more)
    assert "judge, second adjudicates" in problem(root)
    assert run(root, "--as", "second").exit_code == 1


@pytest.mark.parametrize(
    "arguments", [["--worksheet", "x", "--decide", "."], ["--replace"], ["--decide", "absent"]]
)
def test_options_that_contradict_each_other_are_a_usage_error(root, arguments) -> None:
    assert run(root, *arguments).exit_code == 2


def test_the_table_says_the_same_to_people(root) -> None:
    result = CliRunner().invoke(cli, ["--root", str(root), "adjudicate"])
    assert result.exit_code == 1
    assert not isinstance(result.exception, AdjudicationError)
    row = next(line for line in result.stdout.splitlines() if "bound" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        "bound", "ann, ben", "2", "2", "0", "no",
    ]  # fmt: skip


def test_the_report_is_a_struct_of_plain_values(root) -> None:
    from ijcorpus.cli.adjudicate import Report

    assert msgspec.json.decode(run(root).stdout, type=list[Report])


# --- agree ---


def agreed(root: Path, *arguments: str) -> Agreement:
    result = run(root, *arguments, command="agree")
    assert result.exit_code == 0, result.output
    (pair,) = msgspec.json.decode(result.stdout, type=Overview).pairs
    return pair.agreement


def test_agreement_is_of_the_first_two_who_do_not_adjudicate(root) -> None:
    found = agreed(root, "--resamples", "50", "--seed", "3")
    assert (found.annotators, found.documents) == (("ann", "ben"), 2)
    assert (found.resamples, found.seed) == (50, 3)
    assert (found.entities.span.value, found.entities.partial.value) == (0.5, 0.75)
    assert found.stances.holder_target.value == 1
    assert found.stances.triple.value == 0
    swapped = agreed(root, "--annotators", "ben", "ann")
    assert swapped.annotators == ("ben", "ann")


def test_agreement_with_a_named_annotator_is_of_what_both_have_done(root) -> None:
    assert agreed(root, "--annotators", "ann", "judge").documents == 1


def test_agreement_can_be_of_one_split(root) -> None:
    splits = root / "annotations" / "splits.tsv"
    splits.write_text("free\ttest\nbound\ttrain\n")
    assert agreed(root, "--split", "test").documents == 1
    assert "Name one of test, train" in problem(root, "--split", "t", command="agree")


def test_agreement_of_nobody_is_an_error(root) -> None:
    assert "no annotator 'zoe'" in problem(root, "--annotators", "ann", "zoe", command="agree")
    shutil.rmtree(root / "annotations" / "layers" / "ben")
    assert "no document is annotated by two" in problem(root, command="agree")
    assert "ann and ben" in problem(root, "--annotators", "ann", "ben", command="agree")


def test_the_tables_show_value_interval_and_counts(root) -> None:
    result = CliRunner().invoke(cli, ["--root", str(root), "agree", "--by-label"])
    assert result.exit_code == 0
    rows = [re.split(" {2,}", line.strip()) for line in result.stdout.splitlines()]
    assert "…" not in result.stdout
    assert ["span", "0.500", "0.500 to 0.500", "2", "4", "4"] in rows
    assert ["PERSON", "partial labelled", "0.750", "0.750 to 0.750", "3", "4", "4"] in rows
    assert ["T1", "polarity alpha", "-0.500", "-0.500 to -0.500", "0", "2", "2"] in rows
    assert not any(row[0] == "ORG" for row in rows)
