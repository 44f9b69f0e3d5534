from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tiny_corpus import TEXTS, Corpus

import ijcorpus
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
    assert one.status == "absent" and "does not exist. Ask the archive for it." in one.reason
    (tmp_path / "secret.txt").write_bytes(b"")
    [one] = ijcorpus.hydrate(tmp_path, root=released.root)
    assert one.status == "different" and "secret" in one.reason
    with pytest.raises(HydrationError, match="is no folder"):
        ijcorpus.hydrate(tmp_path / "nowhere", root=released.root)


def test_a_named_file_counts_whatever_its_name_and_size(
    released: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "article.download"
    copy.write_text(TEXTS["secret"])
    monkeypatch.setattr("ijcorpus.hydration.MOST", 10)
    for copies in (copy, [copy], [tmp_path, copy]):
        [one] = ijcorpus.hydrate(copies, root=released.root)
        assert one.status == "exact" and one.file == str(copy)


def test_files_too_large_for_a_copy_are_passed_over(
    released: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "article.txt").write_text(TEXTS["secret"])
    [one] = ijcorpus.hydrate(tmp_path, root=released.root)
    assert one.status == "exact"
    monkeypatch.setattr("ijcorpus.hydration.MOST", 10)
    [one] = ijcorpus.hydrate(tmp_path, root=released.root)
    assert one.status == "absent"


def test_withheld_rows_have_no_words(released: Corpus) -> None:
    [document] = withheld(root=released.root)
    settled = released.open().adjudicated("secret")
    assert settled is not None
    assert document.annotation == withhold(settled)
    assert document.source.obtain == "Ask the archive for it."
    written = msgspec.json.encode(document).decode()
    assert "Haifa" not in written and "boycott" not in written
