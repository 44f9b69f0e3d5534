from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tiny_corpus import Corpus, replace

from ijcorpus.cli import cli
from ijcorpus.errors import RecordError, ReleaseError
from ijcorpus.release.build import freeze


def run(root: Path, *arguments: str) -> Result:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(cli, ["--root", str(root), *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def answer(root: Path, *arguments: str) -> Any:
    return json.loads(run(root, "--json", *arguments).stdout)


def test_build_then_freeze(corpus: Corpus) -> None:
    shown = run(corpus.root, "build")
    assert shown.exit_code == 0
    assert "documents/train.parquet" in shown.stdout
    assert "not released yet" in shown.stderr
    assert (corpus.root / "build" / "release" / "README.md").is_file()
    freeze(corpus.open())
    assert "as released" in run(corpus.root, "build", "--output", str(corpus.root / "x")).stderr
    assert answer(corpus.root, "build")["version"] == "1.0.0"
    assert run(corpus.root, "build", "--freeze", "--output", "x").exit_code == 2


def test_nothing_is_frozen_with_an_error_in_it(corpus: Corpus) -> None:
    corpus.change("gamma", lambda made: replace(made, digest="0" * 64))
    with pytest.raises(ReleaseError, match=r"the checks find \d+ errors \(.*text-changed"):
        run(corpus.root, "build", "--freeze")
    assert not (corpus.root / "corpus" / "releases").exists()


def test_build_refuses_what_differs(corpus: Corpus) -> None:
    freeze(corpus.open())
    corpus.change("gamma", lambda made: replace(made, entities=()))
    with pytest.raises(ReleaseError, match="not version 1.0.0"):
        run(corpus.root, "build")


def test_load(released: Corpus) -> None:
    shown = run(released.root, "load", "stance", "--split", "validation", "--limit", "1")
    assert "stance/validation, row 0" in shown.stdout and "row 1" not in shown.stdout
    assert "1 of 2 rows, version 1.0.0; splits: train, validation" in shown.stderr
    rows = answer(released.root, "load", "registry", "--limit", "2")
    assert [row["label"] for row in rows] == ["PERSON", "GPE"]


def test_cite(released: Corpus) -> None:
    assert "author = {{The Tiny \\& Small Project}}" in run(released.root, "cite").stdout
    [record] = json.loads(run(released.root, "cite", "--format", "csl-json").stdout)
    assert record["author"] == [{"literal": "The Tiny & Small Project"}]
    assert record["issued"] == {"date-parts": [[2025, 1, 31]]}
    apa = run(released.root, "cite", "--version", "1.0.0", "--format", "apa").stdout
    assert apa == (
        "The Tiny & Small Project. (2025). The Tiny Corpus (Version 1.0.0) [Data set]. "
        "https://example.org/tiny\n"
    )


def test_stats(released: Corpus) -> None:
    shown = run(released.root, "stats").stdout
    assert "Documents by genre" in shown and "Mentions by label" in shown
    tables = {table["title"]: table for table in answer(released.root, "stats")}
    mentions = {row[0]: row[1:] for row in tables["Mentions by label"]["rows"]}
    assert mentions["GPE"] == [5, 1, 3, 9] and mentions["total"] == [7, 2, 5, 14]
    judged = {row[0]: row[1:] for row in tables["Judgements: target x polarity"]["rows"]}
    assert judged["T4"] == [0, 2, 0, 0, 2]
    build = released.root / "build" / "release"
    assert answer(build, "stats") == list(tables.values())


def test_hydrate(released: Corpus, tmp_path: Path) -> None:
    done = run(released.root, "hydrate", "--from", str(released.copies))
    assert done.exit_code == 0 and "exact" in done.stdout
    missing = run(released.root, "hydrate", "--from", str(tmp_path))
    assert missing.exit_code == 1 and "absent" in missing.stdout
    [record] = answer(released.root, "hydrate", "--from", str(tmp_path))
    assert record["status"] == "absent" and "Ask the archive" in record["reason"]


def test_hydrated_documents_are_written_as_documents(released: Corpus, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    from ijcorpus.annotation import AnnotatedDocument
    from ijcorpus.published import Release, named_rows
    from ijcorpus.records import read_json

    arguments = ("hydrate", "--from", str(released.copies), "--output")
    run(released.root, *arguments, str(tmp_path / "out.parquet"))
    table = pq.read_table(tmp_path / "out.parquet")
    release = Release(released.root / "build" / "release")
    assert table.schema.equals(release.table("documents", "test").schema, check_metadata=True)
    [row] = named_rows(table)
    assert row["id"] == "secret" and row["mentions"][0]["text"] == "Haifa"
    run(released.root, *arguments, str(tmp_path / "out"))
    made = read_json(tmp_path / "out" / "secret.json", AnnotatedDocument)
    assert made.annotation.stances[0].quote == "opposed every boycott"


@pytest.mark.parametrize("command", ["build", "load", "cite", "stats", "hydrate"])
def test_help_has_an_example(command: str, tmp_path: Path) -> None:
    shown = run(tmp_path, command, "--help").stdout
    assert f"Example: ijcorpus {command}" in shown


def test_hydrated_texts_stay_out_of_what_is_published(released: Corpus) -> None:
    copies, inside = str(released.copies), released.root / "corpus" / "texts" / "x.parquet"
    with pytest.raises(RecordError, match="is published"):
        run(released.root, "hydrate", "--from", copies, "--output", str(inside))
    assert not inside.exists()
    assert "Nothing was written" in run(released.root, "hydrate", "--from", copies).stderr
