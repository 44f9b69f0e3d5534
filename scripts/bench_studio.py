"""How fast work comes out of an export, and documents go to a server; each beside the plain way.

    python scripts/bench_studio.py [--tasks 1000] [--push 1000]

First, one generated export becomes layers here, and CoNLL by Label Studio's own converter; each in
a process of its own, so that its peak memory is its own, and each into one file. Beside it stand
layers in a file each, as a pull writes them: what that costs more is the file system's. With
--push, a Label Studio is started in a temporary folder, and documents with prelabels are pushed to
it; beside it, the same tasks and predictions go there in one raw import. All is done three times in
turn, and the medians are compared.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from ijcorpus.annotation import Annotation, Annotator, Entity, Holder, Stance
from ijcorpus.document import Document, RawMap
from ijcorpus.labelstudio import config, tasks
from ijcorpus.labelstudio.bulk import read_export
from ijcorpus.labelstudio.client import Studio
from ijcorpus.labelstudio.harvest import Snapshot, harvest
from ijcorpus.labelstudio.pushing import Prelabels
from ijcorpus.labelstudio.server import Server
from ijcorpus.layout import Layout
from ijcorpus.records import write_jsonl
from ijcorpus.scheme import LabelScheme, read_scheme

ANNA = Annotator(
    id="anna", kind="human", description="", email="anna@bench.example", prelabels=True
)
WORDS = (
    "the harbour of Osaka and its ferry line to Haifa were praised by Mira Lind on Monday because "
    "more ferries mean more trust"
)


ROUNDS = 3


def scheme() -> LabelScheme:
    path = Path(__file__).parents[1] / "annotations" / "scheme.toml"
    return read_scheme(path.read_text())


def document(number: int) -> tuple[Document, Annotation]:
    """A text of 300 words with 20 entities and 2 stances, the same for the same number."""
    rules, chance = scheme_once, random.Random(number)
    words = [chance.choice(WORDS.split()) for _ in range(300)]
    text = f"{number} " + " ".join(words) + "."
    starts, place = [], len(f"{number} ")
    for word in words:
        starts.append((place, place + len(word)))
        place += len(word) + 1
    chosen = sorted(chance.sample(range(300), 20))
    entities = tuple(
        Entity(
            id=f"e{at}",
            start=starts[word][0],
            end=starts[word][1],
            label=chance.choice(rules.label_names),
            quote=words[word],
        )
        for at, word in enumerate(chosen, start=1)
    )
    stances = tuple(
        Stance(
            id=f"s{at}",
            start=starts[word][0],
            end=starts[word + 3][1],
            holder=Holder(kind="mention", mention="e1"),
            target=chance.choice(rules.target_names),
            polarity=chance.choice(rules.polarity_names),
            attribution=chance.choice(rules.names("attributions")),
            quote=text[starts[word][0] : starts[word + 3][1]],
        )
        for at, word in enumerate((50, 200), start=1)
    )
    made = Document(
        id=f"doc-{number}",
        text=text,
        sections=(),
        sentences=(),
        raw_map=RawMap(()),
        raw_sha256="",
        cleaner="bench",
    )
    said = Annotation(
        document=made.id,
        digest=made.digest,
        scheme=rules.version,
        annotator=ANNA.id,
        entities=entities,
        stances=stances,
    )
    return made, said


def export(count: int) -> bytes:
    """What a server would give for so many finished tasks."""
    listed = []
    for number in range(count):
        made, said = document(number)
        result = tasks.result(said, made.text, scheme_once)
        annotation = {"id": number, "completed_by": 1, "was_cancelled": False, "result": result}
        listed.append(
            tasks.task(made, made.id) | {"id": number, "annotations": [annotation], "drafts": []}
        )
    return msgspec.json.encode(listed)


def layers(file: Path) -> dict[str, Annotation]:
    """The layers of an export."""
    snapshot = Snapshot(
        project="bench",
        config="",
        model_version="",
        users={"1": ANNA.email},
        tasks=tuple(read_export(file.read_bytes())),
    )
    pulled = harvest(snapshot, ANNA, scheme_once, {})
    assert not pulled.findings
    return pulled.annotations


def ours(file: Path, folder: Path) -> int:
    """From an export to layers, a line each."""
    found = layers(file)
    write_jsonl(folder / "layers.jsonl", found.values())
    return len(found)


def apart(file: Path, folder: Path) -> int:
    """From an export to layers, a file each."""
    found = layers(file)
    for name, annotation in found.items():
        (folder / f"{name}.json").write_bytes(msgspec.json.encode(annotation))
    return len(found)


def theirs(file: Path, folder: Path) -> int:
    """From an export to CoNLL."""
    from label_studio_sdk.converter import Converter

    converter = Converter(
        config.labeling_config(scheme_once), str(folder), download_resources=False
    )
    converter.convert(str(file), str(folder), "CONLL2003", is_dir=False)
    return sum(path.read_text().count("\n\n") for path in folder.iterdir())


WAYS = {"ours": ours, "apart": apart, "theirs": theirs}


def measured(way: str, file: Path) -> dict[str, float]:
    """A way's CPU seconds and peak memory, without what its imports take."""
    command = [sys.executable, __file__, "--way", way, "--file", str(file)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def run_way(way: str, file: Path) -> None:
    if way == "theirs":
        import label_studio_sdk.converter  # noqa: F401
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        done = WAYS[way](file, Path(folder))
        seconds = time.process_time() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "bytes": (after - before) * 1024, "done": done}))


