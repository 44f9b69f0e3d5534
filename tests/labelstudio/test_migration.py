"""A scheme that changes under a project with work: planned, shown, done with consent, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from studio_site import CAFE, HARBOUR, SCHEME, Site

from ijcorpus.errors import StudioError
from ijcorpus.labelstudio import config
from ijcorpus.labelstudio.api import Api

pytestmark = pytest.mark.studio
NAME = "from-nothing"


@pytest.fixture(autouse=True)
def worked(site: Site) -> Iterator[None]:
    """Every test begins with the scheme as it is, and finished work on two documents."""
    path = site.root / "annotations" / "scheme.toml"
    path.write_text(SCHEME.read_text())
    if site.studio.api.project(f"tiny · {NAME}") is None:
        site.run("push")
        site.run(
            "enter", "--as", NAME, site.mark("doc-harbour", HARBOUR), site.mark("doc-cafe", CAFE)
        )
    yield
    path.write_text(SCHEME.read_text())


def rewrite(site: Site, *changes: tuple[str, str]) -> None:
    path = site.root / "annotations" / "scheme.toml"
    text = path.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def plan(site: Site, *arguments: str) -> dict[str, Any]:
    return site.run("push", "--annotator", NAME, "--plan", *arguments)[0]


def said(site: Site) -> list[Any]:
    return [
        (item["id"], item["result"])
        for task in site.tasks(NAME).values()
        for item in task.annotations
    ]


def test_nothing_changed_needs_no_consent(site: Site) -> None:
    found = plan(site)
    assert (found["change"], found["create"], found["blocked"]) == ("same", [], [])
    assert set(found["keep"]) == {"doc-harbour", "doc-cafe", "doc-plain"}


def test_a_plan_changes_nothing(site: Site) -> None:
    rewrite(site, ('id = "GPE"', 'id = "STATE"'))
    before = said(site), site.studio.api.project(f"tiny · {NAME}")
    plan(site, "--rename", "GPE=STATE")
    after = said(site), site.studio.api.project(f"tiny · {NAME}")
    assert after == before


def test_a_label_in_use_may_not_go(site: Site) -> None:
    rewrite(site, ('id = "GPE"', 'id = "STATE"'))
    found = plan(site)
    assert found["change"] == "less"
    assert "GPE" in " ".join(found["blocked"])
    before = said(site)
    with pytest.raises(StudioError, match="--rename"):
        site.run("push", "--annotator", NAME, "--apply")
    assert said(site) == before


def test_a_new_value_is_shown_before_it_is_added(site: Site) -> None:
    extra = '\n[[document_flags]]\nid = "fresh"\ndescription = "A new one"\n'
    path = site.root / "annotations" / "scheme.toml"
    path.write_text(path.read_text() + extra)
    found = plan(site)
    assert (found["change"], found["added"]) == ("more", ["Choices document_flags: fresh"])
    with pytest.raises(StudioError, match="--plan"):
        site.run("push", "--annotator", NAME)
    site.run("push", "--annotator", NAME, "--apply")
    assert plan(site)["change"] == "same"
    path.write_text(SCHEME.read_text())
    assert plan(site)["change"] == "less"
    site.run("push", "--annotator", NAME, "--apply")


def test_labels_and_targets_are_renamed_in_finished_work(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pull(NAME)
    layers = {name: site.space.layer(NAME, name) for name in ("doc-harbour", "doc-cafe")}
    before = said(site)
    rewrite(site, ('id = "GPE"', 'id = "STATE"'), ('id = "T2"', 'id = "T22"'))
    declared = ("--rename", "GPE=STATE", "--rename", "T2=T22")
    found = plan(site, *declared)
    assert (found["change"], found["blocked"], found["rewritten"]) == ("renamed", [], 1)
    assert found["renamed"]["Labels entity: GPE"] == "STATE"
    assert found["renamed"]["Choices sense_GPE"] == "Choices sense_STATE"
    assert found["renamed"]["Choices author_T2"] == "Choices author_T22"
    with pytest.raises(StudioError, match="--plan"):
        site.run("push", "--annotator", NAME, *declared)
    assert said(site) == before

    # Interrupted after the annotations and before the configuration: repeated, it is finished.
    with monkeypatch.context() as patch:
        patch.setattr(Api, "update_project", interrupted)
        with pytest.raises(StudioError, match="interrupted"):
            site.run("push", "--annotator", NAME, "--apply", *declared)
    halfway = plan(site, *declared)
    assert (halfway["change"], halfway["rewritten"], halfway["blocked"]) == ("renamed", 0, [])
    site.run("push", "--annotator", NAME, "--apply", *declared)
    assert plan(site, *declared)["change"] == "same"
    project = site.studio.api.project(f"tiny · {NAME}")
    assert project is not None
    space = site.space
    wanted = config.labeling_config(space.scheme, tuple(space.registry.values()))
    assert config.same(project["label_config"], wanted)

    pulled = site.pull(NAME)[NAME]
    assert pulled["findings"] == []
    for name, old in layers.items():
        new = site.space.layer(NAME, name)
        assert old is not None
        assert new is not None
        renamed = ["STATE" if e.label == "GPE" else e.label for e in old.entities]
        assert [e.label for e in new.entities] == renamed
        assert [e.sense for e in new.entities] == [e.sense for e in old.entities]
        targets = ["T22" if s.target == "T2" else s.target for s in old.stances]
        assert [s.target for s in new.stances] == targets
        assert len(new.author) == len(old.author)

    # And back, so that the next test finds what it expects.
    rewrite(site, ('id = "STATE"', 'id = "GPE"'), ('id = "T22"', 'id = "T2"'))
    back = ("--rename", "STATE=GPE", "--rename", "T22=T2")
    site.run("push", "--annotator", NAME, "--apply", *back)
    assert {name: site.pull(NAME) and site.space.layer(NAME, name) for name in layers} == layers


def test_a_draft_with_an_old_name_stands_in_the_way(site: Site) -> None:
    task = site.tasks(NAME)["doc-plain"]
    client: Any = site.api(NAME)._client
    region = {"start": 30, "end": 34, "text": "Nara", "labels": ["GPE"]}
    draft = {
        "result": [
            {
                "id": "d1",
                "type": "labels",
                "from_name": "entity",
                "to_name": "text",
                "value": region,
            }
        ]
    }
    wrapper = client._client_wrapper.httpx_client
    answer = wrapper.request(f"api/tasks/{task.id}/drafts", method="POST", json=draft)
    assert answer.status_code == 201
    rewrite(site, ('id = "GPE"', 'id = "STATE"'))
    assert "drafts" in " ".join(plan(site, "--rename", "GPE=STATE")["blocked"])


@pytest.mark.parametrize("said", ["GPE", "=X", "GPE=", "GPE=NOWHERE", "GPE=ORG"])
def test_a_rename_that_cannot_be_meant_is_refused(site: Site, said: str) -> None:
    if said == "GPE=ORG":
        rewrite(site, ('id = "GPE"', 'id = "STATE"'))
    result = site.try_("push", "--plan", "--rename", said)
    assert result.exit_code != 0
    assert isinstance(result.exception, (StudioError, SystemExit))


def interrupted(*_: object) -> str:
    raise StudioError("interrupted")
