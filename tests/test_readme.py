"""What the README says is true: its Python runs, its commands exist, every command is in it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ijcorpus.cli import COMMANDS, cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.S)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_the_python_of_the_readme_runs(number: int, tmp_path: Path) -> None:
    environment = {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", BLOCKS[number]],
        cwd=ROOT,
        env={**environment, "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_readme_has_python() -> None:
    assert len(BLOCKS) >= 2


def test_every_command_of_the_readme_exists_and_every_command_is_in_it() -> None:
    named = set(re.findall(r"(?m)ijcorpus (?:--root \S+ )?([a-z]+)\b", README))
    assert set(COMMANDS) <= named
    assert all(name in COMMANDS for name in re.findall(r"(?m)^ijcorpus ([a-z]+)", README))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_an_example(name: str) -> None:
    shown = CliRunner().invoke(cli, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert f"ijcorpus {name}" in shown.output.split("Example", 1)[1]


def test_help_needs_no_heavy_library() -> None:
    heavy = {"datasets", "pyarrow", "spacy", "label_studio_sdk", "rich", "numpy", "trafilatura"}
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom ijcorpus.cli import cli\n"
        "assert CliRunner().invoke(cli, ['--help']).exit_code == 0\n"
        f"sys.exit(', '.join({heavy!r} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
