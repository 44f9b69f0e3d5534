"""From a project's raw export to layers: whose work it is, which of it counts, what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, cast

import msgspec

from ijcorpus.annotation import Annotation, Annotator
from ijcorpus.document import Struct, sha256
from ijcorpus.finding import Finding, Location, Severity
from ijcorpus.labelstudio import config
from ijcorpus.labelstudio.bulk import uncollected
from ijcorpus.labelstudio.decode import annotation_of
from ijcorpus.labelstudio.plain import Layer, PlainReader
from ijcorpus.labelstudio.shapes import mapping
from ijcorpus.labelstudio.tasks import Item
from ijcorpus.scheme import LabelScheme

State = Literal["done", "skipped", "draft", "open"]
Json = dict[str, Any]


class Snapshot(Struct, frozen=True, kw_only=True):
    """Everything the server knows of one annotator's project, as it was at one moment.

    `settings` are the project's instructions, overlap, sampling and the like; snapshots that were
    kept before they were asked for have none.
    """

    project: str
    config: str
    model_version: str
    users: dict[str, str]
    tasks: tuple[Json, ...]
    settings: Json = msgspec.field(default_factory=dict[str, Any])


class Aside(Struct, frozen=True, kw_only=True):
    """Something that could not be used, word for word, and the finding that says why."""

    code: str
    reason: str
    item: Any


class Pulled(Struct, frozen=True, kw_only=True):
    """One annotator's work: finished annotations by document, the state of each task, faults.

    `asked` is how many tasks the server was asked for; the others had not changed.
    """

    annotator: str
    annotations: dict[str, Annotation]
    states: dict[str, State]
    findings: tuple[Finding, ...]
    quarantined: dict[str, tuple[Aside, ...]]
    snapshot: str = ""
    asked: int = 0


def harvest(
    snapshot: Snapshot, annotator: Annotator, scheme: LabelScheme, digests: Mapping[str, str]
) -> Pulled:
    """Read a snapshot.

    `digests` are the digests of the corpus's texts as they are now; work on another text is
    reported and left out.
    """
    reader = Harvest(snapshot.users, annotator, scheme, digests)
    layers = (reader.read(task) for task in snapshot.tasks)
    with uncollected():
        annotations = {layer.annotation.document: layer.annotation for layer in layers if layer}
    return reader.pulled(annotations)


class Harvest:
    """Reads the tasks of a project, one after the other; arguments as those of `harvest`."""

    def __init__(
        self,
        users: Mapping[str, str],
        annotator: Annotator,
        scheme: LabelScheme,
        digests: Mapping[str, str],
    ) -> None:
        self.users, self.annotator, self.scheme = users, annotator, scheme
        self.digests = digests
        self.states: dict[str, State] = {}
        self.findings: list[Finding] = []
        self.quarantined: dict[str, tuple[Aside, ...]] = {}

    def pulled(self, annotations: dict[str, Annotation]) -> Pulled:
        """What was read so far, with these of its annotations."""
        return Pulled(
            annotator=self.annotator.id,
            annotations=annotations,
            states=self.states,
            findings=tuple(self.findings),
            quarantined=self.quarantined,
        )

    def layers(self, tasks: Iterable[msgspec.Raw]) -> Iterator[Layer]:
        """The layers of tasks as JSON, the quick way: the same as `read` of each says.

        Raises msgspec.DecodeError for a task that is no JSON.
        """
        plain = PlainReader(self.users, self.annotator, self.scheme, self.digests)
        with uncollected():
            for task in tasks:
                layer = plain.read(task)
                if layer is None or self.states.get(layer.annotation.document) == "done":
                    layer = self.read(msgspec.json.decode(task))
                if layer is not None:
                    self.states[layer.annotation.document] = "done"
                    yield layer

    def read(self, task: object) -> Layer | None:
        """The layer of one task, whatever it is; None if it has no finished work to take."""
        if isinstance(task, dict):
            return self.task(cast("Json", task))
        self.set_aside("", "a task", task)
        return None

    def task(self, task: Json) -> Layer | None:
        """One task with all annotations and drafts."""
        data = mapping(task.get("data"))
        document, _, digest = str(data.get("ij_key", "")).rpartition("@")
        number = f"task {task.get('id')}"
        if not document:
            self.report("studio-foreign-task", "warning", "", number, "was not made by a push")
            return None
        annotations = self.records(document, "annotation", task.get("annotations"))
        finished = self.finished(document, annotations)
        drafts = self.drafts(document, number, self.records(document, "draft", task.get("drafts")))
        if not finished:
            skipped = any(a.get("was_cancelled") for a in self.own(annotations))
            self.states.setdefault(document, "skipped" if skipped else drafts or "open")
            return None
        text = str(data.get(config.TEXT, ""))
        if sha256(text) != digest:
            self.report(
                "studio-text-changed",
                "error",
                document,
                number,
                "has a text that was changed on the server; its work was left there",
            )
        elif self.digests.get(document, digest) != digest:
            self.report(
                "studio-text-outdated",
                "error",
                document,
                number,
                "was made of another text than the corpus has now; its work was left there",
            )
        elif self.states.get(document) == "done":
            self.report(
                "studio-double-task",
                "error",
                document,
                number,
                "is a second task of this document with finished work; left there",
            )
        else:
            return self.decode(document, text, digest, finished)
        return None

    def records(self, document: str, what: str, listed: object) -> list[Json]:
        """The records of a list; whatever is none is set aside."""
        items = cast("list[Json]", listed) if isinstance(listed, list) else []
        if listed is not None and not isinstance(listed, list):
            self.set_aside(document, f"a list of {what}s", listed)
        records = [item for item in items if type(item) is dict]
        if len(records) < len(items):
            for item in items:
                if type(item) is not dict:
                    self.set_aside(document, what, item)
        return records

    def set_aside(self, document: str, what: str, item: object) -> None:
        """Report what has not the shape that Label Studio gives it, and keep it as it is."""
        said = f"has the shape of no {what.removeprefix('a ')}; it was put aside"
        self.report("studio-unknown-shape", "error", document, "something", said)
        self.keep(document, [(self.findings[-1], item)])

    def keep(self, document: str, refused: Iterable[tuple[Finding, Any]]) -> None:
        """Keep what was refused, each with why."""
        aside = (Aside(code=why.code, reason=why.message, item=item) for why, item in refused)
        self.quarantined[document] = (*self.quarantined.get(document, ()), *aside)

    def own(self, annotations: Sequence[Json]) -> list[Json]:
        """The annotator's own annotations of a task."""
        return [
            item
            for item in annotations
            if self.email(item.get("completed_by")) == self.annotator.email
        ]

    def finished(self, document: str, annotations: Sequence[Json]) -> list[Json]:
        """The annotator's finished annotations, newest first; what else there is, is reported."""
        finished: list[Json] = []
        for item in annotations:
            record = f"annotation {item.get('id')}"
            by, last = self.email(item.get("completed_by")), self.email(item.get("updated_by"))
            if by != self.annotator.email:
                self.report(
                    "studio-other-account",
                    "error",
                    document,
                    record,
                    f"is by {by}, not {self.annotator.email}; it was left there",
                )
                continue
            if last != by and item.get("updated_by") is not None:
                self.report(
                    "studio-changed-by", "warning", document, record, f"was changed last by {last}"
                )
            if item.get("was_cancelled"):
                self.report("studio-skipped", "warning", document, record, "was skipped")
                continue
            finished.append(item)
        finished.sort(key=_age, reverse=True)
        if len(finished) > 1:
            ids = ", ".join(str(item.get("id")) for item in finished)
            self.report(
                "studio-double-annotation",
                "warning",
                document,
                f"annotation {finished[0].get('id')}",
                f"is the newest of {len(finished)} ({ids}); the others were left there",
            )
        return finished

    def drafts(self, document: str, number: str, drafts: Sequence[Json]) -> State | None:
        """Work that was not submitted is reported; "draft" if it is the annotator's own."""
        state: State | None = None
        for draft in drafts:
            user = draft.get("user")
            by = user if isinstance(user, str) else self.email(user)
            if not draft.get("result"):
                continue
            self.report(
                "studio-draft",
                "warning",
                document,
                number,
                f"has a draft by {by} that was not submitted",
            )
            if by == self.annotator.email:
                state = "draft"
        return state

    def decode(self, document: str, text: str, digest: str, finished: Sequence[Json]) -> Layer:
        """The newest finished annotation becomes the layer."""
        result: list[Item] = self.records(document, "item", finished[0].get("result"))
        record = f"annotation {finished[0].get('id')}"
        if not result:
            self.report("studio-empty", "warning", document, record, "was submitted empty")
        decoded = annotation_of(
            result,
            document=document,
            text=text,
            digest=digest,
            scheme=self.scheme,
            annotator=self.annotator.id,
        )
        self.findings += decoded.findings
        if decoded.quarantined:
            self.keep(document, zip(decoded.refused, decoded.quarantined, strict=True))
        self.states[document] = "done"
        return Layer(decoded.annotation, text)

    def email(self, user: object) -> str:
        """The e-mail address of an account number."""
        if isinstance(user, dict):
            user = cast("Json", user).get("id")
        return (
            self.users.get(str(user), f"an unknown account {user}")
            if isinstance(user, int)
            else "nobody"
        )

    def report(
        self, code: str, severity: Severity, document: str, record: str, message: str
    ) -> None:
        """Report a fault."""
        place = Location(document=document, record=record)
        said = f"{document or self.annotator.id}: {record} {message}."
        self.findings.append(
            Finding(code=code, level=2, severity=severity, location=place, message=said)
        )


def _age(annotation: Json) -> tuple[str, int]:
    """When it was changed last; of one moment the higher number is the newer."""
    number = annotation.get("id")
    return str(annotation.get("updated_at")), number if isinstance(number, int) else 0
