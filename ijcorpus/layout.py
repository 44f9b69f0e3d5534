"""Where everything of a corpus root lies: every path, once."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ijcorpus.errors import RecordError

TEXTS_VARIABLE = "IJCORPUS_TEXTS"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


class Layout:
    """The paths of one corpus root.

    `copies` is the folder of the reader's own copies of texts that may not ship: the argument,
    or the folder that the environment variable IJCORPUS_TEXTS names, or None.
    """

    def __init__(self, root: Path, copies: Path | None = None) -> None:
        self.root = root
        named = os.environ.get(TEXTS_VARIABLE)
        self.copies = copies or (Path(named) if named else None)

        self.info = root / "corpus" / "corpus.toml"
        self.sources = root / "corpus" / "sources.jsonl"
        self.fact_sources = root / "corpus" / "fact_sources.jsonl"
        self.fact_checks = root / "corpus" / "fact_checks.jsonl"
        self.texts = root / "corpus" / "texts"
        self.standoff = root / "corpus" / "standoff"
        self.fingerprints = root / "corpus" / "fingerprints"
        self.releases = root / "corpus" / "releases"

        self.scheme = root / "annotations" / "scheme.toml"
        self.guidelines = root / "annotations" / "guidelines"
        self.registry = root / "annotations" / "registry.jsonl"
        self.annotators = root / "annotations" / "annotators.toml"
        self.layers = root / "annotations" / "layers"
        self.adjudicated = root / "annotations" / "adjudicated"
        self.decisions = root / "annotations" / "decisions.jsonl"
        self.rule = root / "annotations" / "adjudication.toml"
        self.splits = root / "annotations" / "splits.tsv"
        self.assignment = root / "annotations" / "assignment.toml"
        self.assigned = root / "annotations" / "assigned.tsv"
        self.waivers = root / "annotations" / "waivers.jsonl"

        self.build = root / "build"
        self.release = root / "build" / "release"
        self.studio = root / ".studio"

    def layer(self, annotator: str, document: str) -> Path:
        """One annotator's annotation of one document."""
        return self.layers / safe_name(annotator) / f"{safe_name(document)}.json"

    def adjudication(self, document: str) -> Path:
        """The adjudicated annotation of one document."""
        return self.adjudicated / f"{safe_name(document)}.json"

    def standoff_document(self, document: str) -> Path:
        """What is known of a text that may not ship."""
        return self.standoff / f"{safe_name(document)}.json"

    def manifest(self, version: str) -> Path:
        """The manifest of a released version."""
        return self.releases / f"{safe_name(version)}.json"


def safe_name(name: str) -> str:
    """The name itself, if it can stand for a file and cannot leave its folder."""
    if not _NAME.fullmatch(name) or ".." in name:
        raise RecordError(
            f"{name!r} cannot be an id: ids are lower-case letters, digits, '.', '_' and '-', "
            "and begin with a letter or digit. Rename it."
        )
    return name


def inside(folder: Path, relative: str) -> Path:
    """A path below a folder; raises RecordError when it would leave it."""
    path = (folder / relative).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise RecordError(f"the path {relative!r} leaves {folder}. Name a file inside it.")
    return path
