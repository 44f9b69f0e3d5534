"""Adjudication in Label Studio: one task a dispute, in a project of the adjudicator's.

The adjudicator chooses a reading, or corrects the spans and chooses `other`. What comes back
passes the same checks as a worksheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ijcorpus.adjudicate import Dispute, Ground, Worksheet, decided
from ijcorpus.annotation import Annotator, Decision
from ijcorpus.document import Struct
from ijcorpus.errors import StudioError
from ijcorpus.labelstudio import config, tasks
from ijcorpus.labelstudio.api import Json, Task
from ijcorpus.labelstudio.cases import (
    AGREED,
    Docket,
    adjudication_config,
    case,
    predictions,
    ruling,
)
from ijcorpus.labelstudio.client import Studio
from ijcorpus.labelstudio.process import lock

BATCH = 100


class Summoned(Struct, frozen=True, kw_only=True):
    """What a push did: dispute keys by what became of their tasks."""

    created: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]


class Bench:
    """The adjudicator's project on a server."""

    def __init__(self, studio: Studio, adjudicator: Annotator) -> None:
        self.studio, self.api, self.adjudicator = studio, studio.api, adjudicator
        self.title = studio.title(adjudicator)

    def push(self, dockets: Sequence[Docket], annotators: Sequence[str]) -> Summoned:
        """Bring every open dispute to the project; tasks of closed ones go, unless worked on.

        May be repeated. Raises StudioError when the server lost what it said it stored.
        """
        wanted = {
            tasks.key(dispute.key, docket.document.digest): (docket, dispute)
            for docket in dockets
            for dispute in docket.disputes
        }
        with lock(self.studio.folder / "writer.lock", what="another push or entry", wait=60):
            project = self._ensure(annotators)
            there = {task.key: task for task in self.api.tasks(project)}
            missing = [key for key in wanted if key not in there]
            for at in range(0, len(missing), BATCH):
                chosen = [wanted[key] for key in missing[at : at + BATCH]]
                self.api.import_tasks(project, [case(d.document, dispute) for d, dispute in chosen])
            removed = self._remove(
                project, [task for key, task in there.items() if key not in wanted]
            )
            self._predict(project, wanted)
        return Summoned(
            created=tuple(key.partition("@")[0] for key in missing),
            kept=tuple(key.partition("@")[0] for key in wanted if key in there),
            removed=removed,
        )

    def pull(self, grounds: Mapping[str, Ground]) -> tuple[list[Decision], list[str]]:
        """The decisions of finished tasks, and in words whatever is wrong with them.

        `grounds` are what decisions are checked against, by document. Tasks of disputes that are
        no more are passed over. The server's raw answer is kept as a snapshot first.
        """
        project = self._project()
        snapshot = self.studio.snapshot_of(project, self.api.export(project["id"]))
        self.studio.keep(snapshot)
        made: list[Decision] = []
        problems: list[str] = []
        for task in snapshot.tasks:
            data = task.get("data") or {}
            ground = grounds.get(str(data.get("document")))
            key, _, digest = str(data.get("ij_key", "")).rpartition("@")
            dispute = _of(ground, key)
            if ground is None or dispute is None or digest != ground.document.digest:
                continue
            finished = [
                item
                for item in task.get("annotations") or []
                if snapshot.users.get(str(item.get("completed_by"))) == self.adjudicator.email
                and not item.get("was_cancelled")
            ]
            if not finished:
                continue
            newest = max(finished, key=_updated)
            form, faults = ruling(newest.get("result") or [], data, dispute, ground)
            problems += [f"{ground.document.id}, dispute {key}: {fault}." for fault in faults]
            if form is None or faults:
                continue
            sheet = Worksheet(
                document=ground.document.id,
                digest=ground.document.digest,
                scheme=ground.scheme.version,
                reasons=ground.scheme.names("reasons"),
                disputes=(form,),
            )
            decisions, wrong = decided(sheet, ground, by=self.adjudicator.id)
            made += decisions if not wrong else []
            problems += wrong
        return made, problems

    def _project(self) -> Json:
        project = self.api.project(self.title)
        if project is None:
            raise StudioError(
                f"{self.api.url} has no project {self.title!r}. Make it with "
                "'ijcorpus adjudicate --push'."
            )
        return project

    def _ensure(self, annotators: Sequence[str]) -> int:
        xml = adjudication_config(self.studio.scheme, annotators, self.studio.registry)
        settings: Json = {
            "label_config": xml,
            "show_collab_predictions": True,
            "enable_empty_annotation": True,
            "maximum_annotations": 1,
            "sampling": "Sequential sampling",
        }
        project = self.api.project(self.title)
        if project is None:
            return self.api.create_project(self.title, settings)["id"]
        if not config.same(project["label_config"], xml):
            self.api.update_project(project["id"], settings)
        return project["id"]

    def _remove(self, project: int, closed: Sequence[Task]) -> tuple[str, ...]:
        """Delete the tasks of closed disputes on which nobody has worked."""
        if not closed:
            return ()
        begun = {
            task["id"]
            for task in self.api.export(project)
            if task.get("drafts") or task.get("annotations")
        }
        untouched = [task for task in closed if task.key and task.id not in begun]
        for task in untouched:
            self.api.delete_task(task.id)
        return tuple(task.document for task in untouched)

    def _predict(self, project: int, wanted: Mapping[str, tuple[Docket, Dispute]]) -> None:
        """Send the predictions that are lacking, then show what is agreed."""
        there = {task.key: task for task in self.api.tasks(project)}
        if lost := [key for key in wanted if key not in there]:
            raise StudioError(
                f"{self.title!r}: the server took but lost {len(lost)} tasks, the first "
                f"{lost[0]}. Push again: only what is missing is sent."
            )
        lacking: list[Json] = []
        offered = {entry.id for entry in self.studio.registry}
        for key, (docket, dispute) in wanted.items():
            has = {item.get("model_version") for item in there[key].predictions}
            results = predictions(docket, dispute, self.studio.scheme, offered)
            lacking += [
                {"task": there[key].id, "model_version": name, "result": result}
                for name, result in results.items()
                if name not in has
            ]
        for at in range(0, len(lacking), BATCH):
            self.api.import_predictions(project, lacking[at : at + BATCH])
        if lacking:
            self.api.update_project(project, {"model_version": AGREED})


def _of(ground: Ground | None, key: str) -> Dispute | None:
    return next((d for d in (ground.disputes if ground else ()) if d.key == key), None)


def _updated(item: Json) -> str:
    return str(item.get("updated_at"))
