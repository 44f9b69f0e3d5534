"""Bytes to text: which encoding, and why."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from ijcorpus.errors import CleanError

LIMIT = 20_000_000
"""Raw files above this many bytes are refused."""


class Encoding(NamedTuple):
    """A codec, the bytes before the text (a byte order mark), and how we know."""

    codec: str
    skip: int
    reason: str


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""\A\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([\w.:-]{1,40})"""
    rb"""|<meta\b[^>]{0,300}?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_HEAD = 4096
# What browsers read when a page says Latin-1 or ASCII.
_AS_BROWSERS = {"iso8859-1": "cp1252", "ascii": "cp1252", "latin-1": "cp1252"}


def encoding_of(raw: bytes) -> Encoding:
    """The encoding of a raw file: byte order mark, declaration, UTF-8, else Windows-1252."""
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return Encoding(codec, len(mark), "byte order mark")
    if declared := _declared(raw[:_HEAD]):
        return Encoding(declared, 0, "declared in the file")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return Encoding("cp1252", 0, f"not UTF-8 at byte {error.start}")
    return Encoding("utf-8", 0, "valid UTF-8")


def decode(raw: bytes) -> str:
    """The raw text, to which raw offsets refer; a byte order mark is not part of it.

    Raises CleanError for bytes that are empty, too many, binary or of no known encoding.
    """
    if len(raw) > LIMIT:
        raise CleanError(f"{len(raw):,} bytes, more than {LIMIT:,}: give one document a file")
    codec, skip, reason = encoding_of(raw)
    try:
        text = raw[skip:].decode(codec)
    except UnicodeDecodeError as error:
        raise CleanError(
            f"byte {error.start + skip} (0x{error.object[error.start]:02x}) is not {codec} "
            f"({reason}): save the file as UTF-8"
        ) from None
    _refuse(text)
    return text


_NOT_OF_FILES = {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape"}


def _declared(head: bytes) -> str | None:
    """The text codec a file names for itself, None when it names none that Python knows."""
    if not (match := _DECLARED.search(head)):
        return None
    try:
        info = codecs.lookup((match[1] or match[2]).decode("ascii"))
        b"a".decode(info.name)
    except (LookupError, UnicodeError):  # no codec, or none of texts
        return None
    if info.name in _NOT_OF_FILES:
        return None
    # A file whose declaration could be read byte by byte is not UTF-16, whatever it says.
    name = "utf-8" if info.name.startswith(("utf-16", "utf-32")) else info.name
    return _AS_BROWSERS.get(name, name)


def _refuse(text: str) -> None:
    if not text.strip():
        raise CleanError("the file is empty: fetch it again")
    if (at := text.find("\0")) >= 0:
        raise CleanError(f"character {at} is NUL: not a text file, or UTF-16 without its mark")
    if surrogate := re.search(r"[\ud800-\udfff]", text):
        raise CleanError(f"character {surrogate.start()} is half a pair: save the file as UTF-8")
