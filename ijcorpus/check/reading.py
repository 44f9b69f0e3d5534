"""Records of a corpus root, read one by one: what cannot be read is said, and the rest goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

from ijcorpus.checks.subject import Unread
from ijcorpus.document import Source
from ijcorpus.errors import RecordError
from ijcorpus.records import decode, read_bytes

T = TypeVar("T")
Kind = Literal["annotation", "decision", "document", "facts", "fingerprint", "list"]
_DOCUMENT = re.compile(rb'"document"\s*:\s*"([^"\\]*)"')
# What a message repeats of a record: values, and names of fields, which should be one word.
_VALUE = re.compile(r"(?<=\s)'(?!utf-8' codec).*'", re.DOTALL)
_FIELD = re.compile(r"(?<=field )`(?![\w-]{1,30}`(?: - at|\. ))(.*?)`(?= - at|\. )", re.DOTALL)


class Reading:
    """Reads records under a root; `unread` has those that could not be read.

    `document` is the one they are about, `silent` says that its words may not be shown.
    """

    def __init__(self, root: Path, document: str = "", *, silent: bool) -> None:
        self.root, self._document, self._silent = root, document, silent
        self.unread: list[Unread] = []

    def attempt(self, path: Path, kind: Kind, record: str, read: Callable[[], T]) -> T | None:
        """What `read` makes of a file, or None when it raises RecordError."""
        try:
            return read()
        except RecordError as error:
            relative = path.relative_to(self.root).as_posix()
            message = " ".join(str(error).replace(str(path), relative).split())
            self.unread.append(
                Unread(
                    kind=kind,
                    record=record,
                    path=relative,
                    message=without_values(message) if self._silent else message,
                    document=self._document,
                )
            )
            return None


def without_values(message: str) -> str:
    """A message without the values of the record, which may be words of a text."""
    return _FIELD.sub("`...`", _VALUE.sub("'...'", message))


def lines(
    root: Path, path: Path, wanted: type[T], kind: Kind, sources: Collection[Source] = ()
) -> tuple[list[T], list[Unread]]:
    """The records of a file of JSON lines that can be read, and the lines that cannot be.

    Of a line that cannot, the document is named if it says so and is one of the sources'; words
    are repeated only of a document that ships. Without the file there are none.
    """
    found: list[T] = []
    unread: list[Unread] = []
    ships = {source.id: source.rights == "full_text" for source in sources}
    for number, line in _numbered(path):
        named = _DOCUMENT.search(line)
        said = named[1].decode(errors="replace") if named else ""
        reading = Reading(root, said if said in ships else "", silent=not ships.get(said, False))
        read = partial(decode, line, wanted, where=f"{path}, line {number}")
        record = reading.attempt(path, kind, f"line-{number}", read)
        found += [] if record is None else [record]
        unread += reading.unread
    return found, unread


def refuse_lines(path: Path, wanted: type[object]) -> None:
    """Raise RecordError that names every line of a file of JSON lines that cannot be read."""
    wrong: list[str] = []
    for number, line in _numbered(path, needed=True):
        try:
            decode(line, wanted, where=f"{path}, line {number}")
        except RecordError as error:
            wrong.append(str(error))
    if wrong:
        raise RecordError("\n".join(wrong))


def _numbered(path: Path, *, needed: bool = False) -> Iterator[tuple[int, bytes]]:
    if not needed and not path.exists():
        return
    data = read_bytes(path, remedy="Put the file back, or make an empty one.")
    for number, line in enumerate(data.splitlines(), start=1):
        if line.strip():
            yield number, line
