"""`ijcorpus clean`: how much was removed from each text, and what from one of them."""

from __future__ import annotations

import json

import msgspec
import pytest
from click.testing import CliRunner, Result
from tiny_corpus import Corpus

from ijcorpus.cli import cli
from ijcorpus.document import sha256
from ijcorpus.records import write_jsonl

MENU = "Home | World | Archive"
RAW = f"{MENU}\n\nA quiet year\n\nNothing  was signed\nin Haifa.  Nobody spoke of it.\n"
REWRITTEN = 4  # two spaces twice


@pytest.fixture
def raw(corpus: Corpus) -> Corpus:
    """Of three texts that ship one has a menu and double spaces."""
    (corpus.root / "corpus" / "texts" / "gamma.txt").write_text(RAW)
    changed = {"gamma": sha256(RAW)}
    space = corpus.open()
    sources = [
        msgspec.structs.replace(one, sha256=changed.get(name, one.sha256))
        for name, one in space.sources.items()
    ]
    write_jsonl(space.layout.sources, sources)
    return corpus


def run(corpus: Corpus, *arguments: str, before: tuple[str, ...] = ()) -> Result:
    return CliRunner().invoke(cli, ["--root", str(corpus.root), *before, "clean", *arguments])


def test_without_a_document_the_differences_are_counted(raw: Corpus) -> None:
    result = run(raw, "--diff")
    assert result.exit_code == 0
    rows = [line.replace("│", " ").split() for line in result.stdout.splitlines()]
    assert ["gamma", str(len(RAW)), str(len(MENU)), str(REWRITTEN), "3"] in rows
    assert [row[0] for row in rows if row and row[0] in raw.open().sources] == [
        "alpha",
        "beta",
        "gamma",
    ]
    assert MENU not in result.stdout
    assert "clean --diff DOCUMENT" in " ".join(result.stderr.split())


def test_the_same_counts_for_machines(raw: Corpus) -> None:
    answer = json.loads(run(raw, "--diff", "gamma", before=("--json",)).stdout)
    told = ("raw_characters", "dropped", "rewritten", "lines")
    assert [answer[0][name] for name in told] == [len(RAW), len(MENU), REWRITTEN, 3]
    assert "dropped" not in json.loads(run(raw, "gamma", before=("--json",)).stdout)[0]


@pytest.mark.parametrize(("arguments", "shown"), [(["gamma"], 1), (["--all"], 3)])
def test_differences_are_shown_of_the_documents_asked_for(
    raw: Corpus, arguments: list[str], shown: int
) -> None:
    result = run(raw, "--diff", *arguments)
    assert f"[-{MENU}-]" in result.stdout and "{+ +}" in result.stdout
    assert result.stdout.count("red was dropped") == shown


@pytest.mark.parametrize("arguments", [["--all"], ["--diff", "--all", "gamma"]])
def test_all_is_asked_of_differences_only(raw: Corpus, arguments: list[str]) -> None:
    result = run(raw, *arguments)
    assert result.exit_code == 2 and "--all goes with --diff" in result.output
