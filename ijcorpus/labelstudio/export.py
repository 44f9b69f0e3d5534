"""A JSON export that somebody downloaded in Label Studio's own page, as if it had been pulled.

Such a file names accounts by numbers, mostly without their e-mail addresses.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from ijcorpus.annotation import Annotator
from ijcorpus.document import sha256
from ijcorpus.errors import StudioError
from ijcorpus.labelstudio.harvest import Harvest, Pulled
from ijcorpus.labelstudio.plain import Layer
from ijcorpus.records import read_bytes, write_bytes
from ijcorpus.scheme import LabelScheme

_CHUNK = 1 << 20


class Export:
    """An export's tasks as they stand in the file, and its accounts by number.

    Raises StudioError when the file is no JSON export, and when it has the work of several
    accounts and does not say which one is the annotator's.
    """

    def __init__(self, path: Path, annotator: Annotator) -> None:
        self.path, self.annotator = path, annotator
        self.data = read_bytes(path, remedy="Name the JSON export of a project.")
        self.tasks = self._split()
        self.users = self._users()

    def layers(self, scheme: LabelScheme, digests: Mapping[str, str]) -> Iterator[Layer]:
        """The annotator's work, document by document; arguments as those of `harvest`.

        What is wrong with it is in `pulled` afterwards.
        """
        self._harvest = Harvest(self.users, self.annotator, scheme, digests)
        try:
            yield from self._harvest.layers(self.tasks)
        except (msgspec.DecodeError, RecursionError) as error:
            self._refuse(error)

    def pulled(self) -> Pulled:
        """What there is to report after `layers`, without the annotations, which it gave."""
        return msgspec.structs.replace(self._harvest.pulled({}), asked=len(self.tasks))

    def keep(self, folder: Path) -> str:
        """Write the file as a Snapshot to a folder; its name says its content."""
        about = {"project": self.path.name, "config": "", "model_version": "", "users": self.users}
        head = msgspec.json.encode(about)
        data = b"".join([head[:-1], b',"tasks":', self.data, b"}\n"])
        name = f"{sha256(data)[:16]}.json"
        write_bytes(folder / name, data, mode=0o600)
        return name

    def _split(self) -> list[msgspec.Raw]:
        """The tasks; a JSON export is told from others by the annotations that each has."""
        try:
            if not self.data.isascii():
                _refuse_other_than_utf8(self.data)
            tasks = msgspec.json.decode(self.data, type=list[msgspec.Raw])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._refuse(error)
        return tasks

    def _users(self) -> dict[str, str]:
        """E-mail addresses by account; one account without an address is the annotator's."""
        known, nameless = self._accounts()
        if nameless and len(known) + len(nameless) > 1:
            listed = ", ".join(f"{number} ({count})" for number, count in sorted(nameless.items()))
            raise StudioError(
                f"{self.path} has annotations of {len(known) + len(nameless)} accounts, and no "
                f"e-mail address says whose these are, by account: {listed}. Pull them from the "
                f"server, or export a project in which {self.annotator.id} alone has worked."
            )
        return known | {str(number): self.annotator.email for number in nameless}

    def _accounts(self) -> tuple[dict[str, str], Counter[int]]:
        """Addresses by account, and how many annotations are by accounts without one."""
        decode = msgspec.json.Decoder(_Signed).decode
        known: dict[str, str] = {}
        numbers: Counter[int] = Counter()
        listed = False
        for task in self.tasks:
            try:
                annotations = decode(task).annotations
            except msgspec.DecodeError:  # of another shape: its work is nobody's, and reported
                listed = self._object(task)
                continue
            listed = listed or annotations is not None
            for by in [annotation.completed_by for annotation in annotations or ()]:
                if isinstance(by, _User) and by.email:
                    known[str(by.id)] = by.email.lower()
                elif by is not None:
                    numbers[by.id if isinstance(by, _User) else by] += 1
        if self.tasks and not listed:
            self._refuse("its tasks have no annotations")
        return known, Counter({n: count for n, count in numbers.items() if str(n) not in known})

    def _object(self, task: msgspec.Raw) -> bool:
        """Whether a task is an object, as all must be."""
        try:
            msgspec.json.decode(task, type=dict[str, Any])
        except msgspec.DecodeError as error:
            self._refuse(error)
        return True

    def _refuse(self, error: object) -> NoReturn:
        raise StudioError(
            f"{self.path} is no JSON export of Label Studio: {error}. Export the project again "
            "and choose the format 'JSON'."
        )


def _refuse_other_than_utf8(data: bytes) -> None:
    """Raise UnicodeDecodeError: what is passed over later must be UTF-8 as well."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), _CHUNK):
        decoder.decode(data[start : start + _CHUNK])
    decoder.decode(b"", final=True)


def put_aside(folder: Path, pulled: Pulled) -> None:
    """Write what could not be used of somebody's work to a folder, or nothing when all could."""
    path = folder / f"{pulled.annotator}.json"
    path.unlink(missing_ok=True)
    if pulled.quarantined:
        data = msgspec.json.format(msgspec.json.encode(pulled.quarantined), indent=1)
        write_bytes(path, data, mode=0o600)


class _User(msgspec.Struct, gc=False):
    id: int
    email: str = ""


class _Signature(msgspec.Struct, gc=False):
    completed_by: int | _User | None = None


class _Signed(msgspec.Struct, gc=False):
    """A task, for who made its annotations."""

    annotations: list[_Signature] | None = None
