"""Published releases: where they lie, what they hold, and their rows, read by pyarrow alone.

A release is a folder with `MANIFEST.json`, `README.md` and `<configuration>/<split>.parquet`.
Releases lie in the package itself (`ijcorpus/released/<version>`), and in a checkout in
`corpus/releases/<version>`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ijcorpus.annotation import Annotation, AuthorStance, Entity, Holder, HolderKind, Stance
from ijcorpus.document import Struct, sha256
from ijcorpus.errors import RecordError, ReleaseError
from ijcorpus.layout import inside
from ijcorpus.records import read_bytes, read_json, read_text
from ijcorpus.scheme import LabelScheme
from ijcorpus.workspace import CorpusInfo

MANIFEST = "MANIFEST.json"
VERSION = re.compile(r"\d+\.\d+\.\d+")
SCHEME = "scheme.json"
CARD = "README.md"
FINGERPRINTS = "fingerprints"
"""The folder of fingerprints, in a release or beside the folder of the releases."""
_T = TypeVar("_T")
_AUDITOR = re.compile(r"^- `([^`]+)` \(\w+; audits, ", re.MULTILINE)
_BATCH = 64
_ITEMS = ("pass", "entity", "stance", "author")
_AGAIN = "Install the package or fetch the release again."


class ReleaseFile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file of a release: its path in it, size in bytes and SHA-256.

    A table also has its number of rows, and size and digest of the rows as JSON lines: they stay
    the same whatever wrote the Parquet.
    """

    path: str
    bytes: int
    sha256: str
    rows: int | None = None
    rows_bytes: int | None = None
    rows_sha256: str | None = None


class Manifest(Struct, frozen=True, kw_only=True):
    """What a version is: its files, its counts and what it was made with.

    `counts` is configuration -> split -> rows; `made_with` package -> version.
    """

    version: str
    released: str
    info: CorpusInfo
    scheme: str
    cleaners: tuple[str, ...]
    made_with: dict[str, str]
    counts: dict[str, dict[str, int]]
    files: tuple[ReleaseFile, ...]

    def file(self, path: str) -> ReleaseFile | None:
        """The record of one file, or None."""
        return next((file for file in self.files if file.path == path), None)


class Release:
    """One release directory, opened."""

    def __init__(self, folder: Path) -> None:
        if not (folder / MANIFEST).is_file():
            raise ReleaseError(
                f"{folder} is no release: it has no {MANIFEST}. Build one with 'ijcorpus build'."
            )
        self.folder = folder

    @cached_property
    def manifest(self) -> Manifest:
        """What the release holds."""
        return _read(self.folder / MANIFEST, Manifest)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the manifest, which names every file's own: the release's identity."""
        return sha256((self.folder / MANIFEST).read_bytes())

    @cached_property
    def scheme(self) -> LabelScheme:
        """The label scheme of the release."""
        return _read(self._genuine(SCHEME), LabelScheme)

    @cached_property
    def auditors(self) -> frozenset[str]:
        """Who annotated afterwards to try the result: the card alone says so."""
        card = read_text(self._genuine(CARD), remedy=_AGAIN)
        return frozenset(_AUDITOR.findall(card))

    def splits(self, config: str) -> tuple[str, ...]:
        """The splits of a configuration; raises ReleaseError that lists the configurations."""
        counts = self.manifest.counts
        if config not in counts:
            raise ReleaseError(
                f"version {self.manifest.version} has no configuration {config!r}. "
                f"It has: {', '.join(counts)}."
            )
        return tuple(counts[config])

    def path(self, config: str, split: str) -> Path:
        """The Parquet file of a split, once its bytes are found to be those of the manifest."""
        if split not in (splits := self.splits(config)):
            raise ReleaseError(
                f"configuration {config!r} of version {self.manifest.version} has no split "
                f"{split!r}. It has: {', '.join(splits)}."
            )
        return self._genuine(f"{config}/{split}.parquet")

    def _genuine(self, name: str) -> Path:
        return genuine(self.folder, name, self.manifest.file(name), remedy=_AGAIN)

    def features(self, config: str) -> dict[str, Any] | None:
        """The columns of a configuration and their types, or None when it has no rows."""
        if config not in self.manifest.counts:
            return None
        import pyarrow.parquet as pq

        path = self.path(config, self.splits(config)[0])
        return described_columns(pq.read_schema(path))

    def table(self, config: str, split: str) -> Any:
        """The rows of a split as a pyarrow Table; labels are places in its metadata's names."""
        import pyarrow.parquet as pq

        return pq.ParquetFile(self.path(config, split)).read()

    def rows(self, config: str, split: str | None = None) -> Iterator[dict[str, Any]]:
        """Rows as dictionaries, labels by name; of every split in order when none is named."""
        for name in self.splits(config) if split is None else (split,):
            yield from named_rows(self.table(config, name))


