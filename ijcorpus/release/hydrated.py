"""Hydrated documents, written for their reader. They hold withheld text: do not pass them on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ijcorpus.annotation import AnnotatedDocument, Annotation, RegistryEntry
from ijcorpus.document import Span
from ijcorpus.errors import RecordError, ReleaseError
from ijcorpus.joined import FORMAT, HYDRATED, LEFT_OUT, PLACEMENTS, VERSION, HydratedManifest
from ijcorpus.layout import safe_name
from ijcorpus.published import MANIFEST, Release, ReleaseFile
from ijcorpus.records import read_json, write_bytes
from ijcorpus.release import rows as make
from ijcorpus.release.card import yaml_configs
from ijcorpus.release.collect import Rows, split_names
from ijcorpus.release.features import DEFAULT, INT, SPAN, STRING, Features, configurations, several
from ijcorpus.release.manifest import describe_table
from ijcorpus.release.placing import replace_folder
from ijcorpus.release.rows import Item, Row
from ijcorpus.release.tables import parquet, table
from ijcorpus.release.tokens import english_tokenizer
from ijcorpus.standoff.hydrated import Hydrated

REALIGNED = "realigned"
"""The flag of documents and judgements that were placed on a copy that differs."""

_PLACEMENTS: Features = {
    **dict.fromkeys(("document", "kind", "id", "status"), STRING),
    **SPAN,
    "reason": STRING,
    "edited": several(SPAN),
    "lost": INT,
}
_LEFT_OUT: Features = {
    "document": STRING,
    "sentence": INT,
    **SPAN,
    "reason": STRING,
}


def write(output: Path, found: Sequence[Hydrated], release: Release) -> None:
    """Write what was joined: a folder with every configuration, or `documents` alone.

    A path that ends in `.parquet` is the file of `documents`. A folder has the release's own
    configurations for the hydrated documents, `placements` for what became of each annotation,
    `left_out` for sentences that have no rows since they may not stand as they were annotated, and
    a JSON file a document. Raises ReleaseError for a place in the release, and for a place
    that holds anything else than an earlier folder of this kind.
    """
    _refuse_release(output, release)
    if output.suffix == ".parquet":
        rows = [make.document_row(item) for item in _items(found, release)]
        write_bytes(output, parquet(table(rows, _features(release)[DEFAULT])))
        return
    if output.is_file():
        raise ReleaseError(f"{output} is a file. Name a folder, or a file that ends in .parquet.")
    _refuse_others(output)
    files = _files(found, release)
    for one in found:
        if one.result is not None:
            files[f"{safe_name(one.source.id)}.json"] = _json(one.result)
    replace_folder(output, files, marker=HYDRATED, kind="folder of hydrated documents")


def hydrated_rows(found: Sequence[Hydrated], release: Release) -> Rows:
    """Configuration -> split -> rows of the hydrated documents, splits in the scheme's order."""
    scheme, tokenize = release.scheme, english_tokenizer()
    registry = {row["id"]: _entry(row) for row in release.rows("registry")}
    every: Rows = {}
    for item, one in zip(_items(found, release), filter(_joined, found), strict=True):
        made: dict[str, Iterator[Row]] = {
            DEFAULT: iter([make.document_row(item)]),
            "entities": _known(make.entity_rows(item, tokenize), one),
            "stance": _known(make.stance_rows(item, registry, scheme), one),
            "author_stance": make.author_rows(item, scheme),
            "annotations": _passes(item, one, release),
            LEFT_OUT: _left_out(item, one),
        }
        for name, rows in made.items():
            every.setdefault(name, {}).setdefault(item.split, []).extend(rows)
    splits = _splits(release)
    for one in found:
        rows = every.setdefault(PLACEMENTS, {}).setdefault(splits[one.source.id], [])
        rows += _placements(one)
    order = split_names(scheme)
    kept = {n: {s: by[s] for s in order if by.get(s)} for n, by in every.items()}
    return {name: by for name, by in kept.items() if by}


def _files(found: Sequence[Hydrated], release: Release) -> dict[str, bytes]:
    every, features = hydrated_rows(found, release), _features(release)
    files: dict[str, bytes] = {}
    tables: dict[str, ReleaseFile] = {}
    for config, by_split in every.items():
        for split, rows in by_split.items():
            path = f"{config}/{split}.parquet"
            files[path] = parquet(table(rows, features[config]))
            tables[path] = describe_table(path, files[path], rows, features[config])
    counts = {name: {split: len(r) for split, r in by.items()} for name, by in every.items()}
    made = HydratedManifest(
        format=FORMAT,
        version=VERSION,
        release=release.manifest.version,
        digest=release.digest,
        documents=tuple(one.source.id for one in found if one.result is not None),
        counts=counts,
        files=tuple(tables.values()),
    )
    return {**files, HYDRATED: _json(made), "README.md": _readme(made, features, tables)}


def _items(found: Sequence[Hydrated], release: Release) -> list[Item]:
    """The hydrated documents as documents of a release."""
    splits = _splits(release)
    return [
        Item(
            source=msgspec.structs.replace(one.source, rights="full_text"),
            split=splits[one.source.id],
            document=one.result.document,
            annotation=_marked(one.result.annotation)
            if one.status == REALIGNED
            else one.result.annotation,
            layers={},
        )
        for one in found
        if one.result is not None
    ]


