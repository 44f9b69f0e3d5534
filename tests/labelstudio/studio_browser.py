"""A real browser in front of a real server, in the words of the interface."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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
