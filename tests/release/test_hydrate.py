from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from tiny_corpus import TEXTS, Corpus

import ijcorpus
from ijcorpus.cli import cli
from ijcorpus.errors import HydrationError
from ijcorpus.hydration import hydrate_copy, withheld
from ijcorpus.standoff import join, withhold


def test_the_same_copy_is_joined_exactly(released: Corpus) -> None:
    [one] = ijcorpus.hydrate(released.copies, root=released.root)
    workspace = released.open(copies=True)
    settled = workspace.adjudicated("secret")
    assert one.status == "exact" and one.result is not None and settled is not None
    assert one.result.document == workspace.document("secret")
    stances = tuple(msgspec.structs.replace(s, note="") for s in settled.stances)
    assert one.result.annotation == msgspec.structs.replace(settled, stances=stances)
    assert [e.quote for e in one.result.annotation.entities] == [
        "Haifa",
        "Aki Mori",
        "Mori",
        "Israel",
    ]


def test_another_file_with_the_same_clean_text(released: Corpus) -> None:
    [document] = withheld(root=released.root)
    raw = TEXTS["secret"].replace("\n", "\r\n").encode("utf-8-sig")
    made = hydrate_copy(document, raw)
    assert made.document.digest == document.document.digest
    assert made.document.raw_sha256 != document.document.raw_sha256


def test_one_changed_character_is_never_joined(released: Corpus, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(TEXTS["secret"].replace("orchard", "orchids"))
    [one] = ijcorpus.hydrate(tmp_path, root=released.root)
    [document] = withheld(root=released.root)
    assert one.status == "different" and one.result is None
    assert document.document.digest in one.reason
    assert "The file itself is another" in one.reason
    assert one.reason.endswith("Ask the archive for it.")


def test_the_reason_tells_a_cleaner_from_a_library(released: Corpus) -> None:
    [document] = withheld(root=released.root)
    copy = hydrate_copy(document, TEXTS["secret"].encode()).document
    other = msgspec.structs.replace(copy, text=copy.text + ".", cleaner="older 0")
    with pytest.raises(HydrationError, match="cleaned by 'older 0'"):
        join(document, other)
    with pytest.raises(HydrationError, match="a library that cleaning rests on"):
        join(document, msgspec.structs.replace(copy, text=copy.text + "."))


def test_missing_and_unreadable_copies(released: Corpus, tmp_path: Path) -> None:
    [one] = ijcorpus.hydrate(tmp_path, root=released.root)
    assert one.status == "absent"
    assert one.reason == (
        f"secret: there is no file in {tmp_path} that could be read. Ask the archive for it."
    )
    (tmp_path / "secret.txt").write_bytes(b"")
    with pytest.warns(UserWarning, match=r"secret\.txt was passed over: the file is empty"):
        [one] = ijcorpus.hydrate(tmp_path, root=released.root)
    assert one.status == "different" and "secret" in one.reason
    with pytest.raises(HydrationError, match="is no folder"):
        ijcorpus.hydrate(tmp_path / "nowhere", root=released.root)


def test_a_named_file_counts_whatever_its_name_and_size(
    released: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "article.download"
    copy.write_text(TEXTS["secret"])
    monkeypatch.setattr("ijcorpus.copies.MOST", 10)
    for copies in (copy, [copy], [tmp_path, copy]):
        [one] = ijcorpus.hydrate(copies, root=released.root)
        assert one.status == "exact" and one.file == str(copy)


def test_files_too_large_for_a_copy_are_passed_over(
    released: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "article.txt").write_text(TEXTS["secret"])
    [one] = ijcorpus.hydrate(tmp_path, root=released.root)
    assert one.status == "exact"
    monkeypatch.setattr("ijcorpus.copies.MOST", 10)
    with pytest.warns(UserWarning, match="more than 10 bytes. Name it if it is a copy"):
        [one] = ijcorpus.hydrate(tmp_path, root=released.root)
    assert one.status == "absent"


def forbid(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a file or folder one that may not be read, for an administrator too."""
    read, scan = Path.read_bytes, os.scandir

    def refused(given: Any) -> None:
        if Path(given) == path:
            raise PermissionError(13, "Permission denied", str(given))

    monkeypatch.setattr(Path, "read_bytes", lambda self: refused(self) or read(self))
    monkeypatch.setattr(os, "scandir", lambda given: refused(given) or scan(given))


def run(corpus: Corpus, *arguments: str, **options: Any) -> Result:
    root = ["--root", str(corpus.root), *(["--json"] if options.get("machine") else [])]
    return CliRunner().invoke(cli, [*root, "hydrate", *arguments])


@pytest.mark.parametrize("name", ["secret.txt", "another.txt", "closed"])
def test_what_cannot_be_read_does_not_stop_the_others(
    released: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    bad = tmp_path / name
    bad.mkdir() if name == "closed" else bad.write_text("whatever")
    (tmp_path / "mine.txt").write_text(TEXTS["secret"])
    forbid(bad, monkeypatch)
    shown = run(released, "--from", str(tmp_path))
    assert shown.exit_code == 1
    assert f"{bad}: not read: Permission denied. Make it readable" in shown.stdout
    assert "1 of 1 documents joined; 1 of your files could not be read" in shown.stderr
    made = run(released, "--from", str(tmp_path), machine=True)
    one, other = json.loads(made.stdout)
    assert made.exit_code == 1
    assert (one["document"], one["status"], one["file"]) == (
        "secret",
        "exact",
        str(tmp_path / "mine.txt"),
    )
    assert (other["document"], other["status"], other["file"]) == (None, "unread", str(bad))
    with pytest.warns(UserWarning, match=f"{name} was passed over: Permission denied"):
        [found] = ijcorpus.hydrate(tmp_path, root=released.root)
    assert found.status == "exact"


def test_a_copy_that_cannot_be_read_is_no_copy(
    released: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.txt").write_text(TEXTS["secret"])
    forbid(tmp_path / "secret.txt", monkeypatch)
    told: list[Path] = []
    [one] = ijcorpus.hydrate(
        tmp_path, root=released.root, unread=lambda path, reason: told.append(path)
    )
    assert (one.status, one.result) == ("absent", None)
    assert one.reason.startswith(f"secret: {tmp_path / 'secret.txt'} cannot be read.")
    assert told == [tmp_path / "secret.txt"]


def test_a_named_file_that_cannot_be_read_is_an_error(
    released: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "secret.txt"
    copy.write_text(TEXTS["secret"])
    forbid(copy, monkeypatch)
    for copies in (copy, [tmp_path, copy]):
        with pytest.raises(HydrationError, match=r"secret\.txt cannot be read: Permission denied"):
            ijcorpus.hydrate(copies, root=released.root)


def test_withheld_rows_have_no_words(released: Corpus) -> None:
    [document] = withheld(root=released.root)
    settled = released.open().adjudicated("secret")
    assert settled is not None
    assert document.annotation == withhold(settled)
    assert document.source.obtain == "Ask the archive for it."
    written = msgspec.json.encode(document).decode()
    assert "Haifa" not in written and "boycott" not in written
