"""A release that a newer package made is refused with what to do about it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_corpus import Corpus

from ijcorpus.document import sha256
from ijcorpus.errors import RecordError
from ijcorpus.published import MANIFEST, SCHEME, Release

NEWER = r"a newer one may have made the release\. Install a newer ijcorpus\.$"


@pytest.fixture
def release(released: Corpus, tmp_path: Path) -> Path:
    [found] = (released.root / "corpus" / "releases").glob(f"*/{MANIFEST}")
    return Path(shutil.copytree(found.parent, tmp_path / "1.0.0"))


def change(path: Path, how: Callable[[Any], Any]) -> bytes:
    record = json.loads(path.read_bytes())
    how(record)
    path.write_text(json.dumps(record))
    return path.read_bytes()


@pytest.mark.parametrize("inner", [lambda made: made, lambda made: made["files"][0]])
def test_a_manifest_with_an_unknown_field(release: Path, inner: Callable[[Any], Any]) -> None:
    change(release / MANIFEST, lambda made: inner(made).update(licences=[]))
    with pytest.raises(RecordError, match=NEWER) as raised:
        _ = Release(release).manifest
    said = str(raised.value)
    assert said.startswith(f"{release / MANIFEST} has a field") and "`licences`" in said
    assert "Mend" not in said


def test_a_scheme_with_an_unknown_field(release: Path) -> None:
    data = change(release / SCHEME, lambda made: made.update(plum=1))

    def described(made: Any) -> None:
        [file] = [one for one in made["files"] if one["path"] == SCHEME]
        file["sha256"] = sha256(data)

    change(release / MANIFEST, described)
    with pytest.raises(RecordError, match=NEWER):
        _ = Release(release).scheme


def test_a_damaged_manifest_is_not_called_newer(release: Path) -> None:
    change(release / MANIFEST, lambda made: made.pop("files"))
    with pytest.raises(RecordError, match="missing required field `files`.* Mend the record"):
        _ = Release(release).manifest
