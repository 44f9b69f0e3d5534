"""Build a release from a corpus root, compare it with what was released, freeze a version."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from ijcorpus.errors import ReleaseError
from ijcorpus.published import (
    FINGERPRINTS,
    MANIFEST,
    SCHEME,
    VERSION,
    Manifest,
    ReleaseFile,
    encode,
)
from ijcorpus.records import read_json, write_bytes
from ijcorpus.release.agreeing import agreement_text, audit_text
from ijcorpus.release.baseline import baseline_table
from ijcorpus.release.card import Card, readme
from ijcorpus.release.cite import citation_cff
from ijcorpus.release.collect import Rows, gather, refuse_withheld, release_rows, split_names
from ijcorpus.release.counts import Table, count_tables
from ijcorpus.release.facts import facts_text
from ijcorpus.release.features import DEFAULT, configurations
from ijcorpus.release.manifest import (
    describe,
    describe_table,
    made_with,
    refuse_difference,
    refuse_tampering,
)
from ijcorpus.release.placing import replace_folder
from ijcorpus.release.rows import Item, access_columns
from ijcorpus.release.tables import parquet, table
from ijcorpus.release.variety import variety_table, words
from ijcorpus.scheme import LabelScheme, json_schema
from ijcorpus.splits import extend, write_splits
from ijcorpus.workspace import Workspace


def build(workspace: Workspace, destination: Path) -> Manifest:
    """Build the release into a directory, replacing the one that was there at once.

    New documents are appended to `splits.tsv`. Raises ReleaseError, and leaves the directory
    as it was, when a document has no adjudicated annotation, or when the version was released
    with other content.
    """
    manifest, files = _checked(workspace)
    replace_folder(
        destination, {**files, MANIFEST: encode(manifest)}, marker=MANIFEST, kind="release"
    )
    return manifest


def freeze(workspace: Workspace) -> Manifest:
    """Make the build a released version: its files and manifest under `corpus/releases/`.

    Raises ReleaseError when the version exists with other content; freezing the same content
    again changes nothing.
    """
    layout = workspace.layout
    manifest, files = _checked(workspace)
    whole = {**files, MANIFEST: encode(manifest)}
    replace_folder(layout.release, whole, marker=MANIFEST, kind="release")
    if not (layout.releases / manifest.version).exists():
        replace_folder(layout.releases / manifest.version, whole, marker=MANIFEST, kind="release")
    write_bytes(layout.manifest(manifest.version), encode(manifest))
    return manifest


def _checked(workspace: Workspace) -> tuple[Manifest, dict[str, bytes]]:
    """The manifest and files of a build that is no contradiction of a released version."""
    layout = workspace.layout
    frozen = workspace.splits if layout.splits.exists() else {}
    splits = extend(frozen, workspace.sources.values(), workspace.scheme.splits)
    manifest, files = assemble(workspace, splits)
    folder = layout.releases / manifest.version
    released = next(
        (p for p in (layout.manifest(manifest.version), folder / MANIFEST) if p.exists()), None
    )
    if released is not None:
        committed = read_json(released, Manifest)
        refuse_difference(committed, manifest, folder, files)
        refuse_tampering(committed, folder)
        manifest = committed
    if splits != frozen:
        write_bytes(layout.splits, write_splits(splits).encode())
    return manifest, files


def assemble(workspace: Workspace, splits: Mapping[str, str]) -> tuple[Manifest, dict[str, bytes]]:
    """The manifest and every file of the release, by path, in memory."""
    info, scheme = workspace.info, workspace.scheme
    if not VERSION.fullmatch(info.version):
        raise ReleaseError(
            f"{workspace.layout.info}: the version {info.version!r} is not three numbers such as "
            "1.0.0, and `datasets` reads no other. Number it so."
        )
    items = [*gather(workspace, splits)]
    every = release_rows(workspace, items)
    features = configurations(scheme, access_columns(items))
    refuse_withheld(workspace, items, every)
    files: dict[str, bytes] = {}
    tables: dict[str, ReleaseFile] = {}
    for config, by_split in every.items():
        for split, rows in by_split.items():
            path = f"{config}/{split}.parquet"
            files[path] = parquet(table(rows, features[config]))
            tables[path] = describe_table(path, files[path], rows, features[config])
    others = _texts(workspace, card(workspace, items, every, tables))
    counts = {name: {split: len(r) for split, r in found.items()} for name, found in every.items()}
    return Manifest(
        version=info.version,
        released=info.released,
        info=info,
        scheme=scheme.version,
        cleaners=tuple(sorted({item.document.cleaner for item in items})),
        made_with=made_with(),
        counts=counts,
        files=(*tables.values(), *(describe(path, data) for path, data in others.items())),
    ), {**files, **others}


def card(
    workspace: Workspace, items: list[Item], every: Rows, tables: Mapping[str, ReleaseFile]
) -> Card:
    """What the card says, from the rows."""
    scheme = workspace.scheme
    both = (every.get(DEFAULT, {}), every.get("standoff", {}))
    documents = {s: [row for part in both for row in part.get(s, [])] for s in split_names(scheme)}
    made = {name for item in items for name in item.layers}
    tokens = (row["cut_tokens"] for rows in every.get("entities", {}).values() for row in rows)
    return Card(
        info=workspace.info,
        scheme=scheme,
        annotators={
            name: who
            for name, who in workspace.annotators.items()
            if name in made or who.adjudicates
        },
        features=configurations(scheme, access_columns(items)),
        counts={name: {s: len(rows) for s, rows in found.items()} for name, found in every.items()},
        files=tables,
        tables=[*count_tables(documents, scheme), *_measured(every, scheme)],
        cut_tokens=sum(tokens),
        agreement=agreement_text(
            [item for item in items if item.source.id not in workspace.uncounted],
            workspace.annotators,
            scheme,
        ),
        audit=audit_text(items, workspace.annotators, scheme),
        facts=facts_text(workspace),
    )


def _measured(every: Rows, scheme: LabelScheme) -> list[Table]:
    """What is measured on the rows, where there are enough of them."""
    texts = [words(row["text"]) for rows in every.get(DEFAULT, {}).values() for row in rows]
    trained_on = next(iter(scheme.splits.shares))
    found = (variety_table(texts), baseline_table(every.get("stance", {}), trained_on))
    return [table for table in found if table]


def _texts(workspace: Workspace, described: Card) -> dict[str, bytes]:
    """The files of a release that are no tables."""
    info, schema = workspace.info, msgspec.json.encode(json_schema())
    licence = (
        f"Texts, labels and registry of {info.title}, version {info.version}, by "
        f"{', '.join(info.authors)}, are licensed under {info.licence}: {info.licence_url}\n\n"
        "The texts that the configuration `standoff` describes are not in this release, and "
        "this licence does not cover them.\n"
    )
    return {
        "README.md": readme(described).encode(),
        SCHEME: msgspec.json.format(msgspec.json.encode(workspace.scheme), indent=1) + b"\n",
        "schema.json": msgspec.json.format(schema, indent=1) + b"\n",
        "CITATION.cff": citation_cff(info).encode(),
        "LICENSE.md": licence.encode(),
        **_fingerprints(workspace),
    }


def _fingerprints(workspace: Workspace) -> dict[str, bytes]:
    """The fingerprints at hand of the texts that may not ship.

    Raises ReleaseError for one that is of another text than the annotated one.
    """
    from ijcorpus.standoff.fingerprint import decode_fingerprint

    found: dict[str, bytes] = {}
    for name, source in workspace.sources.items():
        path = workspace.layout.fingerprints / f"{name}.json"
        if source.rights == "full_text" or not path.is_file():
            continue
        data = path.read_bytes()
        made = decode_fingerprint(data, where=str(path))
        if made.digest != workspace.standoff(name).digest:
            raise ReleaseError(
                f"{path} is of another text than the annotated {name}. "
                f"Make it anew with 'ijcorpus fingerprint {name}'."
            )
        found[f"{FINGERPRINTS}/{name}.json"] = data
    return found
