"""Adjudicating in the terminal: keys in, decisions on record after each, quit and go on."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_adjudicate_command import ROOT, TEXT, layer, put, root, run

from ijcorpus.annotation import Decision
from ijcorpus.cli import cli
from ijcorpus.errors import AdjudicationError
from ijcorpus.records import read_jsonl
from ijcorpus.workspace import Workspace

__all__ = ["root"]


def here(root: Path, keys: str, *arguments: str) -> Result:
    return CliRunner().invoke(
        cli, ["--root", str(root), "adjudicate", "--here", *arguments], input=keys
    )


def record(root: Path) -> list[Decision]:
    path = Workspace(root).layout.decisions
    return [*read_jsonl(path, Decision)] if path.exists() else []


def test_each_choice_a_reason_and_a_note_settle_everything(root) -> None:
    result = here(root, "12full name\n" + "21\n" + "11\n" + "15link\n")
    assert result.exit_code == 0, result.output
    assert [(d.document, d.kind, d.choice, d.reason, d.note, d.by) for d in record(root)] == [
        ("free", "entity", "ann", "boundary", "full name", "judge"),
        ("free", "stance", "ben", "guideline", "", "judge"),
        ("bound", "entity", "ann", "guideline", "", "judge"),
        ("bound", "stance", "ann", "link", "link", "judge"),
    ]
    adjudicated = Workspace(root).adjudicated("free")
    assert adjudicated is not None
    assert [s.polarity for s in adjudicated.stances] == ["mixed"]


def test_the_sentence_is_shown_with_both_readings(root) -> None:
    shown = here(root, "q").output
    assert "1 ann" in shown
    assert "Ada Green met ⟦Bo Blue⟧." in shown
    assert "2 ben" in shown
    assert "Ada Green met Bo ⟦Blue⟧." in shown
    assert "“Bo Blue” PERSON" in shown
    stance = here(root, "sq").output
    assert "Ada Green -> T1 favor indirect" in stance
    assert "boundary: Same thing, better edges" in here(root, "1").output


def test_quitting_keeps_what_is_decided_and_one_goes_on_there(root) -> None:
    stopped = here(root, "11\nq")
    assert "Stopped" in stopped.output
    assert stopped.exit_code == 1
    assert [d.kind for d in record(root)] == ["entity"]
    assert "stance 1 of 1" in here(root, "q").output
    # The input ending in the middle of a decision loses that one only.
    here(root, "1")
    assert len(record(root)) == 1
    assert here(root, "11\n11\n11\n").exit_code == 0
    assert len(record(root)) == 4


def test_leaving_for_later_and_taking_back(root) -> None:
    result = here(root, "ss", "--document", "free")
    assert "2 disputes were left for later" in result.output
    assert record(root) == []
    here(root, "u" + "11\n" + "u" + "21\n" + "q", "--document", "free")
    assert [(d.kind, d.choice) for d in record(root)] == [("entity", "ben")]


def test_unknown_keys_explain_and_decide_nothing(root) -> None:
    result = here(root, "x9?" + "1x91note\nq", "--document", "free")
    assert result.output.count("nothing stands here") == 3
    assert [(d.choice, d.reason, d.note) for d in record(root)] == [("ann", "guideline", "note")]


def test_nothing_may_stand(root) -> None:
    here(root, "n4\nq", "--document", "free")
    (decision,) = record(root)
    assert decision.choice == "other"
    assert decision.reading is not None
    assert decision.reading.entities == ()


def test_one_s_own_reading_is_written_in_an_editor(root, tmp_path, monkeypatch) -> None:
    editor = tmp_path / "editor"
    said = {"entities": [[10, 13, "PERSON", "ent-1"]]}
    editor.write_text(
        f"#!{sys.executable}\nimport sys, pathlib\npath = pathlib.Path(sys.argv[1])\n"
        f"assert '[\\n   14,' in path.read_text() or '14' in path.read_text()\n"
        f"path.write_text({json.dumps(said)!r})\n"
    )
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.setenv("VISUAL", str(editor))
    here(root, "o6\nq", "--document", "free")
    (decision,) = record(root)
    assert decision.reading is not None
    assert [(e.start, e.end, e.quote) for e in decision.reading.entities] == [(10, 13, TEXT[10:13])]


@pytest.mark.parametrize("said", ["{", '{"entities": [[90, 99, "PERSON"]]}', '{"unknown": 1}'])
def test_a_reading_that_cannot_stand_is_refused_and_asked_anew(
    root, tmp_path, monkeypatch, said
) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f"#!{sys.executable}\nimport sys\nopen(sys.argv[1], 'w').write({said!r})\n")
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.setenv("VISUAL", str(editor))
    here(root, "o6\n16\nq", "--document", "free")
    assert [d.choice for d in record(root) if d.kind == "entity"] in ([], ["ann"])
    assert not [d for d in record(root) if d.choice == "other"]


def test_a_note_may_not_copy_a_text_that_may_not_ship(root) -> None:
    result = here(root, f"11{TEXT}\n" + "11fine\nq", "--document", "bound")
    assert "use words of your own" in " ".join(result.output.split())
    assert [d.note for d in record(root)] == ["fine"]


def test_steps_are_not_mixed(root) -> None:
    assert "separate steps" in here(root, "", "--push").output
    assert "--document is for --here" in run(root, "--document", "free").output


# --- the rule ---


def third(root: Path) -> None:
    added = (root / "annotations" / "annotators.toml").read_text()
    added += '[[annotator]]\nid = "cyd"\nkind = "human"\ndescription = "d"\nemail = "c@x"\n'
    (root / "annotations" / "annotators.toml").write_text(added)
    for name in ("free", "bound"):
        put(Workspace(root), layer("cyd", name, words="Bo Blue"))


def test_a_majority_may_pass_by_rule_and_the_rule_is_data(root) -> None:
    third(root)
    counts = [report["disputes"] for report in json.loads(run(root).stdout)]
    assert counts == [2, 2]
    by_option = json.loads(run(root, "--agreed-by", "2").stdout)
    assert [(report["disputes"], report["written"]) for report in by_option] == [(0, True)] * 2
    (root / "annotations" / "adjudication.toml").write_text("agreed_by = 2\n")
    assert json.loads(run(root).stdout) == by_option
    adjudicated = Workspace(root).adjudicated("free")
    assert adjudicated is not None
    assert [s.polarity for s in adjudicated.stances] == ["favor"]


@pytest.mark.parametrize("text", ["agreed_by = 0", "agreed_by = 'x'", "more = 1", "="])
def test_a_wrong_rule_is_refused_by_name(root, text) -> None:
    (root / "annotations" / "adjudication.toml").write_text(text)
    error = run(root).exception
    assert isinstance(error, AdjudicationError)
    assert "adjudication.toml" in str(error)


# --- a real terminal ---


def test_in_a_real_terminal_keys_need_no_return_and_colours_are_shown(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "tests" / "labelstudio")
    folder = import_module("studio_site").make(tmp_path / "root")
    mark = (
        "[Mira Lind](PERSON ent-0001) opens a harbour office",
        "[Mira](PERSON ent-0001) Lind opens a harbour office",
    )
    from ijcorpus.markup import parse
    from ijcorpus.records import write_json

    space = Workspace(folder, folder / "copies")
    text = space.document("doc-harbour").text
    title = text.splitlines()[0]
    for name, marked in zip(("with-labels", "from-nothing"), mark, strict=True):
        markup = text.replace(title, marked, 1)
        made = parse(markup, space.scheme, document="doc-harbour", annotator=name, text=text)
        write_json(space.layout.layer(name, "doc-harbour"), made.annotation)
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ijcorpus", "--root", str(folder), "adjudicate", "--here"],
        stdin=slave, stdout=slave, stderr=slave, cwd=ROOT,
        env=os.environ | {"TERM": "xterm-256color"},
    )  # fmt: skip
    os.close(slave)
    screen = b""
    try:
        for waited, keys in ((b"1-2 n o s u q", b"1"), (b"reason", b"2"), (b"note", b"edges\r")):
            screen += _until(master, waited)
            # A key that comes before the terminal reads single keys would be lost.
            _until_reading(master, keys=waited != b"note")
            os.write(master, keys)
        screen += _until(master, b"written")
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        os.close(master)
    assert re.search(rb"\x1b\[[0-9;]*33m", screen)
    (decision,) = record(folder)
    assert (decision.choice, decision.note) == ("from-nothing", "edges")


def _until(master: int, awaited: bytes) -> bytes:
    """What the terminal shows, up to the awaited words."""
    seen, deadline = b"", time.monotonic() + 60
    while awaited not in seen:
        assert time.monotonic() < deadline, seen
        if select.select([master], [], [], 1)[0]:
            seen += os.read(master, 4096)
    return seen


def _until_reading(master: int, *, keys: bool) -> None:
    """Wait until the terminal reads single keys, or else lines."""
    deadline = time.monotonic() + 60
    while bool(termios.tcgetattr(master)[3] & termios.ICANON) == keys:
        assert time.monotonic() < deadline
        time.sleep(0.01)
