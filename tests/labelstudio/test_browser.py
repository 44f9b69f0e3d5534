"""An annotator at work in a real browser, against a real server; then everything is pulled."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from studio_site import Site

from ijcorpus.annotation import AuthorStance, Entity, Holder, Stance

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.studio, pytest.mark.browser]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Where the nth occurrence of a string is on the screen: its first and its last character.
PLACE = """([needle, nth]) => {
  const root = document.querySelector('.lsf-richtext__container');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let node, count = 0;
  while ((node = walker.nextNode())) {
    if (node.parentElement.closest('sup, sub')) continue;
    for (let at = node.data.indexOf(needle); at >= 0; at = node.data.indexOf(needle, at + 1)) {
      if (count++ !== nth) continue;
      node.parentElement.scrollIntoView({block: 'center'});
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + needle.length);
      const boxes = [...range.getClientRects()], first = boxes[0], last = boxes[boxes.length - 1];
      return [first.left + 2, first.top + first.height / 2,
              last.right - 2, last.top + last.height / 2];
    }
  }
  return null;
}"""


class Annotating:
    """What an annotator does, in the words of the interface."""

    def __init__(self, page: Page, shots: Path) -> None:
        self.page, self.shots = page, shots
        self.side = page.locator(".ij-side")

    def log_in(self, url: str, email: str, password: str) -> None:
        self.page.goto(f"{url}/user/login/")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", password)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda found: "/user/login" not in found)

    def open_stream(self, url: str, project: int) -> None:
        self.page.goto(f"{url}/projects/{project}/data?labeling=1")
        self.page.get_by_text("Labeling Instructions").wait_for()
        self.shot("instructions")
        self.page.keyboard.press("Escape")
        self.page.get_by_text("Labeling Instructions").wait_for(state="hidden")
        self.page.locator(".lsf-richtext__container").wait_for()

    def place(self, quote: str, nth: int = 0) -> list[float]:
        found = self.page.evaluate(PLACE, [quote, nth])
        assert found, quote
        return found

    def double_click(self, quote: str, nth: int = 0) -> None:
        left, top, right, _ = self.place(quote, nth)
        self.page.mouse.dblclick((left + right) / 2, top)
        self.settle()

    def drag(self, quote: str, nth: int = 0) -> None:
        left, top, right, bottom = self.place(quote, nth)
        self.page.mouse.move(left, top)
        self.page.mouse.down()
        self.page.mouse.move((left + right) / 2, top, steps=4)
        self.page.mouse.move(right, bottom, steps=4)
        self.page.mouse.up()
        self.settle()

    def select(self, quote: str, nth: int = 0) -> None:
        left, top, _, _ = self.place(quote, nth)
        self.page.mouse.click(left + 2, top)
        self.settle()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.settle()

    def choose(self, value: str) -> None:
        self.side.get_by_text(value, exact=True).click()
        self.settle()

    def choose_from(self, which: int, value: str, *, document: bool = False) -> None:
        box = self.page.locator(".ij-document") if document else self.side
        box.locator(".lsf-choices_layout_select:visible button").nth(which).click()
        self.page.get_by_role("option", name=value, exact=True).click()
        self.settle()

    def write(self, placeholder: str, text: str) -> None:
        self.side.get_by_placeholder(placeholder).locator("visible=true").fill(text)
        self.settle()

    def submit(self) -> None:
        button = self.page.get_by_test_id("bottombar-submit-button")
        with self.page.expect_response(
            lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
        ) as answered:
            button.click()
        assert answered.value.ok

    def settle(self) -> None:
        self.page.wait_for_timeout(400)

    def shot(self, name: str) -> None:
        self.page.screenshot(path=self.shots / f"{name}.png")


@pytest.fixture
def page() -> Iterator[Page]:
    """A page in a headless Chromium that asks nothing of the outside."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), headless=True, args=FLAGS
        )
        try:
            yield browser.new_page(viewport={"width": 1440, "height": 900})
        finally:
            browser.close()


def test_an_annotator_s_work_comes_home(site: Site, page: Page, tmp_path: Path) -> None:
    site.run("push", "doc-harbour")
    name = "with-labels"
    url, account = site.access.url, site.access.accounts[name]
    outside: list[str] = []
    page.on(
        "request",
        lambda r: None if r.url.startswith((url, "data:", "blob:")) else outside.append(r.url),
    )
    at = Annotating(page, tmp_path)
    at.log_in(url, account.email, account.password)
    at.open_stream(url, site.project(name))

    at.select("Osaka", 0)
    at.choose("place")
    at.press("Escape", "4")
    at.double_click("Haifa")
    at.select("Haifa")
    at.write("entity id, such as ent-... or nil-...", "nil-haifa")
    at.choose("government")
    at.press("Escape", "3")
    at.drag("Harbour Union")
    at.press("Escape", "s")
    at.drag("called the plan careless. 👍🏽 Its")
    at.select("called the plan")
    at.press("g", "i", "m", "e", "p")
    at.choose("T2 economic cooperation")
    at.choose_from(0, "ngo_activist")
    at.press("Alt+r")
    at.select("Harbour Union")
    at.press("Escape")
    at.select("called the plan")
    at.write("note", "with an emoji 👍🏽 before")
    at.choose_from(3, "mixed", document=True)
    page.locator(".ij-document").get_by_text("sensitive", exact=True).click()
    at.settle()
    at.shot("stance")
    at.submit()

    pulled = site.pull(name)[name]
    assert pulled["documents"] == {"doc-harbour": "written"}
    assert pulled["findings"] == []
    assert not outside

    layer = site.space.layer(name, "doc-harbour")
    assert layer is not None
    text = site.space.document("doc-harbour").text
    found = {(e.quote, e.label, e.entity_id, e.sense, e.origin) for e in layer.entities}
    assert found == {
        ("Mira Lind", "PERSON", "ent-0001", None, "prediction"),
        ("Osaka", "GPE", "ent-0002", "place", "prediction"),
        ("Osaka", "GPE", "ent-0002", None, "prediction"),
        ("Haifa", "GPE", "nil-haifa", "government", "manual"),
        ("Harbour Union", "ORG", "", None, "manual"),
    }
    for entity in layer.entities:
        assert isinstance(entity, Entity)
        assert text[entity.start : entity.end] == entity.quote
    union = next(e for e in layer.entities if e.quote == "Harbour Union")
    quote = "called the plan careless. 👍🏽 Its"
    assert layer.stances == (
        Stance(
            id="s1",
            start=text.index(quote),
            end=text.index(quote) + len(quote),
            holder=Holder(kind="mention", mention=union.id, type="ngo_activist"),
            target="T2",
            polarity="against",
            attribution="indirect",
            flags=("implicit", "negated"),
            note="with an emoji 👍🏽 before",
            quote=quote,
        ),
    )
    assert layer.author == (AuthorStance(target="T4", polarity="mixed"),)
    assert layer.flags == ("sensitive",)
