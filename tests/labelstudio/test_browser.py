"""An annotator at work in a real browser, against a real server; then everything is pulled."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from studio_browser import Annotating
from studio_site import Site
from studio_texts import KINDS, TEXTS, add
from test_hotkeys import before_keys

from ijcorpus.annotation import AuthorStance, Entity, Holder, Stance
from ijcorpus.labelstudio.api import Json

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
    at.press("g", "Shift+Digit2", "i", "m", "e", "p")
    at.choose_from(0, "ngo_activist")
    at.press("Alt+r")
    at.select("Harbour Union")
    at.press("Escape")
    at.select("called the plan")
    at.write("note", "with an emoji 👍🏽 before")
    at.choose_from(3, "mixed", document=True)
    page.locator(".ij-document").get_by_text("sensitive").click()
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
    assert [kept["item"]["value"]["text"] for kept in aside["doc-harbour"]] == [["nil-other"]]


@pytest.fixture(scope="module")
def texts(site: Site) -> Iterator[None]:
    """The corpus with texts that are hard on a browser."""
    with pytest.MonkeyPatch.context() as patch:
        add(site, patch)
        yield


WASTE = "called\tthe  fair 👩🏽 🇯🇵 👨‍👩‍👧 x̌q̃ 山田 שלום 𠮷野 a waste"
SIGNS = {
    "山田 Hana": "PERSON",
    "Team 🇯🇵 Nine": "ORG",
    "Max x̌q̃ Holm": "PERSON",
    "שלום עולם": "EVENT",
    "Tea\tDay": "EVENT",
    "Open  Door": "PROGRAM",
    "Mug 👩🏽 Two": "PRODUCT",
    "Club 👨‍👩‍👧 House": "FAC",
    "𠮷野 Hill": "LOC",
    "Anna": "PERSON",
}
LOG = {
    "Berta1": "PERSON",
    "Port1": "FAC",
    "Guild60": "ORG",
    "Port61": "FAC",
    "Guild120": "ORG",
}


@pytest.mark.parametrize(
    ("name", "entities", "evidence", "holder"),
    [
        ("doc-signs", SIGNS, WASTE, "Team 🇯🇵 Nine"),
        ("doc-log", LOG, "found the toll of that day unfair", "Berta1"),
    ],
    ids=["every kind of character", "2,600 words"],
)
def test_what_was_selected_comes_home_whatever_the_text(
    site: Site,
    page: Page,
    tmp_path: Path,
    texts: None,
    name: str,
    entities: dict[str, str],
    evidence: str,
    holder: str,
) -> None:
    text, who = TEXTS[name], "with-labels"
    site.run("push", "--annotator", who, name)
    at = Annotating(page, tmp_path)
    account = site.access.accounts[who]
    at.log_in(site.access.url, account.email, account.password)
    at.open_document(site.access.url, site.project(who), site.tasks(who)[name].id)
    keys = {label.id: label.hotkey for label in site.space.scheme.entities}
    for quote, label in entities.items():
        at.press_all(["Escape", keys[label]])
        at.drag(quote)
    last = text.count(evidence) - 1
    at.press_all(["Escape", "s"])
    at.drag(evidence, last)
    at.select(evidence, last)
    at.press("g", "Shift+Digit2", "i", "m", "Shift+I", "e", "Alt+r")
    at.select(holder)
    at.shot(name)
    at.submit()

    pulled = site.pull(who)[who]
    assert pulled["documents"][name] == "written"
    layer = site.space.layer(who, name)
    assert layer is not None
    assert {(e.start, e.quote, e.label) for e in layer.entities} == {
        (text.index(quote), quote, label) for quote, label in entities.items()
    }
    assert len(layer.entities) == len(entities)
    (stance,) = layer.stances
    assert (stance.start, stance.quote) == (text.rindex(evidence), evidence)
    mention = layer.mention(stance)
    assert mention is not None
    assert mention.quote == holder
    assert (stance.polarity, stance.target, stance.attribution, stance.flags) == (
        "against",
        "T2",
        "indirect",
        ("negated",),
    )
    assert stance.holder is not None
    assert stance.holder.type == "ngo_activist"


def test_a_key_does_what_the_page_says_and_nothing_else(
    site: Site, page: Page, tmp_path: Path
) -> None:
    who = "with-labels"
    site.run("push", "--annotator", who, "doc-plain")
    outdated = {"label_config": before_keys(project_of(site, who)["label_config"])}
    site.studio.api.update_project(site.project(who), outdated)
    assert site.run("push", "--annotator", who, "--plan", "doc-plain")[0]["change"] == "look"
    site.run("push", "--annotator", who, "doc-plain")
    at = Annotating(page, tmp_path)
    account = site.access.accounts[who]
    at.log_in(site.access.url, account.email, account.password)
    at.open_document(site.access.url, site.project(who), site.tasks(who)["doc-plain"].id)
    scheme = site.space.scheme
    at.press("Escape", scheme.entities[0].hotkey)
    at.drag("Nara")
    at.press("Escape", scheme.stance.hotkey)
    at.drag("nobody minded")
    at.press("Escape")
    before = at.said()

    # Nothing is judged without a region selected, nor of a region of another kind.
    keys = [f"Key{key}" for key in "ABCDEFGHIJKLMNOPQRTVWXYZ"]
    keys += [f"Shift+Key{key}" for key in "ABCDEFGHIJKLMNO"]
    keys += [f"Shift+Digit{key}" for key in "0123456789"]
    at.press_all(keys)
    assert at.said() == before
    at.select("Nara")
    at.press_all(keys)
    assert at.said() == before

    at.select("nobody minded")
    start = site.space.document("doc-plain").text.index("nobody minded")
    for target in reversed(scheme.propositions):
        at.press(at.key_of(f"{target.id} {target.name}"))
        now = at.said()
        assert [item for item in now if item not in before] == [["target", [target.id], start]]
        assert [item for item in now if item in before] == before
    at.press(at.key_of("against"), at.key_of("indirect"), at.key_of("unnamed"), "Shift+KeyE")
    at.shot("keys")
    before = at.said()
    at.side.get_by_placeholder("note").locator("visible=true").click()
    at.press_all(["Shift+Digit3", "Shift+KeyB", "KeyF", "KeyS", "Digit1", "KeyU"])
    assert at.said() == before
    at.press("Enter")
    at.submit()

    site.pull(who)
    layer = site.space.layer(who, "doc-plain")
    assert layer is not None
    (stance,) = layer.stances
    assert stance.holder is not None
    said = (stance.target, stance.polarity, stance.attribution, stance.holder.type, stance.note)
    assert said == ("T1", "against", "indirect", "firm", "#Bfs1u")


def project_of(site: Site, annotator: str) -> Json:
    found = site.studio.api.project(f"tiny · {annotator}")
    assert found is not None
    return found


def test_the_texts_are_as_hard_as_they_are_said_to_be() -> None:
    first = min(TEXTS["doc-signs"].index(quote) for quote in SIGNS)
    for kind in KINDS:
        assert kind in TEXTS["doc-signs"][:first]
        assert any(kind in quote for quote in SIGNS)
        assert kind in WASTE
    assert all(unicodedata.is_normalized("NFC", text) for text in TEXTS.values())
    assert len(TEXTS["doc-log"].split()) >= 2500
