"""`ijcorpus agree` on disk: the page, groups, prelabels, and what of withheld texts is shown."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from test_adjudicate_command import TEXT, layer, put, root, run

from ijcorpus.annotation import Holder
from ijcorpus.cli import cli
from ijcorpus.labelstudio.times import zoned
from ijcorpus.workspace import Workspace

__all__ = ["root"]


def overview(root: Path, *arguments: str) -> dict:
    result = run(root, "--resamples", "20", *arguments, command="agree")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def shown(root: Path, *arguments: str) -> str:
    result = CliRunner().invoke(cli, ["--root", str(root), "agree", *arguments])
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


def test_every_two_are_compared(root) -> None:
    added = (root / "annotations" / "annotators.toml").read_text()
    added += '[[annotator]]\nid = "cyd"\nkind = "human"\ndescription = "d"\nemail = "c@x"\n'
    (root / "annotations" / "annotators.toml").write_text(added)
    put(Workspace(root), layer("cyd", "free", words="Bo Blue"))
    pairs = [
        (pair["agreement"]["annotators"], pair["agreement"]["documents"])
        for pair in overview(root)["pairs"]
    ]
    assert pairs == [(["ann", "ben"], 2), (["ann", "cyd"], 1), (["ben", "cyd"], 1)]


@pytest.mark.parametrize("by", ["genre", "split"])
def test_documents_can_be_grouped(root, by) -> None:
    (root / "annotations" / "splits.tsv").write_text("free\ttest\nbound\ttrain\n")
    found = overview(root, "--by", by)
    groups = {"genre": {"x": 2}, "split": {"test": 1, "train": 1}}[by]
    (pair,) = found["pairs"]
    assert {name: g["documents"] for name, g in pair["groups"].items()} == groups
    assert f"by {by}" in shown(root, "--by", by)


def test_prelabels_are_compared_with_work(root) -> None:
    path = root / "annotations" / "registry.jsonl"
    path.write_text(path.read_text().replace('"name":"Ada"', '"name":"Ada Green"'))
    kept = {
        item["annotator"]: (item["prelabels"], item["kept"], item["added"])
        for item in overview(root, "--prelabels")["acceptance"]
    }
    assert kept == {"ann": (2, 2, 2), "ben": (2, 2, 2)}
    assert "ann no 2 2 2 0 0 2 1.000" in shown(root, "--prelabels")
    assert "1.000 ben" not in shown(root)


def test_origins_stay_what_they_were_when_the_registry_changes(root) -> None:
    people = root / "annotations" / "annotators.toml"
    people.write_text(people.read_text().replace('"a@x"', '"a@x"\nprelabels = true'))
    path = root / "annotations" / "registry.jsonl"
    path.write_text(path.read_text().replace('"name":"Ada"', '"name":"Ada Green"'))
    work = layer("ann", "free", words="Bo Blue")
    taken = msgspec.structs.replace(work.entities[0], origin="prediction")
    moved = msgspec.structs.replace(work.entities[1], origin="prediction-changed")
    put(Workspace(root), msgspec.structs.replace(work, entities=(taken, moved)))

    def told() -> tuple[dict, dict]:
        found = overview(root, "--prelabels")
        [origins] = found["origins"]
        return origins, next(row for row in found["acceptance"] if row["annotator"] == "ann")

    counts = {"annotator": "ann", "documents": 2, "accepted": 1, "changed": 1, "added": 2}
    origins, now = told()
    assert (origins, now["kept"]) == (counts | {"gone": 0}, 2)
    output = shown(root, "--prelabels")
    assert "ann 2 1 1 2 0.250" in output
    assert "has changed since" not in output
    path.write_text(path.read_text().replace("Ada Green", "Omland"))
    origins, now = told()
    assert (origins, now["kept"], now["dropped"]) == (counts | {"gone": 1}, 0, 2)
    assert "1 of the 1 prelabels that ann accepted are none of the rule" in shown(
        root, "--prelabels"
    )


def test_every_part_of_a_judgement_has_a_confusion(root) -> None:
    [pair] = overview(root)["pairs"]
    assert pair["polarities"] == {"values": ["favor", "mixed"], "counts": [[0, 2], [0, 0]]}
    for what, value in (
        ("targets", "T1"),
        ("attributions", "indirect"),
        ("holders", "mention"),
    ):
        assert pair[what] == {"values": [value], "counts": [[2]]}
    output = shown(root, "--confusion")
    for what in ("labels", "polarities", "targets", "attributions", "holders"):
        assert f"{what}; rows: ann, columns: ben" in output


def test_a_confusion_too_wide_for_a_screen_is_a_list_of_what_differs(root) -> None:
    work = layer("ann", "free", words="Bo Blue")
    types = Workspace(root).scheme.names("holder_types")[:13]
    stances = [
        msgspec.structs.replace(work.stances[0], id=f"s{n}", holder=Holder(kind="unnamed", type=t))
        for n, t in enumerate([*types, types[0]])
    ]
    put(Workspace(root), msgspec.structs.replace(work, stances=tuple(stances)))
    output = shown(root, "--confusion")
    rows = output[output.index("holders that differ") :]
    assert "ann ben times" in rows
    assert f"unnamed:{types[0]} mention 1 " in rows
    assert f"unnamed:{types[1]} nothing 1 " in rows
    assert "mention mention" not in rows
    narrow = output[output.index("polarities; rows") : output.index("targets; rows")]
    assert "favor mixed nothing" in narrow
    assert "favor 1 14" in narrow


def test_disputed_sentences_and_confusions_are_shown_with_both_readings(root) -> None:
    output = shown(root, "--disputed", "2", "--confusion")
    assert "ann: 'Bo Blue' PERSON" in output
    assert "ben: 'Blue' PERSON" in output
    assert "rows: ann, columns: ben" in output


def test_the_page_has_no_word_of_a_text_that_may_not_ship(root, tmp_path, monkeypatch) -> None:
    page = tmp_path / "new" / "page.html"
    overview(root, "--html", str(page))
    assert "<mark class=first>Bo" in page.read_text()
    lines = (root / "corpus" / "sources.jsonl").read_text().replace("full_text", "standoff")
    (root / "corpus" / "sources.jsonl").write_text(lines)
    opened = Workspace(root)
    text = opened.layout.standoff_document("bound").read_text()
    opened.layout.standoff_document("free").write_text(text.replace('"bound"', '"free"'))
    overview(root, "--html", str(page))
    html = page.read_text()
    assert "[14, 21)" in html
    assert not [word for word in TEXT.split() if word.strip(".").lower() in html.lower().split()
                and len(word) > 4]  # fmt: skip
    assert "Bo Blue" not in html


def saved(root: Path, annotator: str, *work: tuple[str, str]) -> None:
    """A snapshot as a pull leaves it: (document, moment) of finished work."""
    from ijcorpus.labelstudio.harvest import Snapshot
    from ijcorpus.records import write_json

    email = Workspace(root).annotators[annotator].email
    tasks = tuple(
        {
            "data": {"ij_key": f"{document}@{'0' * 64}"},
            "annotations": [{"completed_by": 7, "updated_at": moment}],
        }
        for document, moment in work
    )
    snapshot = Snapshot(
        project=annotator, config="", model_version="", users={"7": email.upper()}, tasks=tasks
    )
    name = f"{annotator}-{work[0][1][:10]}.json"
    write_json(root / ".studio" / "snapshots" / name, snapshot)


def test_agreement_over_time(root: Path) -> None:
    free, *others = (path.stem for path in (root / "annotations" / "layers" / "ann").glob("*"))
    saved(root, "ann", (free, "2026-01-01T10:00:00Z"), (others[0], "2026-01-02T10:00:00Z"))
    saved(root, "ben", (free, "2026-01-04T23:30:00-01:00"), (others[0], "2026-01-02T09:00:00Z"))
    [pair] = overview(root, "--by", "week")["pairs"]
    assert {name: group["documents"] for name, group in pair["groups"].items()} == {
        "2026-W01": 1,
        "2026-W02": 1,
    }
    saved(root, "ann", (free, "2025-12-01T10:00:00Z"))
    [pair] = overview(root, "--by", "day")["pairs"]
    assert set(pair["groups"]) == {"2026-01-02", "2026-01-05"}


def test_without_times_nothing_is_grouped_by_them(root: Path) -> None:
    result = run(root, "--by", "month", command="agree")
    assert result.exit_code != 0
    assert "snapshots does not say when" in str(result.exception)


def test_calibration_is_left_out_unless_it_counts(root) -> None:
    path = root / "annotations" / "assignment.toml"

    def compared(*arguments: str) -> int:
        return overview(root, *arguments)["pairs"][0]["agreement"]["documents"]

    assert compared() == compared("--no-calibration") == 2
    path.write_text('calibration = ["free"]\n')
    assert (compared(), compared("--calibration"), compared("--no-calibration")) == (1, 2, 1)
    path.write_text('calibration = ["free"]\ncalibration_counts = true\n')
    assert (compared(), compared("--no-calibration")) == (2, 1)


def test_times_that_no_calendar_has_are_none() -> None:
    told = zoned("2031-05-01T01:00:00+02:00")
    assert told is not None and told.isoformat() == "2031-04-30T23:00:00+00:00"
    for said in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2031-05-01", "", None):
        assert zoned(said) is None
