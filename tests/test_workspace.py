"""A corpus root that is not what it should be."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from ijcorpus.cli import cli
from ijcorpus.errors import AbsentSourceError, RecordError, SchemeError, SourceError
from ijcorpus.layout import safe_name
from ijcorpus.scheme import read_scheme
from ijcorpus.workspace import Workspace

ROOT = Path(__file__).parents[1]
SCHEME = (ROOT / "annotations" / "scheme.toml").read_text()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for part in ("corpus", "annotations"):
        shutil.copytree(ROOT / part, tmp_path / part)
    return tmp_path


def test_a_shipped_text_that_is_gone_is_a_fault(root: Path) -> None:
    (root / "corpus" / "texts" / "original-104.txt").unlink()
    with pytest.raises(AbsentSourceError, match=r"original-104: .*does not exist"):
        [*Workspace(root).documents()]


def test_a_text_that_was_changed_is_a_fault(root: Path) -> None:
    path = root / "corpus" / "texts" / "original-104.txt"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(SourceError, match=r"original-104: .*has the SHA-256"):
        Workspace(root).has_text("original-104")


def test_a_withheld_text_may_be_absent(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IJCORPUS_TEXTS", raising=False)
    assert not Workspace(root).has_text("press-001")
    with pytest.raises(
        AbsentSourceError, match=r"press-001: the text may not ship.*IJCORPUS_TEXTS"
    ):
        Workspace(root).document("press-001")


@pytest.mark.parametrize("name", ["../x", "A", "a/b", "", ".a", "a..b", "a\0"])
def test_ids_cannot_leave_their_folder(name: str) -> None:
    with pytest.raises(RecordError, match="cannot be an id"):
        safe_name(name)


def test_a_source_s_id_and_path_cannot_leave_their_folder(root: Path) -> None:
    path = root / "corpus" / "sources.jsonl"
    told = path.read_text()
    path.write_text(told.replace('"id": "original-104"', '"id": "../x"'))
    with pytest.raises(RecordError, match="cannot be an id"):
        _ = Workspace(root).sources
    path.write_text(told.replace('"path": "original-104.txt"', '"path": "../corpus.toml"'))
    with pytest.raises(RecordError, match="leaves"):
        Workspace(root).document("original-104")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("train = 0.64", '"../evil" = 0.64', "a word"),
        ("train = 0.64", "train = -5", "between 0 and 1"),
        ("train = 0.64", "train = 0.5", "add up to 1"),
        ('held_out = "test"', 'held_out = "zz"', "one of the splits"),
        ('id = "NORP"', 'id = "PERSON"', "used twice"),
        ('hotkey = "2"', 'hotkey = "1"', "hotkey '1' is used twice"),
        ('guidelines = ["entities.md", "stance.md"]', "guidelines = []", "two pages"),
        ('version = "1.0"', 'version = "1.0"\nmood = "good"', "unknown field"),
    ],
)
def test_a_scheme_that_contradicts_itself_is_refused(old: str, new: str, message: str) -> None:
    assert old in SCHEME
    with pytest.raises(SchemeError) as caught:
        read_scheme(SCHEME.replace(old, new, 1))
    assert message in str(caught.value)


@pytest.mark.parametrize("command", [["cite"], ["stats"], ["load", "stance"]])
def test_a_named_root_without_a_release_is_never_answered_from_another(
    tmp_path: Path, command: list[str]
) -> None:
    result = CliRunner().invoke(cli, ["--root", str(tmp_path), *command])
    assert "has no released version" in str(result.exception)


def test_markup_of_the_terminal_in_names_is_only_text(root: Path) -> None:
    strange = root / "x[/b]"
    shutil.move(root / "corpus", strange / "corpus")
    shutil.move(root / "annotations", strange / "annotations")
    result = CliRunner().invoke(cli, ["--root", str(strange), "build"])
    assert result.exception is None, result.output
    assert "x[/b]" in result.stderr


def test_the_corpus_can_be_frozen_again(root: Path) -> None:
    result = CliRunner().invoke(cli, ["--root", str(root), "build", "--freeze"])
    assert result.exit_code == 0, result.exception
    assert "as released" in result.stderr


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("original-0033", "Did you mean original-003?"), ("xyz", "Take an id that stands there")],
)
def test_an_unknown_document_is_told_with_the_nearest(root: Path, name: str, remedy: str) -> None:
    with pytest.raises(RecordError, match=f"has no document '{name}'. {re.escape(remedy)}"):
        Workspace(root).source(name)


def test_texts_that_are_not_at_hand_are_asked_for(
    root: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IJCORPUS_TEXTS", raising=False)
    command, empty = ["--root", str(root), "fingerprint"], tmp_path_factory.mktemp("empty")
    result = CliRunner().invoke(cli, command)
    assert "IJCORPUS_TEXTS names no folder. Name the folder of your copies" in str(result.exception)
    result = CliRunner().invoke(cli, [*command, "--copies", str(empty)])
    assert f"{empty} has none of the texts that may not ship" in str(result.exception)


def test_an_address_is_the_same_in_any_case(root: Path) -> None:
    path = root / "annotations" / "annotators.toml"
    path.write_text(path.read_text().replace("pass-a@ijcorpus", "Pass-A@IJcorpus"))
    assert Workspace(root).annotators["pass-a"].email == "pass-a@ijcorpus.example"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("pass-b@", "Pass-A@", "pass-a and pass-b have the same account, Pass-A@ijcorpus.example"),
        ("pass-c@", "pass-a@", "pass-a and pass-c have the same account"),
        ('id = "pass-b"', 'id = "pass-a"', "lists pass-a twice"),
    ],
)
def test_two_annotators_who_could_not_be_told_apart_are_refused(
    root: Path, old: str, new: str, fault: str
) -> None:
    path = root / "annotations" / "annotators.toml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(RecordError, match=rf"annotators\.toml.*{fault}"):
        _ = Workspace(root).annotators