def codec(count: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "export.json"
        file.write_bytes(export(count))
        size = file.stat().st_size
        rounds = [{way: measured(way, file) for way in WAYS} for _ in range(ROUNDS)]
    assert all(done["done"] == count for found in rounds for done in found.values())
    seconds = {way: [found[way]["seconds"] for found in rounds] for way in WAYS}
    middle = {way: statistics.median(taken) for way, taken in seconds.items()}
    return {
        "tasks": count,
        "file_bytes": size,
        "cpu_seconds": seconds,
        "times_faster": middle["theirs"] / middle["ours"],
        "times_faster_apart": middle["theirs"] / middle["apart"],
        "memory_by_file": max(found["ours"]["bytes"] for found in rounds) / size,
    }


def push(count: int) -> dict[str, object]:
    """A push with prelabels beside a raw import of the same, each into an empty project."""
    with tempfile.TemporaryDirectory() as folder:
        layout = Layout(Path(folder))
        server = Server(layout)
        access = server.up([ANNA], lambda said: print(said, file=sys.stderr))
        try:
            studio = Studio(access, layout, "bench", scheme_once)
            made = [document(number) for number in range(count)]
            listed = [one for one, _ in made]
            entities = {one.id: said.entities for one, said in made}
            raw = [
                tasks.task(one, one.id)
                | {"predictions": [tasks.predictions(said.entities, one.text, "v1")]}
                for one, said in made
            ]
            plain, ours = [], []
            for number in range(ROUNDS):
                project = studio.api.create_project(
                    f"raw {number}", {"label_config": config.labeling_config(scheme_once)}
                )
                began = time.perf_counter()
                studio.api.import_tasks(project["id"], raw)
                plain.append(time.perf_counter() - began)
                studio = Studio(access, layout, f"bench {number}", scheme_once)
                titles = {one.id: one.id for one in listed}
                began = time.perf_counter()
                pushed = studio.push(
                    ANNA, listed, titles, Prelabels(version="v1", entities=entities)
                )
                ours.append(time.perf_counter() - began)
                assert len(pushed.created) == len(pushed.prelabelled) == count
        finally:
            server.down()
    return {
        "documents": count,
        "raw": plain,
        "push": ours,
        "ratio": statistics.median(ours) / statistics.median(plain),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=1000, help="how many tasks to decode")
    parser.add_argument("--push", type=int, default=0, help="how many documents to push")
    parser.add_argument("--way", choices=[*WAYS], help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.way:
        run_way(said.way, said.file)
        return
    report: dict[str, object] = {"codec": codec(said.tasks)}
    if said.push:
        report["push"] = push(said.push)
    print(json.dumps(report, indent=1))


scheme_once = scheme()
if __name__ == "__main__":
    main()
