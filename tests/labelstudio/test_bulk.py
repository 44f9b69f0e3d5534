"""Python's collector, which waits while an export is read, and is left as it was found."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import msgspec
import pytest

from ijcorpus.labelstudio.bulk import read_export, uncollected


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    yield
    gc.enable()


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_the_collector_waits_and_is_left_as_it_was(on: bool, fails: bool) -> None:
    (gc.enable if on else gc.disable)()
    try:
        with uncollected():
            assert not gc.isenabled()
            with uncollected():
                pass
            assert not gc.isenabled()
            if fails:
                raise KeyError
    except KeyError:
        assert fails
    assert gc.isenabled() == on


def test_an_export_is_its_tasks_and_nothing_else_is_taken_for_one() -> None:
    assert read_export(b'[{"id": 1, "annotations": []}]') == [{"id": 1, "annotations": []}]
    for broken in (b"", b'[{"id": 1}', b'{"id": 1}', b"[1]"):
        with pytest.raises(msgspec.DecodeError):
            read_export(broken)
    assert gc.isenabled()
