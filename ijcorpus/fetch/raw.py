"""Raw bytes of sources from the corpus itself or from the reader's own copies."""

from __future__ import annotations

from ijcorpus.document import Source, sha256
from ijcorpus.errors import AbsentSourceError, SourceError
from ijcorpus.layout import TEXTS_VARIABLE, Layout, inside
from ijcorpus.records import read_bytes


def raw_bytes(source: Source, layout: Layout) -> bytes:
    """The raw bytes that a source describes.

    Raises AbsentSourceError when they are not at hand, with how to obtain them, and SourceError
    when they are not the bytes that were described.
    """
    folder = layout.texts if source.rights == "full_text" else layout.copies
    if folder is None:
        raise AbsentSourceError(
            f"{source.id}: the text may not ship. {source.obtain} Put it at {source.path} in a "
            f"folder of yours and name the folder in {TEXTS_VARIABLE}."
        )
    path = inside(folder, source.path)
    if not path.is_file():
        raise AbsentSourceError(f"{source.id}: {path} does not exist. {source.obtain}")
    raw = read_bytes(path, remedy="Make it readable.")
    if (found := sha256(raw)) != source.sha256:
        raise SourceError(
            f"{source.id}: {path} has the SHA-256 {found}, but {source.sha256} is described. "
            "Put the described file there, or describe the new one as a new source."
        )
    return raw
