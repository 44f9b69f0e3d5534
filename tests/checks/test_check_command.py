"""`ijcorpus check` on a small invented corpus root."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from invented_root import SECRET, annotate, found, run

from ijcorpus.check import check_corpus
from ijcorpus.check.cache import Cache
from ijcorpus.checks import SCOPES
from ijcorpus.cli import main
from ijcorpus.records import write_jsonl
from ijcorpus.workspace import Workspace


def test_a_corpus_in_order_exits_0(root: Path) -> None:
    result = run(root)
    assert result.exit_code == 0
    assert result.output.splitlines()[-1].startswith("0 errors, 0 warnings, 1 info;")


def test_the_copies_make_no_difference_to_a_corpus_in_order(root: Path) -> None:
    findings = check_corpus(Workspace(root, root.parent / "copies")).findings
    assert [finding.code for finding in findings] == ["third-pass-missing"]
    assert findings == check_corpus(Workspace(root)).findings


def test_what_could_not_be_looked_at_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blind = sum(check.needs_text for checks in SCOPES.values() for check in checks)
    said = f"1 text is not at hand (press-1): {blind} checks could not look at it."
    assert said in run(root).output
    assert json.loads(run(root, "--json").output)["unseen"] == ["press-1"]
    monkeypatch.setenv("IJCORPUS_TEXTS", str(root.parent / "copies"))
    assert "not at hand" not in run(root).output


def test_errors_exit_1_and_point_at_the_place(root: Path) -> None:
    annotate(Workspace(root), "open-1", end=5, quote="")
    result = run(root)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("  open-1:one/e1:7-5: "))
    assert "is empty or inverted" in lines[at]
    assert lines[at + 2].index("^") == lines[at + 1].index("Wend")
    assert lines[-1] == "4 errors, 0 warnings, 1 info; 1 not shown, see --severity info"


def test_warnings_exit_0_and_can_be_left_out(root: Path) -> None:
    annotate(Workspace(root), "open-1", entity_id="")
    shown, hidden = run(root), run(root, "--severity", "error")
    assert shown.exit_code == hidden.exit_code == 0
    assert "entity-unlinked" in shown.output
    assert "entity-unlinked" not in hidden.output
    assert "4 not shown" in hidden.output


def test_findings_can_be_had_for_one_document_or_annotator(root: Path) -> None:
    annotate(Workspace(root), "open-1", label="CREATURE", sense=None)
    records = [found(run(root, "--json", "--annotator", name)) for name in ("one", "adjudicated")]
    assert records == [[("open-1", "one/e1")], [("open-1", "adjudicated/e1")]]
    assert found(run(root, "--json", "--document", "press-1")) == []


def test_json_gives_the_files_too(root: Path) -> None:
    annotate(Workspace(root), "open-1", label="CREATURE", sense=None)
    first = json.loads(run(root, "--json").output)["findings"][0]
    assert first["code"] == "unknown-label"
    assert first["location"]["path"] == "annotations/layers/one/open-1.json"
    assert "^^^^" in first["excerpt"]


def test_waived_findings_are_listed_as_waived(root: Path) -> None:
    annotate(Workspace(root), "open-1", label="CREATURE", sense=None)
    waiver = {"code": "unknown-label", "document": "open-1", "reason": "a trial", "by": "judge"}
    write_jsonl(root / "annotations" / "waivers.jsonl", [waiver])
    result = run(root)
    assert result.exit_code == 0
    assert "waived (3)" in result.output
    assert (
        result.output.splitlines()[-1]
        == "0 errors, 0 warnings, 2 infos; 3 waived; 2 not shown, see --severity info"
    )


def test_files_that_nothing_accounts_for_are_found(root: Path) -> None:
    layers = root / "annotations" / "layers"
    (layers / "three").mkdir()
    (layers / "one" / "open-1.json").rename(layers / "three" / "open-1.json")
    records = [record for _, record in found(run(root, "--json"))]
    assert "annotations/layers/three/open-1.json" in records


def test_a_withheld_text_in_the_corpus_is_found(root: Path) -> None:
    (root / "corpus" / "texts" / "press-1.txt").write_text(SECRET)
    assert found(run(root, "--json")) == [("press-1", "")]


def test_a_corpus_only_begun_has_findings_and_no_crash(root: Path) -> None:
    for name in ("annotations/splits.tsv", "corpus/fact_sources.jsonl"):
        (root / name).unlink()
    codes = {f.code for f in check_corpus(Workspace(root)).findings}
    assert codes == {"split-missing", "fact-source-unknown"}  # no split, so none to be judged by


@pytest.mark.parametrize(
    ("args", "missing", "said"),
    [
        pytest.param((), "corpus/corpus.toml", "is no corpus root", id="no root"),
        pytest.param((), "annotations/registry.jsonl", "No such file", id="no registry"),
        pytest.param((), "corpus/texts/open-1.txt", "does not exist", id="no text"),
        pytest.param(("--document", "x"), None, "no document 'x'", id="unknown document"),
        pytest.param(("--annotator", "x"), None, "'x' is no annotator", id="unknown annotator"),
    ],
)
def test_what_cannot_run_exits_2(
    root: Path,
    args: tuple[str, ...],
    missing: str | None,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if missing:
        (root / missing).unlink()
    monkeypatch.setattr(sys, "argv", ["ijcorpus", "--root", str(root), "check", *args])
    with pytest.raises(SystemExit) as exit:
        main()
    assert exit.value.code == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_the_list_of_checks_needs_no_corpus(tmp_path: Path) -> None:
    result = run(tmp_path, "--list")
    assert result.exit_code == 0
    for checks in SCOPES.values():
        for check in checks:
            assert f"| {check.level} | `{check.code}` | {check.severity} |" in result.output


def test_levels_stop_where_they_are_told(root: Path) -> None:
    annotate(Workspace(root), "open-1", label="CREATURE", sense=None)
    assert run(root, "--level", "3").exit_code == 0
    assert "unknown-label" in run(root, "--level", "4").output
    waiver = {"code": "unknown-label", "document": "open-1", "reason": "a trial", "by": "judge"}
    write_jsonl(root / "annotations" / "waivers.jsonl", [waiver])
    # A waiver of what was not looked for is not unused.
    assert "waiver-unused" not in run(root, "--level", "3").output


def test_sarif_shows_findings_at_their_line(root: Path) -> None:
    annotate(Workspace(root), "open-1", label="CREATURE", sense=None)
    result = run(root, "--sarif")
    log = json.loads(result.output)
    assert (result.exit_code, log["version"]) == (1, "2.1.0")
    (made,) = log["runs"]
    rules = [rule["id"] for rule in made["tool"]["driver"]["rules"]]
    assert sorted(rules) == sorted(c.code for checks in SCOPES.values() for c in checks)
    first = made["results"][0]
    assert first["level"] == "error"
    assert rules[first["ruleIndex"]] == first["ruleId"] == "unknown-label"
    place = first["locations"][0]["physicalLocation"]
    lines = (root / place["artifactLocation"]["uri"]).read_text().splitlines()
    assert '"id": "e1"' in lines[place["region"]["startLine"] - 1]
    prints = [tuple(one["partialFingerprints"].values()) for one in made["results"]]
    assert len(set(prints)) == len(prints) == 3


def test_sarif_marks_waived_findings_as_suppressed(root: Path) -> None:
    annotate(Workspace(root), "open-1", label="CREATURE", sense=None)
    waiver = {"code": "unknown-label", "document": "open-1", "reason": "a trial", "by": "judge"}
    write_jsonl(root / "annotations" / "waivers.jsonl", [waiver])
    (made,) = json.loads(run(root, "--sarif").output)["runs"]
    assert [one["suppressions"] for one in made["results"]] == [[{"kind": "external"}]] * 3


def test_what_has_not_changed_is_not_checked_again(root: Path) -> None:
    def checked() -> tuple[int, int]:
        cache = Cache(root / "build" / "checked.msgpack")
        full = check_corpus(Workspace(root))
        assert check_corpus(Workspace(root), memory=cache) == full
        cache.save()
        return cache.hits, cache.misses

    assert checked() == (0, 3)  # two documents and the corpus
    assert checked() == (3, 0)
    annotate(Workspace(root), "open-1", entity_id="nil-weald")
    assert checked() == (2, 1)  # links are no matter of the corpus checks
    assert checked() == (3, 0)
    write_jsonl(root / "annotations" / "registry.jsonl", [{
        "id": "ent-1", "name": "Wend", "label": "SPOT", "side": None, "aliases": [],
        "ambiguous": [], "note": "", "verified": True,
    }])  # fmt: skip
    assert checked() == (0, 3)


def test_a_broken_cache_is_no_cache(root: Path) -> None:
    path = root / "build" / "checked.msgpack"
    path.parent.mkdir()
    path.write_bytes(b"\x00nonsense")
    assert run(root).exit_code == 0
    assert Cache(path).misses == 0
    assert path.read_bytes() != b"\x00nonsense"


def test_the_command_is_the_same_fresh_and_remembered(root: Path) -> None:
    annotate(Workspace(root), "open-1", end=5, quote="")
    outputs = {run(root, *more).output for more in ((), (), ("--fresh",))}
    assert len(outputs) == 1


def test_git_passes_over_the_folder_of_what_is_remembered(root: Path) -> None:
    assert run(root).exit_code == 0
    assert (root / "build" / ".gitignore").read_text() == "*\n"


def test_a_folder_that_was_there_keeps_to_its_own_rules(root: Path) -> None:
    (root / "build").mkdir()
    assert run(root).exit_code == 0
    assert [path.name for path in (root / "build").iterdir()] == ["checked.msgpack"]