def _read(path: Path, kind: type[_T]) -> _T:
    """A record of a release; RecordError says so if a newer package may have made it."""
    try:
        return read_json(path, kind)
    except RecordError as error:
        if "unknown field" not in str(error):
            raise
        raise RecordError(
            f"{path} has a field that this version of ijcorpus does not know "
            f"({error.__cause__}): a newer one may have made the release. Install a newer ijcorpus."
        ) from error


def genuine(folder: Path, name: str, described: ReleaseFile | None, *, remedy: str) -> Path:
    """A file below a folder, once its bytes are found to be those that are described."""
    path = inside(folder, name)
    data = read_bytes(path, remedy=remedy)
    if described is None or sha256(data) != described.sha256:
        raise ReleaseError(
            f"{path} is not the file that was described: it was changed after the release. {remedy}"
        )
    return path


def described_columns(schema: Any) -> dict[str, Any]:
    """The columns that a released pyarrow Schema describes, as `datasets` writes them."""
    return json.loads(schema.metadata[b"huggingface"])["info"]["features"]


def named_rows(table: Any) -> Iterator[dict[str, Any]]:
    """The rows of a released pyarrow Table as dictionaries, labels by name."""
    named = _naming(described_columns(table.schema))
    for start in range(0, table.num_rows, _BATCH):
        rows = table.slice(start, _BATCH).to_pylist()
        yield from map(named, rows) if named else rows


def home(root: Path | None = None) -> Path | None:
    """The folder that holds `<version>` folders: below a corpus root, or the package's own."""
    if root is not None:
        return folder if (folder := root / "corpus" / "releases").is_dir() else None
    package = Path(__file__).parent
    for folder in (package / "released", package.parent / "corpus" / "releases"):
        if folder.is_dir():
            return folder
    return None


def near(root: Path) -> Path | None:
    """The root itself when it is or has a release; None means the package's own releases."""
    return root if (root / MANIFEST).is_file() or versions(root) else None


def versions(root: Path | None = None) -> tuple[str, ...]:
    """Released versions, oldest first; of a corpus root, or of the package."""
    folder = home(root)
    if folder is None:
        return ()
    found = (path.parent.name for path in folder.glob(f"*/{MANIFEST}"))
    return tuple(sorted(filter(VERSION.fullmatch, found), key=_order))


def find(version: str | None = None, root: Path | None = None) -> Release:
    """A release: the version asked for, else the newest.

    `root` is a release directory or a corpus root; without it the package's own releases are
    meant. Raises ReleaseError that lists the versions there are.
    """
    if root is not None and (root / MANIFEST).is_file():
        release = Release(root)
        if version not in (None, release.manifest.version):
            raise ReleaseError(f"{root} holds version {release.manifest.version}, not {version}.")
        return release
    known, folder = versions(root), home(root)
    if folder is None or not known:
        raise ReleaseError(
            f"{root or 'this installation'} has no released version. Make one with "
            "'ijcorpus build --freeze', or name a release directory."
        )
    if version is not None and version not in known:
        raise ReleaseError(f"there is no version {version!r}. There are: {', '.join(known)}.")
    release = Release(folder / (version or known[-1]))
    if release.manifest.version != release.folder.name:
        raise ReleaseError(
            f"{release.folder} holds version {release.manifest.version}: it was changed after the "
            "release. Bring it back from version control, or install the package again."
        )
    return release


