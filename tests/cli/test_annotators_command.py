"""`ijcorpus annotators`: one more annotator, whose layer joins like any other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_adjudicate_command import layer, put, root

from ijcorpus.cli import cli
from ijcorpus.workspace import Workspace

__all__ = ["root"]


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        cli, ["--root", str(root), "annotators", *arguments], catch_exceptions=True
    )


def add(root: Path, name: str = "dana", **options: str) -> Result:
    given = {"kind": "human", "description": 'Reads "Hebrew" \\ 漢', "email": "d@example.org"}
    words = [word for key, value in {**given, **options}.items() for word in (f"--{key}", value)]
    return run(root, "add", name, *words)


def test_one_more_annotator_is_listed_as_given(root: Path) -> None:
    before = (root / "annotations" / "annotators.toml").read_text()
    result = add(root)
    assert result.exit_code == 0, result.output
    assert "push" in result.output
    after = (root / "annotations" / "annotators.toml").read_text()
    assert after.startswith(before.rstrip())
    dana = Workspace(root).annotators["dana"]
    assert (dana.kind, dana.email, dana.passes) == ("human", "d@example.org", True)
    assert dana.description == 'Reads "Hebrew" \\ 漢'


def test_the_layer_of_a_person_joins_agreement(root: Path) -> None:
    assert add(root).exit_code == 0
    put(Workspace(root), layer("dana", "free", words="Bo Blue"))
    found = CliRunner().invoke(cli, ["--root", str(root), "--json", "agree", "--resamples", "20"])
    pairs = [pair["agreement"]["annotators"] for pair in json.loads(found.stdout)["pairs"]]
    assert ["ann", "dana"] in pairs
    assert "dana" in Workspace(root).passes("free")


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("ann", {}, "already lists ann"),
        ("other", {}, "Take another name"),
        ("../x", {}, "cannot be an id"),
        ("dana", {"email": "ANN@x"}, "ann has the account"),
        ("dana", {"description": "a\x7f"}, "must be one line of words, not 'a\\x7f'"),
        ("dana", {"description": "a\nb"}, "must be one line of words"),
        ("dana", {"description": "\udcff"}, "must be one line of words"),
        ("dana", {"description": "  "}, "must be one line of words"),
        ("dana", {"email": "dana"}, "can be no account"),
        ("dana", {"email": "d@x e@x"}, "can be no account"),
    ],
)
def test_what_would_confuse_is_refused(
    root: Path, name: str, options: dict[str, str], said: str
) -> None:
    path = root / "annotations" / "annotators.toml"
    if options.get("email") == "ANN@x":
        options = {"email": Workspace(root).annotators["ann"].email.upper()}
    before = path.read_bytes()
    result = add(root, name, **options)
    assert result.exit_code != 0
    assert said in str(result.exception or "") + result.output
    assert path.read_bytes() == before


def test_an_account_is_written_as_the_server_will_write_it(root: Path) -> None:
    assert add(root, email=" Dana@Example.org ").exit_code == 0
    assert Workspace(root).annotators["dana"].email == "dana@example.org"


def test_a_list_that_cannot_grow_is_left_as_it_is(root: Path) -> None:
    path = root / "annotations" / "annotators.toml"
    path.write_text("annotator = []\n")
    result = add(root)
    assert "nobody can be added at its end" in str(result.exception)
    assert path.read_text() == "annotator = []\n"


@pytest.mark.parametrize("options", [["--kind", "rule"], ["--kind", "human", "--adjudicates"]])
def test_who_is_sent_no_tasks_is_assigned_nothing(root: Path, options: list[str]) -> None:
    space = Workspace(root)
    space.layout.splits.write_text("".join(f"{name}\ttrain\n" for name in space.sources))
    space.layout.assignment.write_text("")
    given = ["--description", "d", "--email", "e@x"]
    assert "drop --assign" in run(root, "add", "eve", *options, *given, "--assign", "train").output
    assert run(root, "add", "eve", *options, *given).exit_code == 0
    assert Workspace(root).assigned == {}


def test_help_says_which_command_makes_account_and_project(root: Path) -> None:
    said = " ".join(run(root, "add", "--help").output.split())
    assert "'ijcorpus studio up' then makes the account and 'ijcorpus push' the project" in said


def test_roles_exclude_each_other(root: Path) -> None:
    given = ["--kind", "rule", "--description", "d", "--email", "e@x", "--audits", "--adjudicates"]
    result = run(root, "add", "eve", *given)
    assert result.exit_code == 2
    assert "give one of the two" in result.output


def test_the_list_counts_what_each_has_done(root: Path) -> None:
    result = CliRunner().invoke(cli, ["--root", str(root), "--json", "annotators", "list"])
    done = {row["id"]: row["documents"] for row in json.loads(result.stdout)}
    assert done["ann"] == 2
    assert "ann" in run(root, "list").output


def test_where_documents_are_assigned_a_newcomer_gets_them(root: Path) -> None:
    space = Workspace(root)
    some, *rest = space.sources
    space.layout.splits.write_text(f"{some}\ttest\n" + "".join(f"{n}\ttrain\n" for n in rest))
    space.layout.assignment.write_text('annotators = ["ann", "ben"]\n')
    space.layout.assigned.write_text(f"ann\t{some}")
    assert add(root).exit_code == 0
    assert add(root, "tess", email="t@x", assign="test").exit_code == 0
    given = Workspace(root).assigned
    assert {who: [*given[who]] for who in ("ann", "dana", "tess")} == {
        "ann": [some],
        "dana": [*Workspace(root).assignable.splits],
        "tess": [some],
    }
    result = add(root, "eve", email="e@x", assign="dev")
    assert "no split 'dev'" in str(result.exception)
    assert "eve" not in Workspace(root).annotators


def test_without_an_assignment_nothing_is_assigned(root: Path) -> None:
    result = add(root, assign="test")
    assert "everybody is sent every document" in str(result.exception)
    assert add(root).exit_code == 0
    assert not Workspace(root).layout.assigned.exists()


def test_an_auditor_is_given_no_share(root: Path) -> None:
    space = Workspace(root)
    space.layout.splits.write_text("".join(f"{name}\ttrain\n" for name in space.sources))
    space.layout.assignment.write_text("[overlap]\ntrain = 2\n")
    given = ["--kind", "model", "--description", "d", "--email", "e@x", "--audits"]
    assert run(root, "add", "late", *given).exit_code == 0
    assert Workspace(root).sharing == ("ann", "ben")
    assert Workspace(root).assign({})["late"] == ()


def test_what_an_auditor_annotated_is_still_shared_among_the_others(root: Path) -> None:
    space = Workspace(root)
    space.layout.splits.write_text("".join(f"{name}\ttrain\n" for name in space.sources))
    space.layout.assignment.write_text("[overlap]\ntrain = 1\n")
    text = space.layout.annotators.read_text()
    text += '[[annotator]]\nid = "late"\nkind = "model"\ndescription = "d"\nemail = "l@x"\n'
    space.layout.annotators.write_text(text + "audits = true\n")
    for path in (root / "annotations" / "layers").glob("*/*.json"):
        path.unlink()
    given = Workspace(root).assign({"late": tuple(space.sources)})
    assert given["late"] == tuple(space.sources)
    assert sorted([*given["ann"], *given["ben"]]) == sorted(space.sources)
