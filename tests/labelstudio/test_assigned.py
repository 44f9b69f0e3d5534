"""Assignment on a real server: projects hold what was assigned, in its order, and it stays."""

from __future__ import annotations

import msgspec
import pytest
from studio_site import HARBOUR, Site

from ijcorpus.check import corpus_view
from ijcorpus.checks import check
from ijcorpus.errors import RecordError

pytestmark = pytest.mark.studio
BOTH = ("with-labels", "from-nothing")
SHARED = {"doc-harbour", "doc-cafe"}


def rule(site: Site, overlap: int, *lines: str) -> None:
    splits = [*site.space.scheme.splits.shares, site.space.scheme.splits.held_out]
    table = "".join(f"{split} = {overlap}\n" for split in dict.fromkeys(splits))
    text = "\n".join(['order = "balanced"', 'calibration = ["doc-plain"]', *lines])
    site.space.layout.assignment.write_text(f"{text}\n\n[overlap]\n{table}")


def held(site: Site) -> dict[str, list[str]]:
    """What stands in the projects, in order."""
    found = {name: site.tasks(name).values() for name in BOTH}
    return {n: [t.document for t in sorted(ts, key=lambda t: t.id)] for n, ts in found.items()}


def asked(site: Site) -> dict[str, int | None]:
    return {name: site.space.passes_wanted(name) for name in site.space.sources}


def test_a_plan_shows_who_gets_what_and_the_push_does_it(site: Site) -> None:
    assert asked(site) == dict.fromkeys(SHARED | {"doc-plain"})
    rule(site, 1)
    planned = {plan["annotator"]: plan for plan in site.run("push", "--plan")}
    assert not site.space.layout.assigned.exists()
    pushed = {one["annotator"]: one for one in site.run("push")}
    now = held(site)
    for name in BOTH:
        assert planned[name]["assigned"] == planned[name]["create"] == now[name]
        assert pushed[name]["created"] == now[name]
        assert now[name][0] == "doc-plain"
        assert len(now[name]) == 2
    assert {document for name in BOTH for document in now[name][1:]} == SHARED
    assert {name: [*given] for name, given in site.space.assigned.items()} == now
    assert all(not one["created"] for one in site.run("push"))


def test_what_was_assigned_stays_and_the_rest_comes_after(site: Site) -> None:
    before = held(site)
    site.space.layout.assigned.unlink()
    site.run("push")
    assert {name: [*given] for name, given in site.space.assigned.items()} == before
    rule(site, 2)
    site.run("push")
    after = held(site)
    for name in BOTH:
        assert after[name][:2] == before[name]
        assert set(after[name][2:]) == SHARED - set(before[name])


def test_layers_without_a_task_count_as_given(site: Site) -> None:
    """Work that came home from another server keeps its annotator."""
    space = site.space
    given = space.assign({})
    mine = next(name for name in given["from-nothing"] if name != "doc-plain")
    space.layout.assigned.unlink()
    rule(site, 1)
    layer = space.layout.layer("from-nothing", mine)
    layer.parent.mkdir(parents=True, exist_ok=True)
    layer.write_text("{}")
    try:
        again = site.space.assign({})
        assert mine in again["from-nothing"]
        assert mine not in again["with-labels"]
    finally:
        layer.unlink()


def test_a_document_that_nobody_is_to_get_is_refused_by_name(site: Site) -> None:
    rule(site, 1, 'annotators = ["with-labels"]')
    site.space.layout.assigned.unlink(missing_ok=True)
    for name in BOTH:
        project = site.project(name)
        site.studio.api.delete_project(project)
    refused = site.try_("push", "--annotator", "from-nothing", "doc-cafe")
    assert refused.exit_code == 2
    assert "assigned to none of from-nothing" in refused.stderr
    assert not site.space.layout.assigned.exists()
    site.space.layout.assigned.write_text("from-nothing\tdoc-cafe\n")
    (pushed,) = site.run("push", "--annotator", "from-nothing", "doc-cafe")
    assert pushed["created"] == ["doc-cafe"]


def test_an_unknown_annotator_stops_the_push_before_anything_is_sent(site: Site) -> None:
    before = site.studio.api.projects("tiny · with-labels")
    rule(site, 1, 'annotators = ["somebody"]')
    refused = site.try_("push")
    assert isinstance(refused.exception, RecordError)
    assert "no annotator 'somebody'" in str(refused.exception)
    assert site.studio.api.projects("tiny · with-labels") == before


def test_checks_ask_for_as_many_passes_as_the_assignment(site: Site) -> None:
    rule(site, 1)
    site.space.layout.assigned.unlink(missing_ok=True)
    site.run("push")
    site.run("enter", "--as", "from-nothing", "--replace", site.mark("doc-harbour", HARBOUR)) if (
        "doc-harbour" in held(site)["from-nothing"]
    ) else site.run("enter", "--as", "with-labels", site.mark("doc-harbour", HARBOUR))
    site.pull()

    def codes() -> set[str]:
        report = check(corpus_view(site.space)).about(document="doc-harbour")
        wanted = ("pass-missing", "third-pass-missing", "adjudication-missing")
        return {f.code for f in report.findings} & set(wanted)

    assert asked(site) == {"doc-harbour": 1, "doc-cafe": 1, "doc-plain": 2}
    assert codes() == {"adjudication-missing"}
    reports = {report["document"]: report for report in site.run("adjudicate")}
    assert reports["doc-harbour"]["written"]
    assert codes() == set()
    view = corpus_view(site.space)
    harbour = next(subject for subject in view.subjects if subject.id == "doc-harbour")
    assert harbour.settled == msgspec.structs.replace(harbour.adjudicated.annotation)  # type: ignore[union-attr]
    rule(site, 2)
    assert codes() == {"pass-missing"}
    site.space.layout.assignment.unlink()
    assert "pass-missing" in codes()


def test_calibration_counts_in_agreement_only_if_the_file_says_so(site: Site) -> None:
    rule(site, 2)
    assert site.space.uncounted == {"doc-plain"}
    rule(site, 2, "calibration_counts = true")
    assert site.space.uncounted == frozenset()
