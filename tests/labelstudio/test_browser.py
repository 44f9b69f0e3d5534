"""An annotator at work in a real browser, against a real server; then everything is pulled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from studio_browser import Annotating
from studio_site import Site

from ijcorpus.annotation import AuthorStance, Entity, Holder, Stance

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.studio, pytest.mark.browser]


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
    at.write("an id not listed, such as nil-...", "nil-haifa")
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


def test_the_id_that_is_picked_is_the_one_that_comes_home(
    site: Site, page: Page, tmp_path: Path
) -> None:
    name = "from-nothing"
    path = site.root / "annotations" / "registry.jsonl"
    before = path.read_text()
    namesake = {"id": "ent-0003", "name": "Osaka", "label": "GPE", "side": "JP", "aliases": [],
                "ambiguous": [], "note": "The prefecture", "verified": True}  # fmt: skip
    path.write_text(f"{before}{json.dumps(namesake)}\n")
    site.run("push", "--annotator", name, "doc-harbour")
    at = Annotating(page, tmp_path)
    account = site.access.accounts[name]
    at.log_in(site.access.url, account.email, account.password)
    at.open_stream(site.access.url, site.project(name))
    for nth, words, shown in (
        (0, "prefecture", "Osaka · GPE JP · The prefecture · ent-0003"),
        (1, "ent-0002", "Osaka · GPE JP · ent-0002"),
    ):
        at.press("Escape", "4")
        at.double_click("Osaka", nth)
        at.select("Osaka", nth)
        at.pick(words, shown)
        assert at.picker.inner_text().strip() == shown
        at.shot(f"picked-{nth}")
    at.press("Escape", "1")
    at.drag("Juno Sato")
    at.select("Juno Sato")
    at.pick("mira", "Mira Lind · PERSON")
    at.unpick()
    at.write("an id not listed, such as nil-...", "nil-juno-sato")
    at.select("Osaka", 0)
    at.press("Escape", "1")
    at.drag("Mira Lind")
    at.select("Mira Lind")
    at.pick("mira", "Mira Lind · PERSON")
    at.write("an id not listed, such as nil-...", "nil-other")
    at.submit()

    pulled = site.pull(name, code=1)[name]
    layer = site.space.layer(name, "doc-harbour")
    assert layer is not None
    assert [(e.quote, e.entity_id) for e in layer.entities] == [
        ("Mira Lind", "ent-0001"),
        ("Osaka", "ent-0003"),
        ("Osaka", "ent-0002"),
        ("Juno Sato", "nil-juno-sato"),
    ]
    assert [finding["code"] for finding in pulled["findings"]] == ["studio-two-ids"]
    aside = json.loads((site.root / ".studio" / "quarantine" / f"{name}.json").read_text())
    assert [item["value"]["text"] for item in aside["doc-harbour"]] == [["nil-other"]]
