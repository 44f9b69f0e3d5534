from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_corpus import Corpus, make

from ijcorpus.release.build import freeze


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """An unreleased corpus root."""
    return make(tmp_path / "root", tmp_path / "copies")


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A corpus root with version 1.0 frozen; not to be changed."""
    folder = tmp_path_factory.mktemp("released")
    corpus = make(folder / "root", folder / "copies")
    freeze(corpus.open(copies=True))
    return corpus


@pytest.fixture
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache of `datasets` that no other test has written to."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    yield tmp_path / "cache"
