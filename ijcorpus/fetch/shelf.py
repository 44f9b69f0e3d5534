"""What was fetched, kept on disk: each address's last answer, with digest and validators."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Literal

import msgspec

from ijcorpus.clean.decode import encoding_of
from ijcorpus.document import Source, Struct, sha256
from ijcorpus.errors import RecordError, SourceError
from ijcorpus.fetch.address import RefusedError
from ijcorpus.fetch.web import Answer, Web
from ijcorpus.layout import safe_name
from ijcorpus.records import read_json, write_bytes, write_json

Outcome = Literal["fetched", "changed", "unchanged", "kept", "missed"]

COPIES = "copies"
"""The folder of a shelf with a file for each document, for hydration to read."""


class Kept(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer on the shelf. `final` is its address after redirects, `seen` when it came."""

    url: str
    final: str
    sha256: str
    bytes: int
    seen: str
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""


class Fetched(Struct, frozen=True, kw_only=True):
    """What came of one document's address.

    `fetched`: for the first time. `changed`: its bytes are others than last time. `unchanged`: as
    before. `kept`: no answer now, so the last one is used. `missed`: nothing; `reason` says why.
    """

    document: str
    outcome: Outcome
    url: str = ""
    reason: str = ""
    file: str = ""
    sha256: str = ""
    bytes: int = 0
    seen: str = ""


class Shelf:
    """A folder of answers, asked for through a Web, each address once."""

    def __init__(self, folder: Path, web: Web) -> None:
        self.folder = folder
        self.web = web
        self._asked: dict[str, tuple[Outcome, Kept, str] | SourceError] = {}

    def fetch(self, sources: Iterable[Source]) -> list[Fetched]:
        """Each source from its address, or from its archived copy when that has none."""
        return [self._source(source) for source in sources]

    def _source(self, source: Source) -> Fetched:
        reasons: list[str] = []
        for url in filter(None, (source.url, source.archive)):
            try:
                outcome, kept, reason = self._once(url)
            except SourceError as error:
                reasons.append(str(error))
                continue
            return Fetched(
                document=source.id,
                outcome=outcome,
                url=url,
                reason="; ".join([*reasons, reason] if reason else reasons),
                file=str(self._copy(source, kept)),
                sha256=kept.sha256,
                bytes=kept.bytes,
                seen=kept.seen,
            )
        reason = "; ".join(reasons) or f"the release gives no address. {source.obtain}"
        return Fetched(document=source.id, outcome="missed", url=source.url or "", reason=reason)

    def _once(self, url: str) -> tuple[Outcome, Kept, str]:
        if url not in self._asked:
            try:
                self._asked[url] = self._ask(url)
            except SourceError as error:
                self._asked[url] = error
        found = self._asked[url]
        if isinstance(found, SourceError):
            raise found
        return found

    def _ask(self, url: str) -> tuple[Outcome, Kept, str]:
        before = self._kept(url)
        try:
            answer = self.web.get(url, _conditions(before))
            refuse_status(answer, known=before is not None)
        except RefusedError:
            raise
        except SourceError as error:
            if before is None:
                raise
            return "kept", before, f"as seen on {before.seen}, since {error}"
        if before is not None and answer.status == HTTPStatus.NOT_MODIFIED:
            return "unchanged", self._keep(url, answer, before), ""
        now = self._keep(url, answer, None)
        if before is None:
            return "fetched", now, ""
        if before.sha256 == now.sha256:
            return "unchanged", now, ""
        return "changed", now, f"the page changed since {before.seen}"

    def _kept(self, url: str) -> Kept | None:
        """The last answer of an address, if it is there and whole."""
        record, body = self._files(url)
        try:
            kept = read_json(record, Kept)
            whole = kept.url == url and sha256(body.read_bytes()) == kept.sha256
        except (RecordError, OSError):
            return None
        return kept if whole else None

    def _keep(self, url: str, answer: Answer, before: Kept | None) -> Kept:
        record, body = self._files(url)
        seen = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if before is not None:
            kept = msgspec.structs.replace(before, seen=seen)
        else:
            write_bytes(body, answer.body, mode=0o600)
            kept = Kept(
                url=url,
                final=answer.url,
                sha256=sha256(answer.body),
                bytes=len(answer.body),
                seen=seen,
                etag=answer.headers.get("etag", ""),
                last_modified=answer.headers.get("last-modified", ""),
                content_type=answer.headers.get("content-type", ""),
            )
        write_json(record, kept)
        return kept

    def _copy(self, source: Source, kept: Kept) -> Path:
        """The answer as a file that hydration reads: named for its document and its format."""
        raw = in_declared_encoding(self._files(kept.url)[1].read_bytes(), kept.content_type)
        name = f"{safe_name(source.id)}{suffix_of(raw, source)}"
        folder = self.folder / COPIES
        for old in folder.glob(f"{source.id}.*"):
            if old.stem == source.id and old.name != name:
                old.unlink(missing_ok=True)  # another run may have been first
        write_bytes(folder / name, raw, mode=0o600)
        return folder / name

    def _files(self, url: str) -> tuple[Path, Path]:
        key = sha256(url)[:32]
        return self.folder / f"{key}.json", self.folder / f"{key}.body"


def refuse_status(answer: Answer, *, known: bool) -> None:
    """Raise SourceError for an answer that is no page."""
    if answer.status == HTTPStatus.NOT_MODIFIED and known:
        return
    if answer.status != HTTPStatus.OK:
        try:
            phrase = f" {HTTPStatus(answer.status).phrase}"
        except ValueError:
            phrase = ""
        raise SourceError(f"{answer.url} answers {answer.status}{phrase}")
    if not answer.body.strip():
        raise SourceError(f"{answer.url} answers with an empty page")


def in_declared_encoding(raw: bytes, content_type: str) -> bytes:
    """The bytes as UTF-8 when only the server's header says how to read them.

    What the file itself says goes before; a header that the bytes contradict is not believed.
    """
    match = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", content_type, re.IGNORECASE)
    if match is None or not encoding_of(raw).reason.startswith("not UTF-8"):
        return raw
    try:
        text = raw.decode(codecs.lookup(match[1]).name)
    except (LookupError, UnicodeError):
        return raw
    return codecs.BOM_UTF8 + text.encode()


def suffix_of(raw: bytes, source: Source) -> str:
    """The suffix of a file's name for what its first bytes are."""
    head = raw[:2048].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if head.startswith(b"%pdf-"):
        return ".pdf"
    if head.startswith((b"<!doctype html", b"<html")) or b"<html" in head:
        return ".html"
    if head.startswith((b"<?xml", b"<tei")):
        return ".xml"
    return Path(source.path).suffix or ".txt"


def _conditions(before: Kept | None) -> dict[str, str]:
    if before is None:
        return {}
    pairs = {"If-None-Match": before.etag, "If-Modified-Since": before.last_modified}
    return {name: value for name, value in pairs.items() if value.isascii() and value.isprintable()}
