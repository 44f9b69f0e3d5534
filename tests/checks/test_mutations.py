"""The mutation score in small, on the real corpus; `scripts/mutation_score.py` has it in full."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = ROOT / "scripts" / "mutation_score.py"
    spec = importlib.util.spec_from_file_location("mutation_score", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutation_score"] = module
    spec.loader.exec_module(module)
    return module


def test_the_checks_catch_a_fault_of_many_kinds(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IJCORPUS_TEXTS", raising=False)
    found = [*script.outcomes(ROOT, faults=40, seed=3)]
    assert len({outcome.kind for outcome in found}) >= 25
    missed = [outcome for outcome in found if outcome.missed]
    assert len(missed) <= 0.02 * len(found), missed


def test_a_fault_is_healed_and_an_unharmed_corpus_has_none(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IJCORPUS_TEXTS", raising=False)
    patient = script.Patient(ROOT, tmp_path)
    assert patient.codes() == () and not patient.changed()
    path = patient.root / "annotations" / "splits.tsv"
    path.write_text("")
    (path.parent / "layers" / "stray.json").write_text("{}")
    assert patient.changed()
    assert {"split-missing", "file-stray"} <= {*patient.codes()}
    patient.heal()
    assert patient.codes() == () and not patient.changed()
