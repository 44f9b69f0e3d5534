"""What was found before, by the content that it rests on."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import msgspec

import ijcorpus
from ijcorpus.document import sha256
from ijcorpus.finding import Finding
from ijcorpus.records import write_bytes

_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_Kept = dict[str, list[Finding]]


class Cache:
    """A memory for `checks.check`, kept in one file; whatever is not asked for again is dropped.

    The key is a digest of everything that the findings rest on, the rules themselves included. A
    file that cannot be read is an empty one: a cache is no record.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.hits = self.misses = 0
        self._rules = _rules()
        self._new: _Kept = {}
        try:
            self._old = msgspec.msgpack.decode(path.read_bytes(), type=_Kept)
        except (OSError, msgspec.DecodeError):
            self._old = _Kept()

    def __call__(self, rests_on: object, find: Callable[[], list[Finding]]) -> list[Finding]:
        """The findings, remembered or found."""
        key = sha256(self._rules + _ENCODER.encode(rests_on))
        known = self._old.get(key)
        self.hits, self.misses = self.hits + (known is not None), self.misses + (known is None)
        self._new[key] = find() if known is None else known
        return self._new[key]

    def save(self) -> None:
        """Keep what this run has used, and nothing else."""
        if self._new != self._old:
            if not self.path.parent.exists():
                # A new folder of our own: no other corpus need say that git passes it over.
                write_bytes(self.path.parent / ".gitignore", b"*\n")
            write_bytes(self.path, msgspec.msgpack.encode(self._new))


def _rules() -> bytes:
    """A digest of the code that findings rest on, and of the Unicode tables it asks."""
    folder = Path(ijcorpus.__file__).parent
    code = [path.read_bytes() for path in sorted((folder / "checks").glob("*.py"))]
    code += [path.read_bytes() for path in sorted(folder.glob("*.py"))]
    return sha256(
        repr((sys.version, unicodedata.unidata_version)).encode() + b"".join(code)
    ).encode()
