from __future__ import annotations

from collections.abc import Iterator

import pytest
from pages import Site, site


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as made:
        yield made
