"""Which files are copies, whatever they are called, and what is said of those that are none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from tiny_corpus import TEXTS, Corpus

import ijcorpus
from ijcorpus.cli import cli
from ijcorpus.copies import OTHER_KIND
from ijcorpus.hydration import withheld
from ijcorpus.standoff import Withheld

TEXT = TEXTS["secret"]
OBTAIN = "Ask the archive for it."
OFFICE = b"PK\x03\x04\x14\x00\x06\x00\x08\x00" * 30
ROOT = Path(__file__).parents[2]


def run(corpus: Corpus, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--root", str(corpus.root), "--json", "hydrate", *arguments])


def told(corpus: Corpus, copies: Path) -> tuple[list[Any], dict[str, str]]:
    unread: dict[str, str] = {}
    found = ijcorpus.hydrate(
        copies, root=corpus.root, unread=lambda path, why: unread.update({path.name: why})
    )
    return found, unread


@pytest.fixture
def two(released: Corpus, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """As though one more text were withheld, which is XML and of which there is no copy."""
    [secret] = withheld(root=released.root)
    source = msgspec.structs.replace(secret.source, id="other", format="tei", path="a/other.xml")
    other = Withheld(
        source=source,
        document=msgspec.structs.replace(secret.document, id="other", digest="0" * 64),
        annotation=secret.annotation,
    )

    def both(*_: Any, **__: Any) -> Iterator[Withheld]:
        yield from (other, secret)

    monkeypatch.setattr("ijcorpus.hydration.withheld", both)
    return released


@pytest.mark.parametrize("name", ["article", "article.docx", "article 2019.print", "a.xyz"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_is_read_whatever_its_name(
    released: Corpus, tmp_path: Path, name: str, encoding: str
) -> None:
    (tmp_path / name).write_text(TEXT, encoding=encoding)
    [one], unread = told(released, tmp_path)
    assert (one.status, one.file, unread) == ("exact", str(tmp_path / name), {})


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("article.docx", OFFICE),
        ("article", OFFICE),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
        ("article.rtf", b"{\\rtf1\\ansi " + TEXT.encode()),
        ("sheet.csv", b"one,two\x01\n" * 9),
    ],
)
def test_files_of_other_kinds_are_told(
    released: Corpus, tmp_path: Path, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    [one], unread = told(released, tmp_path)
    assert unread == {name: OTHER_KIND}
    assert one.status == "absent"
    assert one.reason == f"secret: {tmp_path / name} could not be read. {OBTAIN}"
    done = run(released, "--from", str(tmp_path))
    assert done.exit_code == 1 and json.loads(done.stdout)[1] == {
        "document": None,
        "status": "unread",
        "file": str(tmp_path / name),
        "reason": OTHER_KIND,
    }
    (tmp_path / "whole.txt").write_text(TEXT)  # then nothing is wanting
    done = run(released, "--from", str(tmp_path))
    assert done.exit_code == 0 and [one["status"] for one in json.loads(done.stdout)] == [
        "exact",
        "unread",
    ]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("empty.txt", b" ", "the file is empty: fetch it again. Save it as text, HTML or PDF."),
        ("office.txt", OFFICE, "is NUL: not a text file"),
        ("feed.xml", b"<rss>plum", "not well-formed XML"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_told(
    released: Corpus, tmp_path: Path, name: str, data: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(data)
    _, unread = told(released, tmp_path)
    assert list(unread) == [name] and why in unread[name]
    assert "secret" not in unread[name] and OBTAIN not in unread[name]


def test_what_browsers_and_systems_put_beside_a_copy_is_not_told(
    released: Corpus, tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text("<html><body><p>Plums are sold here.</p></body></html>")
    for hidden in ("page_files/logo.png", "album_files/logo.png", ".store", ".git/objects/a"):
        (tmp_path / hidden).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / hidden).write_bytes(OFFICE)
    _, unread = told(released, tmp_path)
    assert unread == {"logo.png": OTHER_KIND}  # of the folder that is no page's
    (tmp_path / "page_files" / "frame").write_text(TEXT)
    [one], _ = told(released, tmp_path)
    assert one.file == str(tmp_path / "page_files" / "frame")


def test_when_nothing_fits_the_reason_counts_the_files(released: Corpus, tmp_path: Path) -> None:
    for name in ("alpha", "beta", "gamma"):
        (tmp_path / name).write_text(TEXTS[name])
    [one], unread = told(released, tmp_path)
    assert (one.status, unread) == ("absent", {})
    assert one.reason == (
        f"secret: none of the 3 files in {tmp_path} is a copy of it. Without a fingerprint an "
        f"edited copy is not known. {OBTAIN}"
    )
    [one] = ijcorpus.hydrate([tmp_path / "alpha", tmp_path / "beta"], root=released.root)
    assert one.reason.startswith("secret: none of the 2 files read is a copy of it.")
    [one] = ijcorpus.hydrate(tmp_path / "alpha", root=released.root)
    assert one.reason.startswith(f"secret: {tmp_path / 'alpha'} is no copy of it. Without")


@pytest.mark.parametrize("name", ["mine", "mine.tei", "a/other.xml"])
def test_a_copy_of_another_document_is_called_so(two: Corpus, tmp_path: Path, name: str) -> None:
    copy = tmp_path / name
    copy.parent.mkdir(exist_ok=True)
    copy.write_text(TEXT)
    for copies in (copy, tmp_path):
        (other, secret), unread = told(two, copies)
        assert (secret.status, secret.file, unread) == ("exact", str(copy), {})
        assert (other.status, other.file) == ("absent", "")
        assert other.reason == f"other: {copy} is a copy of another document, secret. {OBTAIN}"


def test_the_other_documents_of_a_folder_have_the_same_sentence(
    two: Corpus, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text(TEXT)
    (tmp_path / "alpha.html").write_text(f"<html><p>{TEXTS['alpha']}</p></html>")
    other, secret = told(two, tmp_path)[0]
    assert secret.status == "exact"
    assert other.reason.startswith(f"other: none of the 2 files in {tmp_path} is a copy of it.")


def test_who_names_one_file_wants_its_document(two: Corpus, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text(TEXT)
    (tmp_path / "alpha").write_text(TEXTS["alpha"])
    assert run(two, "--from", str(tmp_path / "mine")).exit_code == 0
    assert run(two, "--from", str(tmp_path / "alpha")).exit_code == 1
    assert run(two, "--from", str(tmp_path)).exit_code == 1
    shown = " ".join(run(two, "--help").stdout.split())
    assert "exit 1 when it is a copy of none" in shown


@pytest.mark.texts
@pytest.mark.parametrize("name", ["press-001", "press-002", "archive-001"])
def test_the_withheld_texts_need_no_names(copies: Path, tmp_path: Path, name: str) -> None:
    wanted = next(one for one in withheld(root=ROOT) if one.source.id == name)
    copy = tmp_path / "article"
    copy.write_bytes((copies / wanted.source.path).read_bytes())
    found = {one.source.id: one for one in ijcorpus.hydrate(copy, root=ROOT)}
    assert found.pop(name).status == "exact"
    for other, one in found.items():
        said = f"{other}: {copy} is a copy of another document, {name}. {one.source.obtain}"
        assert (one.status, one.reason) == ("absent", said)
