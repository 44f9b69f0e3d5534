"""Documents a second: the checks against pydantic, jsonschema and UD's validator.

    python scripts/bench_checks.py --documents 10000
    python scripts/bench_checks.py --stream 100000

Synthetic documents of 400 words with 30 mentions and 10 judgements, two passes and an adjudication
each, in order, so that nobody finds anything; every third has letters beyond ASCII. All start from
the same bytes: the JSON of source, clean document and annotations. Ours is the library's `check`,
levels 1 to 6; as all documents are in one split it looks for no near duplicates. The peers make
models of the same bytes and check their form alone. First all must accept every good document and
refuse every broken one; then they take turns, a round each, and the best round counts. UD's
validator looks at as many sentences of as many words; its score is in sentences.

`--stream` checks documents that are made one by one, and prints the peak of memory.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.util
import io
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType

import msgspec

from ijcorpus.adjudicate import adjudicate
from ijcorpus.annotation import Annotation, Annotator
from ijcorpus.checks import check
from ijcorpus.checks.subject import ADJUDICATED, Layer, Subject
from ijcorpus.checks.view import CorpusView
from ijcorpus.document import Document, Source


def _load(name: str) -> ModuleType:
    """A module beside this script, whether or not its folder is on the path."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    assert spec and spec.loader
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


synthetic = _load("synthetic")
Made = synthetic.Made
OURS = "ijcorpus, levels 1 to 6"
ANEW = "ijcorpus, and adjudicated anew"
SOURCE = msgspec.json.Decoder(Source)
DOCUMENT = msgspec.json.Decoder(Document)
ANNOTATION = msgspec.json.Decoder(Annotation)
UD = "udtools, levels 1 and 2"
ANNOTATORS = {
    name: Annotator(id=name, kind="human", description="", email="", adjudicates=name == "judge")
    for name in ("one", "two", "judge")
}


def subject(one: Made, *, anew: bool = False) -> Subject:
    """One document from its bytes; raises msgspec.ValidationError."""
    said = {name: ANNOTATION.decode(data) for name, data in one.layers.items()}
    final = said.pop(ADJUDICATED)
    document = DOCUMENT.decode(one.document)
    settled = None
    if anew:
        # The second pass has missed a mention; as if it had not, so that nothing is to be decided.
        both = {"one": said["one"], "two": msgspec.structs.replace(said["one"], annotator="two")}
        settled = adjudicate(
            document.id, both, (), adjudicator="judge", sentences=document.sentences
        )
    return Subject(
        source=SOURCE.decode(one.source),
        document=document,
        layers=tuple(Layer(name=name, annotation=layer) for name, layer in said.items()),
        adjudicated=Layer(name=ADJUDICATED, annotation=final),
        settled=settled,
    )


def view(subjects: Iterable[Subject], numbers: Iterable[int]) -> CorpusView:
    return CorpusView(
        scheme=synthetic.SCHEME,
        subjects=subjects,
        registry=synthetic.REGISTRY,
        splits={f"d{number}": "train" for number in numbers},
        annotators=ANNOTATORS,
        fact_sources=frozenset(),
        today=datetime.date(2001, 1, 1),
    )


def by_ijcorpus(batch: list[Made], *, anew: bool = False) -> bool:
    try:
        subjects = (subject(one, anew=anew) for one in batch)
        return not check(view(subjects, [one.number for one in batch]), level=6).findings
    except msgspec.ValidationError:
        return False


def by_ijcorpus_anew(batch: list[Made]) -> bool:
    return by_ijcorpus(batch, anew=True)


def ways() -> dict[str, Callable[[list[Made]], bool]]:
    """Ours first; of the peers those that are installed."""
    found: dict[str, Callable[[list[Made]], bool]] = {OURS: by_ijcorpus, ANEW: by_ijcorpus_anew}
    try:
        peers = _load("structural")
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed: no pydantic and no jsonschema")
        return found
    return {**found, **peers.WAYS}


def broken(one: Made) -> Iterator[Made]:
    """Documents that differ in form from what they should be."""
    for old, new in (
        (b'"start":', b'"begin":'),
        (b'"label":"A"', b'"label":1'),
        (b'"entities":[{', b'"entities":[{"more":1,'),
        (b'"quote":"', b'"origin":"guess","quote":"'),
    ):
        wrong = {name: data.replace(old, new, 1) for name, data in one.layers.items()}
        yield one._replace(layers=wrong)
    yield one._replace(source=one.source.replace(b'"rights":"full_text"', b'"rights":"none"'))
    yield one._replace(document=one.document.replace(b'"sentences":[[0', b'"sentences":[[-1'))


def same_answers(chosen: dict[str, Callable[[list[Made]], bool]], count: int = 30) -> None:
    for number in range(count):
        one = synthetic.made(number)
        for name, way in chosen.items():
            assert way([one]), f"{name} refuses the good document {number}"
            for wrong in broken(one):
                assert wrong != one and not way([wrong]), f"{name} accepts a broken {number}"


def rate(way: Callable[[list[Made]], bool], batch: list[Made]) -> float:
    start = time.perf_counter()
    assert way(batch)
    return len(batch) / (time.perf_counter() - start)


def compare(documents: int, rounds: int) -> None:
    chosen = ways()
    same_answers(chosen)
    best: dict[str, float] = dict.fromkeys(chosen, 0)
    for at in range(rounds):
        batch = [synthetic.made(n) for n in range(at, documents, rounds)]
        for name, way in chosen.items():
            # A slow peer gets fewer documents: its rate is the same.
            few = name.startswith("jsonschema") or way is by_ijcorpus_anew
            best[name] = max(best[name], rate(way, batch[:100] if few else batch))
    print("| way | documents a second | against ours |\n|---|---|---|")
    for name, found in best.items():
        print(f"| {name} | {found:,.0f} | {found / best[OURS]:.2f} |")
    compare_sentences(best[OURS] * synthetic.SENTENCES)


def compare_sentences(ours: float, count: int = 2000) -> None:
    """Sentences a second of UD's validator, which may find nothing either, beside ours."""
    try:
        from udtools import Validator
    except ModuleNotFoundError:
        print("\nudtools is not installed: no comparison with UD's validator")
        return
    text = "".join(synthetic.conllu(number) for number in range(count // synthetic.SENTENCES))
    validator = Validator(level=2, output=None)
    start = time.perf_counter()
    state = validator.validate_file_handle(io.StringIO(text))
    found = count / (time.perf_counter() - start)
    assert state.passed(), "udtools finds a fault"
    print("\n| way | sentences a second | against ours |\n|---|---|---|")
    print(f"| {OURS}, three annotations of each | {ours:,.0f} | 1.00 |")
    print(f"| {UD} | {found:,.0f} | {found / ours:.3f} |")


def stream(count: int) -> None:
    start = time.perf_counter()
    subjects = (subject(synthetic.made(number)) for number in range(count))
    assert not check(view(subjects, range(count)), level=6).findings
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spent = time.perf_counter() - start
    print(f"{count:,} documents, one by one: peak {peak:.0f} MiB, {spent:.0f} s with making them")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--stream", type=int, help="only: check so many, made one by one")
    asked = parser.parse_args()
    if asked.stream:
        stream(asked.stream)
    else:
        compare(asked.documents, asked.rounds)


if __name__ == "__main__":
    main()
