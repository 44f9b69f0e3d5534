"""Progress: counted by hand from a snapshot, and from a real server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from studio_site import HARBOUR, Site

from ijcorpus.annotation import Annotator
from ijcorpus.labelstudio.harvest import Snapshot
from ijcorpus.labelstudio.progress import progress
from ijcorpus.labelstudio.times import completed
from ijcorpus.records import read_json

ME = Annotator(id="me", kind="human", description="d", email="me@x")
NOW = datetime(2031, 5, 10, 12, tzinfo=UTC)


def task(name: str, *annotations: dict[str, Any], characters: int = 1000) -> dict[str, Any]:
    return {
        "data": {"ij_key": f"{name}@x", "text": "a" * characters},
        "annotations": [*annotations],
    }


def done(day: int, lead: float | None = 60.0, **more: Any) -> dict[str, Any]:
    said = {"completed_by": 7, "updated_at": f"2031-05-{day:02}T10:00:00.5Z", "lead_time": lead}
    return said | more


def of(tasks: list[dict[str, Any]], states: dict[str, Any]):
    users = {"7": "me@x", "8": "other@x"}
    snapshot = Snapshot(project="p", config="", model_version="", users=users, tasks=tuple(tasks))
    return progress(snapshot, states, ME, NOW)


def test_pace_is_of_the_days_with_work_and_the_end_follows() -> None:
    tasks = [task("a", done(1)), task("b", done(1)), task("c", done(5)), task("d"), task("e")]
    tasks += [task("f", done(9, was_cancelled=True))]
    states = dict.fromkeys("abc", "done") | {"d": "open", "e": "draft", "f": "skipped"}
    found = of(tasks, states)
    assert (found.tasks, found.done, found.skipped, found.draft, found.open) == (6, 3, 1, 1, 1)
    assert found.per_day == 1.5
    assert found.ends == "2031-05-12"  # two left at one and a half a day
    assert found.latest == "2031-05-05T10:00:00.500000+00:00"
    assert found.seconds == 60


def test_without_work_nothing_is_promised() -> None:
    found = of([task("a")], {"a": "open"})
    assert (found.per_day, found.ends, found.seconds, found.latest) == (None, None, None, None)
    assert of([], {}).tasks == 0


def test_when_all_is_done_the_end_is_when_it_was() -> None:
    assert of([task("a", done(3))], {"a": "done"}).ends == "2031-05-03"


def test_only_the_annotator_s_newest_annotation_counts() -> None:
    twice = task("a", done(1, 10.0), done(4, 50.0), done(9, 999.0, completed_by=8))
    found = of([twice], {"a": "done"})
    assert (found.seconds, found.per_day, found.ends) == (50, 1, "2031-05-04")
    dictionary = task("a", done(2, 30.0, completed_by={"id": 7, "email": "me@x"}))
    assert of([dictionary], {"a": "done"}).seconds == 30


@pytest.mark.parametrize("said", [None, 0, "x", -3])
def test_no_lead_time_is_no_time(said) -> None:
    assert of([task("a", done(1, said))], {"a": "done"}).seconds is None


def test_odd_lead_times_are_those_far_off_for_the_length() -> None:
    usual = {f"d{n}": (96.0 + n, 1000) for n in range(9)}
    long_text = {"long": (1000.0, 10_000)}  # long, but so is its text
    odd = {"slow": (9000.0, 1000), "fast": (1.0, 1000)}
    tasks = [task(name, done(1, seconds), characters=characters)
             for name, (seconds, characters) in (usual | long_text | odd).items()]  # fmt: skip
    found = of(tasks, dict.fromkeys(usual | long_text | odd, "done"))
    assert [item.document for item in found.odd] == ["fast", "slow"]
    assert found.odd[1].seconds == 9000
    assert 90 < found.odd[1].typical < 110
    few = of(tasks[-3:], dict.fromkeys(["long", "slow", "fast"], "done"))
    assert few.odd == ()


def test_a_snapshot_of_before_settings_were_kept_is_still_read(tmp_path: Path) -> None:
    written = tmp_path / "old.json"
    written.write_text(
        '{"project": "p", "config": "", "model_version": "", "users": {"7": "me@x"}, "tasks": []}'
    )
    snapshot = read_json(written, Snapshot)
    assert (snapshot.users, snapshot.settings) == ({"7": "me@x"}, {})
    assert completed(tmp_path, {"me@x": "me"}) == {}


@pytest.mark.studio
def test_status_tells_how_far_everybody_is_and_how_far_they_agree(site: Site) -> None:
    site.run("push")
    before = site.run("studio", "status")
    assert {name: found["open"] for name, found in before["annotators"].items()} == {
        "with-labels": 3, "from-nothing": 3}  # fmt: skip
    assert before["agreement"] == []
    other = HARBOUR.replace("T2 favor | conduct", "T2 mixed | conduct")
    for name, markup in (("with-labels", HARBOUR), ("from-nothing", other)):
        site.run("enter", "--as", name, site.mark("doc-harbour", markup))
    found = site.run("studio", "status")
    assert found["healthy"] is True
    for name in ("with-labels", "from-nothing"):
        mine = found["annotators"][name]
        assert (mine["tasks"], mine["done"], mine["open"]) == (3, 1, 2)
        assert mine["per_day"] == 1
        assert mine["ends"] > mine["latest"][:10]
    (pair,) = found["agreement"]
    assert pair["annotators"] == ["with-labels", "from-nothing"]
    assert (pair["documents"], pair["entities"]) == (1, 1)
    assert pair["judgements"] == pytest.approx(2 / 3)


@pytest.mark.studio
def test_watching_shows_it_anew_until_it_is_stopped(site: Site) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ijcorpus", "--root", str(site.root), "studio", "status", "--watch",
         "--every", "1"],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"FORCE_COLOR": "1", "COLUMNS": "120"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        seen = 0
        for line in process.stdout:
            seen += "with-labels" in line and "│" in line
            if seen == 2:
                break
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
    assert "usage" in site.try_("studio", "status", "--watch").output.lower()
