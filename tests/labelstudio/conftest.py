from __future__ import annotations

from collections.abc import Iterator

import pytest
from studio_site import Site, make


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A corpus of its own with a server that is up; it is ended afterwards."""
    site = Site(make(tmp_path_factory.mktemp("studio") / "root"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IJCORPUS_TEXTS", str(site.root / "copies"))
        try:
            site.run("studio", "up")
            yield site
        finally:
            site.server.down()
