"""Rules that hold over the whole repository."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

from ijcorpus.checks.overlap import shingles, words
from ijcorpus.scheme import LabelScheme
from ijcorpus.workspace import Workspace

ROOT = Path(__file__).parents[1]
WIDTH = 8


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.texts
def test_no_eight_words_of_a_press_article_stand_in_any_file(copies: Path) -> None:
    article = {gram for path in (copies / "press").glob("*.txt") for gram in grams(path)}
    assert len(article) > 3000
    titles = {
        gram
        for source in Workspace(ROOT).sources.values()
        for gram in shingles(words(source.title), WIDTH)
    }
    for path in [*tracked(), *(ROOT / "build" / "release").rglob("*.*")]:
        found = set(grams(path)) & (article - titles)
        assert not found, f"{path}: {sorted(found)[:1]}"


def grams(path: Path) -> list[tuple[str, ...]]:
    if path.suffix == ".parquet":
        import polars

        text = polars.read_parquet(path).write_json()
    else:
        text = path.read_bytes().decode("utf-8", "ignore")
    return list(shingles(words(text), WIDTH))


def labels(scheme: LabelScheme) -> set[str]:
    lists = ("entities", "propositions", "polarities", "holder_types", "stance_flags")
    senses = {sense for label in scheme.entities for sense in label.senses}
    return senses.union(*(scheme.names(name) for name in (*lists, "document_flags")))


def test_the_package_names_no_label() -> None:
    """Another corpus is another scheme: a label in the code would tie it to this one."""
    names = labels(Workspace(ROOT).scheme)
    assert "PERSON" in names and "T10" in names and "against" in names
    for path in (ROOT / "ijcorpus").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value not in names, f"{path}:{node.lineno} names the label {node.value}"
