"""What other corpora copy from us: the pre-commit hook and the workflow, run as they stand."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parents[2]
ENVIRONMENT = {
    **os.environ,
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
}


def hook() -> dict[str, Any]:
    (one,) = yaml.safe_load((HERE / ".pre-commit-hooks.yaml").read_text())
    return one


def block(start: str) -> Any:
    """The YAML block of the documentation that begins with some words."""
    blocks = re.findall(r"```yaml\n(.*?)```", (HERE / "docs/checking.md").read_text(), re.DOTALL)
    (one,) = [yaml.safe_load(text) for text in blocks if text.startswith(start)]
    return one


def in_root(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=root, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


def damage(root: Path) -> None:
    path = root / "annotations/layers/one/open-1.json"
    path.write_text(path.read_text().replace("SPOT", "CREATURE"))


def test_the_hook_passes_a_good_corpus_and_stops_a_damaged_one(root: Path) -> None:
    entry = shlex.split(hook()["entry"])
    assert in_root(root, *entry).returncode == 0
    damage(root)
    stopped = in_root(root, *entry)
    assert stopped.returncode == 1
    assert "unknown-label" in stopped.stdout


def test_the_hook_runs_on_the_files_that_it_checks_and_is_the_one_in_the_documentation() -> None:
    wanted = re.compile(hook()["files"])
    for name in ("corpus/sources.jsonl", "annotations/layers/one/a.json"):
        assert wanted.search(name)
    assert not wanted.search("docs/checking.md")
    (repository,) = block("repos:")["repos"]
    assert [one["id"] for one in repository["hooks"]] == [hook()["id"]]


@pytest.mark.parametrize(
    ("file", "code", "success"),
    [
        (None, 0, True),
        ("annotations/layers/one/open-1.json", 1, True),
        ("annotations/scheme.toml", 2, False),
    ],
)
def test_the_workflow_has_a_log_to_upload_whatever_is_wrong(
    root: Path, file: str | None, code: int, success: bool
) -> None:
    if file:
        (root / file).write_text("{")
    (job,) = block("name: corpus")["jobs"].values()
    (step,) = [s["run"] for s in job["steps"] if s.get("run", "").startswith("ijcorpus")]
    (upload,) = [s["with"]["sarif_file"] for s in job["steps"] if "sarif_file" in s.get("with", {})]
    assert in_root(root, "bash", "-e", "-c", step).returncode == code
    (made,) = json.loads((root / upload).read_text())["runs"]
    assert made["invocations"][0]["executionSuccessful"] is success
    assert len(made["results"]) == (code == 1)
