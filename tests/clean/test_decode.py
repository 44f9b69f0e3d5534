from __future__ import annotations

import pytest

from ijcorpus.clean import clean, decode
from ijcorpus.clean.decode import LIMIT, encoding_of
from ijcorpus.errors import CleanError


@pytest.mark.parametrize(
    ("raw", "codec", "text"),
    [
        ("caf\u00e9".encode(), "utf-8", "caf\u00e9"),
        (b"\xef\xbb\xbfcaf\xc3\xa9", "utf-8", "caf\u00e9"),
        ("caf\u00e9".encode("utf-16"), "utf-16-le", "caf\u00e9"),
        (b"the donors\x92 table", "cp1252", "the donors\u2019 table"),
        (b'<meta charset="iso-8859-1"><p>\x93a\x94', "cp1252", None),
        (b"<meta http-equiv=x content='text/html; charset=windows-1255'>\xf9", "cp1255", None),
        (b'<?xml version="1.0" encoding="UTF-16"?><a/>', "utf-8", None),
        (b'<meta charset="no-such">plain', "utf-8", None),
    ],
)
def test_encoding(raw: bytes, codec: str, text: str | None) -> None:
    assert encoding_of(raw).codec == codec
    if text is not None:
        assert decode(raw) == text


def test_reason_names_the_byte() -> None:
    assert encoding_of(b"ab\x92").reason == "not UTF-8 at byte 2"


def test_line_ends_of_the_raw_text_stay() -> None:
    assert decode(b"a\r\nb\rc") == "a\r\nb\rc"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\x81\x8d \xff", "byte 0 .0x81. is not cp1252"),
        (b"a\0b", "character 1 is NUL"),
        (b"\xff\xfe" + "a\ud800b".encode("utf-16-le", "surrogatepass"), "is not utf-16-le"),
        (b'<meta charset="utf-8">\xff', "is not utf-8 .declared"),
        (b"a" * (LIMIT + 1), "more than"),
    ],
    ids=["empty", "blank", "undecodable", "nul", "surrogate", "declared", "huge"],
)
def test_refusals_name_the_source(source, raw: bytes, message: str) -> None:
    with pytest.raises(CleanError, match=rf"^invented-001: .*{message}"):
        clean(source, raw)


def test_nothing_left(source) -> None:
    with pytest.raises(CleanError, match="invented-001: no text is left"):
        clean(source, b"Skip to content\n\n* * *\n")


@pytest.mark.parametrize("codec", ["rot13", "hex", "zlib", "punycode", "undefined", "utf-7", "no"])
def test_a_declared_codec_that_is_none_of_files_is_not_believed(codec: str) -> None:
    raw = f'<html><meta charset="{codec}"><p>caf\u00e9</p></html>'.encode()
    assert "caf\u00e9" in decode(raw)
