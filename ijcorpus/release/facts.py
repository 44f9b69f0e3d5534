"""What the card says of texts that were read against their sources."""

from __future__ import annotations

import re
from collections import Counter

from ijcorpus.document import FactCheck
from ijcorpus.errors import ReleaseError
from ijcorpus.workspace import Workspace


def facts_text(workspace: Workspace) -> str | None:
    """How many stated facts were wrong before they were mended; None when nobody looked.

    Raises ReleaseError for a check of a document that the corpus does not have, one that stands
    there twice, and counts that cannot be.
    """
    checks = workspace.fact_checks
    unknown = sorted({check.document for check in checks} - set(workspace.sources))
    if unknown:
        raise ReleaseError(
            f"{workspace.layout.fact_checks}: the corpus has no document {', '.join(unknown)}. "
            "Mend the ids, or take these lines out."
        )
    for check in checks:
        _refuse_impossible(check, str(workspace.layout.fact_checks))
    if twice := [pair for pair, n in Counter((c.document, c.by) for c in checks).items() if n > 1]:
        raise ReleaseError(
            f"{workspace.layout.fact_checks}: {' by '.join(twice[0])} stands there twice. Keep one."
        )
    if not checks:
        return None
    read = sum(check.facts for check in checks)
    wrong, unsupported = sum(c.wrong for c in checks), sum(c.unsupported for c in checks)
    documents, readers = len({c.document for c in checks}), sorted({c.by for c in checks})
    return (
        f"Read by {', '.join(readers)}, who had not written them: {documents} documents, {read} "
        f"stated facts. Before correction {wrong} contradicted their sources "
        f"({_share(wrong, read)}) and {unsupported} were in none of them "
        f"({_share(unsupported, read)}); all of these were mended.\n"
    )


def _refuse_impossible(check: FactCheck, file: str) -> None:
    if not re.fullmatch(r"\w[\w .,()-]*", check.by):
        raise ReleaseError(
            f"{file}: {check.document} was read by {check.by!r}. Give a name of letters, digits, "
            "blanks and any of .,()_-"
        )
    if min(check.wrong, check.unsupported) < 0 or check.wrong + check.unsupported > check.facts:
        raise ReleaseError(
            f"{file}: of the {check.facts} facts of {check.document}, {check.wrong} wrong and "
            f"{check.unsupported} unsupported ones cannot be. Count them again."
        )


def _share(count: int, of: int) -> str:
    return f"{count / of:.1%}" if of else "-"
