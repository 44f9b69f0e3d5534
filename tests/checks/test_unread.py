"""What `ijcorpus check` says of records that cannot be read, and that it goes on without them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from invented_root import annotate, run
from test_fixtures import Corpus, Said, Text, Then, corpus_view

from ijcorpus.annotation import Decision
from ijcorpus.check import check_corpus
from ijcorpus.check.cache import Cache
from ijcorpus.check.reading import without_values
from ijcorpus.checks import ALL_CHECKS, check
from ijcorpus.checks.subject import Unread
from ijcorpus.checks.unread import FOLLOWS, LOST
from ijcorpus.errors import CorpusError, RecordError
from ijcorpus.records import write_json, write_jsonl
from ijcorpus.standoff.fingerprint import fingerprint, spans_of
from ijcorpus.workspace import Workspace

DECISION = Decision(
    document="open-1", dispute="0" * 12, kind="entity", choice="one", reason="rule", note="",
    by="judge",
)  # fmt: skip


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def mistype(path: Path) -> None:
    path.write_text(path.read_text().replace('"start": ', '"start": "x', 1).replace(",", '",', 4))


def misspell(path: Path) -> None:
    path.write_text(path.read_text().replace('"label"', '"lable"'))


def miscode(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"Wend", b"W\xe4nd"))


def findings(root: Path, *args: str) -> list[dict[str, Any]]:
    return json.loads(run(root, "--json", *args).output)["findings"]


def unread(root: Path) -> list[dict[str, Any]]:
    """All findings, which must be of unread records."""
    said = findings(root)
    assert {finding["code"] for finding in said} == {"record-unreadable"}, said
    return said


@pytest.mark.parametrize("damage", [truncate, mistype, misspell, miscode])
@pytest.mark.parametrize("name", ["layers/one", "layers/two", "adjudicated"])
def test_a_malformed_layer_is_one_finding(
    root: Path, name: str, damage: Callable[[Path], None]
) -> None:
    path = root / "annotations" / name / "open-1.json"
    damage(path)
    (found,) = unread(root)
    relative = path.relative_to(root).as_posix()
    assert found["location"] == {
        "document": "open-1", "record": name.rpartition("/")[2], "path": relative
    }  # fmt: skip
    assert found["message"].startswith(f"{relative}: ")
    assert found["message"].endswith("Mend the record and repeat.")
    assert run(root).exit_code == 1


def test_what_else_is_wrong_is_found_all_the_same(root: Path) -> None:
    annotate(Workspace(root), "open-1", label="CREATURE", sense=None)
    annotate(Workspace(root, root.parent / "copies"), "press-1", label="CREATURE", sense=None)
    misspell(root / "annotations/layers/one/open-1.json")
    truncate(root / "annotations/layers/two/press-1.json")
    said = {
        (f["code"], f["location"].get("document"), f["location"]["record"]) for f in findings(root)
    }
    assert said == {
        ("record-unreadable", "open-1", "one"),
        ("record-unreadable", "press-1", "two"),
        ("unknown-label", "open-1", "two/e1"),
        ("unknown-label", "open-1", "adjudicated/e1"),
        ("unknown-label", "press-1", "one/e1"),
        ("unknown-label", "press-1", "adjudicated/e1"),
    }


def test_each_unread_line_of_decisions_and_waivers_is_named(root: Path) -> None:
    good = msgspec.json.encode(DECISION).decode()
    lines = [good.replace('"kind"', '"kynd"'), "", "{", good.replace("open-1", "elsewhere")[:-9]]
    (root / "annotations/decisions.jsonl").write_text("\n".join(lines) + "\n")
    (root / "annotations/waivers.jsonl").write_text('{"code": 1}\n')
    places = {
        (f["location"]["path"], f["location"]["record"], f["location"].get("document"))
        for f in unread(root)
    }
    assert places == {
        ("annotations/decisions.jsonl", "line-1", "open-1"),
        ("annotations/decisions.jsonl", "line-3", None),
        ("annotations/decisions.jsonl", "line-4", None),
        ("annotations/waivers.jsonl", "line-1", None),
    }
    results = json.loads(run(root, "--sarif").output)["runs"][0]["results"]
    shown = [one["locations"][0]["physicalLocation"] for one in results]
    assert {(s["artifactLocation"]["uri"], s["region"]["startLine"]) for s in shown} == {
        (path, int(record.removeprefix("line-"))) for path, record, _ in places
    }


@pytest.mark.parametrize("at_hand", [True, False])
def test_an_unread_standoff_record_is_one_finding(
    root: Path, at_hand: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if at_hand:
        monkeypatch.setenv("IJCORPUS_TEXTS", str(root.parent / "copies"))
    truncate(root / "corpus/standoff/press-1.json")
    (found,) = unread(root)
    assert found["location"]["record"] == "standoff"


def test_without_a_standoff_record_the_labels_are_looked_at_all_the_same(root: Path) -> None:
    annotate(Workspace(root, root.parent / "copies"), "press-1", label="CREATURE", sense=None)
    (root / "corpus/standoff/press-1.json").unlink()
    said = [finding["code"] for finding in findings(root)]
    assert sorted(said) == ["standoff-missing", *["unknown-label"] * 3]


def test_what_is_remembered_of_unread_records_is_what_is_found(root: Path) -> None:
    """Records that are damaged, and mended again, change what is found and no more."""
    cache = root / "build/checked.msgpack"
    path = root / "annotations/layers/one/open-1.json"
    good = path.read_bytes()
    codes: list[set[str]] = []
    for damage in (truncate, lambda path: None, misspell, lambda path: path.write_bytes(good)):
        damage(path)
        memory = Cache(cache)
        full = check_corpus(Workspace(root))
        assert check_corpus(Workspace(root), memory=memory) == full
        memory.save()
        codes.append({finding.code for finding in full.findings} - {"third-pass-missing"})
    assert codes == [{"record-unreadable"}] * 3 + [set()]


def test_what_follows_from_unread_records_are_codes_of_checks() -> None:
    assert frozenset().union(LOST, *FOLLOWS.values()) <= {*ALL_CHECKS}


@pytest.mark.parametrize("lost", [False, True])
def test_a_layer_that_cannot_be_read_is_not_gone_from_the_release(lost: bool) -> None:
    why = Unread(kind="annotation", record="two", path="two.json", message="It is broken.")
    then = Then(layers={"two": Said()})
    text = Text(passes={"one": Said()}, released=then, unread=() if lost else (why,))
    codes = {finding.code for finding in check(corpus_view(Corpus(documents=(text,)))).findings}
    wanted = {"released-layer-differs", "pass-missing"} if lost else {"record-unreadable"}
    assert codes == wanted


def test_an_unread_list_of_facts_is_one_finding(root: Path) -> None:
    (root / "corpus/texts/open-1.facts.jsonl").write_text('{"sentence": "Ada"}\n')
    (found,) = unread(root)
    assert found["location"]["record"] == "facts"
    assert "open-1.facts.jsonl, line 1: " in found["message"]


def printed(root: Path) -> Path:
    """A fingerprint of the withheld text, as the command makes it."""
    space = Workspace(root, root.parent / "copies")
    final = space.adjudicated("press-1")
    assert final
    spans = spans_of(*space.layers("press-1").values(), final)
    path = space.layout.fingerprints / "press-1.json"
    write_json(path, fingerprint(space.document("press-1"), spans, salt="invented"))
    return path


def test_a_fingerprint_of_the_annotated_text_is_in_order(root: Path) -> None:
    assert not findings(root)  # a corpus need not publish any
    printed(root)
    assert not findings(root)


def test_fingerprints_that_are_not_as_they_should_be_are_found(root: Path) -> None:
    path = printed(root)
    good = path.read_text()
    newer = good.replace('"version": ', '"version": 9')
    path.write_text(newer)
    (found,) = unread(root)
    assert "Install a newer ijcorpus." in found["message"]
    path.write_text(re.sub('"digest": "[0-9a-f]+"', f'"digest": "{"0" * 64}"', good))
    (found,) = findings(root)
    assert (found["code"], found["location"]["path"]) == (
        "fingerprint-of-other-text",
        "corpus/fingerprints/press-1.json",
    )
    path.rename(path.with_name("press-2.json"))
    assert {f["code"] for f in findings(root)} == {"fingerprint-missing", "file-stray"}


def test_a_fingerprint_is_stale_once_a_mark_has_moved(root: Path) -> None:
    printed(root)
    space = Workspace(root, root.parent / "copies")
    text = space.document("press-1").text
    annotate(space, "press-1", start=text.index("night"), end=text.index("night") + 5)
    said = [(f["code"], f["message"]) for f in findings(root)]
    assert [code for code, _ in said] == ["fingerprint-stale"]
    assert "'ijcorpus fingerprint press-1'" in said[0][1]
    printed(root)
    assert not findings(root)


def test_no_word_of_a_withheld_text_is_repeated(root: Path) -> None:
    words = "how the secret kettle came to Wend"
    path = root / "annotations/layers/one/press-1.json"
    good = path.read_text()
    for bad in (
        good.replace('"label"', f'"{words}"'),
        good.replace('"label"', f'"origin": "{words}",\n   "label"'),
        good.replace('"sense"', f'"{words}": 1,\n "sense"'),
    ):
        assert bad != good
        path.write_text(bad)
        for args in ((), ("--json",), ("--sarif",)):
            result = run(root, *args)
            assert "record-unreadable" in result.output
            assert "secret" not in result.output and "kettle" not in result.output


def test_of_a_text_that_ships_the_value_is_repeated(root: Path) -> None:
    """Else the test above holds of anything."""
    path = root / "annotations/layers/one/open-1.json"
    path.write_text(path.read_text().replace('"label"', '"origin": "guesswork",\n   "label"'))
    assert "'guesswork'" in unread(root)[0]["message"]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("a: Invalid enum value 'of it - at' - at `$.x[0]`. Mend", "a: Invalid enum value '...' - at `$.x[0]`. Mend"),
        ("a: Object contains unknown field `lable` - at `$.x`. M", "a: Object contains unknown field `lable` - at `$.x`. M"),
        ("a: unknown field `two words` - at `$.x`. M", "a: unknown field `...` - at `$.x`. M"),
        ("a: missing required field `label`. M", "a: missing required field `label`. M"),
        ("a: 'utf-8' codec can't decode byte 0xe4. M", "a: 'utf-8' codec can't decode byte 0xe4. M"),
    ],
)  # fmt: skip
def test_values_are_left_out_and_places_are_not(message: str, shown: str) -> None:
    assert without_values(message) == shown


@pytest.mark.parametrize("name", ["corpus/sources.jsonl", "annotations/registry.jsonl"])
def test_every_malformed_line_of_a_list_is_named(root: Path, name: str) -> None:
    path = root / name
    lines = path.read_text().splitlines()
    path.write_text("\n".join(["{", *lines, '{"id": 1}']) + "\n")
    with pytest.raises(RecordError) as error:
        raise run(root).exception or AssertionError
    said = str(error.value).splitlines()
    assert [line.partition(": ")[0] for line in said] == [
        f"{path}, line 1",
        f"{path}, line {len(lines) + 2}",
    ]


def test_programs_are_told_when_the_checks_cannot_run(root: Path) -> None:
    (root / "annotations/scheme.toml").write_text("name = ")
    result = run(root, "--json")
    assert isinstance(result.exception, CorpusError)
    assert json.loads(result.output) == {"error": str(result.exception)}
    (made,) = json.loads(run(root, "--sarif").output)["runs"]
    (said,) = made["invocations"]
    assert said["executionSuccessful"] is False and made["results"] == []
    (told,) = said["toolExecutionNotifications"]
    assert told["message"]["text"] == str(result.exception)


def test_a_run_without_such_trouble_says_so(root: Path) -> None:
    (made,) = json.loads(run(root, "--sarif").output)["runs"]
    assert made["invocations"] == [{"executionSuccessful": True}]


def test_an_unknown_annotator_is_told_to_programs_too(root: Path) -> None:
    result = run(root, "--json", "--annotator", "nobody")
    assert result.exit_code == 2
    assert "'nobody' is no annotator" in json.loads(result.stdout)["error"]


def test_a_waiver_is_shown_where_it_stands(root: Path) -> None:
    shared = {"document": "open-1", "reason": "a trial", "by": "judge"}
    waivers = [{"code": code, **shared} for code in ("text-empty", "span-empty", "span-emtpy")]
    waivers.append({"code": "text-empty", **shared, "record": "one/e1"})
    write_jsonl(root / "annotations/waivers.jsonl", waivers)
    results = json.loads(run(root, "--sarif").output)["runs"][0]["results"]
    shown = [one["locations"][0]["physicalLocation"] for one in results]
    assert {s["artifactLocation"]["uri"] for s in shown} == {"annotations/waivers.jsonl"}
    assert [s["region"]["startLine"] for s in shown] == [1, 2, 3, 4]
    assert [one["ruleId"] for one in results] == [
        "waiver-unused", "waiver-unused", "waiver-code-unknown", "waiver-unused"
    ]  # fmt: skip
    assert "take span-empty, if that is meant." in results[2]["message"]["text"]


def test_other_places_are_shown_in_the_terminal(root: Path) -> None:
    text = Workspace(root).document("open-1").text
    record = json.loads((root / "annotations/layers/one/open-1.json").read_text())
    (first,) = record["entities"]
    end = text.index("Wend") + 4
    second = {**first, "id": "e2", "start": first["start"] + 2, "end": end, "quote": "nd"}
    (root / "annotations/layers/one/open-1.json").write_text(
        json.dumps({**record, "entities": [first, second]})
    )
    lines = run(root, "--level", "3").output.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("  open-1:one/e2:9-11: "))
    assert lines[at + 1] == "      see also open-1:one/e1:7-11"
