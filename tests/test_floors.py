"""The floors of the house: the contracts hold, and a planted violation breaks them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    command = "import sys; from importlinter.cli import lint_imports_command as c; c()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("document.py", "from ijcorpus.scheme import LabelScheme"),
        ("markup.py", "from ijcorpus.splits import split_of"),
        ("prelabel.py", "import httpx"),
        ("loading.py", "import spacy"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, module: str, line: str) -> None:
    shutil.copytree(ROOT / "ijcorpus", tmp_path / "ijcorpus")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    clean = contracts(tmp_path)
    assert clean.returncode == 0, clean.stdout + clean.stderr
    planted = tmp_path / "ijcorpus" / module
    planted.write_text(planted.read_text() + f"\n{line}\n")
    assert contracts(tmp_path).returncode == 1
