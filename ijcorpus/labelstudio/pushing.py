"""A push to one annotator's project: planned first, then done so that it may be repeated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from ijcorpus.annotation import Annotator, Entity
from ijcorpus.document import Document, Struct
from ijcorpus.errors import StudioError
from ijcorpus.labelstudio import config, tasks
from ijcorpus.labelstudio.api import Api, Json, Task, where
from ijcorpus.labelstudio.plan import Plan, There, planned, shift_of

if TYPE_CHECKING:
    from ijcorpus.labelstudio.client import Studio

BATCH = 250
# Predictions have a price for each request, and no retry of the server's that could lose them.
PREDICTIONS = 500
ROUNDS = 2
"""How often what is lacking is sent in one push: once, and what then lacks once more."""


class Prelabels(Struct, frozen=True, kw_only=True):
    """Entities by document, found by a rule of this version."""

    version: str
    entities: dict[str, tuple[Entity, ...]]


class Pushed(Struct, frozen=True, kw_only=True):
    """What a push did to one annotator's project; `foreign` are documents not in the push.

    `rewritten` counts the annotations that got new names. `again` are those created whose task was
    there in an earlier pull: it was deleted.
    """

    annotator: str
    created: tuple[str, ...]
    kept: tuple[str, ...]
    replaced: tuple[str, ...]
    prelabelled: tuple[str, ...]
    foreign: tuple[str, ...]
    rewritten: int = 0
    again: tuple[str, ...] = ()


class Push(Struct, frozen=True, kw_only=True, dict=True):
    """What is to be in an annotator's project.

    `titles` are the documents' titles by id, `renames` old names of the scheme to new ones.
    """

    studio: Studio
    annotator: Annotator
    documents: Sequence[Document]
    titles: Mapping[str, str]
    prelabels: Prelabels | None
    instructions: str
    renames: Mapping[str, str]

    @cached_property
    def made(self) -> dict[str, Json]:
        """The tasks by key."""
        return {tasks.key(d.id, d.digest): tasks.task(d, self.titles[d.id]) for d in self.documents}

    @cached_property
    def xml(self) -> str:
        """The configuration."""
        return config.labeling_config(self.studio.scheme, self.studio.registry)

    @property
    def title(self) -> str:
        """The project's title."""
        return self.studio.title(self.annotator)

    @property
    def api(self) -> Api:
        """The calls of the account that manages."""
        return self.studio.api

    def plan(self) -> Plan:
        """What a push would do now; nothing is changed."""
        return self._planned(self._look())

    def run(self, *, apply: bool) -> Pushed:
        """Do it. Raises StudioError when the plan is blocked, or changes what is there."""
        self._one_project()
        there = self._look()
        plan = self._planned(there)
        if plan.blocked:
            raise StudioError(f"{self.title!r}: {' '.join(plan.blocked)}")
        if plan.migrates and not apply:
            raise StudioError(
                f"{self.title!r}: the push would change what is there, not only add to it. Read "
                "'ijcorpus push --plan', then push with --apply."
            )
        if plan.migrates:
            self.studio.keep(self.studio.snapshot(self.annotator))
        rewritten = self._rename(there) if plan.change == "renamed" else 0
        project = self._settle(there.project)
        self._tidy(project)
        self._drop(there, plan.replace)
        stored = self._complete(project, there)
        prelabelled: Sequence[str] = ()
        if self.prelabels is not None and self.annotator.prelabels:
            there_now = [stored[key] for key in self.made]
            prelabelled = self._prelabel(project, there_now, self.prelabels)
        return Pushed(
            annotator=self.annotator.id,
            created=plan.create,
            kept=plan.keep,
            replaced=plan.replace,
            prelabelled=tuple(prelabelled),
            foreign=plan.foreign,
            rewritten=rewritten,
            again=plan.again,
        )

    def _planned(self, there: There) -> Plan:
        takes = self.prelabels if self.annotator.prelabels else None
        plan = planned(
            self.annotator.id,
            there,
            self.xml,
            self.documents,
            [name for name, found in takes.entities.items() if found] if takes else (),
            takes.version if takes else "",
            self.renames,
        )
        gone = {*self.studio.seen(self.annotator)} - {t.document for t in there.tasks.values()}
        return msgspec.structs.replace(plan, again=tuple(d for d in plan.create if d in gone))

    def _look(self) -> There:
        """The project as it is now.

        Only an export shows everybody's drafts; it is asked for when something is to be changed.
        """
        project = self.api.project(self.title)
        if project is None:
            return There(project=None, tasks={}, begun=frozenset(), drafts=())
        listed = [task for task in self.api.tasks(project["id"]) if task.key]
        first = {t.key: t for t in sorted(listed, key=_rank, reverse=True)}
        begun = {task.id for task in listed if task.annotations}
        drafts: list[list[Json]] = []
        changed = any(t.key not in self.made for t in listed) or not config.same(
            project["label_config"], self.xml
        )
        if changed:
            drafted = [t for t in self.api.export(project["id"]) if t.get("drafts")]
            begun |= {task["id"] for task in drafted}
            drafts = [draft.get("result") or [] for task in drafted for draft in task["drafts"]]
        return There(project=project, tasks=first, begun=frozenset(begun), drafts=tuple(drafts))

    def _settle(self, project: Json | None) -> int:
        """The project's number, made or with its settings brought up to date."""
        settings: Json = {
            "description": self.annotator.description,
            "expert_instruction": self.instructions,
            "show_instruction": bool(self.instructions),
            "show_collab_predictions": self.annotator.prelabels,
            "show_skip_button": True,
            "enable_empty_annotation": True,
            "maximum_annotations": 1,
            "sampling": "Sequential sampling",
        }
        if project is None:
            try:
                self.api.create_project(self.title, settings | {"label_config": self.xml})
            finally:
                # A request may arrive twice, and its reply not at all.
                left = self._one_project()
            return left[0]
        if not config.same(project["label_config"], self.xml):
            settings["label_config"] = self.xml
        changed = {name: value for name, value in settings.items() if project.get(name) != value}
        if changed:
            self.api.update_project(project["id"], changed)
        return project["id"]

    def _one_project(self) -> list[int]:
        """Of projects of our title, delete those without a task, all but one; those that stay."""
        found = self.api.projects(self.title)
        empty = sorted(number for number, held in found.items() if not held)
        doubles = empty if len(empty) < len(found) else empty[1:]
        for double in doubles:
            self.api.delete_project(double)
        return sorted(found.keys() - {*doubles})

    def _rename(self, there: There) -> int:
        """Give annotations the new names, each in its author's account; how many were changed.

        The configuration follows when all are done, so that an interrupted renaming goes on.
        """
        shift = shift_of(there, self.xml, self.renames)
        users = self.api.users()
        accounts: defaultdict[str, Api] = defaultdict(lambda: self.api)
        for account in self.studio.access.accounts.values():
            accounts[account.email.lower()] = Api(self.api.url, account.token)
        rewritten = 0
        for task in there.tasks.values():
            for item in task.annotations:
                renamed = shift.result(item["result"])
                if renamed != item["result"]:
                    author = users.get(number(item.get("completed_by")), "")
                    accounts[author].change(item["id"], renamed)
                    rewritten += 1
        return rewritten

    def _drop(self, there: There, documents: Sequence[str]) -> None:
        """Delete the untouched tasks of texts that changed."""
        for task in list(there.tasks.values()):
            if task.document in documents and task.key not in self.made:
                self.api.delete_task(task.id)

    def _complete(self, project: int, there: There) -> dict[str, Task]:
        """Send the tasks that are missing; all our tasks by key, as they are then."""
        stored = there.tasks
        lost = [key for key in self.made if key not in stored]
        fault: StudioError | None = None
        for _ in range(ROUNDS):
            for start in range(0, len(lost), BATCH):
                fault = self._send(project, lost[start : start + BATCH]) or fault
            stored = self._stored(project, there)
            lost = [key for key in self.made if key not in stored]
            if not lost:
                return stored
        raise StudioError(
            f"{fault or 'The server answered as if all was well.'} {self.title!r}: it lost "
            f"{len(lost)} tasks, the first {lost[0]}. Push again: only what is missing is sent."
        ) from fault

    def _send(self, project: int, keys: Sequence[str]) -> StudioError | None:
        """Send a batch once; the server's fault, if it says that it failed.

        Without an answer nobody knows what is still to be stored: look, never send again.
        """
        try:
            self.api.import_tasks(project, [self.made[key] for key in keys])
        except StudioError as error:
            if failed(error):
                return error
            there = {task.key for task in self.api.tasks(project)}
            if not there.issuperset(keys):
                raise StudioError(f"{error} Push again: only what is missing is sent.") from error
        return None

    def _stored(self, project: int, there: There) -> dict[str, Task]:
        """Our tasks by key after sending; a key that stands there twice is tidied up."""
        listed = [task for task in self.api.outlines(project) if task.key]
        stored = {task.key: task for task in listed}
        if len(stored) < len(listed):
            return self._tidy(project)
        seen = {(task.key, task.id): task for task in there.tasks.values()}
        return {key: seen.get((key, task.id), task) for key, task in stored.items()}

    def _tidy(self, project: int) -> dict[str, Task]:
        """Our tasks by key. Of tasks with one key the untouched are deleted."""
        there: dict[str, Task] = {}
        drafted: set[int] | None = None
        for task in sorted(self.api.tasks(project), key=_rank):
            if not task.key:
                continue
            if task.key not in there:
                there[task.key] = task
                continue
            if drafted is None:
                drafted = {t["id"] for t in self.api.export(project) if t.get("drafts")}
            double = next((t for t in (task, there[task.key]) if _free(t, drafted)), None)
            if double is None:
                raise StudioError(
                    f"{task.document}: tasks {there[task.key].id} and {task.id} are the same and "
                    "both have work. Delete one of them in Label Studio and push again."
                )
            self.api.delete_task(double.id)
            if double is not task:
                there[task.key] = task
        return there

    def _prelabel(self, project: int, there: Sequence[Task], prelabels: Prelabels) -> Sequence[str]:
        """Second phase: predictions for the tasks that lack this version, then show it."""
        version, entities = prelabels.version, prelabels.entities
        there = [task for task in there if entities.get(task.document)]
        if not there:
            # The server refuses to show a version that no task has.
            return ()
        lacking = [task for task in there if not has(task, version)]
        fault, lost = None, lacking
        for _ in range(ROUNDS if lacking else 0):
            fault = self._predict(project, lost, prelabels)
            if not fault and self._counted(project, there, lacking, version):
                lost = []
            else:
                lost = self._verified(project, {task.id for task in there}, version)
            if not lost or (fault and not failed(fault)):
                break
        if lost:
            raise StudioError(
                f"{fault or 'The server answered as if all was well.'} The prelabels of "
                f"{len(lost)} tasks are not there, the first {lost[0].document}. Push again: only "
                "what is missing is sent."
            ) from fault
        self.api.update_project(project, {"model_version": version})
        return [task.document for task in lacking]

    def _predict(
        self, project: int, lacking: Sequence[Task], prelabels: Prelabels
    ) -> StudioError | None:
        """Send predictions once; the last fault. As with tasks, none goes on without an answer."""
        fault: StudioError | None = None
        offered = config.pickable(self.xml)
        for start in range(0, len(lacking), PREDICTIONS):
            batch = [
                tasks.predictions(
                    prelabels.entities[task.document],
                    str(task.data[config.TEXT]),
                    prelabels.version,
                    offered,
                )
                | {"task": task.id}
                for task in lacking[start : start + PREDICTIONS]
            ]
            try:
                self.api.import_predictions(project, batch)
            except StudioError as error:
                fault = error
                if not failed(error):
                    break
        return fault

    def _counted(
        self, project: int, there: Sequence[Task], lacking: Sequence[Task], version: str
    ) -> bool:
        """Whether every task has the version, and there are as many predictions as there must be.

        The server counts in a moment; where its figures are not these, each task is looked at.
        """
        shown = where("predictions_model_versions", "contains", "List", [version])
        found = self.api.totals(project, shown)
        before = sum(len(task.predictions) for task in there)
        wanted = (len(there), before + len(lacking))
        return (found.tasks, found.predictions) == wanted

    def _verified(self, project: int, wanted: set[int], version: str) -> list[Task]:
        """The tasks without their predictions; what came twice is deleted."""
        stored = [task for task in self.api.tasks(project) if task.id in wanted]
        for task in stored:
            same = [p["id"] for p in task.predictions if p.get("model_version") == version]
            for double in sorted(same)[1:]:
                self.api.delete_prediction(double)
        return [task for task in stored if not has(task, version)]


def failed(error: StudioError) -> bool:
    """Whether the server itself said that it failed: nothing of the request is still to come."""
    return getattr(error.__cause__, "status_code", None) == 500


def held(studio: Studio, annotator: Annotator) -> tuple[str, ...]:
    """The documents that an annotator's project has tasks for, in their order; none without one."""
    found = studio.api.projects(studio.title(annotator))
    listed = [task for number in found for task in studio.api.tasks(number) if task.key]
    return tuple(dict.fromkeys(t.document for t in sorted(listed, key=lambda task: task.id)))


def has(task: Task, version: str) -> bool:
    """Whether a task has predictions of this version."""
    return any(item.get("model_version") == version for item in task.predictions)


def number(user: object) -> int:
    """An account's number, whichever way the server tells it; 0 for none."""
    told = user.get("id") if isinstance(user, dict) else user
    return told if isinstance(told, int) else 0


def _rank(task: Task) -> tuple[bool, int]:
    return not task.annotations, task.id


def _free(task: Task, drafted: set[int]) -> bool:
    return not task.annotations and task.id not in drafted
