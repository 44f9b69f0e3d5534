from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from studio_browser import FLAGS
from studio_site import Site, make

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A corpus of its own with a server that is up; it is ended afterwards."""
    site = Site(make(tmp_path_factory.mktemp("studio") / "root"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IJCORPUS_TEXTS", str(site.root / "copies"))
        try:
            site.run("studio", "up")
            yield site
        finally:
            site.server.down()


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
