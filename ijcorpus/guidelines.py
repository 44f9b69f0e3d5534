"""The guidelines: their index, made from the scheme, and their examples, in markup notation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ijcorpus.scheme import LabelScheme

_HEADING = re.compile(r"^## (.+)$")
_FENCE = re.compile(r"^```(\w*)$")


class Example(NamedTuple):
    """An example of a guideline page: under which heading, right or wrong, and its markup."""

    heading: str
    right: bool
    markup: str
    line: int


def examples(page: str) -> Iterator[Example]:
    """The blocks fenced as `yes` or `no` on a guideline page, their text unwrapped."""
    heading, opened, block, start = "", "", [], 0
    for number, line in enumerate(page.splitlines(), start=1):
        fence = _FENCE.match(line)
        if fence and opened:
            if opened in ("yes", "no"):
                yield Example(heading, opened == "yes", _unwrapped(block), start)
            opened, block = "", []
        elif fence:
            opened, start = fence[1] or "text", number
        elif opened:
            block.append(line)
        elif match := _HEADING.match(line):
            heading = match[1]


def index(scheme: LabelScheme) -> str:
    """The guideline index as Markdown: every label and proposition with its key and page."""
    entities, stance = scheme.guidelines
    evidence = scheme.stance
    lines = [
        f"# Guidelines, version {scheme.guidelines_version or scheme.version}",
        "",
        "Made from `annotations/scheme.toml` by `ijcorpus scheme index`; do not edit.",
        "",
        "| key | entity | what |",
        "|---|---|---|",
    ]
    lines += [
        f"| {label.hotkey} | [{label.id}]({entities}#{label.id.lower()}) | {label.description} |"
        for label in scheme.entities
    ]
    lines += [
        f"| {evidence.hotkey} | [{evidence.id}]({stance}) | {evidence.description} |",
        "",
        "| target | proposition | in favour means |",
        "|---|---|---|",
    ]
    lines += [
        f"| [{target.id}]({stance}#{target.id.lower()}) | {target.text} | {target.favor} |"
        for target in scheme.propositions
    ]
    for title, name in (
        ("polarity", "polarities"),
        ("attribution", "attributions"),
        ("holder", "holder_kinds"),
        ("type of holder", "holder_types"),
        ("flag of a judgement", "stance_flags"),
        ("flag of a document", "document_flags"),
        ("reason of a decision", "reasons"),
    ):
        lines += ["", f"| key | {title} | what |", "|---|---|---|"]
        lines += [f"| {o.hotkey} | {o.id} | {o.description} |" for o in getattr(scheme, name)]
    return "\n".join(lines) + "\n"


def _unwrapped(block: list[str]) -> str:
    at = next((i for i, line in enumerate(block) if line.startswith("%%")), len(block))
    return "\n".join([" ".join(block[:at]).strip(), "", *block[at:]])
