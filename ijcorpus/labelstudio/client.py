"""The work with a server: one project an annotator, pushes that can be repeated, lossless pulls."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import msgspec

from ijcorpus.annotation import Annotation, Annotator, Entity
from ijcorpus.document import Document, Struct, sha256
from ijcorpus.errors import StudioError
from ijcorpus.labelstudio import config, tasks
from ijcorpus.labelstudio.api import Api, Json, Task
from ijcorpus.labelstudio.decode import annotation_of, with_origins
from ijcorpus.labelstudio.harvest import Pulled, Snapshot, harvest
from ijcorpus.labelstudio.process import lock
from ijcorpus.labelstudio.server import Access
from ijcorpus.layout import Layout
from ijcorpus.records import write_bytes
from ijcorpus.scheme import LabelScheme

BATCH = 100


class Prelabels(Struct, frozen=True, kw_only=True):
    """Entities by document, found by a rule of this version."""

    version: str
    entities: dict[str, tuple[Entity, ...]]


class Pushed(Struct, frozen=True, kw_only=True):
    """What a push did to one annotator's project; `foreign` are documents not in the push."""

    annotator: str
    created: tuple[str, ...]
    kept: tuple[str, ...]
    replaced: tuple[str, ...]
    prelabelled: tuple[str, ...]
    foreign: tuple[str, ...]


class Entered(Struct, frozen=True, kw_only=True):
    """What became of one annotation that was entered."""

    document: str
    did: Literal["entered", "unchanged", "replaced"]


