"""A tiny corpus of invented texts, and its server, worked with as a user does."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from ijcorpus.annotation import Annotator
from ijcorpus.cli import cli
from ijcorpus.document import Document, RawMap
from ijcorpus.labelstudio.api import Api, Task
from ijcorpus.labelstudio.client import Studio
from ijcorpus.labelstudio.server import Access, Server, access
from ijcorpus.workspace import Workspace

SCHEME = Path(__file__).parents[2] / "annotations" / "scheme.toml"

TEXTS = {
    "doc-harbour": """\
Mira Lind opens a harbour office

Mira Lind praised the ferry line between Osaka and Haifa on Monday. "More ferries, more trust," \
Lind said in Osaka.

The Harbour Union called the plan careless. 👍🏽 Its chair, Juno Sato, would not be quoted.
""",
    "doc-café": """\
Short notes

The café owner 山田 Hana welcomed guests from שלום House, she said. The 👩🏽 room is open. \
Residents were against the noise.
""",
    "doc-plain": """\
A quiet day

Nothing happened in Nara, and nobody minded.
""",
}
IDS = {"doc-harbour": "doc-harbour", "doc-café": "doc-cafe", "doc-plain": "doc-plain"}

HARBOUR = """\
Mira Lind opens a harbour office

[Mira Lind](PERSON ent-0001) praised the ferry line between [Osaka](GPE ent-0002 place) and \
[Haifa](GPE nil-haifa place) on Monday. "More ferries, more trust," [Lind](PERSON ent-0001) \
said in [Osaka](GPE ent-0002 place).

The [Harbour Union](ORG nil-harbour-union) called the plan careless. 👍🏽 Its chair, \
[Juno Sato](PERSON nil-juno-sato), would not be quoted.

%% stance
1. "praised the ferry line" | "Mira Lind" | T2 favor | conduct
2. "More ferries, more trust" | "Lind":firm | T1 favor | direct | implicit | she means trust
3. "called the plan careless" | "Harbour Union":ngo_activist | T2 against | indirect
%% author
T2 neutral
%% flags
sensitive
"""

CAFE = """\
Short notes

The café owner [山田 Hana](PERSON nil-hana-yamada) welcomed guests from \
[שלום House](FAC nil-shalom-house), she said. The 👩🏽 room is open. Residents were against the \
noise.

%% stance
1. "welcomed guests" | "山田 Hana":private_person | T10 favor | conduct
2. "against the noise" | UNNAMED:private_person | T10 neutral | indirect
"""


class Site:
    """A tiny corpus and its server, worked with as a user does: by commands."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def space(self) -> Workspace:
        return Workspace(self.root)

    @property
    def server(self) -> Server:
        return Server(self.space.layout)

    @property
    def access(self) -> Access:
        return access(self.space.layout)

    @property
    def studio(self) -> Studio:
        space = self.space
        known = space.registry.values()
        return Studio(self.access, space.layout, space.info.name, space.scheme, known)

    def annotator(self, name: str) -> Annotator:
        return self.space.annotators[name]

    def api(self, name: str) -> Api:
        return Api(self.access.url, self.access.accounts[name].token)

    def project(self, name: str) -> int:
        found = self.studio.api.project(f"tiny · {name}")
        assert found is not None
        return found["id"]

    def tasks(self, name: str) -> dict[str, Task]:
        listed = self.studio.api.tasks(self.project(name))
        assert len({task.key for task in listed}) == len(listed)
        return {task.document: task for task in listed}

    def try_(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, ["--root", str(self.root), "--json", *arguments])

    def run(self, *arguments: str, code: int = 0) -> Any:
        result = self.try_(*arguments)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    def pull(self, *names: str, code: int = 0) -> dict[str, Any]:
        """What a pull reports, by annotator."""
        chosen = [word for name in names for word in ("--annotator", name)]
        return {report["annotator"]: report for report in self.run("pull", *chosen, code=code)}

    def mark(self, document: str, markup: str) -> str:
        path = self.root / "drafts" / f"{document}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(markup)
        return str(path)


def make(root: Path) -> Path:
    """Write the corpus under a folder: two annotators, one of them with prelabels.

    The reader's own copies are in `copies`.
    """
    folders = {"full_text": root / "corpus" / "texts", "standoff": root / "copies"}
    for folder in folders.values():
        folder.mkdir(parents=True)
    (root / "annotations" / "guidelines").mkdir(parents=True)
    (root / "corpus" / "corpus.toml").write_text(_INFO)
    sources: list[str] = []
    for name, text in TEXTS.items():
        (folders[rights(IDS[name])] / f"{IDS[name]}.txt").write_text(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        sources.append(json.dumps(_source(IDS[name], text, digest)))
    (root / "corpus" / "sources.jsonl").write_text("\n".join(sources) + "\n")
    (root / "annotations" / "scheme.toml").write_text(SCHEME.read_text())
    (root / "annotations" / "annotators.toml").write_text(_ANNOTATORS)
    (root / "annotations" / "registry.jsonl").write_text(
        "".join(json.dumps(entry) + "\n" for entry in _REGISTRY)
    )
    for page in ("entities.md", "stance.md"):
        (root / "annotations" / "guidelines" / page).write_text(f"# {page}\n\nRead *this* first.\n")
    return root


def plain(name: str, text: str) -> Document:
    """A document of this text, of no source."""
    return Document(
        id=name,
        text=text,
        sections=(),
        sentences=(),
        raw_map=RawMap(()),
        raw_sha256="",
        cleaner="none",
    )


def rights(document: str) -> str:
    """One of the texts may not ship."""
    return "standoff" if document == "doc-cafe" else "full_text"


def _source(name: str, text: str, digest: str) -> dict[str, str]:
    return {
        "id": name,
        "subset": "original",
        "rights": rights(name),
        "title": text.splitlines()[0],
        "publisher": "none",
        "date": "2001-02-03",
        "genre": "news",
        "period": "test",
        "vantage": "test",
        "topic": "test",
        "licence": "CC0-1.0",
        "path": f"{name}.txt",
        "format": "text",
        "sha256": digest,
        "obtain": "It ships.",
    }


_INFO = """\
name = "tiny"
title = "A tiny corpus"
version = "0.0.1"
released = "2001-02-03"
description = "Invented texts."
language = "en"
licence = "CC0-1.0"
licence_url = "https://example.org"
authors = ["nobody"]
repository = "https://example.org"
keywords = []
provenance = "Invented."
"""

_ANNOTATORS = """\
[[annotator]]
id = "with-labels"
kind = "model"
description = "Starts from prelabels"
email = "with-labels@tiny.example"
prelabels = true

[[annotator]]
id = "from-nothing"
kind = "human"
description = "Starts from the bare text"
email = "from-nothing@tiny.example"

[[annotator]]
id = "judge"
kind = "human"
description = "Adjudicates"
email = "judge@tiny.example"
adjudicates = true

[[annotator]]
id = "by-rule"
kind = "rule"
description = "Applies the registry"
email = "by-rule@tiny.example"
"""

_REGISTRY = [
    {
        "id": "ent-0001",
        "name": "Mira Lind",
        "label": "PERSON",
        "side": None,
        "aliases": [],
        "ambiguous": [],
        "note": "",
        "verified": True,
    },
    {
        "id": "ent-0002",
        "name": "Osaka",
        "label": "GPE",
        "side": "JP",
        "aliases": [],
        "ambiguous": [],
        "note": "",
        "verified": True,
    },
]
