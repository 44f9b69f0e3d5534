from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from ijcorpus.clean import clean
from ijcorpus.document import Document, Source

PLAIN = Source(
    id="invented-001",
    subset="original",
    rights="full_text",
    title="A harbour between two seas",
    publisher="none",
    date="2019-05-03",
    genre="news",
    period="2012-19",
    vantage="JP",
    topic="harbour",
    licence="CC-BY-4.0",
    path="invented-001.txt",
    format="text",
    sha256="0" * 64,
    obtain="It is invented.",
)


@pytest.fixture(scope="session")
def source() -> Source:
    """A plain text source."""
    return PLAIN


@pytest.fixture(scope="session")
def cleaned() -> Callable[..., Document]:
    """Clean a text or bytes as the plain source, with the changes given."""

    def run(raw: str | bytes, **changes: object) -> Document:
        data = raw.encode() if isinstance(raw, str) else raw
        return clean(msgspec.structs.replace(PLAIN, **changes), data)

    return run


def parts(document: Document) -> list[tuple[str, str]]:
    """Kind and text of every section."""
    return [(part.kind, document.text[part.start : part.end]) for part in document.sections]


@pytest.fixture(scope="session")
def sections() -> Callable[[Document], list[tuple[str, str]]]:
    """Kind and text of every section of a document."""
    return parts
