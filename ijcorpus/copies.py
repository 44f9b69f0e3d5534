"""A reader's files that may be copies of withheld texts: found, told apart by content, cleaned.

Names do not matter: what a file is its first bytes say, and a known suffix where they do not.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from ijcorpus.clean import clean, decode
from ijcorpus.document import Document, Source
from ijcorpus.errors import CleanError, HydrationError
from ijcorpus.layout import inside

if TYPE_CHECKING:
    from ijcorpus.standoff.tokens import Words

MOST = 50_000_000
"""Most bytes of a file that is read for what it may be; one that is named is always read."""

OTHER_KIND = (
    "it is no text, HTML, MHTML, TEI or PDF. If it is a copy, save its text as one of these."
)
"""The reason for pictures, the files of word processors, and whatever else is no text."""

REOPEN = "Make it readable and hydrate again."
"""How the reason ends for what may not be opened, so that nobody knows what it is."""

Kind = Literal["text", "html", "tei"]

_KINDS: dict[str, Kind] = {
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".xml": "tei",
    ".tei": "tei",
}
_HEAD = 2048
_HEADER = 1000
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+)?html\b", re.S | re.I
)
_TAGS = re.compile(rb"<(?:head|body|article|section|div|h1|p)\b[^<>]*>", re.I)
_XML = re.compile(rb"\s*(?:<\?xml\b|<TEI\b)")
_MIME = re.compile(rb"^content-type:\s*(?:multipart/|text/html)", re.M | re.I)
_FIELD = re.compile(rb"[!-9;-~]+:")
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")


class Candidate(NamedTuple):
    """What may be read of a file: its bytes, their kind, and the words of their clean text."""

    path: Path
    kind: Kind
    raw: bytes
    words: Words


class Copies:
    """The reader's files, each read and cleaned once; `unread` is told once of each that is none.

    `places` are folders and files; `alone` says that the reader named a single one.
    """

    def __init__(
        self, places: Sequence[Path], *, alone: bool, unread: Callable[[Path, str], None]
    ) -> None:
        self.places = places
        self.alone = alone
        self.unread = unread
        self._found: list[Candidate] | None = None
        self._told: dict[Path, str] = {}

    def read(self, path: Path) -> bytes | None:
        """A file's bytes, or None when they cannot be had; HydrationError if it was named."""
        try:
            return path.read_bytes()
        except OSError as error:
            if path in self.places:
                raise HydrationError(
                    f"{path} cannot be read: {error.strerror or error}. Make it readable, or name "
                    "another file."
                ) from error
            self._refused(path, error)
            return None

    def named(self, source: Source) -> Path | None:
        """The file where the release says that a copy lies, below one of the folders."""
        below = [inside(place, source.path) for place in self.places if place.is_dir()]
        return next((path for path in below if self._is_file(path)), None)

    def candidates(self, source: Source) -> list[Candidate]:
        """Every file with text in it; `source` lends cleaning a title."""
        if self._found is None:
            files = dict.fromkeys(path for place in self.places for path in self._below(place))
            self._found = [made for path in files for made in self._candidates(source, path)]
        return self._found

    def why_none(self, source: Source, taken: Mapping[str, str], *, exactly: bool) -> str:
        """Why no file is a copy of a document, and where to obtain one.

        `taken` maps files to the documents they are copies of; `exactly` says that no
        fingerprint is there, so that an edited copy would not be known.
        """
        files = list(dict.fromkeys(str(one.path) for one in self.candidates(source)))
        where = f" in {self.places[0]}" if self.alone and self.places[0].is_dir() else ""
        edited = " Without a fingerprint an edited copy is not known." if exactly else ""
        if len(files) > 1:
            said = f"none of the {len(files)} files{where or ' read'} is a copy of it.{edited}"
        elif files and files[0] in taken:
            said = f"{files[0]} is a copy of another document, {taken[files[0]]}."
        elif files:
            said = f"{files[0]} is no copy of it.{edited}"
        elif len(self._told) == 1:
            said = f"{next(iter(self._told))} could not be read."
        else:
            said = f"there is no file{where} that could be read."
        return f"{source.id}: {said} {source.obtain}"

    def _pass_over(self, path: Path, reason: str) -> None:
        if path not in self._told:
            self._told[path] = reason
            self.unread(path, reason)

    def _refused(self, path: Path, error: OSError) -> None:
        reason = f"{error.strerror or error}. {REOPEN}"
        self._pass_over(path, reason)

    def _is_file(self, path: Path) -> bool:
        """Whether there is a file; no when that cannot be known."""
        try:
            return path.is_file()
        except OSError as error:  # in a folder that may not be entered
            self._refused(path, error)
            return False

    def _below(self, place: Path) -> list[Path]:
        """The files in a folder that may be copies, or the file itself."""
        if not place.is_dir():
            return [place]
        every: list[Path] = []
        walked = os.walk(place, onerror=lambda error: self._refused(Path(error.filename), error))
        for folder, below, names in walked:
            below[:] = [name for name in below if not name.startswith(".")]
            every += (Path(folder, name) for name in names if not name.startswith("."))
        return [path for path in sorted(every) if self._may_be_copy(path)]

    def _may_be_copy(self, path: Path) -> bool:
        if not self._is_file(path):
            return False
        if path not in self.places and path.stat().st_size > MOST:
            self._pass_over(path, f"it has more than {MOST:,} bytes. Name it if it is a copy.")
            return False
        return True

    def _candidates(self, source: Source, path: Path) -> Iterator[Candidate]:
        if (raw := self.read(path)) is None:
            return
        made: list[Candidate] = []
        try:
            made = _cleaned_readings(source, path, raw)
        except HydrationError as error:
            if not _is_part_of_page(path):
                self._pass_over(path, str(error))
        yield from made


