from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what this machine cannot run; in CI everything must run."""
    if os.environ.get("CI"):
        return
    reasons = {
        "texts": (bool(os.environ.get("IJCORPUS_TEXTS")), "IJCORPUS_TEXTS names no folder"),
        "browser": (bool(shutil.which("chromium")), "there is no chromium"),
    }
    for item in items:
        for marker, (possible, reason) in reasons.items():
            if not possible and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def copies() -> Path:
    """The folder of the texts that may not ship."""
    folder = Path(os.environ["IJCORPUS_TEXTS"])
    assert folder.is_dir(), f"IJCORPUS_TEXTS names {folder}, which is no folder"
    return folder
