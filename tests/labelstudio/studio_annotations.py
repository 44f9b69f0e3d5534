"""Annotations of invented texts, drawn at random: all that the scheme can say."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ijcorpus.annotation import Annotation, AuthorStance, Entity, Holder, Stance, canonical
from ijcorpus.document import sha256
from ijcorpus.labelstudio.decode import Decoded, annotation_of
from ijcorpus.scheme import read_scheme

SCHEME = read_scheme((Path(__file__).parents[2] / "annotations" / "scheme.toml").read_text())
LISTED, TYPED = "ent-0001", "nil-x"
"""The ids that entities have: one that a registry may list, and one that is its own."""

PIECES = [
    "word",
    "Mr",
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n",
    "👍🏽",
    "👨‍👩‍👧",
    "🇯🇵",
    "𝒳",
    "e\u0323\u0302x\u0301",
    "東京",
    "ירושלים",
    "\u00a0",
    "\u200b",
    "&amp;",
    "<b>",
    "\\n",
    '"',
    ".",
]


def make(text: str, **fields: Any) -> Annotation:
    return Annotation(
        document="doc",
        digest=sha256(text),
        scheme=SCHEME.version,
        annotator="anna",
        **fields,
    )


def decode(result: list[dict[str, Any]], text: str, annotator: str = "anna") -> Decoded:
    return annotation_of(
        result,
        document="doc",
        text=text,
        digest=sha256(text),
        scheme=SCHEME,
        annotator=annotator,
    )


@st.composite
def annotations(draw: st.DrawFn) -> tuple[str, Annotation]:
    text = unicodedata.normalize(
        "NFC", "a" + "".join(draw(st.lists(st.sampled_from(PIECES), max_size=25))) + "z"
    )
    edges = [i for i, c in enumerate(text) if not c.isspace()]

    def span() -> tuple[int, int]:
        one, other = draw(st.sampled_from(edges)), draw(st.sampled_from(edges))
        return min(one, other), max(one, other) + 1

    def choice(*names: str) -> Any:
        return draw(st.sampled_from(names))

    entities: list[Entity] = []
    for number in range(draw(st.integers(0, 5))):
        start, end = span()
        label = draw(st.sampled_from(SCHEME.entities))
        entities.append(
            Entity(
                id=f"e{number + 1}",
                start=start,
                end=end,
                label=label.id,
                entity_id=choice("", LISTED, TYPED),
                sense=draw(st.sampled_from([None, *label.senses])),
                quote=text[start:end],
                origin=choice("manual", "prediction", "prediction-changed"),
            )
        )
    kinds = ["author", "unnamed", *(["mention"] if entities else [])]
    stances: list[Stance] = []
    for number in range(draw(st.integers(0, 4))):
        start, end = span()
        kind = draw(st.sampled_from([None, *kinds]))
        mention = draw(st.sampled_from(entities)).id if kind == "mention" else None
        held = draw(st.sampled_from([None, *SCHEME.names("holder_types")]))
        stances.append(
            Stance(
                id=f"s{number + 1}",
                start=start,
                end=end,
                holder=Holder(kind=kind, mention=mention, type=held) if kind else None,
                target=draw(st.sampled_from([None, *SCHEME.target_names])),
                polarity=draw(st.sampled_from([None, *SCHEME.polarity_names])),
                attribution=draw(st.sampled_from([None, *SCHEME.names("attributions")])),
                flags=tuple(draw(st.sets(st.sampled_from(SCHEME.names("stance_flags"))))),
                note=choice("", "short", "two\nlines", "表 👍🏽"),
                quote=text[start:end],
            )
        )
    author = [
        AuthorStance(target=target, polarity=draw(st.sampled_from(SCHEME.polarity_names)))
        for target in draw(st.sets(st.sampled_from(SCHEME.target_names)))
    ]
    flags = tuple(draw(st.sets(st.sampled_from(SCHEME.names("document_flags")))))
    found = make(
        text,
        entities=tuple(entities),
        stances=tuple(stances),
        author=tuple(author),
        flags=flags,
    )
    return text, canonical(found)
