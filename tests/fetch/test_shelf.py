"""What was fetched is kept, asked for with its validators, and told apart when it changed."""

from __future__ import annotations

import codecs
import json
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from pages import Site, answer, one_after_another, redirect, web

from ijcorpus.document import Source, sha256
from ijcorpus.errors import MissingExtraError
from ijcorpus.fetch.shelf import Fetched, Shelf, in_declared_encoding, suffix_of

PAGE = b"<!doctype html><title>Plums</title><p>The plum orchard is quiet.</p>"


def source(name: str = "doc-1", **changes: Any) -> Source:
    plain = ("title", "publisher", "date", "genre", "period", "vantage", "topic", "licence")
    values: dict[str, Any] = dict.fromkeys(plain, "x")
    values |= {"id": name, "subset": "press", "rights": "standoff", "path": f"{name}.txt"}
    values |= {"format": "text", "sha256": "0" * 64, "obtain": "Ask the archive."}
    return Source(**{**values, **changes})


def fetch(folder: Path, *sources: Source) -> list[Fetched]:
    with web() as asking:
        return Shelf(folder, asking).fetch(sources)


def one(folder: Path, url: str, **changes: Any) -> Fetched:
    [found] = fetch(folder, source(url=url, **changes))
    return found


def test_an_answer_is_kept_with_its_digest(server: Site, tmp_path: Path) -> None:
    server.pages["/a"] = redirect("/b")
    server.pages["/b"] = answer(PAGE, Content_Type="text/html")
    found = one(tmp_path, server.root + "/a")
    assert found.outcome == "fetched" and found.sha256 == sha256(PAGE) and found.bytes == len(PAGE)
    assert Path(found.file) == tmp_path / "copies" / "doc-1.html"
    assert Path(found.file).read_bytes() == PAGE
    [record] = [json.loads(path.read_text()) for path in tmp_path.glob("*.json")]
    assert record["url"] == server.root + "/a" and record["final"] == server.root + "/b"
    assert record["seen"] == found.seen and found.seen.endswith("Z")
    assert {path.stat().st_mode & 0o077 for path in tmp_path.glob("*.body")} == {0}


def test_the_second_time_is_conditional(server: Site, tmp_path: Path) -> None:
    day = "Sat, 21 Nov 2026 10:00:00 GMT"

    def validated(handler: BaseHTTPRequestHandler) -> None:
        same = handler.headers["If-None-Match"] == '"one"'
        answer(b"" if same else PAGE, 304 if same else 200, ETag='"one"', Last_Modified=day)(
            handler
        )

    server.pages["/a"] = validated
    assert one(tmp_path, server.root + "/a").outcome == "fetched"
    again = one(tmp_path, server.root + "/a")
    assert again.outcome == "unchanged" and Path(again.file).read_bytes() == PAGE
    assert server.asked[-1][1]["if-modified-since"] == day
    [body] = tmp_path.glob("*.body")
    body.write_bytes(b"damaged")  # what is kept is not whole: it is asked for without conditions
    assert one(tmp_path, server.root + "/a").sha256 == sha256(PAGE)
    assert "if-none-match" not in server.asked[-1][1]


def test_a_validator_that_cannot_be_sent_is_left_out(server: Site, tmp_path: Path) -> None:
    server.pages["/a"] = answer(PAGE, ETag='"\xe9"')
    assert one(tmp_path, server.root + "/a").outcome == "fetched"
    assert one(tmp_path, server.root + "/a").outcome == "unchanged"
    assert "if-none-match" not in server.asked[-1][1]


def test_a_page_that_changed_is_said_to_have(server: Site, tmp_path: Path) -> None:
    server.pages["/a"] = one_after_another(answer(PAGE), answer(PAGE), answer(PAGE + b"!"))
    first = one(tmp_path, server.root + "/a")
    assert one(tmp_path, server.root + "/a").outcome == "unchanged"
    found = one(tmp_path, server.root + "/a")
    assert found.outcome == "changed" and found.sha256 == sha256(PAGE + b"!") != first.sha256
    assert found.reason.startswith("the page changed since ")


