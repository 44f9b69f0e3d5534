"""`ijcorpus fingerprint`: what is published of withheld texts, so that copies may differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ijcorpus.cli.context import Context, pass_context

if TYPE_CHECKING:
    from ijcorpus.standoff.fingerprint import Fingerprint
    from ijcorpus.workspace import Workspace


@click.command(epilog="Example: ijcorpus fingerprint --copies ~/texts --output corpus/fingerprints")
@click.argument("documents", nargs=-1)
@click.option(
    "--copies",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The folder of texts that may not ship; by default the one that IJCORPUS_TEXTS names.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    show_default="corpus/fingerprints",
    help="The folder to write to, a JSON file a document.",
)
@click.option(
    "--salt",
    show_default="the corpus's name",
    help="Keys the hashes. It never changes for a text: two salts would give away twice as much.",
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the files and stop.")
@pass_context
def fingerprint_command(
    ctx: Context,
    documents: tuple[str, ...],
    copies: Path | None,
    output: Path | None,
    salt: str | None,
    schema: bool,
) -> None:
    """Make fingerprints of withheld texts: all that are at hand, or the DOCUMENTS named.

    A fingerprint holds at most 4 bits a token and the places of the annotations, no word of the
    text. Of a text that has one already, the new one differs in nothing but places: whoever held
    two that differ in more could tell more of the text.
    """
    from rich.table import Table

    from ijcorpus.errors import RecordError
    from ijcorpus.standoff.fingerprint import schema as schema_of
    from ijcorpus.workspace import Workspace

    if schema:
        ctx.emit(schema_of())
        return
    workspace = Workspace(ctx.root, copies)
    folder = output or workspace.layout.fingerprints
    table = Table("document", "words", "bits a word", "places", "file", "")
    rows: list[dict[str, object]] = []
    at_hand = documents or _withheld(workspace)
    if not at_hand and any(s.rights != "full_text" for s in workspace.sources.values()):
        searched = workspace.layout.copies
        raise RecordError(
            f"{searched} has none of the texts that may not ship, at the paths that "
            f"{workspace.layout.sources} gives. Name the folder of your copies with --copies."
            if searched
            else "The texts that may not ship are not at hand: IJCORPUS_TEXTS names no folder. "
            "Name the folder of your copies with --copies."
        )
    for name in at_hand:
        path = folder / f"{name}.json"
        record, written = _make(workspace, name, path, salt)
        rows.append(
            {
                "document": name,
                "words": record.words,
                "bits_a_word": round(record.bits_a_word, 3),
                "places": len(record.places),
                "file": str(path),
                "state": "written" if written else "unchanged",
            }
        )
        table.add_row(*(str(value) for value in rows[-1].values()))
    if ctx.json:
        ctx.emit(rows)
    else:
        ctx.console.print(table)


def _make(
    workspace: Workspace, name: str, path: Path, salt: str | None
) -> tuple[Fingerprint, bool]:
    """The fingerprint of a document, and whether it had to be written."""
    from ijcorpus.errors import RecordError
    from ijcorpus.records import write_json
    from ijcorpus.standoff.fingerprint import fingerprint, given_away, spans_of

    document, settled = workspace.document(name), workspace.adjudicated(name)
    made = [*workspace.layers(name).values(), *([settled] if settled else [])]
    before = _published(workspace, name, path, document.digest)
    salt = salt or (before.salt if before else workspace.info.name)
    if before and before.salt != salt:
        raise RecordError(
            f"{name} has a fingerprint with the salt {before.salt!r}, and a second salt would give "
            f"away twice as much. Leave --salt {salt!r} out."
        )
    record = fingerprint(
        document,
        spans_of(*made),
        salt=salt,
        known=given_away(document, *made),
        lengths=before.lengths if before else None,
    )
    if path.is_file() and record == before:
        return record, False
    write_json(path, record)
    return record, True


def _published(workspace: Workspace, name: str, path: Path, digest: str) -> Fingerprint | None:
    """The fingerprint that the text already has: where it is to be written, or in a release."""
    from ijcorpus.published import FINGERPRINTS
    from ijcorpus.standoff.fingerprint import decode_fingerprint

    layout = workspace.layout
    released = sorted(layout.releases.glob(f"*/{FINGERPRINTS}/{name}.json"))
    for one in (path, layout.fingerprints / f"{name}.json", *released):
        if one.is_file():
            found = decode_fingerprint(one.read_bytes(), where=str(one))
            if found.digest == digest:
                return found
    return None


def _withheld(workspace: Workspace) -> tuple[str, ...]:
    return tuple(
        name
        for name, source in workspace.sources.items()
        if source.rights == "standoff" and workspace.has_text(name)
    )
