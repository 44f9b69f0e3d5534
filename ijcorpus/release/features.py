"""The columns of every configuration, with the label names in the scheme's order.

A column's type is written as Hugging Face `datasets` writes it in JSON, so that one declaration
gives the Arrow schema, the Parquet metadata and the card's YAML. Offsets are code points,
half-open; `start` and `end` count from the beginning of the document's text unless a column's
name says otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from ijcorpus.scheme import LabelScheme

Feature = dict[str, Any]
Features = dict[str, Feature]

DEFAULT = "documents"


def value(dtype: str) -> Feature:
    """A plain column, such as `string`, `int32` or `bool`."""
    return {"dtype": dtype, "_type": "Value"}


def label(names: Iterable[str]) -> Feature:
    """A column of labels: stored as the place in `names`, null where there is none."""
    return {"names": list(names), "_type": "ClassLabel"}


def several(feature: Feature) -> Feature:
    """A list column."""
    return {"feature": feature, "_type": "List"}


STRING, INT, BOOL = value("string"), value("int32"), value("bool")
SPAN: Features = {"start": INT, "end": INT}
ACCESS: Features = {
    "licence_as_of": STRING,
    "seen": STRING,
    "archive": STRING,
    "identifiers": several(STRING),
}
"""Where and when a withheld text was to be had: columns that a release has when a source does."""

SECTION: Feature = {"kind": STRING, **SPAN}


def configurations(scheme: LabelScheme, access: Collection[str] = ()) -> dict[str, Features]:
    """Configuration -> column -> type, in the order of the card.

    `access` names the columns of ACCESS that `standoff` has.
    """
    return {
        DEFAULT: _documents(scheme),
        "entities": _entities(scheme),
        "stance": _stance(scheme),
        "author_stance": _author_stance(scheme),
        "annotations": _annotations(scheme),
        "standoff": _standoff(scheme, access),
        "registry": _registry(scheme),
    }


def _strings(names: str) -> Features:
    return dict.fromkeys(names.split(), STRING)


def _polarity(scheme: LabelScheme) -> Features:
    return {"target": label(scheme.target_names), "polarity": label(scheme.polarity_names)}


def _mention(scheme: LabelScheme, *, text: bool) -> Feature:
    return {
        "id": STRING,
        **SPAN,
        **({"text": STRING} if text else {}),
        "label": label(scheme.label_names),
        **_strings("entity_id sense origin"),
    }


def _judgement(scheme: LabelScheme, *, text: bool) -> Feature:
    return {
        "id": STRING,
        **SPAN,
        **({"text": STRING} if text else {}),
        **_strings("holder_kind holder_mention holder_entity holder_type"),
        **_polarity(scheme),
        "attribution": label(scheme.names("attributions")),
        "flags": several(STRING),
        **({"note": STRING} if text else {}),
    }


def _labels(scheme: LabelScheme, *, text: bool) -> Features:
    return {
        "sections": several(SECTION),
        "sentences": several(SPAN),
        "mentions": several(_mention(scheme, text=text)),
        "judgements": several(_judgement(scheme, text=text)),
        "author_stances": several(_polarity(scheme)),
        "flags": several(STRING),
        **_strings("scheme annotator"),
    }


_METADATA = "id subset title publisher date genre period vantage topic licence url drafted_by"


def _documents(scheme: LabelScheme) -> Features:
    return {
        **_strings(_METADATA),
        "facts": several(STRING),
        **_strings("cleaner text_sha256 raw_sha256 text"),
        **_labels(scheme, text=True),
    }


def _standoff(scheme: LabelScheme, access: Collection[str]) -> Features:
    return {
        **_strings(_METADATA),
        "facts": several(STRING),
        **_strings("obtain path format fragment"),
        **{name: feature for name, feature in ACCESS.items() if name in access},
        **_strings("cleaner text_sha256 raw_sha256"),
        "characters": INT,
        **_labels(scheme, text=False),
    }


def _entities(scheme: LabelScheme) -> Features:
    return {
        "document": STRING,
        "sentence": INT,
        **SPAN,
        "text": STRING,
        "tokens": several(STRING),
        "token_starts": several(INT),
        "token_ends": several(INT),
        "tags": several(label(scheme.bio_names)),
        "entity_ids": several(STRING),
        "cut_tokens": INT,
    }


def _stance(scheme: LabelScheme) -> Features:
    return {
        **_strings("document id"),
        "sentence": INT,
        "sentence_start": INT,
        **_strings("text evidence"),
        **SPAN,
        "start_in_text": INT,
        "end_in_text": INT,
        **_strings("holder_kind holder holder_entity holder_type holder_side"),
        "target": label(scheme.target_names),
        "target_text": STRING,
        "polarity": label(scheme.polarity_names),
        "attribution": label(scheme.names("attributions")),
        "flags": several(STRING),
        "note": STRING,
    }


def _author_stance(scheme: LabelScheme) -> Features:
    return {
        **_strings("document title genre vantage"),
        "target": label(scheme.target_names),
        "target_text": STRING,
        "polarity": label(scheme.polarity_names),
    }


def _annotations(scheme: LabelScheme) -> Features:
    return {
        **_strings("document subset annotator annotator_kind made_by"),
        **_strings("item id"),
        **SPAN,
        "text": STRING,
        "label": label(scheme.label_names),
        **_strings("entity_id sense origin holder_kind holder_mention holder_type"),
        **_polarity(scheme),
        "attribution": label(scheme.names("attributions")),
        "flags": several(STRING),
        "note": STRING,
    }


def _registry(scheme: LabelScheme) -> Features:
    return {
        **_strings("id name"),
        "label": label(scheme.label_names),
        "side": STRING,
        "aliases": several(STRING),
        "ambiguous": several(STRING),
        "note": STRING,
        "verified": BOOL,
    }
