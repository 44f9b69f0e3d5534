"""What a push would do, before it is done: pure, from what is there to what is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from ijcorpus.document import Document, Struct
from ijcorpus.labelstudio import config, tasks
from ijcorpus.labelstudio.api import Json, Task
from ijcorpus.labelstudio.renames import Renaming, in_use, lost, renaming

Change = Literal["new", "same", "look", "registry", "more", "renamed", "less"]


class Plan(Struct, frozen=True, kw_only=True):
    """What a push would do to one annotator's project.

    `change` is what becomes of the configuration: made, left, its look only, the registry's
    entries only, values added, renamed, or unused values taken away. `replace` are documents
    whose text changed and on which nobody worked. `blocked` says what stands in the way, and the
    remedy. `assigned` are all documents that an assignment gives the annotator, in order.
    `again` are those to be made whose task was there in an earlier pull: it was deleted.
    """

    annotator: str
    change: Change
    create: tuple[str, ...]
    keep: tuple[str, ...]
    replace: tuple[str, ...]
    foreign: tuple[str, ...]
    prelabel: tuple[str, ...]
    added: tuple[str, ...]
    lost: tuple[str, ...]
    renamed: dict[str, str]
    rewritten: int
    blocked: tuple[str, ...]
    assigned: tuple[str, ...] = ()
    again: tuple[str, ...] = ()

    @property
    def migrates(self) -> bool:
        """Whether it changes what is there, and not only adds to it."""
        return bool(self.replace or self.change in ("more", "renamed", "less"))


class There(Struct, frozen=True, kw_only=True):
    """A project as it is: its tasks by key, and the numbers of the tasks somebody began on.

    `drafts` are the results of what was begun and not submitted.
    """

    project: Json | None
    tasks: dict[str, Task]
    begun: frozenset[int]
    drafts: tuple[list[Json], ...]

    @property
    def results(self) -> list[list[Json]]:
        """The results of all annotations."""
        listed = (item for task in self.tasks.values() for item in task.annotations)
        return [item.get("result") or [] for item in listed]


def planned(
    annotator: str,
    there: There,
    xml: str,
    documents: Sequence[Document],
    prelabelled: Iterable[str],
    version: str,
    declared: Mapping[str, str],
) -> Plan:
    """The plan of a push of documents with a configuration.

    `prelabelled` are the documents that prelabels of `version` are at hand for; `declared` maps
    old names to new ones. Raises StudioError for a rename that cannot be meant.
    """
    wanted = {tasks.key(d.id, d.digest): d for d in documents}
    digests = {d.id: d.digest for d in documents}
    outdated = [t for t in there.tasks.values() if digests.get(t.document, t.digest) != t.digest]
    worked = [t for t in outdated if t.id in there.begun]
    change, shift, gone, added, blocked = _configuration(there, xml, declared)
    has = {
        t.document
        for key, t in there.tasks.items()
        if key in wanted and any(p.get("model_version") == version for p in t.predictions)
    }
    return Plan(
        annotator=annotator,
        change=change,
        create=tuple(d.id for key, d in wanted.items() if key not in there.tasks),
        keep=tuple(d.id for key, d in wanted.items() if key in there.tasks),
        replace=tuple(t.document for t in outdated if t.id not in there.begun),
        foreign=tuple(t.document for t in there.tasks.values() if t.document not in digests),
        prelabel=tuple(name for name in prelabelled if name in digests and name not in has),
        added=added,
        lost=gone,
        renamed=_told(shift),
        rewritten=sum(shift.result(items) != items for items in there.results) if shift else 0,
        blocked=(*blocked, *(_stale(t, digests[t.document]) for t in worked)),
    )


def shift_of(there: There, xml: str, declared: Mapping[str, str]) -> Renaming:
    """What the declared renames mean for a project."""
    if there.project is None:
        return Renaming(controls={}, values={})
    return renaming(declared, config.controls(there.project["label_config"]), config.controls(xml))


def _configuration(
    there: There, xml: str, declared: Mapping[str, str]
) -> tuple[Change, Renaming, tuple[str, ...], tuple[str, ...], list[str]]:
    """What becomes of the configuration: the kind of change, what is lost and added, what bars."""
    shift = shift_of(there, xml, declared)
    if there.project is None:
        return "new", shift, (), (), []
    now = there.project["label_config"]
    old, new = shift.applied(config.controls(now)), config.controls(xml)
    gone, added = lost(old, new), lost(new, old)
    blocked: list[str] = []
    renamed_results = [shift.result(items) for items in (*there.results, *there.drafts)]
    if used := in_use(gone, renamed_results):
        blocked.append(
            f"annotations have what is no longer offered: {', '.join(used)}. Declare a new "
            "name (--rename OLD=NEW), or bring it back."
        )
    if shift and any(shift.result(items) != items for items in there.drafts):
        blocked.append(
            "drafts have the names that are to be changed. Let them be submitted or discarded."
        )
    # Entries of the registry come and go; as long as no pick in use goes, that is no migration.
    picks = gone.pop(config.PICKER, frozenset()) | added.pop(config.PICKER, frozenset())
    change: Change = "same" if config.same(now, xml) else "registry" if picks else "look"
    if shift:
        change = "renamed"
    elif gone:
        change = "less"
    elif added:
        change = "more"
    return change, shift, _listed(gone), _listed(added), blocked


def _stale(task: Task, digest: str) -> str:
    return (
        f"{task.document}: its text changed since task {task.id} was annotated (from "
        f"{task.digest[:12]} to {digest[:12]}). Pull the work with the old text, then delete the "
        "task in Label Studio and push again."
    )


def _listed(controls: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Controls and values as one says them."""
    return tuple(
        f"{name}: {', '.join(sorted(values))}" if values else name
        for name, values in controls.items()
    )


def _told(shift: Renaming) -> dict[str, str]:
    told = {
        f"{control}: {old}": new
        for control, names in shift.values.items()
        for old, new in names.items()
    }
    return told | shift.controls
