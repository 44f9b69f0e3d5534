"""`ijcorpus check --fix` and `--undo` on a small invented corpus root."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from invented_root import RAW, SECRET, annotate, run, source, tree

from ijcorpus.annotation import Annotation
from ijcorpus.records import write_json, write_jsonl
from ijcorpus.workspace import Workspace


def shifted(root: Path) -> None:
    """Two passes with white space in their mark, and an adjudication that has none."""
    text = Workspace(root).document("open-1").text
    layout, good = Workspace(root).layout, layer(root, "one")
    start = text.index("Wend") - 1
    wrong = msgspec.structs.replace(good.entities[0], start=start, quote=" Wend")
    for who in ("one", "two"):
        made = msgspec.structs.replace(good, annotator=who, entities=(wrong,))
        write_json(layout.layer(who, "open-1"), made)


def layer(root: Path, who: str) -> Annotation:
    found = Workspace(root).layer(who, "open-1")
    assert found is not None
    return found


def test_fix_applies_safe_repairs_and_undo_takes_them_back(root: Path) -> None:
    good = tree(root)
    shifted(root)
    bad = tree(root)
    fixed = run(root, "--fix")
    assert fixed.exit_code == 0
    assert '-   "quote": " Wend"\n' in fixed.stderr
    assert '+   "quote": "Wend"\n' in fixed.stderr
    assert "2 files repaired" in fixed.stderr
    assert tree(root) == good
    assert run(root, "--undo").exit_code == 0
    assert tree(root) == bad


def test_fix_of_nothing_changes_nothing(root: Path) -> None:
    good = tree(root)
    assert "0 files repaired" in run(root, "--fix").stderr
    assert tree(root) == good
    assert "no repair to take back" in str(run(root, "--undo").exception)


def test_undo_refuses_what_was_changed_since(root: Path) -> None:
    shifted(root)
    run(root, "--fix")
    annotate(Workspace(root), "open-1", label="CREATURE", sense=None)
    changed = tree(root)
    assert "was changed after the repair" in str(run(root, "--undo").exception)
    assert tree(root) == changed


def test_offsets_in_utf16_are_moved_where_the_quote_proves_it(root: Path) -> None:
    raw = RAW.replace("Ada Moss", "\U0001f375 Ada Moss")
    (root / "corpus" / "texts" / "open-1.txt").write_text(raw)
    sources = [source("open-1", raw), source("press-1", SECRET)]
    write_jsonl(root / "corpus" / "sources.jsonl", sources)
    text = Workspace(root).document("open-1").text
    start = text.index("Ada Moss")
    assert text[start - 2] == "\U0001f375"
    right: dict[str, Any] = {"label": "BEING", "sense": None, "entity_id": "nil-ada"}
    annotate(Workspace(root), "open-1", **right, start=start, end=start + 8, quote="Ada Moss")
    good = tree(root)
    utf16 = len(text[:start].encode("utf-16-le")) // 2
    assert utf16 == start + 1
    for who in ("one", "two"):
        said = layer(root, who)
        wrong = msgspec.structs.replace(said.entities[0], start=utf16, end=utf16 + 8)
        write_json(
            Workspace(root).layout.layer(who, "open-1"),
            msgspec.structs.replace(said, entities=(wrong,)),
        )
    assert "offset-in-utf16" in run(root).output
    assert run(root, "--fix").exit_code == 0
    assert tree(root) == good


def test_what_is_only_likely_is_suggested_and_not_done(root: Path) -> None:
    annotate(Workspace(root), "open-1", start=8, end=12)
    before = tree(root)
    result = run(root, "--fix")
    assert "repair: move it to [7, 11) (if you agree)" in result.output
    assert tree(root) == before


def rewritten(root: Path, change: dict[str, Any], *, indent: int = 1) -> None:
    """Both passes, with every default written out as annotation tools do, and another mark."""
    for who in ("one", "two"):
        record = msgspec.to_builtins(layer(root, who))
        mark = {**record["entities"][0], **change, "origin": "manual"}
        record |= {"entities": [mark], "author": [], "flags": []}
        data = msgspec.json.format(msgspec.json.encode(record), indent=indent) + b"\n"
        Workspace(root).layout.layer(who, "open-1").write_bytes(data)


@pytest.mark.parametrize("quote", ["Wend", " Wend", ""])
def test_white_space_is_shrunk_where_the_quote_proves_it(root: Path, quote: str) -> None:
    rewritten(root, {"start": 6, "quote": quote})
    assert "if you agree" not in run(root).output
    assert "span-whitespace-edge" not in run(root, "--fix").output
    made = [layer(root, who).entities[0] for who in ("one", "two")]
    assert {(e.start, e.end, e.quote) for e in made} == {(7, 11, quote.strip())}


def test_white_space_is_only_suggested_where_the_quote_is_of_other_words(root: Path) -> None:
    rewritten(root, {"start": 6, "quote": " Weald"})
    before = tree(root)
    assert "repair: move it to [7, 11) (if you agree)" in run(root, "--fix").output
    assert tree(root) == before


def test_white_space_is_only_suggested_without_the_text(root: Path) -> None:
    space = Workspace(root, root.parent / "copies")
    start = space.document("press-1").text.index("Wend")
    annotate(space, "press-1", start=start - 1, quote=" Wend")
    result = run(root, "--level", "3")
    assert f"repair: move it to [{start}, {start + 4}) (if you agree)" in result.output
    assert "--fix does it" not in result.output


@pytest.mark.parametrize("indent", [1, 2, 0])
def test_a_repair_shows_what_it_repairs_and_no_more(root: Path, indent: int) -> None:
    rewritten(root, {}, indent=indent)
    good = tree(root)
    rewritten(root, {"start": 6, "quote": " Wend"}, indent=indent)
    fixed = run(root, "--fix")
    assert tree(root) == good
    if indent:
        changed = [line for line in fixed.stderr.splitlines() if line[:2] in ("- ", "+ ")]
        assert len(changed) == 2 * 4  # in both passes, the start and the quote, before and after


def test_a_mark_that_is_moved_before_another_takes_its_place(root: Path) -> None:
    """A file that was in its one form is so afterwards: no second repair is called for."""
    text = Workspace(root).document("open-1").text
    start = text.index("tea in Wend")
    said = layer(root, "one")
    spaced = msgspec.structs.replace(said.entities[0], start=start + 3, end=start + 6, quote=" in")
    other = msgspec.structs.replace(spaced, id="e2", start=start + 4, end=start + 5, quote="i")
    for who in ("one", "two"):
        made = msgspec.structs.replace(said, annotator=who, entities=(spaced, other))
        write_json(Workspace(root).layout.layer(who, "open-1"), made)
    run(root, "--fix")
    places = [(e.id, e.start, e.end) for e in layer(root, "two").entities]
    assert places == [("e1", start + 4, start + 5), ("e2", start + 4, start + 6)]
