from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tiny_corpus import Corpus

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(released: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as a wheel, with the invented corpus's releases in the place of the real."""
    tree = tmp_path_factory.mktemp("tree")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree / name)
    shutil.copytree(
        ROOT / "ijcorpus", tree / "ijcorpus", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(released.root / "corpus" / "releases", tree / "corpus" / "releases")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    subprocess.run(command, cwd=tree, check=True, capture_output=True)
    [built] = (tree / "dist").glob("*.whl")
    return built


def test_a_wheel_carries_every_release(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "ijcorpus/released/1.0.0.json" in names
    assert "ijcorpus/released/1.0.0/stance/train.parquet" in names
    assert not [name for name in names if name.startswith(("tests/", "corpus/", "annotations/"))]


def test_an_installed_wheel_loads_without_checkout_or_network(
    wheel: Path, released: Corpus, tmp_path: Path
) -> None:
    place = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--quiet"]
    subprocess.run([*pip, "--target", str(place), str(wheel)], check=True)
    code = (
        "import json, socket, sys\n"
        "def refuse(*_, **__): raise AssertionError('the network was asked')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
        "import ijcorpus\n"
        "print(json.dumps([ijcorpus.__file__, ijcorpus.versions(),\n"
        "  [one.document.id for one in ijcorpus.documents()],\n"
        "  {s: len(d) for s, d in ijcorpus.load('stance').items()}]))"
    )
    settings = {"PYTHONPATH": str(place), "HF_DATASETS_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, **settings},
        check=True,
        capture_output=True,
        text=True,
    )
    file, found, documents, stance = json.loads(done.stdout)
    assert Path(file).is_relative_to(place)
    assert found == ["1.0.0"] and documents == ["alpha", "beta", "gamma"]
    assert stance == {"train": 1, "validation": 2}
    for path in (place / "ijcorpus" / "released" / "1.0.0").rglob("*.parquet"):
        original = (
            released.root
            / "corpus"
            / "releases"
            / path.relative_to(place).relative_to("ijcorpus/released")
        )
        assert path.read_bytes() == original.read_bytes()
    shown = subprocess.run(
        [sys.executable, "-m", "ijcorpus", "load", "registry", "--limit", "1"],
        cwd=tmp_path,
        env={**os.environ, **settings},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "Aki Mori" in shown.stdout
