"""The peers of `bench_checks.py`: pydantic and jsonschema, which check the form of documents alone.

The pydantic models say what it can say of form: nested strict models, closed lists, offsets of at
least 0, ids and digests by pattern, and the three rules that decoding checks with us too (a holder
that is a mention names it, spans hold something, sentences are in order).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Annotated, Any, Literal

import jsonschema
import msgspec
import pydantic

from ijcorpus.annotation import Annotation
from ijcorpus.document import Document, Source

Offset = Annotated[int, pydantic.Field(ge=0)]
End = Annotated[int, pydantic.Field(ge=1)]
Digest = Annotated[str, pydantic.Field(pattern="^[0-9a-f]{64}$")]


class Model(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class PydanticHolder(Model):
    kind: Literal["mention", "author", "unnamed"]
    mention: str | None = None
    type: Literal["host", "guest"] | None = None

    @pydantic.model_validator(mode="after")
    def named(self) -> PydanticHolder:
        if (self.kind == "mention") != (self.mention is not None):
            raise ValueError("a mention has a name, and nobody else has")
        return self


class PydanticEntity(Model):
    id: Annotated[str, pydantic.Field(pattern="^e[1-9][0-9]*$")]
    start: Offset
    end: End
    label: Literal["A", "B"]
    entity_id: str = ""
    sense: str | None = None
    quote: str = ""
    origin: Literal["manual", "prediction", "prediction-changed"] = "manual"


class PydanticStance(Model):
    id: Annotated[str, pydantic.Field(pattern="^s[1-9][0-9]*$")]
    start: Offset
    end: End
    holder: PydanticHolder | None = None
    target: Literal["P", "Q"] | None = None
    polarity: Literal["pro", "con"] | None = None
    attribution: Literal["told", "known"] | None = None
    flags: tuple[str, ...] = ()
    note: str = ""
    quote: str = ""


class PydanticAuthorStance(Model):
    target: Literal["P", "Q"]
    polarity: Literal["pro", "con"]


class PydanticAnnotation(Model):
    document: str
    digest: Digest
    scheme: Literal["1"]
    annotator: Literal["one", "two", "judge"]
    entities: tuple[PydanticEntity, ...] = ()
    stances: tuple[PydanticStance, ...] = ()
    author: tuple[PydanticAuthorStance, ...] = ()
    flags: tuple[str, ...] = ()


class PydanticSource(Model):
    id: str
    subset: Literal["original", "press", "archive"]
    rights: Literal["full_text", "standoff"]
    title: str
    publisher: str
    date: Annotated[str, pydantic.Field(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]
    genre: str
    period: str
    vantage: str
    topic: str
    licence: str
    path: str
    format: Literal["text", "html", "tei"]
    sha256: Digest
    obtain: str
    url: str | None = None
    fragment: str | None = None
    direction: str | None = None
    drafted_by: str | None = None
    facts: tuple[str, ...] = ()


class PydanticSection(Model):
    kind: str
    start: Offset
    end: End


def _held(span: tuple[int, int]) -> tuple[int, int]:
    if span[0] >= span[1]:
        raise ValueError("an empty span")
    return span


Span = Annotated[tuple[Offset, End], pydantic.AfterValidator(_held)]


class PydanticDocument(Model):
    id: str
    text: str
    sections: tuple[PydanticSection, ...]
    sentences: tuple[Span, ...]
    raw_map: tuple[tuple[tuple[Offset, Offset, Offset, Offset], ...]]
    raw_sha256: Digest
    cleaner: str

    @pydantic.model_validator(mode="after")
    def in_order(self) -> PydanticDocument:
        if any(after[0] < before[1] for before, after in pairwise(self.sentences)):
            raise ValueError("sentences out of order")
        return self


def by_pydantic(batch: list[Any]) -> bool:
    try:
        for one in batch:
            PydanticSource.model_validate_json(one.source)
            PydanticDocument.model_validate_json(one.document)
            for data in one.layers.values():
                PydanticAnnotation.model_validate_json(data)
    except pydantic.ValidationError:
        return False
    return True


def _schema(kind: type) -> Any:
    return jsonschema.Draft202012Validator(msgspec.json.schema(kind))


SOURCE, DOCUMENT, ANNOTATION = _schema(Source), _schema(Document), _schema(Annotation)
# What a schema can say of the items of an array, and ours leaves to decoding.
DOCUMENT.schema["$defs"]["Span"]["prefixItems"] = [{"type": "integer", "minimum": 0}] * 2


def by_jsonschema(batch: list[Any]) -> bool:
    read = msgspec.json.decode
    return all(
        SOURCE.is_valid(read(one.source))
        and DOCUMENT.is_valid(read(one.document))
        and all(ANNOTATION.is_valid(read(data)) for data in one.layers.values())
        for one in batch
    )


WAYS: dict[str, Callable[[list[Any]], bool]] = {
    "pydantic, form only": by_pydantic,
    "jsonschema, form only": by_jsonschema,
}
