"""Summaries of any number of documents in little memory."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import chain

import msgspec

from ijcorpus.checks.subject import Summary
from ijcorpus.document import sha256

# How many summaries are kept in memory, about 2 MiB of them.
_HELD = 4096
# Of a table of what was seen: 4 MiB, so that of 100,000 keys few share a place.
_PLACES = 1 << 22
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Summary])


class Summaries(AbstractContextManager["Summaries"]):
    """Summaries in the order in which they were added, to be gone through as often as one likes.

    All but the last lie in a temporary file, which is gone on leaving the context.
    """

    def __init__(self) -> None:
        # A file from the first write on.
        self._file = tempfile.SpooledTemporaryFile(max_size=1)  # noqa: SIM115
        self._sizes: list[int] = []
        self._last: list[Summary] = []

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Summary]:
        for part in self._parts():
            yield from _DECODER.decode(part)
        yield from self._last

    def _parts(self) -> Iterator[bytes]:
        at = 0
        for size in self._sizes:
            # Somebody else may have read elsewhere in the meantime.
            self._file.seek(at)
            yield self._file.read(size)
            at += size

    def add(self, summary: Summary) -> None:
        """Put a summary after the others."""
        self._last.append(summary)
        if len(self._last) == _HELD:
            data = _ENCODER.encode(self._last)
            self._file.seek(sum(self._sizes))
            self._file.write(data)
            self._sizes.append(len(data))
            self._last = []

    @property
    def digest(self) -> str:
        """A digest of all of them."""
        parts = chain(self._parts(), (_ENCODER.encode(self._last),))
        return sha256(" ".join(map(sha256, parts)))


def likely_twice(keys: Iterable[Hashable]) -> Callable[[Hashable], bool]:
    """Which keys may be there more than once: it never passes over one that is.

    It takes the same memory however many keys there are.
    """
    seen = bytearray(_PLACES)
    for key in keys:
        place = hash(key) % _PLACES
        seen[place] = 1 + (seen[place] > 0)
    return lambda key: seen[hash(key) % _PLACES] > 1
