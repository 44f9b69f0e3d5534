from __future__ import annotations

import os
from pathlib import Path

import pytest

from ijcorpus.annotation import Decision
from ijcorpus.errors import RecordError
from ijcorpus.records import read_json, read_jsonl, read_text, write_bytes, write_jsonl


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    write_bytes(path, b"old")

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_bytes(path, b"new and longer")
    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]


def test_readers_never_see_half_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    write_bytes(path, b"old")
    seen: list[bytes] = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (seen.append(path.read_bytes()), sync(file)))
    write_bytes(path, b"new")
    assert seen == [b"old"] and path.read_bytes() == b"new"


def test_modes_are_as_asked(tmp_path: Path) -> None:
    write_bytes(tmp_path / "secret", b"x", mode=0o600)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_bad_records_are_named_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    write_jsonl(path, [])
    assert [*read_jsonl(path, Decision)] == []
    path.write_text('\n{"document": "d"}\n')
    with pytest.raises(RecordError, match=r"decisions.jsonl, line 2: .*missing.*Mend the record"):
        [*read_jsonl(path, Decision)]
    with pytest.raises(RecordError, match="gone.json: No such file"):
        read_json(tmp_path / "gone.json", Decision)
    path.write_bytes(b"ab\xff")
    with pytest.raises(RecordError, match="byte 2 is not UTF-8"):
        read_text(path, remedy="")
