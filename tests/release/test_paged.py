"""Copies that were printed, as PDF or as converters write it, or saved by a browser in one file."""

from __future__ import annotations

import base64
import quopri
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_corpus
from click.testing import CliRunner
from paged import HEAD, pdf, set_in_pages, with_feeds
from test_realign import LONG, hydrated, quotes
from tiny_corpus import Corpus, make

from ijcorpus.cli.context import Context
from ijcorpus.cli.fingerprint import fingerprint_command
from ijcorpus.copies import page_of_mhtml
from ijcorpus.errors import HydrationError, MissingExtraError
from ijcorpus.release.build import freeze
from ijcorpus.standoff.pages import joined_pages, pdf_text

PAGES = set_in_pages(LONG)
NAMES = ["Haifa", "Aki Mori", "Mori", "Israel"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("paged")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(tiny_corpus.TEXTS, "secret", LONG)
        made = make(folder / "root", folder / "copies")
        freeze(made.open(copies=True))
    arguments = ["--copies", str(made.copies)]
    context = Context(root=made.root, json=True)
    assert CliRunner().invoke(fingerprint_command, arguments, obj=context).exit_code == 0
    return made


def test_the_pages_are_hard_enough() -> None:
    text = with_feeds(PAGES)
    assert len(PAGES) >= 3 and text.count("-\n") >= 2 and text.count(HEAD) == len(PAGES)
    last = [next(line for line in reversed(page[:-1]) if line) for page in PAGES]
    assert any(not line.endswith(".") for line in last)  # a page ends in a sentence


@pytest.mark.parametrize("kind", ["pdf", "txt"])
def test_a_printed_copy_is_placed_whole(corpus: Corpus, tmp_path: Path, kind: str) -> None:
    data = pdf(PAGES) if kind == "pdf" else with_feeds(PAGES).encode()
    (tmp_path / f"print.{kind}").write_bytes(data)
    one = hydrated(corpus, tmp_path)
    assert one.status in ("exact", "realigned") and one.share == 1.0
    assert [" ".join(quote.split()) for quote in quotes(one)] == NAMES
    assert one.count("exact") + one.count("realigned") == 5
    assert not any(put.placement.edited or put.placement.lost for put in one.placed)
    assert one.result is not None and HEAD not in one.result.document.text
    sentences = one.result.document.sentences
    for made in (*one.result.annotation.entities, *one.result.annotation.stances):
        assert any(s.start <= made.start and made.end <= s.end for s in sentences)


def test_text_without_heads_broken_words_or_numbers() -> None:
    text = joined_pages(with_feeds(PAGES))
    assert HEAD not in text and "Page" not in text and "\f" not in text and "-\n" not in text
    assert text.split() == LONG.split()


def test_what_stands_on_few_pages_stays() -> None:
    pages = [["Head", f"Chapter {n}", f"Line {n} of text that is new.", str(n)] for n in "abc"]
    text = joined_pages(with_feeds(pages))
    assert [f"Chapter {n}" in text for n in "abc"] == [True] * 3 and "Head" not in text
    assert joined_pages("Head\n\nNo pages here.\n") == "Head\n\nNo pages here.\n"


def test_words_keep_the_hyphen_that_they_have_elsewhere() -> None:
    text = joined_pages(
        "A well-known pier, a well-\nknown har-\nbour, the Tel Aviv-\nYafo line.\n\f"
    )
    assert text == "A well-known pier, a well-known harbour, the Tel Aviv-Yafo line.\n"


def test_a_line_without_a_space_costs_no_more_than_its_length() -> None:
    line = "x" * 300_000  # letter by letter, and again from each letter, this would take an hour
    assert joined_pages(f"Heading\n{line}\nbb\n\f") == f"Heading {line} bb\n"


def test_half_a_character_in_a_pdf_becomes_a_sign_that_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pypdf import PageObject

    monkeypatch.setattr(PageObject, "extract_text", lambda _: "plum \ud83d tree \ud83c\udf33")
    assert pdf_text(pdf([["x"]])) == "plum \ufffd tree \U0001f333"


def test_what_is_no_pdf_and_what_is_only_pictures() -> None:
    with pytest.raises(HydrationError, match="the PDF cannot be read"):
        pdf_text(b"%PDF-1.4\nnothing")
    with pytest.raises(HydrationError, match="the PDF has no text, only pictures"):
        pdf_text(pdf([[""], [""]]))


def test_a_broken_pdf_writes_nothing_to_the_terminal() -> None:
    program = (
        "from ijcorpus.errors import HydrationError\n"
        "from ijcorpus.standoff.pages import pdf_text\n"
        "try:\n    pdf_text(b'%PDF-1.4\\nnothing')\nexcept HydrationError:\n    print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("refused\n", "")


def test_a_broken_pdf_among_the_copies_stops_nothing(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4\nnothing")
    (tmp_path / "whole.txt").write_text(LONG)
    with pytest.warns(UserWarning, match=r"broken\.pdf was passed over: the PDF cannot be read"):
        assert hydrated(corpus, tmp_path).status == "exact"


def page(text: str) -> str:
    body = "".join(f"<p>{part}</p>" for part in text.split("\n\n")[1:])
    return f"<html><body><article><h1>Withheld matters</h1>{body}</article></body></html>"


def mhtml(html: str, *more: tuple[str, bytes], charset: str = "utf-8") -> bytes:
    """A page as a browser saves it in one file: quoted-printable HTML, then all that it shows."""
    named = f"; charset={charset}" if charset != "utf-8" else ""
    parts = [
        f"Content-Type: text/html{named}\nContent-Transfer-Encoding: quoted-printable\n\n".encode()
        + quopri.encodestring(html.encode(charset))
    ]
    parts += [
        f"Content-Type: {kind}\nContent-Transfer-Encoding: base64\n\n".encode()
        + base64.encodebytes(data)
        for kind, data in more
    ]
    head = (
        b"From: <Saved by a browser>\nMIME-Version: 1.0\nContent-Type: multipart/related;\n"
        b'\ttype="text/html";\n\tboundary="=_part"\n\n'
    )
    return head + b"".join(b"--=_part\n" + part + b"\n" for part in parts) + b"--=_part--\n"


@pytest.mark.parametrize("name", ["page.mhtml", "page.mht", "page", "page.txt"])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_a_page_saved_in_one_file_is_placed(
    corpus: Corpus, tmp_path: Path, name: str, ends: bytes
) -> None:
    frame = page(LONG.replace("Haifa", "Jaffa") * 9).encode()
    data = mhtml(page(LONG), ("text/html", frame), ("image/png", b"\x89PNG\0"))
    (tmp_path / name).write_bytes(data.replace(b"\n", ends))
    one = hydrated(corpus, tmp_path)
    assert one.status in ("exact", "realigned") and quotes(one) == NAMES
    assert one.result is not None and "Jaffa" not in one.result.document.text


@pytest.mark.parametrize("charset", ["utf-8", "windows-1250", "utf-16-le"])
def test_the_encoding_of_the_part_counts(charset: str) -> None:
    html = "<html><p>Füße – twelve</p></html>"
    made = page_of_mhtml(mhtml(html, charset=charset))
    assert made.decode("utf-8-sig").strip("\n") == html


def test_what_is_no_page_in_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = mhtml("<p>plum</p>").replace(b"text/html\n", b"text/html; charset=plum\n", 1)
    assert page_of_mhtml(unknown).strip() == b"<p>plum</p>"
    with pytest.raises(HydrationError, match="no HTML in it. Save the page as HTML"):
        page_of_mhtml(mhtml("x").replace(b"text/html", b"text/css"))
    with pytest.raises(HydrationError, match="no HTML in it"):
        page_of_mhtml(mhtml("x")[:150])
    monkeypatch.setattr("ijcorpus.copies.MOST", 10)
    with pytest.raises(HydrationError, match="more than 10 bytes"):
        page_of_mhtml(mhtml("x"))


def test_a_long_address_may_come_first(corpus: Corpus, tmp_path: Path) -> None:
    address = b"Snapshot-Content-Location: https://example.org/" + b"x" * 5000 + b"\n"
    (tmp_path / "page.mhtml").write_bytes(address + mhtml(page(LONG)))
    assert quotes(hydrated(corpus, tmp_path)) == NAMES


def test_a_header_costs_no_more_than_its_length() -> None:
    long = b"Content-Type: text/html; " + b"a*0*=b;" * 300_000  # read whole, it would take hours
    with pytest.raises(HydrationError, match="the MHTML file is damaged"):
        page_of_mhtml(b"MIME-Version: 1.0\n" + long + b"\n\n<p>plum</p>")
    address = b"Snapshot-Content-Location: https://example.org/" + b"x" * 100_000 + b"\n"
    assert b"plum" in page_of_mhtml(address + mhtml("<p>plum</p>"))


def test_a_nest_of_parts_stops_nothing(corpus: Corpus, tmp_path: Path) -> None:
    nest = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(4000)
    )
    (tmp_path / "nest.mhtml").write_bytes(b"MIME-Version: 1.0\n" + nest)
    (tmp_path / "whole.txt").write_text(LONG)
    with pytest.warns(UserWarning, match=r"nest\.mhtml was passed over: the MHTML file"):
        assert hydrated(corpus, tmp_path).status == "exact"


def test_without_pypdf_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(MissingExtraError, match=r"ijcorpus\[hydrate\]"):
        pdf_text(pdf(PAGES))