class Studio:
    """A server, for one corpus: `name` is the corpus's name and begins every project's title."""

    def __init__(self, access: Access, layout: Layout, name: str, scheme: LabelScheme) -> None:
        self.access, self.name, self.scheme = access, name, scheme
        self.folder = layout.studio.resolve()
        self.api = Api(access.url, access.token)

    def title(self, annotator: Annotator) -> str:
        """The title of an annotator's project."""
        return f"{self.name} · {annotator.id}"

    def ensure(self, annotator: Annotator, instructions: str = "") -> Json:
        """The annotator's project, made or brought up to date.

        Raises StudioError when the scheme lost controls or values that finished work may use.
        """
        title, xml = self.title(annotator), config.labeling_config(self.scheme)
        settings: Json = {
            "description": annotator.description,
            "expert_instruction": instructions,
            "show_instruction": bool(instructions),
            "show_collab_predictions": annotator.prelabels,
            "show_skip_button": True,
            "enable_empty_annotation": True,
            "maximum_annotations": 1,
            "sampling": "Sequential sampling",
        }
        project = self.api.project(title)
        if project is None:
            self.api.create_project(title, settings | {"label_config": xml})
            return self._project(annotator)
        if not config.same(project["label_config"], xml):
            worked = project["total_annotations_number"] or 0
            if worked and not config.extends(xml, project["label_config"]):
                raise StudioError(
                    f"{title!r} has {worked} annotations made with labels that the scheme no "
                    "longer has. Pull the work, then delete the project in Label Studio and push."
                )
            settings["label_config"] = xml
        changed = {name: value for name, value in settings.items() if project.get(name) != value}
        if changed:
            self.api.update_project(project["id"], changed)
        return self._project(annotator)

    def push(
        self,
        annotator: Annotator,
        documents: Sequence[Document],
        titles: Mapping[str, str],
        prelabels: Prelabels | None = None,
        instructions: str = "",
    ) -> Pushed:
        """Bring documents into the annotator's project; what is there already stays as it is.

        Prelabels go out only to an annotator that takes them. Raises StudioError when a
        document's text changed under finished work, or the server lost what it said it stored.
        """
        made = {tasks.key(d.id, d.digest): tasks.task(d, titles[d.id]) for d in documents}
        with self._writing():
            project = self.ensure(annotator, instructions)["id"]
            there = self._without_doubles(project)
            replaced = self._replace_outdated(project, there, documents)
            missing = [key for key in made if key not in there]
            for start in range(0, len(missing), BATCH):
                self._send(project, missing[start : start + BATCH], made)
            there = self._without_doubles(project)
            if lost := [key for key in made if key not in there]:
                raise StudioError(
                    f"{self.title(annotator)!r}: the server took but lost {len(lost)} tasks, the "
                    f"first {lost[0]}. Push again: only what is missing is sent."
                )
            prelabelled: tuple[str, ...] = ()
            if prelabels is not None and annotator.prelabels:
                prelabelled = self._prelabel(project, [there[key] for key in made], prelabels)
        return Pushed(
            annotator=annotator.id,
            created=tuple(key.rpartition("@")[0] for key in missing),
            kept=tuple(key.rpartition("@")[0] for key in made if key not in missing),
            replaced=replaced,
            prelabelled=prelabelled,
            foreign=tuple(task.document for key, task in there.items() if key not in made),
        )

    def pull(self, annotator: Annotator, digests: Mapping[str, str]) -> Pulled:
        """All work of an annotator.

        The server's raw answer is kept as a snapshot first; what could not be used is kept in
        `.studio/quarantine`. Neither may leave this machine: both quote the texts.
        """
        snapshot = self.snapshot(annotator)
        data = msgspec.json.format(msgspec.json.encode(snapshot), indent=1)
        name = f"{sha256(data)[:16]}.json"
        write_bytes(self.folder / "snapshots" / name, data, mode=0o600)
        if self.access.local:
            shutil.rmtree(self.folder / "data" / "export", ignore_errors=True)
            (self.folder / "data" / "export").mkdir(exist_ok=True)
        pulled = harvest(snapshot, annotator, self.scheme, digests)
        aside = self.folder / "quarantine" / f"{annotator.id}.json"
        aside.unlink(missing_ok=True)
        if pulled.quarantined:
            data = msgspec.json.format(msgspec.json.encode(pulled.quarantined), indent=1)
            write_bytes(aside, data, mode=0o600)
        return msgspec.structs.replace(pulled, snapshot=name)

    def snapshot(self, annotator: Annotator) -> Snapshot:
        """Everything the server knows of an annotator's project."""
        project = self._project(annotator)
        return Snapshot(
            project=project["title"],
            config=project["label_config"],
            model_version=project["model_version"] or "",
            users={str(number): email for number, email in self.api.users().items()},
            tasks=tuple(_settled(task) for task in self.api.export(project["id"])),
        )

    def enter(
        self,
        annotator: Annotator,
        annotations: Iterable[Annotation],
        *,
        replace: bool = False,
        origins: bool = True,
    ) -> Iterator[Entered]:
        """Post annotations in the annotator's own name; an equal one that is there is left.

        With `origins`, entities that equal a prelabel of the task are marked as taken over.
        Raises StudioError when the annotator has said something else and `replace` is not set.
        """
        api = self._as(annotator)
        with self._writing():
            project = self._project(annotator)
            version = project["model_version"] or ""
            there = {task.document: task for task in api.tasks(project["id"])}
            users = api.users()
            me = next((number for number, email in users.items() if email == annotator.email), None)
            for annotation in annotations:
                task = there.get(annotation.document)
                if task is None or task.digest != annotation.digest:
                    fault = "has no task for" if task is None else "has another text of"
                    raise StudioError(
                        f"{self.title(annotator)!r} {fault} {annotation.document}. Push it first."
                    )
                mine = [
                    item
                    for item in task.annotations
                    if _number(item.get("completed_by")) == me and not item.get("was_cancelled")
                ]
                if origins:
                    annotation = with_origins(annotation, self._predicted(task, version))
                yield self._enter(api, task, annotation, mine, replace)

    def _enter(
        self, api: Api, task: Task, annotation: Annotation, mine: Sequence[Json], replace: bool
    ) -> Entered:
        text = str(task.data[config.TEXT])
        wanted = tasks.result(annotation, text, self.scheme)
        newest = max(mine, key=lambda item: str(item.get("updated_at")), default=None)
        if newest is None:
            api.annotate(task.id, wanted)
            return Entered(document=annotation.document, did="entered")
        if self._decoded(wanted, annotation, text) == self._decoded(
            newest["result"], annotation, text
        ):
            return Entered(document=annotation.document, did="unchanged")
        if not replace:
            raise StudioError(
                f"{annotation.document}: {annotation.annotator} has said something else on the "
                f"server (annotation {newest['id']}). Pull it, or enter with --replace."
            )
        api.change(newest["id"], wanted)
        return Entered(document=annotation.document, did="replaced")

    def _decoded(self, result: list[Json], annotation: Annotation, text: str) -> Any:
        decoded = annotation_of(
            result,
            document=annotation.document,
            text=text,
            digest=annotation.digest,
            scheme=self.scheme,
            annotator=annotation.annotator,
        )
        return decoded.annotation, decoded.quarantined

    def _predicted(self, task: Task, version: str) -> tuple[Entity, ...]:
        """The prelabels that a task shows."""
        shown = next((p for p in task.predictions if p.get("model_version") == version), None)
        if shown is None:
            return ()
        return annotation_of(
            shown["result"],
            document=task.document,
            text=str(task.data[config.TEXT]),
            digest=task.digest,
            scheme=self.scheme,
            annotator="",
        ).annotation.entities

    def _as(self, annotator: Annotator) -> Api:
        """The annotator's own account; nobody writes in another's name."""
        account = self.access.accounts.get(annotator.id)
        if account is not None:
            return Api(self.access.url, account.token)
        email = self.api.whoami()
        if email != annotator.email:
            raise StudioError(
                f"the token is {email}'s, but {annotator.id} is {annotator.email}. Enter with the "
                "annotator's own token, or run 'ijcorpus studio up' to give it an account."
            )
        return self.api

    def _project(self, annotator: Annotator) -> Json:
        project = self.api.project(self.title(annotator))
        if project is None:
            raise StudioError(
                f"{self.access.url} has no project {self.title(annotator)!r}. Make it with "
                "'ijcorpus push'."
            )
        return project

    def _send(self, project: int, keys: Sequence[str], made: Mapping[str, Json]) -> None:
        """Send a batch once. After a fault nobody knows what was stored: look, never send again."""
        try:
            self.api.import_tasks(project, [made[key] for key in keys])
        except StudioError as error:
            there = {task.key for task in self.api.tasks(project)}
            if not there.issuperset(keys):
                raise StudioError(f"{error} Push again: only what is missing is sent.") from error

    def _without_doubles(self, project: int) -> dict[str, Task]:
        """Our tasks by key. Of tasks with one key the untouched are deleted."""
        there: dict[str, Task] = {}
        for task in sorted(self.api.tasks(project), key=lambda t: (not t.annotations, t.id)):
            if not task.key:
                continue
            if task.key not in there:
                there[task.key] = task
            elif not task.annotations and not self._drafted(project, task):
                self.api.delete_task(task.id)
            else:
                raise StudioError(
                    f"{task.document}: tasks {there[task.key].id} and {task.id} are the same and "
                    "both have work. Delete one of them in Label Studio and push again."
                )
        return there

    def _replace_outdated(
        self, project: int, there: dict[str, Task], documents: Sequence[Document]
    ) -> tuple[str, ...]:
        """Delete tasks of texts that changed since; raises StudioError if work would be lost."""
        digests = {document.id: document.digest for document in documents}
        outdated = [
            task
            for task in there.values()
            if digests.get(task.document, task.digest) != task.digest
        ]
        for task in outdated:
            if task.annotations or self._drafted(project, task):
                raise StudioError(
                    f"{task.document}: its text changed since task {task.id} was annotated (from "
                    f"{task.digest[:12]} to {digests[task.document][:12]}). Pull the work with "
                    "the old text, then delete the task in Label Studio and push again."
                )
        for task in outdated:
            self.api.delete_task(task.id)
            del there[task.key]
        return tuple(task.document for task in outdated)

    def _drafted(self, project: int, task: Task) -> bool:
        """Whether anybody has begun on a task; only an export shows everybody's drafts."""
        return any(t["id"] == task.id and t.get("drafts") for t in self.api.export(project))

    def _prelabel(
        self, project: int, there: Sequence[Task], prelabels: Prelabels
    ) -> tuple[str, ...]:
        """Second phase: predictions for the tasks that lack this version, then show it."""
        version, entities = prelabels.version, prelabels.entities
        there = [task for task in there if entities.get(task.document)]
        lacking = [task for task in there if not _has(task, version)]
        for start in range(0, len(lacking), BATCH):
            batch = [
                tasks.predictions(entities[task.document], str(task.data[config.TEXT]), version)
                | {"task": task.id}
                for task in lacking[start : start + BATCH]
            ]
            self.api.import_predictions(project, batch)
        wanted = {task.id for task in there}
        lost = [t for t in self.api.tasks(project) if t.id in wanted and not _has(t, version)]
        if lost:
            raise StudioError(
                f"the server took but lost the prelabels of {len(lost)} tasks, the first "
                f"{lost[0].document}. Push again: only what is missing is sent."
            )
        self.api.update_project(project, {"model_version": version})
        return tuple(task.document for task in lacking)

    @contextmanager
    def _writing(self) -> Generator[None]:
        with lock(self.folder / "writer.lock", what="another push or entry", wait=60):
            yield


def _has(task: Task, version: str) -> bool:
    return any(item.get("model_version") == version for item in task.predictions)


def _number(user: Any) -> Any:
    return user.get("id") if isinstance(user, dict) else user


def _settled(value: Any) -> Any:
    """Without what the server words anew each time it is asked."""
    if isinstance(value, dict):
        return {name: _settled(item) for name, item in value.items() if name != "created_ago"}
    return [_settled(item) for item in value] if isinstance(value, list) else value
