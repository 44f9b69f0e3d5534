"""Hydrated documents, written for their reader. They hold withheld text: do not pass them on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ijcorpus.annotation import AnnotatedDocument
from ijcorpus.document import Source
from ijcorpus.errors import ReleaseError
from ijcorpus.layout import safe_name
from ijcorpus.records import write_bytes, write_json
from ijcorpus.release.features import DEFAULT, configurations
from ijcorpus.release.rows import full_row
from ijcorpus.release.tables import parquet, table
from ijcorpus.scheme import LabelScheme


def write(
    output: Path, joined: Sequence[tuple[Source, AnnotatedDocument]], scheme: LabelScheme
) -> None:
    """Write joined documents: one Parquet file like `documents`, or a folder of JSON files.

    A path that ends in `.parquet` is that file. Raises ReleaseError when a file stands where the
    folder should be.
    """
    if output.suffix == ".parquet":
        rows = [full_row(source, made.document, made.annotation) for source, made in joined]
        write_bytes(output, parquet(table(rows, configurations(scheme)[DEFAULT])))
        return
    if output.is_file():
        raise ReleaseError(f"{output} is a file. Name a folder, or a file that ends in .parquet.")
    output.mkdir(parents=True, exist_ok=True)
    for source, made in joined:
        write_json(output / f"{safe_name(source.id)}.json", made)