def annotation(row: dict[str, Any]) -> Annotation:
    """The adjudicated annotation in a row of `documents` or `standoff`.

    Quotes are empty where the row has no text.
    """
    return Annotation(
        document=row["id"],
        digest=row["text_sha256"],
        scheme=row["scheme"],
        annotator=row["annotator"],
        entities=tuple(
            Entity(
                id=mention["id"],
                start=mention["start"],
                end=mention["end"],
                label=mention["label"],
                entity_id=mention["entity_id"],
                sense=mention["sense"],
                quote=mention.get("text") or "",
                origin=mention["origin"],
            )
            for mention in row["mentions"]
        ),
        stances=tuple(_stance(judgement) for judgement in row["judgements"]),
        author=tuple(AuthorStance(**stance) for stance in row["author_stances"]),
        flags=tuple(row["flags"]),
    )


def layers(release: Release) -> dict[str, dict[str, Annotation]]:
    """Every annotator's own labels: document -> annotator -> annotation.

    Where the text is withheld, quotes and notes are empty.
    """
    whole = {row["id"]: row for row in whole_rows(release)}
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in _all(release, "annotations"):
        rows.setdefault((row["document"], row["annotator"]), []).append(row)
    found: dict[str, dict[str, Annotation]] = {}
    for (document, annotator), said in rows.items():
        by = {item: [row for row in said if row["item"] == item] for item in _ITEMS}
        found.setdefault(document, {})[annotator] = annotation(
            {
                **whole[document],
                "annotator": annotator,
                "mentions": by["entity"],
                "judgements": by["stance"],
                "author_stances": [
                    {"target": row["target"], "polarity": row["polarity"]} for row in by["author"]
                ],
                "flags": by["pass"][0]["flags"],
            }
        )
    return found


def whole_rows(release: Release) -> Iterator[dict[str, Any]]:
    """The rows of whole documents: those with their text, then those without."""
    return chain(_all(release, "documents"), _all(release, "standoff"))


def _all(release: Release, config: str) -> Iterator[dict[str, Any]]:
    return release.rows(config) if config in release.manifest.counts else iter(())


def _stance(row: dict[str, Any]) -> Stance:
    kind: HolderKind | None = row["holder_kind"]
    return Stance(
        id=row["id"],
        start=row["start"],
        end=row["end"],
        holder=kind and Holder(kind=kind, mention=row["holder_mention"], type=row["holder_type"]),
        target=row["target"],
        polarity=row["polarity"],
        attribution=row["attribution"],
        flags=tuple(row["flags"]),
        note=row.get("note") or "",
        quote=row.get("text") or "",
    )


def _naming(feature: dict[str, Any]) -> Callable[[Any], Any] | None:
    """How values of a column become names; None for a column without labels, which stays as it is.

    A labelled list or record is changed in place: it was made for its row alone.
    """
    match feature.get("_type"):
        case "Value":
            return None
        case "ClassLabel":
            names = [*feature["names"], None]
            return lambda place: names[-1 if place is None else place]
        case "List":
            inner = _naming(feature["feature"])
            return inner and (lambda values: [inner(value) for value in values])
        case _:
            every = {name: _naming(one) for name, one in feature.items()}
            changes = [(name, one) for name, one in every.items() if one]

            def named(record: dict[str, Any]) -> dict[str, Any]:
                for name, change in changes:
                    record[name] = change(record[name])
                return record

            return named if changes else None


def _order(version: str) -> tuple[tuple[int, str], ...]:
    """Numbers by size: 1.10 comes after 1.9."""
    parts = re.split(r"[.\-_]", version)
    return tuple((int(part) if part.isdigit() else -1, part) for part in parts)


def encode(manifest: Manifest) -> bytes:
    """The manifest as it is written."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
