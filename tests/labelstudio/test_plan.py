"""What a push would do when the registry changed under a project: asked without a server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from studio_annotations import SCHEME, make
from studio_site import plain
from test_picker import LABEL, entry

from ijcorpus.annotation import Entity
from ijcorpus.document import sha256
from ijcorpus.errors import StudioError
from ijcorpus.labelstudio import config, tasks
from ijcorpus.labelstudio.api import Task
from ijcorpus.labelstudio.plan import Plan, There, planned, shift_of

TEXT = "Anna met Bo in Oslo."
ANNA, BO, OSLO = entry("ent-1", "Anna"), entry("ent-2", "Bo"), entry("ent-3", "Oslo")
OLD = (ANNA, BO, OSLO)


def xml(*registry: Any) -> str:
    return config.labeling_config(SCHEME, registry)


def result(*ids: str) -> list[dict[str, Any]]:
    """A result with a mention for each id; those of the old registry are picked."""
    words = TEXT.rstrip(".").split()
    mentions = tuple(
        Entity(
            id=f"e{n}",
            start=TEXT.index(word),
            end=TEXT.index(word) + len(word),
            label=LABEL,
            entity_id=identity,
            quote=word,
        )
        for n, (word, identity) in enumerate(zip(words, ids, strict=False))
    )
    return tasks.result(make(TEXT, entities=mentions), TEXT, SCHEME, {one.id for one in OLD})


def there(
    *ids: str, old: tuple[Any, ...] = OLD, drafts: tuple[list[dict[str, Any]], ...] = ()
) -> There:
    """A project with one annotated task, made when the registry was the old one."""
    data = {"text": TEXT, "ij_key": tasks.key("doc", sha256(TEXT))}
    task = Task(id=1, data=data, annotations=({"id": 1, "result": result(*ids)},), predictions=())
    return There(
        project={"id": 1, "label_config": xml(*old)},
        tasks={task.key: task},
        begun=frozenset({1}),
        drafts=drafts,
    )


def plan(project: There, *new: Any, renames: Mapping[str, str] | None = None) -> Plan:
    return planned("anna", project, xml(*new), [plain("doc", TEXT)], (), "", renames or {})


def quiet(found: Plan) -> bool:
    """Whether nothing of the work is touched, and nobody has to agree to it."""
    changed = (found.blocked, found.added, found.lost, found.renamed, found.rewritten)
    return not found.migrates and not any(changed) and found.keep == ("doc",)


@pytest.mark.parametrize(
    ("new", "change"),
    [
        (OLD, "same"),
        ((*OLD, entry("ent-4", "Nara")), "registry"),
        ((ANNA, BO), "registry"),
        ((ANNA, BO, entry("ent-9", "Oslo")), "registry"),
        ((ANNA, BO, entry("ent-3", "Oslo", aliases=("Christiania",))), "look"),
    ],
)
def test_a_registry_that_changed_only_updates_the_configuration(new: Any, change: str) -> None:
    found = plan(there("ent-1", "", "ent-2", "nil-x"), *new)
    assert found.change == change
    assert quiet(found)


def test_a_first_registry_comes_as_quietly() -> None:
    found = plan(there("nil-anna", old=()), *OLD)
    assert found.change == "registry"
    assert quiet(found)


@pytest.mark.parametrize("new", [(ANNA, OSLO), ()])
def test_an_entry_in_use_may_not_go(new: Any) -> None:
    found = plan(there("ent-1", "", "ent-2"), *new)
    (fault,) = found.blocked
    assert "Taxonomy entity_pick: ent-2" in fault
    assert "ent-3" not in fault
    assert "--rename" in fault


def test_an_entry_that_a_draft_has_may_not_go() -> None:
    found = plan(there("ent-1", drafts=(result("", "", "ent-2"),)), ANNA, OSLO)
    (fault,) = found.blocked
    assert "ent-2" in fault


def test_an_id_that_was_only_typed_bars_nothing() -> None:
    assert quiet(plan(there("nil-anna", "", "nil-bo"), ANNA, OSLO))


def test_other_changes_beside_the_registry_s_still_need_consent() -> None:
    flags = SCHEME.document_flags
    project = there("ent-1")
    fewer = config.labeling_config(_with(document_flags=flags[:-1]), (*OLD, entry("ent-4", "Nara")))
    found = planned("anna", project, fewer, [plain("doc", TEXT)], (), "", {})
    assert (found.change, found.migrates) == ("less", True)
    assert found.lost == (f"Choices document_flags: {flags[-1].id}",)


def _with(**fields: object) -> Any:
    return msgspec.structs.replace(SCHEME, **fields)


@pytest.mark.parametrize("after", ["ent-1", "ent-9"])
def test_picks_get_another_id_when_it_is_declared(after: str) -> None:
    """Of an entry that stays, so that two entries become one, or of a new one."""
    project = there("ent-1", "", "ent-2", "nil-x")
    new = (ANNA, OSLO, *([entry(after, "Bo")] if after == "ent-9" else []))
    found = plan(project, *new, renames={"ent-2": after})
    assert (found.change, found.migrates, found.rewritten) == ("renamed", True, 1)
    assert found.renamed == {"Taxonomy entity_pick: ent-2": after}
    assert found.blocked == ()
    shift = shift_of(project, xml(*new), {"ent-2": after})
    assert shift.result(project.results[0]) == [
        item if item["type"] != "taxonomy" or item["value"]["taxonomy"] != [["ent-2"]]
        else item | {"value": item["value"] | {"taxonomy": [[after]]}}
        for item in project.results[0]
    ]  # fmt: skip
    # What was typed stays as it was typed.
    assert any(item["value"].get("text") == ["nil-x"] for item in shift.result(project.results[0]))


def test_a_join_that_nobody_picked_rewrites_nothing() -> None:
    found = plan(there("ent-1"), ANNA, OSLO, renames={"ent-2": "ent-1"})
    assert (found.change, found.rewritten, found.blocked) == ("renamed", 0, ())


def test_a_join_that_was_done_before_means_nothing() -> None:
    found = plan(there("ent-1", old=(ANNA, OSLO)), ANNA, OSLO, renames={"ent-2": "ent-1"})
    assert found.change == "same"
    assert quiet(found)


def test_a_draft_with_the_old_pick_bars_the_join() -> None:
    project = there("ent-1", drafts=(result("ent-2"),))
    found = plan(project, ANNA, OSLO, renames={"ent-2": "ent-1"})
    assert "drafts" in " ".join(found.blocked)


def test_picks_cannot_be_joined_to_what_is_not_listed_and_labels_never() -> None:
    with pytest.raises(StudioError, match="'ent-9'"):
        plan(there("ent-2"), ANNA, OSLO, renames={"ent-2": "ent-9"})
    one, other = SCHEME.polarity_names[:2]
    fewer = _with(polarities=SCHEME.polarities[1:])
    with pytest.raises(StudioError, match="both in use"):
        shift_of(there(), config.labeling_config(fewer, OLD), {one: other})
