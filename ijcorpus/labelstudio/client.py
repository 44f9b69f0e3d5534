"""The work with a server: one project an annotator, pushes that can be repeated, lossless pulls."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec

from ijcorpus.annotation import Annotation, Annotator, Entity, RegistryEntry
from ijcorpus.document import Document, Struct, sha256
from ijcorpus.errors import StudioError
from ijcorpus.labelstudio import config, tasks
from ijcorpus.labelstudio.api import Api, Json, Task
from ijcorpus.labelstudio.decode import annotation_of
from ijcorpus.labelstudio.gone import gone, recalled
from ijcorpus.labelstudio.harvest import Pulled, Snapshot, harvest
from ijcorpus.labelstudio.increment import exported, recall, remember
from ijcorpus.labelstudio.local import LocalApi
from ijcorpus.labelstudio.origins import with_origins
from ijcorpus.labelstudio.plan import Plan
from ijcorpus.labelstudio.process import lock
from ijcorpus.labelstudio.pushing import Prelabels, Push, Pushed, number
from ijcorpus.labelstudio.server import Access
from ijcorpus.layout import Layout
from ijcorpus.records import write_bytes
from ijcorpus.scheme import LabelScheme

SETTINGS = (
    "description",
    "enable_empty_annotation",
    "expert_instruction",
    "maximum_annotations",
    "overlap_cohort_percentage",
    "sampling",
    "show_collab_predictions",
    "show_instruction",
    "show_overlap_first",
    "show_skip_button",
    "skip_queue",
)
"""The fields of a project that say how people worked in it."""


class Entered(Struct, frozen=True, kw_only=True):
    """What became of one annotation that was entered."""

    document: str
    did: Literal["entered", "unchanged", "replaced"]


class Studio:
    """A server, for one corpus: `name` is the corpus's name and begins every project's title.

    `registry` is what annotators pick entity ids from; without one they write them.
    """

    def __init__(
        self,
        access: Access,
        layout: Layout,
        name: str,
        scheme: LabelScheme,
        registry: Iterable[RegistryEntry] = (),
    ) -> None:
        self.access, self.name, self.scheme = access, name, scheme
        self.registry = tuple(registry)
        self.layout, self.folder = layout, layout.studio.resolve()

    @cached_property
    def api(self) -> Api:
        """The managing account's calls; raises StudioError for a server that was never tried."""
        url, token = self.access.url, self.access.token
        api = LocalApi(url, token, self.folder) if self.access.local else Api(url, token)
        api.require_supported()
        return api

    def title(self, annotator: Annotator) -> str:
        """The title of an annotator's project."""
        return f"{self.name} · {annotator.id}"

    def plan(
        self,
        annotator: Annotator,
        documents: Sequence[Document],
        titles: Mapping[str, str],
        prelabels: Prelabels | None = None,
        renames: Mapping[str, str] | None = None,
    ) -> Plan:
        """What the same push would do now; nothing is changed on the server."""
        return self._push(annotator, documents, titles, prelabels, "", renames).plan()

    def push(
        self,
        annotator: Annotator,
        documents: Sequence[Document],
        titles: Mapping[str, str],
        prelabels: Prelabels | None = None,
        instructions: str = "",
        *,
        renames: Mapping[str, str] | None = None,
        apply: bool = False,
    ) -> Pushed:
        """Bring documents into the annotator's project; what is there already stays as it is.

        Prelabels go out only to an annotator that takes them. With `apply`, tasks of texts that
        changed and configurations are brought up to date and `renames` are carried out, but never
        under work that would not fit any more. Raises StudioError when `plan` says that
        something would change without it, or cannot; or the server lost what it said it stored.
        """
        with self._writing():
            push = self._push(annotator, documents, titles, prelabels, instructions, renames)
            return push.run(apply=apply)

    def _push(
        self,
        annotator: Annotator,
        documents: Sequence[Document],
        titles: Mapping[str, str],
        prelabels: Prelabels | None,
        instructions: str,
        renames: Mapping[str, str] | None,
    ) -> Push:
        return Push(
            studio=self,
            annotator=annotator,
            documents=documents,
            titles=titles,
            prelabels=prelabels,
            instructions=instructions,
            renames=renames or {},
        )

    def pull(
        self, annotator: Annotator, digests: Mapping[str, str], *, full: bool = False
    ) -> Pulled:
        """All work of an annotator; asked for is what changed since the last pull, or all of it.

        The server's raw answer is kept as a snapshot first; what could not be used is kept in
        `.studio/quarantine`. Neither may leave this machine: both quote the texts. Work that an
        earlier pull brought home and the server has no more is reported.
        """
        last, before = recall(self._memory, self.folder / "snapshots", annotator)
        project = self._project(annotator)
        export = exported(self.api, project, None if full else last, before)
        snapshot = self.snapshot_of(project, export.tasks)
        name = self.keep(snapshot)
        remember(self._memory, annotator, project, export, name)
        pulled = harvest(snapshot, annotator, self.scheme, digests)
        record, server = self._finished(annotator)
        missing = gone(record, server, snapshot, pulled, self.layout, digests)
        aside = self.folder / "quarantine" / f"{annotator.id}.json"
        aside.unlink(missing_ok=True)
        if pulled.quarantined:
            data = msgspec.json.format(msgspec.json.encode(pulled.quarantined), indent=1)
            write_bytes(aside, data, mode=0o600)
        findings = (*pulled.findings, *missing)
        return msgspec.structs.replace(pulled, findings=findings, snapshot=name, asked=export.asked)

    def keep(self, snapshot: Snapshot) -> str:
        """Write a snapshot to `.studio/snapshots`; its name says its content."""
        data = msgspec.json.format(msgspec.json.encode(snapshot), indent=1)
        name = f"{sha256(data)[:16]}.json"
        write_bytes(self.folder / "snapshots" / name, data, mode=0o600)
        return name

    def snapshot(self, annotator: Annotator) -> Snapshot:
        """Everything the server knows of an annotator's project."""
        project = self._project(annotator)
        return self.snapshot_of(project, self.api.export(project["id"]))

    def latest(self, annotator: Annotator) -> Snapshot:
        """The same, asking only for what changed since the last pull; nothing is kept."""
        last, before = recall(self._memory, self.folder / "snapshots", annotator)
        project = self._project(annotator)
        return self.snapshot_of(project, exported(self.api, project, last, before).tasks)

    def seen(self, annotator: Annotator) -> tuple[str, ...]:
        """The documents that earlier pulls of an annotator found a task of."""
        return recalled(*self._finished(annotator)).tasks

    def _finished(self, annotator: Annotator) -> tuple[Path, str]:
        """The record of what pulls found, and of which server: "" is this root's own.

        It is not beside the database: what a restore lost is gone, too.
        """
        server = "" if self.access.local else self.access.url
        return self.folder / "finished" / f"{annotator.id}.json", server

    @property
    def _memory(self) -> Path:
        """What the last pulls left: beside the database, so that it goes with it in a restore."""
        return (self.folder / "data" if self.access.local else self.folder) / "pulled"

    def snapshot_of(self, project: Json, exported: Iterable[Json]) -> Snapshot:
        """A snapshot of a project with these tasks."""
        return Snapshot(
            project=project["title"],
            config=project["label_config"],
            model_version=project["model_version"] or "",
            users={str(number): email for number, email in self.api.users().items()},
            tasks=tuple(sorted((_settled(task) for task in exported), key=number)),
            settings={name: project.get(name) for name in SETTINGS},
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
            offered = config.pickable(project["label_config"])
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
                    if number(item.get("completed_by")) == me and not item.get("was_cancelled")
                ]
                if origins:
                    annotation = with_origins(annotation, self._predicted(task, version))
                wanted = tasks.result(annotation, str(task.data[config.TEXT]), self.scheme, offered)
                yield self._enter(api, task, annotation, wanted, mine, replace)

    def _enter(
        self,
        api: Api,
        task: Task,
        annotation: Annotation,
        wanted: list[Json],
        mine: Sequence[Json],
        replace: bool,
    ) -> Entered:
        text = str(task.data[config.TEXT])
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

    @contextmanager
    def _writing(self) -> Generator[None]:
        with lock(self.folder / "writer.lock", what="another push or entry", wait=60):
            yield


def _settled(value: Any) -> Any:
    """Without what the server words anew each time it is asked."""
    if isinstance(value, dict):
        return {name: _settled(item) for name, item in value.items() if name != "created_ago"}
    return [_settled(item) for item in value] if isinstance(value, list) else value
