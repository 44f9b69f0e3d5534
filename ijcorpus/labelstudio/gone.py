"""Finished work that a pull brought home and the server has no more: deleted, or never stored.

The layer is kept, since a layer is the corpus's and a deletion may be a mistake; but it is said,
in every pull, until the work is back or the layer is deleted, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ijcorpus.annotation import Annotation
from ijcorpus.document import Struct
from ijcorpus.errors import RecordError
from ijcorpus.finding import Finding, Location
from ijcorpus.labelstudio.harvest import Pulled, Snapshot, State
from ijcorpus.labelstudio.shapes import mapping
from ijcorpus.layout import Layout
from ijcorpus.records import read_json, write_json

_NOW: dict[State | None, str] = {
    None: "there is no task of it",
    "open": "its task is open",
    "draft": "its task has only a draft",
    "skipped": "its task was skipped",
}


class Finished(Struct, frozen=True, kw_only=True):
    """The documents with finished work that pulls of an annotator found on a server.

    `tasks` are all documents that they found a task of.
    """

    server: str
    documents: tuple[str, ...]
    tasks: tuple[str, ...] = ()


def gone(
    record: Path,
    server: str,
    snapshot: Snapshot,
    pulled: Pulled,
    layout: Layout,
    digests: Mapping[str, str],
) -> tuple[Finding, ...]:
    """What earlier pulls found finished and this one does not, though its layer is here.

    `record` is the file that remembers it from pull to pull; of another `server` than last time
    nothing is known. `digests` are those of the texts as they are now: work on an older text is
    not missed.
    """
    keys = (str(mapping(mapping(task).get("data")).get("ij_key", "")) for task in snapshot.tasks)
    # Finished work that could not be used has a finding of its own, and no state.
    tasks = {key.rpartition("@")[0] for key in keys} - {""}
    finished = {*pulled.annotations, *(tasks - pulled.states.keys())}
    folder = layout.layer(pulled.annotator, "any").parent
    layers = {path.stem: path for path in folder.glob("*.json")}
    missing: dict[str, Path] = {}
    known = recalled(record, server)
    for name in sorted({*known.documents} - finished):
        path = layers.get(name)
        if path and digests.get(name, "") in ("", read_json(path, Annotation).digest):
            missing[name] = path
    documents = tuple(sorted({*finished, *missing}))
    seen = tuple(sorted({*known.tasks, *tasks}))
    write_json(record, Finished(server=server, documents=documents, tasks=seen))
    return tuple(_said(pulled, name, path) for name, path in missing.items())


def recalled(record: Path, server: str) -> Finished:
    """What pulls from a server found; nothing if there were none."""
    nothing = Finished(server=server, documents=())
    try:
        known = read_json(record, Finished)
    except RecordError:
        return nothing
    return known if known.server == server else nothing


def _said(pulled: Pulled, document: str, layer: Path) -> Finding:
    state, name = pulled.states.get(document), pulled.annotator
    push = "" if state else f"'ijcorpus push --annotator {name}' and "
    return Finding(
        code="studio-gone",
        level=2,
        severity="warning",
        location=Location(document=document, path=str(layer)),
        message=(
            f"{document}: finished work of {name} that was pulled before is not on the server any "
            f"more: {_NOW[state]}. Its layer was kept. To take the work back for good, delete "
            f"{layer}; to bring it back to the server, {push}'ijcorpus enter --as {name} "
            "--from-layers'."
        ),
    )