def test_a_page_that_is_gone_is_read_as_it_was(server: Site, tmp_path: Path) -> None:
    server.pages["/a"] = one_after_another(answer(PAGE), answer(b"", 410))
    seen = one(tmp_path, server.root + "/a").seen
    found = one(tmp_path, server.root + "/a")
    assert found.outcome == "kept" and found.seen == seen and Path(found.file).exists()
    assert f"as seen on {seen}, since {server.root}/a answers 410 Gone" in found.reason
    server.pages["/robots.txt"] = answer(b"User-agent: *\nDisallow: /")
    refused = one(tmp_path, server.root + "/a")
    assert refused.outcome == "missed" and "does not allow" in refused.reason


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (answer(b"", 404), "answers 404 Not Found"),
        (answer(b"x", 401), "answers 401 Unauthorized"),
        (answer(b"x", 299), "answers 299"),
        (answer(b" \n"), "answers with an empty page"),
        (answer(b"", 304), "answers 304 Not Modified"),
    ],
)
def test_misses_have_reasons(server: Site, tmp_path: Path, page: Any, reason: str) -> None:
    server.pages["/a"] = page
    found = one(tmp_path, server.root + "/a")
    assert found.outcome == "missed" and found.reason.endswith(reason) and not found.file


def test_without_an_address_the_reader_is_told_where_to_ask(tmp_path: Path) -> None:
    [found] = fetch(tmp_path, source())
    assert found.reason == "the release gives no address. Ask the archive."


def test_an_archived_copy_stands_in(server: Site, tmp_path: Path) -> None:
    server.pages["/old"] = answer(PAGE)
    found = one(tmp_path, server.root + "/a", archive=server.root + "/old")
    assert (found.outcome, found.url) == ("fetched", server.root + "/old")
    assert "/a answers 404 Not Found" in found.reason


def test_an_address_of_several_documents_is_asked_once(server: Site, tmp_path: Path) -> None:
    server.pages["/a"], url = answer(PAGE), server.root + "/a"
    found = fetch(tmp_path, source("doc-1", url=url), source("doc-2", url=url))
    assert [Path(each.file).name for each in found] == ["doc-1.html", "doc-2.html"]
    assert server.paths() == ["/a"]


def test_another_format_replaces_the_copy(server: Site, tmp_path: Path) -> None:
    server.pages["/a"] = one_after_another(answer(PAGE), answer(b"The plum orchard."))
    one(tmp_path, server.root + "/a")
    one(tmp_path, server.root + "/a")
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["doc-1.txt"]


@pytest.mark.parametrize(
    ("raw", "header", "text"),
    [
        ("Füße".encode("iso8859-9"), "text/plain; charset=iso-8859-9", "Füße"),
        ("שלום רב".encode("iso8859-8"), 'text/html; charset="ISO-8859-8"', "שלום רב"),
        ("日本の梅".encode("shift_jis"), "text/html;charset=Shift_JIS", "日本の梅"),
    ],
)
def test_the_header_s_encoding_is_believed_when_nothing_else_is_known(
    raw: bytes, header: str, text: str
) -> None:
    assert in_declared_encoding(raw, header) == codecs.BOM_UTF8 + text.encode()


@pytest.mark.parametrize(
    ("raw", "header"),
    [
        ("Füße".encode(), "text/plain; charset=iso-8859-1"),  # it is UTF-8, whatever is said
        (b"<meta charset=windows-1252>F\xfc\xdfe", "text/html; charset=shift_jis"),
        (b"F\xfc\xdfe", "text/html; charset=utf-8"),
        (b"F\xfc\xdfe", "text/html; charset=klingon"),
        (b"F\xfc\xdfe", "text/html"),
    ],
)
def test_a_header_that_the_bytes_contradict_is_not(raw: bytes, header: str) -> None:
    assert in_declared_encoding(raw, header) == raw


@pytest.mark.parametrize(
    ("raw", "suffix"),
    [
        (b"%PDF-1.7", ".pdf"),
        (b"\xef\xbb\xbf <!DOCTYPE html>", ".html"),
        (b"<?xml version='1.0'?><html>", ".html"),
        (b"<?xml version='1.0'?><TEI>", ".xml"),
        (b"Plums", ".md"),
    ],
)
def test_files_are_named_for_what_they_are(raw: bytes, suffix: str) -> None:
    assert suffix_of(raw, source(path="a/b.md")) == suffix


def test_without_httpx_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(MissingExtraError, match=r"ijcorpus\[fetch\]"):
        web()