def _joined(one: Hydrated) -> bool:
    return one.result is not None


def _marked(made: Annotation) -> Annotation:
    """An annotation that says of itself and its judgements that they were realigned."""
    replace = msgspec.structs.replace
    stances = (replace(s, flags=(*s.flags, REALIGNED)) for s in made.stances)
    return replace(made, flags=(*made.flags, REALIGNED), stances=tuple(stances))


def _known(rows: Iterator[Row], one: Hydrated) -> Iterator[Row]:
    """The rows of sentences that stand as they were annotated: `O` elsewhere would be a guess."""
    doubtful = {out.sentence for out in one.left_out}
    return (row for row in rows if row["sentence"] not in doubtful)


def _left_out(item: Item, one: Hydrated) -> Iterator[Row]:
    for out in one.left_out:
        span = item.document.sentences[out.sentence]
        yield {
            "document": item.source.id,
            "sentence": out.sentence,
            "start": span.start,
            "end": span.end,
            "reason": out.reason,
        }


def _passes(item: Item, one: Hydrated, release: Release) -> Iterator[Row]:
    """The rows of every pass on the document, where the copy has their spans."""
    if "annotations" not in release.manifest.counts or one.result is None:
        return
    text, held = one.result.document.text, set[tuple[str, str]]()
    for row in release.rows("annotations", item.split):
        if row["document"] != item.source.id:
            continue
        placed = _carried(row, text, None if one.status == "exact" else one.spans)
        holder = (row["annotator"], row["holder_mention"])
        if placed is None or (row["holder_mention"] and holder not in held):
            continue
        held.add((row["annotator"], row["id"]))
        yield placed


def _carried(row: Row, text: str, spans: Mapping[Span, Any] | None) -> Row | None:
    """A row of a pass on the copy, or None when its span has no place there."""
    start, end = row["start"], row["end"]
    if start is None:
        return row
    if spans is not None:
        to = spans.get(Span(start, end))
        if to is None or to.start is None:
            return None
        start, end = to.start, to.end
    return {**row, "start": start, "end": end, "text": text[start:end]}


def _placements(one: Hydrated) -> Iterator[Row]:
    for put in one.placed:
        to = put.placement
        yield {
            "document": one.source.id,
            "kind": put.kind,
            "id": put.id,
            "status": to.status,
            "start": to.start,
            "end": to.end,
            "reason": to.reason or None,
            "edited": [{"start": span.start, "end": span.end} for span in to.edited],
            "lost": to.lost,
        }


def _splits(release: Release) -> dict[str, str]:
    """The split of each withheld document."""
    return {
        row["id"]: split
        for split in release.splits("standoff")
        for row in release.rows("standoff", split)
    }


def _features(release: Release) -> dict[str, Features]:
    """The release's own columns; of a configuration without rows, those of the scheme."""
    known = {
        name: release.features(name) or columns
        for name, columns in configurations(release.scheme).items()
    }
    return {**known, PLACEMENTS: _PLACEMENTS, LEFT_OUT: _LEFT_OUT}


def _entry(row: Row) -> RegistryEntry:
    return msgspec.convert({**row, "note": row["note"] or ""}, RegistryEntry)


def _readme(
    made: HydratedManifest, features: Mapping[str, Features], tables: Mapping[str, ReleaseFile]
) -> bytes:
    import yaml

    data = yaml_configs(made.release, features, made.counts, tables)
    head = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)
    return (
        f"---\n{head}---\n\n# Hydrated documents of version {made.release}\n\n"
        f"{', '.join(made.documents) or 'None'}. They hold texts that may not ship: keep them to "
        "yourself.\n\nA document or judgement with the flag `realigned` was placed on a copy that "
        "differs from the annotated text. The configuration `placements` says of every annotation "
        "whether it is exact, realigned, ambiguous or missing, why, and which words inside it are "
        "edited; ambiguous and missing ones stand in no other configuration.\n\nOf such a copy, "
        "`documents` has what lies between the first and the last sentence with an annotated word. "
        "`entities` and `stance` have the sentences that stand there word for word as they were "
        "annotated, with every mention placed; the configuration `left_out` names the others: "
        "inserted or edited, they were annotated by nobody as they stand.\n"
    ).encode()


def _json(record: HydratedManifest | AnnotatedDocument) -> bytes:
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def _refuse_others(output: Path) -> None:
    """A folder is replaced whole: what its reader put there would be gone."""
    if not (output / HYDRATED).is_file():
        return
    try:
        made = read_json(output / HYDRATED, HydratedManifest)
    except RecordError as error:
        raise ReleaseError(f"{error} Or remove {output}, or name another folder.") from error
    mine = {HYDRATED, "README.md", *(file.path for file in made.files)}
    mine |= {f"{name}.json" for name in made.documents}
    for path in sorted(output.rglob("[!.]*")):
        if not path.is_dir() and path.relative_to(output).as_posix() not in mine:
            raise ReleaseError(
                f"{path} was not written by hydration, and {output} is replaced as a whole. Move "
                "the file, or name another folder."
            )


def _refuse_release(output: Path, release: Release) -> None:
    place = output.resolve()
    inside = [one for one in (place, *place.parents) if (one / MANIFEST).is_file()]
    if inside or place.is_relative_to(release.folder.resolve()):
        raise ReleaseError(
            f"{output} lies in a release, which is published. Name a place beside it."
        )
