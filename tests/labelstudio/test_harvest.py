from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ijcorpus.annotation import Annotation, Annotator, Entity
from ijcorpus.document import sha256
from ijcorpus.labelstudio import tasks
from ijcorpus.labelstudio.harvest import Pulled, Snapshot, harvest
from ijcorpus.scheme import read_scheme

SCHEME = read_scheme((Path(__file__).parents[2] / "annotations" / "scheme.toml").read_text())
TEXT = "Anna met Bo."
DIGEST = sha256(TEXT)
ANNA = Annotator(id="anna", kind="human", description="", email="anna@example.org")
USERS = {"1": "anna@example.org", "2": "boss@example.org"}


def annotation(*quotes: str) -> Annotation:
    entities = tuple(
        Entity(
            id=f"e{number}",
            start=TEXT.index(quote),
            end=TEXT.index(quote) + len(quote),
            label=SCHEME.label_names[0],
            quote=quote,
        )
        for number, quote in enumerate(quotes, start=1)
    )
    return Annotation(
        document="doc", digest=DIGEST, scheme=SCHEME.version, annotator="anna", entities=entities
    )


def item(number: int = 7, quotes: tuple[str, ...] = ("Anna",), **fields: Any) -> dict[str, Any]:
    result = tasks.result(annotation(*quotes), TEXT, SCHEME)
    return {
        "id": number,
        "completed_by": 1,
        "updated_by": 1,
        "was_cancelled": False,
        "updated_at": f"2026-01-01T00:00:{number:02}Z",
        "result": result,
    } | fields


def task(*annotations: dict[str, Any], **fields: Any) -> dict[str, Any]:
    data = {"text": TEXT, "ij_key": f"doc@{DIGEST}"}
    return {"id": 3, "data": data, "annotations": list(annotations), "drafts": []} | fields


def pull(*listed: dict[str, Any], digests: dict[str, str] | None = None) -> Pulled:
    snapshot = Snapshot(
        project="p", config="<View/>", model_version="", users=USERS, tasks=tuple(listed)
    )
    return harvest(snapshot, ANNA, SCHEME, digests or {})


def codes(pulled: Pulled) -> list[str]:
    return [finding.code for finding in pulled.findings]


def test_finished_work_comes_home() -> None:
    pulled = pull(task(item()))
    assert pulled.annotations == {"doc": annotation("Anna")}
    assert pulled.states == {"doc": "done"}
    assert not pulled.findings


def test_an_untouched_task_is_open() -> None:
    pulled = pull(task())
    assert pulled.states == {"doc": "open"}
    assert not pulled.findings


def test_the_newest_of_two_counts_and_both_are_named() -> None:
    pulled = pull(task(item(9, ("Bo",)), item(8)))
    assert pulled.annotations["doc"] == annotation("Bo")
    assert codes(pulled) == ["studio-double-annotation"]
    assert "9, 8" in pulled.findings[0].message


def test_a_skip_is_reported_and_not_taken() -> None:
    pulled = pull(task(item(was_cancelled=True)))
    assert pulled.states == {"doc": "skipped"}
    assert codes(pulled) == ["studio-skipped"]
    assert not pulled.annotations


@pytest.mark.parametrize("user", [1, "anna@example.org", {"id": 1}])
def test_a_draft_is_reported_and_not_taken(user: Any) -> None:
    pulled = pull(task(drafts=[{"user": user, "result": item()["result"]}]))
    assert pulled.states == {"doc": "draft"}
    assert codes(pulled) == ["studio-draft"]
    assert not pulled.annotations


def test_a_draft_beside_finished_work_is_reported() -> None:
    pulled = pull(task(item(), drafts=[{"user": 1, "result": item()["result"]}]))
    assert pulled.states == {"doc": "done"}
    assert codes(pulled) == ["studio-draft"]


def test_work_of_another_account_is_not_taken() -> None:
    pulled = pull(task(item(completed_by=2)))
    assert codes(pulled) == ["studio-other-account"]
    assert not pulled.annotations


def test_a_change_by_another_account_is_reported() -> None:
    pulled = pull(task(item(updated_by=2)))
    assert codes(pulled) == ["studio-changed-by"]


def test_empty_work_is_work_and_is_reported() -> None:
    pulled = pull(task(item(result=[])))
    assert codes(pulled) == ["studio-empty"]
    assert pulled.annotations["doc"] == annotation()


def test_a_text_that_was_changed_on_the_server_is_refused() -> None:
    changed = task(item())
    changed["data"]["text"] = "Anna met Boo."
    pulled = pull(changed)
    assert codes(pulled) == ["studio-text-changed"]
    assert not pulled.annotations


def test_work_on_an_outdated_text_is_refused() -> None:
    pulled = pull(task(item()), digests={"doc": "another"})
    assert codes(pulled) == ["studio-text-outdated"]
    assert not pulled.annotations


def test_a_second_task_with_work_is_reported() -> None:
    pulled = pull(task(item()), task(item(8, ("Bo",))))
    assert codes(pulled) == ["studio-double-task"]
    assert pulled.annotations["doc"] == annotation("Anna")


def test_a_task_that_is_not_ours_is_reported() -> None:
    pulled = pull({"id": 1, "data": {"text": "x"}, "annotations": [item()]})
    assert codes(pulled) == ["studio-foreign-task"]
    assert not pulled.states
