"""A small invented corpus root, which is in order, and ways to run `ijcorpus check` on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
from click.testing import CliRunner, Result

from ijcorpus.annotation import Annotation, Entity
from ijcorpus.cli import cli
from ijcorpus.document import sha256
from ijcorpus.records import write_json, write_jsonl
from ijcorpus.workspace import Workspace

SCHEME = Path(__file__).parents[1] / "fixtures" / "checks" / "scheme.toml"
RAW = "Tea in Wend\n\nAda Moss poured tea in Wend. Rain fell on the roofs of Wend all night.\n"
SECRET = "A secret kettle\n\nNobody may read how the secret kettle came to Wend by night.\n"
ANNOTATORS = """
[[annotator]]
id = "{0}"
kind = "human"
description = "Somebody"
email = "{0}@invented.example"
"""
INFO: dict[str, Any] = {
    "name": "invented", "title": "Invented", "version": "1", "released": "2001-01-01",
    "description": "Invented.", "language": "en", "licence": "CC0-1.0",
    "licence_url": "https://invented.example", "authors": ["nobody"],
    "repository": "https://invented.example", "keywords": [], "provenance": "Invented.",
}  # fmt: skip


def make(folder: Path) -> Path:
    """A root with one text that ships, and one that does not, whose copy lies beside the root."""
    corpus, annotations = folder / "root" / "corpus", folder / "root" / "annotations"
    copies = folder / "copies"
    for new in (corpus / "texts", annotations, copies):
        new.mkdir(parents=True)
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in INFO.items()]
    (corpus / "corpus.toml").write_text("".join(lines))
    (corpus / "texts" / "open-1.txt").write_text(RAW)
    (copies / "press-1.txt").write_text(SECRET)
    write_jsonl(corpus / "sources.jsonl", [source("open-1", RAW), source("press-1", SECRET)])
    write_jsonl(
        corpus / "fact_sources.jsonl", [{"id": "fact-1", "url": "https://invented.example"}]
    )
    (annotations / "scheme.toml").write_text(SCHEME.read_text())
    (annotations / "annotators.toml").write_text("".join(map(ANNOTATORS.format, ("one", "two"))))
    (annotations / "splits.tsv").write_text("open-1\tearly\npress-1\tlate\n")
    write_jsonl(annotations / "registry.jsonl", [])
    workspace = Workspace(folder / "root", copies)
    for name in workspace.sources:
        document = workspace.document(name)
        if name == "press-1":
            write_json(workspace.layout.standoff_document(name), document.standoff())
        annotate(workspace, name)
    return folder / "root"


def source(name: str, raw: str) -> dict[str, Any]:
    ships = name.startswith("open")
    return {
        "id": name, "subset": "original" if ships else "press",
        "rights": "full_text" if ships else "standoff", "title": raw.split("\n")[0],
        "publisher": "none", "date": "2001", "genre": "note", "period": "now", "vantage": "here",
        "topic": name, "licence": "CC0-1.0", "path": f"{name}.txt", "format": "text",
        "sha256": sha256(raw), "obtain": "Write it.", "drafted_by": "nobody", "facts": ["fact-1"],
    }  # fmt: skip


def annotate(workspace: Workspace, name: str, **change: Any) -> None:
    """Every pass and the adjudication mark `Wend`, where it first stands, changed as is said."""
    text = workspace.document(name).text
    start = text.index("Wend")
    entity = Entity(
        id="e1",
        start=start,
        end=start + 4,
        label="SPOT",
        entity_id="nil-wend",
        sense="ground",
        quote="Wend" if name == "open-1" else "",
    )
    for who in ("one", "two", "judge"):
        annotation = Annotation(
            document=name,
            digest=sha256(text),
            scheme="7",
            annotator=who,
            entities=(msgspec.structs.replace(entity, **change),),
        )
        layout = workspace.layout
        write_json(
            layout.adjudication(name) if who == "judge" else layout.layer(who, name), annotation
        )


def run(root: Path, *args: str) -> Result:
    before = ("--root", str(root), *(("--json",) if "--json" in args else ()))
    rest = [arg for arg in args if arg != "--json"]
    return CliRunner().invoke(cli, [*before, "check", *rest])


def found(result: Result) -> list[tuple[str, str]]:
    findings = json.loads(result.output)["findings"]
    assert result.exit_code == (1 if findings else 0)
    places = [finding["location"] for finding in findings]
    return [(at.get("document", ""), at.get("record", "")) for at in places]


def tree(root: Path) -> dict[str, bytes]:
    files = [path for path in root.rglob("*") if path.is_file() and "build" not in path.parts]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
