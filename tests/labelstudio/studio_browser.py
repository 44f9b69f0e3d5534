"""A real browser in front of a real server, in the words of the interface."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

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
# Where the nth occurrence of a string begins and ends on the screen, once it is in the middle of it.
# The range is brought there, for what holds it may be taller. Hebrew begins on the right.
PLACE = """([needle, nth]) => {
  const root = document.querySelector('.lsf-richtext__container');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const parts = [...new Intl.Segmenter().segment(needle)].map(part => part.segment);
  const box = (node, from, part) => {
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, from + part.length);
    return range.getBoundingClientRect();
  };
  const edge = (node, from, part, ends) => {
    const {left, right, top, height} = box(node, from, part);
    const onRight = /[\u0590-\u05ff]/.test(part) ? !ends : ends;
    return [onRight ? right - 2 : left + 2, top + height / 2];
  };
  let node, count = 0;
  while ((node = walker.nextNode())) {
    if (node.parentElement.closest('sup, sub')) continue;
    for (let at = node.data.indexOf(needle); at >= 0; at = node.data.indexOf(needle, at + 1)) {
      if (count++ !== nth) continue;
      for (let outer = node.parentElement; outer; outer = outer.parentElement) {
        if (!/auto|scroll/.test(getComputedStyle(outer).overflowY)) continue;
        const view = outer.getBoundingClientRect();
        outer.scrollTop += box(node, at, parts[0]).top - view.top - view.height / 2;
      }
      const last = parts[parts.length - 1];
      return [...edge(node, at, parts[0], false),
              ...edge(node, at + needle.length - last.length, last, true)];
    }
  }
  return null;
}"""
# What is said so far, as it would be stored.
SAID = """() => window.Htx.annotationStore.selected.serializeAnnotation().map(
  item => [item.from_name, Object.values(item.value).find(Array.isArray), item.value.start ?? null]
)"""


def shown(value: str) -> re.Pattern[str]:
    """A choice as the page shows it: with its key, if it has one."""
    return re.compile(rf"^{re.escape(value)} ?(\[.+\])?$")


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

    def open_document(self, url: str, project: int, task: int) -> None:
        self.page.goto(f"{url}/projects/{project}/data?task={task}")
        self.page.locator(".lsf-richtext__container").wait_for()
        self.settle()

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

    def press_all(self, keys: Iterable[str]) -> None:
        """Without waiting in between."""
        for key in keys:
            self.page.keyboard.press(key)
        self.settle()

    def choose(self, value: str) -> None:
        self.side.locator(".lsf-choice label:visible").filter(has_text=shown(value)).click()
        self.settle()

    def key_of(self, value: str) -> str:
        """The key that the page shows beside a choice, as the browser calls it."""
        row = self.side.locator(".lsf-choice label:visible").filter(has_text=shown(value))
        *held, key = row.locator("sup").inner_text().strip("[]").upper().split("+")
        return "+".join([*map(str.capitalize, held), f"{'Digit' if key.isdigit() else 'Key'}{key}"])

    def said(self) -> list[Any]:
        """What is said so far: the control, its values, and where."""
        return self.page.evaluate(SAID)

    def choose_from(self, which: int, value: str, *, document: bool = False) -> None:
        box = self.page.locator(".ij-document") if document else self.side
        box.locator(".lsf-choices_layout_select:visible button").nth(which).click()
        self.page.get_by_role("option", name=shown(value)).click()
        self.settle()

    def write(self, placeholder: str, text: str) -> None:
        self.side.get_by_placeholder(placeholder).locator("visible=true").fill(text)
        self.settle()

    def pick(self, words: str, shown: str) -> None:
        """Search the registry's list by keyboard and take the one line that is found."""
        from playwright.sync_api import expect

        self.picker.click()
        search = self.page.get_by_test_id("taxonomy-search").locator("visible=true")
        search.press_sequentially(words)
        dropdown = self.page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)")
        expect(dropdown.locator(".ant-select-tree-title")).to_have_text([shown])
        self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")
        self.settle()

    @property
    def picker(self) -> Locator:
        """The list of the region that is selected."""
        return self.side.locator(".lsf-taxonomy:visible")

    def unpick(self) -> None:
        self.picker.locator(".ant-select-selection-item-remove").click()
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
