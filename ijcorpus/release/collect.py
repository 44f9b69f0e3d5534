"""What goes into a release: documents with their annotations, as rows by configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from ijcorpus.document import Document
from ijcorpus.errors import ReleaseError
from ijcorpus.release import rows as make
from ijcorpus.release.features import DEFAULT, configurations
from ijcorpus.release.rows import Item, Row
from ijcorpus.release.tokens import english_tokenizer
from ijcorpus.scheme import LabelScheme
from ijcorpus.workspace import Workspace

Rows = dict[str, dict[str, list[Row]]]
"""Configuration -> split -> rows."""

REGISTRY_SPLIT = "full"
_SHORTEST_SECRET = 40  # characters: a shorter sentence may stand in any text


def gather(workspace: Workspace, splits: Mapping[str, str]) -> Iterator[Item]:
    """Every document with its split, structure and annotations, in source order."""
    unsettled = [n for n in workspace.sources if not workspace.layout.adjudication(n).exists()]
    if unsettled:
        raise ReleaseError(
            f"no adjudicated annotation of {', '.join(unsettled)}. "
            "Settle them with 'ijcorpus adjudicate', or take them out of corpus/sources.jsonl."
        )
    for name, source in workspace.sources.items():
        full = source.rights == "full_text"
        annotation = workspace.adjudicated(name)
        if annotation is None:
            raise ReleaseError(f"{name}: the adjudicated annotation is gone.")
        yield Item(
            source=source,
            split=splits[name],
            document=workspace.document(name) if full else workspace.standoff(name),
            annotation=annotation,
            layers={
                who: layer
                for who, layer in workspace.layers(name).items()
                if not workspace.annotators[who].adjudicates
            },
        )


def split_names(scheme: LabelScheme) -> list[str]:
    """The splits in the scheme's order."""
    return list(dict.fromkeys([*scheme.splits.shares, scheme.splits.held_out]))


def release_rows(workspace: Workspace, items: list[Item]) -> Rows:
    """Configuration -> split -> rows; only what has rows, splits in the scheme's order."""
    tokenize, registry, scheme = english_tokenizer(), workspace.registry, workspace.scheme
    order = split_names(scheme)
    unknown = sorted({item.split for item in items} - set(order))
    if unknown:
        raise ReleaseError(f"{workspace.layout.splits}: the scheme has no split {unknown}.")
    every: Rows = {name: {split: [] for split in order} for name in configurations(scheme)}
    access = make.access_columns(items)
    for item in items:
        made: dict[str, Iterator[Row]] = {
            "annotations": make.annotation_rows(item, workspace.annotators)
        }
        if isinstance(item.document, Document):
            made[DEFAULT] = iter([make.document_row(item)])
            made["entities"] = make.entity_rows(item, tokenize)
            made["stance"] = make.stance_rows(item, registry, scheme)
            made["author_stance"] = make.author_rows(item, scheme)
        else:
            made["standoff"] = iter([make.standoff_row(item, access)])
        for name, rows in made.items():
            every[name][item.split] += rows
    every["registry"] = {REGISTRY_SPLIT: list(make.registry_rows(registry))}
    held = {name: {s: rows for s, rows in by.items() if rows} for name, by in every.items()}
    return {name: by for name, by in held.items() if by}


def refuse_withheld(workspace: Workspace, items: list[Item], every: Rows) -> None:
    """Refuse a recorded structure that a text at hand contradicts, and any sentence of it."""
    written = msgspec.json.encode(every)
    for item in items:
        name = item.source.id
        if isinstance(item.document, Document) or not workspace.has_text(name):
            continue
        document = workspace.document(name)
        if document.standoff() != item.document:
            raise ReleaseError(
                f"{workspace.layout.standoff_document(name)} is not what the text at hand gives. "
                "Record it anew, and check the annotations made on it."
            )
        titles = [s for s in document.sections if s.kind == "title"]
        for span in document.sentences:
            sentence = document.text[span.start : span.end]
            if len(sentence) < _SHORTEST_SECRET or any(
                t.start <= span.start < t.end for t in titles
            ):
                continue
            if msgspec.json.encode(sentence)[1:-1] in written:
                raise ReleaseError(
                    f"{name}: the release would hold its sentence [{span.start}, {span.end}), "
                    "and the text may not ship. Take it out of texts, notes and registry."
                )