def cleaned(source: Source, raw: bytes) -> Document:
    """Raw bytes as a document; raises HydrationError, which says where to obtain others."""
    try:
        return clean(source, raw)
    except CleanError as error:
        raise HydrationError(f"{error} {source.obtain}") from error


def sources(source: Source, kind: Kind) -> list[Source]:
    """What a file of a kind may be taken for: the source as it is described, then a whole file."""
    whole = msgspec.structs.replace(source, format=kind, fragment=None)
    return [source, whole] if kind == source.format and source != whole else [whole]


def _cleaned_readings(source: Source, path: Path, raw: bytes) -> list[Candidate]:
    """All that may be read of a file; raises HydrationError with the reason if nothing can be."""
    from ijcorpus.standoff.tokens import words

    made: list[Candidate] = []
    failed = ""
    for kind, reading in _readings(path, raw):
        for one in reversed(sources(source, kind)):
            try:
                text = clean(one, reading).text
            except CleanError as error:
                failed = str(error).removeprefix(f"{source.id}: ")
                continue
            made.append(Candidate(path, kind, reading, words(text)))
            break
    if not made:
        raise HydrationError(f"{failed.rstrip('.')}. Save it as text, HTML or PDF.")
    return made


def _readings(path: Path, raw: bytes) -> Iterator[tuple[Kind, bytes]]:
    """A file as it is, or what it wraps; and a text without the ends of its pages."""
    from ijcorpus.standoff.pages import FEED, joined_pages, pdf_text

    if raw.startswith(b"%PDF-"):
        yield "text", joined_pages(pdf_text(raw)).encode()
    elif _is_mime(path, raw):
        yield "html", page_of_mhtml(raw)
    else:
        yield _kind(path, raw), raw
        if FEED.encode() in raw:
            yield "text", joined_pages(raw.decode("utf-8-sig", "replace")).encode()


def _is_mime(path: Path, raw: bytes) -> bool:
    head = raw[:_HEAD].replace(b"\r\n", b"\n").lstrip().partition(b"\n\n")[0]
    called = path.suffix.lower() in (".mhtml", ".mht")  # long addresses may come first
    return bool(_FIELD.match(head) and (called or _MIME.search(head)))


def _kind(path: Path, raw: bytes) -> Kind:
    """What a file's bytes are; raises HydrationError for what is no text at all."""
    head = raw[:_HEAD].removeprefix(codecs.BOM_UTF8)
    if _PAGE.match(head):
        return "html"
    known = _KINDS.get(path.suffix.lower())
    if known == "tei" and b"<" not in head:
        return "text"
    if known:
        return known
    try:
        text = decode(raw)
    except CleanError as error:
        reason = str(error) if not raw.strip() else OTHER_KIND
        raise HydrationError(reason) from error
    if head.startswith(b"{\\rtf") or _CONTROL.search(text):
        raise HydrationError(OTHER_KIND)
    if _XML.match(head):
        return "tei"
    return "html" if _TAGS.search(head) else "text"


def _is_part_of_page(path: Path) -> bool:
    """Whether a file is in the folder of pictures and frames that browsers save beside a page."""
    folders = (folder for folder in path.parents if folder.name.endswith("_files"))
    return any(
        folder.with_name(folder.name.removesuffix("_files") + suffix).is_file()
        for folder in folders
        for suffix in (".html", ".htm")
    )


def page_of_mhtml(raw: bytes) -> bytes:
    """The HTML of a page that a browser saved as a single file (MHTML, RFC 2557).

    The first HTML part is the page; frames and pictures after it are not looked at. Raises
    HydrationError for a file over 50 million bytes, and for one without HTML.
    """
    import email
    from email.policy import EmailPolicy

    class Short(EmailPolicy):
        """Headers cut off: reading one takes the square of its length."""

        def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
            name, value = super().header_source_parse(sourcelines)
            return name, value[:_HEADER]

    if len(raw) > MOST:
        raise HydrationError(f"the MHTML file has more than {MOST:,} bytes. Save it as HTML.")
    try:
        parts = email.message_from_bytes(raw, policy=Short()).walk()
        page = next((one for one in parts if one.get_content_type() == "text/html"), None)
        body = page.get_payload(decode=True) if page else None
        charset = page.get_content_charset() if page else None
    except Exception as error:  # damaged headers fail in more ways than email's own errors
        raise HydrationError(f"the MHTML file is damaged: {error}. Save it as HTML.") from error
    if not isinstance(body, bytes) or not body.strip():
        raise HydrationError("the MHTML file has no HTML in it. Save the page as HTML.")
    return _as_utf8(body, charset) if charset else body


def _as_utf8(body: bytes, charset: str) -> bytes:
    """Bytes in the encoding that their header names; as they are if it names none of theirs."""
    try:
        codec = codecs.lookup(charset).name
        # Browsers read Latin-1 and ASCII so.
        text = body.decode("cp1252" if codec in ("iso8859-1", "ascii") else codec)
    except (LookupError, UnicodeError):
        return body
    return codecs.BOM_UTF8 + text.encode()
