"""How fast work comes out of an export, and documents go to a server; each beside the plain way.

    python scripts/bench_studio.py [--tasks 10000] [--push 1000]

First, one generated export, of articles by default, becomes layers and CoNLL here, and CoNLL by
Label Studio's own converter, each in one file. Both read the same file and give the same entities,
which is asserted first: as many of each label, in the same order, of the same words. Words are cut
by rules of their own on each side: where the converter leaves a full stop or comma on a name, it is
taken off before names are compared. Here a blank line parts sentences, which the corpus knows; the
converter writes none. It writes no judgements either, while the layers have all that was said.

With --prelabels, each annotation has a copy of so many, as where a task had a prediction.

Beside it stand CoNLL alone, and the layers alone, in one file and in a file each as a pull writes
them: what that costs more is the file system's.

Every way is a process of its own, so that its peak memory is its own, which counts from after its
imports on. After a first round that does not count, all are done some rounds in turn. What is said
of a way is the median of its rounds, and a ratio the median of the ratios within a round.

With --push, a Label Studio is started in a temporary folder, and documents with prelabels are
pushed to it; beside it, the same tasks and predictions go there in one raw import.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import msgspec
from studio_export import ANNA, SCHEME, Shape, document, export

from ijcorpus.annotation import Annotation, canonical
from ijcorpus.document import Span
from ijcorpus.labelstudio import config, tasks
from ijcorpus.labelstudio.client import Studio
from ijcorpus.labelstudio.export import Export
from ijcorpus.labelstudio.plain import Layer
from ijcorpus.labelstudio.pushing import Prelabels
from ijcorpus.labelstudio.server import Server
from ijcorpus.layout import Layout
from ijcorpus.records import replacing, write_jsonl
from ijcorpus.release.conll import conll, flat

ROUNDS = 5
PUSHES = 3
Sentences = dict[str, tuple[Span, ...]]


def read(file: Path) -> Iterator[Layer]:
    """The layers of an export."""
    export = Export(file, ANNA)
    yield from export.layers(SCHEME, {})
    assert not export.pulled().findings


def ours(file: Path, folder: Path, sentences: Sentences) -> int:
    """From an export to layers, a line each, and to CoNLL."""
    done = 0
    with (
        replacing(folder / "layers.jsonl") as layers,
        replacing(folder / "ours.conll") as columns,
    ):
        for made, text in read(file):
            layers.write(msgspec.json.encode(made) + b"\n")
            mentions = flat(made.entities)
            columns.write(conll(text, mentions, sentences[made.document]).encode())
            done += 1
    return done


def bio(file: Path, folder: Path, sentences: Sentences) -> int:
    """From an export to CoNLL."""
    done = 0
    with replacing(folder / "ours.conll") as columns:
        for made, text in read(file):
            columns.write(conll(text, flat(made.entities), sentences[made.document]).encode())
            done += 1
    return done


def layers(file: Path, folder: Path, _: Sentences) -> int:
    """From an export to layers, a line each."""
    write_jsonl(folder / "layers.jsonl", (layer.annotation for layer in read(file)))
    return (folder / "layers.jsonl").read_bytes().count(b"\n")


def apart(file: Path, folder: Path, _: Sentences) -> int:
    """From an export to layers, a file each."""
    for made, _ in read(file):
        (folder / f"{made.document}.json").write_bytes(msgspec.json.encode(made))
    return sum(1 for _ in folder.iterdir())


def theirs(file: Path, folder: Path, _: Sentences) -> int:
    """From an export to CoNLL."""
    from label_studio_sdk.converter import Converter

    converter = Converter(config.labeling_config(SCHEME), str(folder), download_resources=False)
    converter.convert(str(file), str(folder), "CONLL2003", is_dir=False)
    return sum(line == "\n" for line in (folder / "result.conll").open())


WAYS = {"ours": ours, "bio": bio, "layers": layers, "apart": apart, "theirs": theirs}


def measured(way: str, folder: Path, output: Path) -> dict[str, float]:
    """A way's seconds and peak memory, without what its imports take."""
    command = [sys.executable, __file__, "--way", way, "--folder", str(folder)]
    command += ["--output", str(output)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def run_way(way: str, folder: Path, output: Path) -> None:
    if way == "theirs":
        import label_studio_sdk.converter  # noqa: F401
    sentences = msgspec.json.decode((folder / "sentences.json").read_bytes(), type=Sentences)
    before = memory("VmRSS")
    began, spent = time.perf_counter(), time.process_time()
    done = WAYS[way](folder / "export.json", output, sentences)
    said = {"wall": time.perf_counter() - began, "cpu": time.process_time() - spent}
    print(json.dumps(said | {"bytes": memory("VmHWM") - before, "done": done}))


def memory(what: str) -> int:
    """Bytes that this process has (VmRSS), or had at its peak (VmHWM), by Linux."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(what))


def codec(count: int, shape: Shape, times: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "export.json"
        file.write_bytes(export(count, shape))
        made = (document(number, shape)[0] for number in range(count))
        sentences = {one.id: one.sentences for one in made}
        (folder / "sentences.json").write_bytes(msgspec.json.encode(sentences))
        size = file.stat().st_size
        entities = checked(count, shape, folder)
        rounds: list[dict[str, dict[str, float]]] = []
        for _ in range(times):
            rounds.append({})
            for way in WAYS:
                with tempfile.TemporaryDirectory() as output:
                    rounds[-1][way] = measured(way, folder, Path(output))
    return {
        "tasks": count,
        "shape": shape._asdict(),
        "file_bytes": size,
        "same_entities": entities,
        "ways": {way: summary(way, rounds, size) for way in WAYS},
    }


def summary(way: str, rounds: list[dict[str, dict[str, float]]], size: int) -> dict[str, object]:
    """A way's medians, and how many times faster than the converter it was."""
    found: dict[str, object] = {}
    for clock in ("cpu", "wall"):
        found[f"{clock}_seconds"] = statistics.median(one[way][clock] for one in rounds)
        ratios = [one["theirs"][clock] / one[way][clock] for one in rounds]
        found[f"{clock}_times_faster"] = statistics.median(ratios)
        found[f"{clock}_times_faster_by_round"] = [round(ratio, 1) for ratio in ratios]
    return found | {"memory_by_file": max(one[way]["bytes"] for one in rounds) / size}


def checked(count: int, shape: Shape, folder: Path) -> int:
    """Run all once; the outputs must be right. Returns how many entities both have."""
    for way in WAYS:
        output = folder / way
        output.mkdir()
        assert measured(way, folder, output)["done"] >= count, way
    listed = (folder / "ours" / "layers.jsonl").read_bytes().splitlines()
    assert len(listed) == count
    for number, line in enumerate(listed):
        found = msgspec.json.decode(line, type=Annotation)
        assert found == canonical(document(number, shape)[1]), found.document
    mine = entities(folder / "ours" / "ours.conll")
    other = entities(folder / "theirs" / "result.conll")
    total = 0
    for one, two in zip_longest(mine, other):
        assert one == two, (one, two)
        total += 1
    assert total == count * shape.entities
    return total


def entities(path: Path) -> Iterator[tuple[str, str]]:
    """The label and the words of each entity in a CoNLL file."""
    label, words = "", ""
    for line in path.open():
        word, *_, tag = line.split() or ("", "O")
        if tag.startswith("I-"):
            assert tag[2:] == label
            words += word
            continue
        if label:
            yield label, words.rstrip(".,")
        label, words = tag[2:], word
    assert not label


def push(count: int) -> dict[str, object]:
    """A push with prelabels beside a raw import of the same, each into an empty project."""
    with tempfile.TemporaryDirectory() as folder:
        layout = Layout(Path(folder))
        server = Server(layout)
        access = server.up([ANNA], lambda said: print(said, file=sys.stderr))
        try:
            studio = Studio(access, layout, "bench", SCHEME)
            made = [document(number) for number in range(count)]
            listed = [one for one, _ in made]
            entities = {one.id: said.entities for one, said in made}
            raw = [
                tasks.task(one, one.id)
                | {"predictions": [tasks.predictions(said.entities, one.text, "v1")]}
                for one, said in made
            ]
            plain, ours = [], []
            for number in range(PUSHES):
                project = studio.api.create_project(
                    f"raw {number}", {"label_config": config.labeling_config(SCHEME)}
                )
                began = time.perf_counter()
                studio.api.import_tasks(project["id"], raw)
                plain.append(time.perf_counter() - began)
                studio = Studio(access, layout, f"bench {number}", SCHEME)
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
    parser.add_argument("--tasks", type=int, default=10_000, help="how many tasks to decode")
    for name, value in Shape()._asdict().items():
        parser.add_argument(f"--{name}", type=int, default=value, help=f"{name} of a task")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how many rounds count")
    parser.add_argument("--push", type=int, default=0, help="how many documents to push")
    parser.add_argument("--way", choices=[*WAYS], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--output", type=Path, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.way:
        run_way(said.way, said.folder, said.output)
        return
    report: dict[str, object] = {}
    if said.tasks:
        shape = Shape(said.words, said.entities, said.stances, said.prelabels)
        report["codec"] = codec(said.tasks, shape, said.rounds)
    if said.push:
        report["push"] = push(said.push)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
