"""How many faults the checks catch: plants random faults in a copy of a corpus, one at a time.

    python scripts/mutation_score.py --faults 600 --seed 1

A fault is caught when the checks find an error or warning that the good corpus does not have, or
refuse to run and say which file is wrong. A change of one pass that two others outvote is told
apart, yet counts as missed. Without the withheld texts (IJCORPUS_TEXTS) only what can be seen
without them is checked. Exit code 1 when less than --least of the faults are caught.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from ijcorpus.check import check_corpus
from ijcorpus.check.cache import Cache
from ijcorpus.checks.versions import VERSION_CHECKS
from ijcorpus.errors import CorpusError
from ijcorpus.workspace import Workspace

HERE = Path(__file__).parent
# A corpus on its way to its next version has no release that these could hold it to.
HELD = {check.code for check in VERSION_CHECKS}


def _load(name: str) -> ModuleType:
    """A module beside this script, whether or not its folder is on the path."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec and spec.loader
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


corpus_faults = _load("corpus_faults")
_load("file_faults")


class Outcome(NamedTuple):
    """One planted fault: its kind, where it was planted, and the codes that caught it.

    `outvoted` says that it only makes one annotator of three say something else, which the other
    two outvote: data cannot tell such a fault from an opinion. `missed` are faults that a corpus
    on its way to its next version would keep: nothing but the last release betrays them.
    """

    kind: str
    place: str
    codes: tuple[str, ...]
    outvoted: bool = False

    @property
    def missed(self) -> bool:
        return not {*self.codes} - HELD and not self.outvoted


class Patient:
    """A copy of a corpus root that is damaged and healed, again and again."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = folder / "root"
        for name in ("corpus", "annotations"):
            shutil.copytree(root / name, self.root / name)
        self._good = self._files()
        self._folder = folder
        self._before = {self._key(finding) for finding in self._check()}

    def codes(self) -> tuple[str, ...]:
        """The codes of what is found now and was not found in the good corpus."""
        try:
            found = self._check()
        except CorpusError as error:
            return (f"refused: {type(error).__name__}",)
        new = [f for f in found if f.severity != "info" and self._key(f) not in self._before]
        return tuple(sorted({finding.code for finding in new}))

    def heal(self) -> None:
        """Bring every file back to what it was."""
        for path, data in self._files().items():
            if path not in self._good:
                path.unlink()
            elif data != self._good[path]:
                path.write_bytes(self._good[path])
        for path in self._good.keys() - self._files().keys():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self._good[path])

    def outvoted(self, place: str) -> bool:
        """Whether a place is in one of more passes than the rule of adjudication asks for."""
        layer, _, rest = place.partition("/")
        space = Workspace(self.root)
        passes = space.passes(rest.split()[0]) if rest.split()[:1] else {}
        return layer in passes and len(passes) > (space.rule.agreed_by or len(passes))

    def changed(self) -> bool:
        return self._files() != self._good

    def _files(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.root.rglob("*") if path.is_file()}

    def _check(self) -> tuple[object, ...]:
        cache = Cache(self._folder / "checked.msgpack")
        report = check_corpus(Workspace(self.root), memory=cache)
        if not cache.path.exists():
            cache.save()
        return report.findings

    @staticmethod
    def _key(finding) -> tuple[str, str, str]:
        return finding.code, finding.location.record, finding.message


def outcomes(root: Path, faults: int, seed: int) -> Iterator[Outcome]:
    """Plant so many faults, of every kind in turn, and see what the checks say."""
    chance = random.Random(seed)
    kinds: dict[str, Callable] = corpus_faults.KINDS
    with tempfile.TemporaryDirectory() as folder:
        patient = Patient(root, Path(folder))
        planted = 0
        while planted < faults:
            before = planted
            for kind, plant in kinds.items():
                if planted == faults:
                    return
                place = plant(patient.root, chance)
                # A kind that this corpus has no place for, or that changed nothing, is no fault.
                if place is not None and patient.changed():
                    planted += 1
                    codes = patient.codes()
                    unseen = not {*codes} - HELD
                    yield Outcome(kind, place, codes, unseen and patient.outvoted(place))
                patient.heal()
            if planted == before:
                raise SystemExit("no fault could be planted: is this a corpus root?")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=Path, default=HERE.parent)
    parser.add_argument("--faults", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least", type=float, default=0.98)
    asked = parser.parse_args()
    by_kind: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes(asked.root, asked.faults, asked.seed):
        by_kind[outcome.kind].append(outcome)
    print("| kind | planted | caught | by |\n|---|---|---|---|")
    for kind, found in by_kind.items():
        codes = sorted({code for outcome in found for code in outcome.codes})
        caught = sum(bool(outcome.codes) for outcome in found)
        shown = ", ".join(codes[:4]) + (f" and {len(codes) - 4} more" if len(codes) > 4 else "")
        print(f"| {kind} | {len(found)} | {caught} | {shown} |")
    every = [outcome for found in by_kind.values() for outcome in found]
    caught = sum(bool(outcome.codes) for outcome in every)
    print(f"\n{caught} of {len(every)} faults of {len(by_kind)} kinds: {caught / len(every):.1%}")
    # A second pass and recorded decisions betray most faults of marks; many corpora have neither.
    alone = sum(any(not c.startswith("adjudication-") for c in o.codes) for o in every)
    print(f"{alone} of them without the checks of adjudication: {alone / len(every):.1%}")
    unheld = sum(bool({*o.codes} - HELD) for o in every)
    print(f"{unheld} of them without the release of this version: {unheld / len(every):.1%}")
    for outcome in every:
        if not {*outcome.codes} - HELD:
            what = "by the release alone" if outcome.codes else "missed"
            why = ", outvoted by two other passes" if outcome.outvoted else ""
            print(f"{what}: {outcome.kind} at {outcome.place}{why}")
    return 0 if caught >= asked.least * len(every) else 1


if __name__ == "__main__":
    sys.exit(main())
