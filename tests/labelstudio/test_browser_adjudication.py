"""An adjudicator at work in a real browser: reads both, edits, rules; the decision comes home."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from studio_browser import Annotating
from studio_site import HARBOUR, Site

from ijcorpus.annotation import AuthorStance

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.studio, pytest.mark.browser]
OTHER = (
    HARBOUR.replace("[Harbour Union](", "Harbour [Union](")
    .replace('"Harbour Union":ngo', '"Union":ngo')
    .replace("T2 neutral", "T2 favor")
)


class Ruling(Annotating):
    """What an adjudicator does, in the words of the interface."""

    def open_task(self, site: Site, task: dict[str, Any]) -> None:
        self.page.goto(f"{site.access.url}/projects/{site.project('judge')}/data?task={task['id']}")
        self.page.locator(".lsf-richtext__container").wait_for()
        self.page.get_by_text(task["data"]["question"], exact=True).wait_for()
        self.settle()

    def rule(self, value: str) -> None:
        self.page.locator(".ij-ruling .lsf-choice").filter(has_text=value).click()
        self.settle()

    def rule_by_key(self, value: str) -> None:
        shown = self.page.locator(".ij-ruling .lsf-choice").filter(has_text=value)
        self.press(shown.locator("sup").inner_text().strip("[]"))

    def explain(self, words: str) -> None:
        self.page.get_by_placeholder("note, in your own words").fill(words)
        self.settle()

    def readers(self) -> list[str]:
        """Whose reading may be looked at."""
        return self.page.locator(".lsf-annotation-button__name").all_inner_texts()

    def look_at(self, reader: str) -> None:
        self.page.locator(".lsf-annotation-button__name").get_by_text(reader, exact=True).click()
        self.settle()

    def marked(self) -> list[str]:
        """What is marked in the reading that is looked at."""
        titles = self.page.locator(".lsf-outliner-item__title").all_inner_texts()
        return [title.rpartition("\n")[2] for title in titles]


def test_a_ruling_made_by_hand_is_the_decision_on_record(
    site: Site, page: Page, tmp_path: Path
) -> None:
    site.run("push")
    site.run("enter", "--as", "with-labels", site.mark("doc-harbour", HARBOUR))
    site.run("enter", "--as", "from-nothing", site.mark("doc-harbour", OTHER))
    site.pull()
    site.run("adjudicate", "--push")
    listed = site.studio.api.export(site.project("judge"))
    tasks = {task["data"]["question"].rpartition(" ")[2]: task for task in listed}
    assert set(tasks) == {"entity", "author"}

    at = Ruling(page, tmp_path)
    account = site.access.accounts["judge"]
    at.log_in(site.access.url, account.email, account.password)

    # Both readings are there to read, and to look at; what is agreed is marked already.
    at.open_task(site, tasks["entity"])
    for who, reading in tasks["entity"]["data"]["readings"].items():
        row = page.locator(".ij-ruling tr").filter(has_text=who)
        assert reading in row.inner_text()
    assert set(at.readers()) == {"judge", "with-labels", "from-nothing", "agreed"}
    agreed = ["Mira Lind", "Osaka", "Haifa", "Lind", "Osaka", "Juno Sato"]
    assert at.marked() == agreed
    for who, words in (("with-labels", "Harbour Union"), ("from-nothing", "Union")):
        at.look_at(who)
        assert at.marked() == [*agreed[:-1], words, agreed[-1]]
    at.look_at("judge")
    at.shot("readings")
    # The adjudicator's own reading: the article belongs to the name.
    at.press("Escape", "3")
    at.drag("The Harbour Union")
    at.select("The Harbour Union")
    at.write("an id not listed, such as nil-...", "nil-harbour-union")
    at.press("Escape")
    at.rule("other")
    at.rule("boundary")
    at.explain("with the article 👍🏽")
    at.shot("ruled")
    at.submit()

    at.open_task(site, tasks["author"])
    at.rule_by_key("from-nothing")
    at.rule_by_key("guideline")
    at.submit()

    (report,) = site.run("adjudicate", "--pull")
    assert report["written"]
    entity, author = (
        next(d for d in site.space.decisions if d.kind == kind) for kind in ("entity", "author")
    )
    assert len(site.space.decisions) == 2
    assert (entity.by, entity.choice, entity.reason, entity.note) == (
        "judge",
        "other",
        "boundary",
        "with the article 👍🏽",
    )
    assert entity.reading is not None
    (mention,) = entity.reading.entities
    text = site.space.document("doc-harbour").text
    assert mention.quote == text[mention.start : mention.end] == "The Harbour Union"
    assert (mention.label, mention.entity_id) == ("ORG", "nil-harbour-union")
    assert (author.by, author.choice, author.reason, author.note, author.reading) == (
        "judge",
        "from-nothing",
        "guideline",
        "",
        None,
    )

    final = site.space.adjudicated("doc-harbour")
    assert final is not None
    layer = site.space.layer("with-labels", "doc-harbour")
    assert layer is not None
    assert [e.quote for e in final.entities] == [
        "The Harbour Union" if e.quote == "Harbour Union" else e.quote for e in layer.entities
    ]
    assert final.author == (AuthorStance(target="T2", polarity="favor"),)
