"""What the README says is true: its Python runs, its commands exist, every command is in it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ijcorpus.cli import COMMANDS, cli
from ijcorpus.document import Source

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.S)


def run(code: str, home: Path) -> str:
    environment = {"HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**environment, "HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_the_python_of_the_readme_runs(number: int, tmp_path: Path) -> None:
    assert run(BLOCKS[number], tmp_path).strip()


def test_the_standoff_example_prints_what_the_readme_says(tmp_path: Path) -> None:
    [code] = [block for block in BLOCKS if "place_all(" in block]
    said = README.split(code)[1].split("\n\n")[1].replace("\n", " ")
    told = (
        r"It prints `(.+)` and `(.+)` as (\w+), and for the third that (.+) stands in its place\."
    )
    assert (found := re.match(told, said)), said
    first, second, status, other = found.groups()
    one, two, three = (line.split(maxsplit=3)[2:] for line in run(code, tmp_path).splitlines())
    assert (one, two) == ([status, first], [status, second])
    assert three[0] != status and three[1].startswith(f"{other} stands in its place")


def test_the_guide_to_another_corpus_names_every_field_of_a_source() -> None:
    guide = (ROOT / "docs" / "another-corpus.md").read_text()
    files = ("`corpus/fact_sources.jsonl`", "`ijcorpus fingerprint`")
    named = (*(f"`{name}`" for name in Source.__struct_fields__), *files)
    assert [name for name in named if name not in guide] == []


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
