"""A corpus root that is in order, for each test anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from invented_root import make


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small corpus root; the copy of its withheld text is not at hand unless it is named."""
    monkeypatch.delenv("IJCORPUS_TEXTS", raising=False)
    return make(tmp_path)
