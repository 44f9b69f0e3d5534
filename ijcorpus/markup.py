r"""The markup notation: annotations as plain text, for guidelines, tests and quick entry.

The text stands as it is, with each mention in brackets followed by its label, entity id and
sense; judgements and document-level facts follow under lines that begin with `%%`:

    [Tokyo](GPE ent-0268 government) signed the pact with [Israel](GPE ent-0401 government).

    %% stance
    1. "signed the pact" | "Tokyo":government | T1 favor | conduct | implicit | a note
    %% author
    T1 favor
    %% flags
    sensitive

A judgement quotes its evidence, names its holder (`AUTHOR`, `UNNAMED:type`, or a quoted mention
and its type), its target and polarity and its attribution; flags (separated by commas) and a note
may follow. A quote that occurs more than once takes its number, counted from 1: `"Tokyo"#2`; a
holder's quote counts mentions with that surface only. In the text, `[`, `]` and `\` are written
`\[`, `\]` and `\\`, and `%%` at a line's start is written `\%%`; in quotes, `"` and `\` are
written `\"` and `\\`, and in quotes and notes a line end is written `\n`. Everything ambiguous is
refused.
"""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

import msgspec

from ijcorpus.annotation import (
    Annotation,
    AuthorStance,
    Entity,
    Holder,
    HolderKind,
    Stance,
    canonical,
)
from ijcorpus.document import sha256
from ijcorpus.errors import MarkupError
from ijcorpus.scheme import LabelScheme

_SECTION = re.compile(r"(?m)^%% *(\w*) *$")
_QUOTE = r'"((?:[^"\\]|\\.)*)"(?:#(\d+))?'
_STANCE = re.compile(
    rf"\s*(?:\d+\.\s*)?{_QUOTE}\s*\|\s*(?P<holder>{_QUOTE}(?::\w+)?|[^|\"]*?)\s*"
    r"\|(?P<judgement>[^|]*)\|(?P<attribution>[^|]*)(?:\|(?P<flags>[^|]*)(?:\|(?P<note>.*))?)?"
)
_HOLDER = re.compile(rf"{_QUOTE}(?::(\w+))?")
_ATTRIBUTES = re.compile(r"\(([^()\s]+)(?: ([^()\s]+))?(?: ([^()\s]+))?\)")
_KEYWORDS: dict[str, HolderKind] = {"AUTHOR": "author", "UNNAMED": "unnamed"}


class Marked(NamedTuple):
    """A text and the annotation that its markup gives."""

    text: str
    annotation: Annotation


class Occurrence(NamedTuple):
    """A quote and which of its occurrences is meant, counted from 1; 0 if not said."""

    quote: str
    number: int


def parse(
    source: str,
    scheme: LabelScheme,
    *,
    document: str,
    annotator: str,
    text: str | None = None,
) -> Marked:
    """The text and annotation that markup stands for.

    With `text`, the markup must be of exactly that text. Raises MarkupError that names the
    document, the place and the remedy.
    """
    body, sections = _split(source, document)
    found, entities = _Body(body, scheme, document).read()
    lead = len(found) - len(found.lstrip())
    found, entities = found.strip(), [_moved(entity, -lead) for entity in entities]
    if text is not None and found != text:
        _refuse_other_text(found, text, document)
    reader = _Judgements(found, entities, scheme, document)
    annotation = Annotation(
        document=document,
        digest=sha256(found),
        scheme=scheme.version,
        annotator=annotator,
        entities=tuple(entities),
        stances=tuple(reader.stance(line) for line in _lines(sections.get("stance", ""))),
        author=tuple(reader.author(line) for line in _lines(sections.get("author", ""))),
        flags=tuple(reader.flag(line) for line in _lines(sections.get("flags", ""))),
    )
    return Marked(found, canonical(annotation))


def render(text: str, annotation: Annotation) -> str:
    """The markup of an annotation of a text; `parse` gives the annotation back.

    Raises MarkupError when entities overlap, which the notation cannot say.
    """
    parts: list[str] = []
    reached = 0
    for entity in sorted(annotation.entities, key=lambda e: e.start):
        if entity.start < reached:
            raise MarkupError(
                f"{annotation.document}: entity {entity.id} at {entity.start} overlaps the one "
                f"before it; the notation is flat. Remove one of them."
            )
        attributes = " ".join(filter(None, (entity.label, entity.entity_id, entity.sense)))
        parts.append(_escape(text[reached : entity.start]))
        parts.append(f"[{_escape(text[entity.start : entity.end])}]({attributes})")
        reached = entity.end
    parts.append(_escape(text[reached:]))
    lines = ["%% stance"]
    lines += [_stance_line(n, s, text, annotation) for n, s in enumerate(annotation.stances, 1)]
    lines += ["%% author", *(f"{a.target} {a.polarity}" for a in annotation.author)]
    lines += ["%% flags", *annotation.flags]
    return re.sub(r"(?m)^%%", r"\\%%", "".join(parts)) + "\n\n" + "\n".join(lines) + "\n"


class _Body:
    """Reads the text with its bracketed mentions."""

    def __init__(self, body: str, scheme: LabelScheme, document: str) -> None:
        self.body, self.scheme, self.document = body, scheme, document
        self.at = 0

    def read(self) -> tuple[str, list[Entity]]:
        out: list[str] = []
        length = 0
        opened: int | None = None
        entities: list[Entity] = []
        while self.at < len(self.body):
            character = self.body[self.at]
            if character == "[":
                if opened is not None:
                    self.refuse("a mention inside a mention")
                opened = length
            elif character == "]":
                if opened is None:
                    self.refuse("']' closes no mention; write '\\]' for the character")
                entities.append(self.entity(opened, "".join(out)[opened:], len(entities) + 1))
                opened = None
                continue
            else:
                if character == "\\":
                    self.at += 1
                    character = self.body[self.at : self.at + 1]
                    if character not in ("[", "]", "\\", "%"):
                        self.refuse(f"'\\{character}' is no escape; write '\\\\' for a backslash")
                out.append(character)
                length += 1
            self.at += 1
        if opened is not None:
            self.refuse("a mention is not closed; write '\\[' for the character")
        return "".join(out), entities

    def entity(self, start: int, quote: str, number: int) -> Entity:
        match = _ATTRIBUTES.match(self.body, self.at + 1)
        if match is None:
            self.refuse(f"no '(LABEL entity-id sense)' behind the mention {quote!r}")
        name, link, sense = match.groups(default="")
        label = self.scheme.label(name)
        if label is None:
            self.refuse(f"{name!r} is no label; there are {', '.join(self.scheme.label_names)}")
        if not sense and link in label.senses:
            link, sense = "", link
        if sense and sense not in label.senses:
            self.refuse(f"{sense!r} is no sense of {name}; there are {label.senses}")
        if not quote or quote != quote.strip():
            self.refuse(f"the mention {quote!r} is empty or has white space at an edge")
        self.at = match.end()
        return Entity(
            id=f"e{number}",
            start=start,
            end=start + len(quote),
            label=name,
            entity_id=link,
            sense=sense or None,
            quote=quote,
        )

    def refuse(self, why: str) -> NoReturn:
        line = self.body.count("\n", 0, self.at) + 1
        column = self.at - (self.body.rfind("\n", 0, self.at) + 1) + 1
        raise MarkupError(f"{self.document}, line {line}, column {column}: {why}.")


class _Judgements:
    """Reads the lines under the text."""

    def __init__(
        self, text: str, entities: list[Entity], scheme: LabelScheme, document: str
    ) -> None:
        self.text, self.entities, self.scheme, self.document = text, entities, scheme, document

    def stance(self, line: str) -> Stance:
        match = _STANCE.fullmatch(line)
        if match is None:
            self.refuse(
                line, 'it is not: "quoted evidence" | holder | target polarity | attribution'
            )
        target, polarity = self.pair(line, match["judgement"].strip())
        attribution = match["attribution"].strip()
        if attribution not in self.scheme.names("attributions"):
            self.refuse_name(line, attribution, "attribution", "attributions")
        names = tuple(name.strip() for name in (match["flags"] or "").split(",") if name.strip())
        for name in names:
            if name not in self.scheme.names("stance_flags"):
                self.refuse_name(line, name, "flag of a judgement", "stance_flags")
        start, end = self.evidence(line, _occurrence(match))
        return Stance(
            id="s",
            start=start,
            end=end,
            quote=self.text[start:end],
            holder=self.holder(line, match["holder"]),
            target=target,
            polarity=polarity,
            attribution=attribution,
            flags=names,
            note=_unescape((match["note"] or "").strip()),
        )

    def author(self, line: str) -> AuthorStance:
        target, polarity = self.pair(line, line.strip())
        return AuthorStance(target=target, polarity=polarity)

    def flag(self, line: str) -> str:
        if line.strip() not in self.scheme.names("document_flags"):
            self.refuse_name(line, line.strip(), "flag of a document", "document_flags")
        return line.strip()

    def pair(self, line: str, judgement: str) -> tuple[str, str]:
        target, _, polarity = judgement.partition(" ")
        if target not in self.scheme.target_names:
            self.refuse_name(line, target, "target", "propositions")
        if polarity not in self.scheme.polarity_names:
            self.refuse_name(line, polarity, "polarity", "polarities")
        return target, polarity

    def holder(self, line: str, field: str) -> Holder:
        keyword, _, kind = field.partition(":")
        if keyword in _KEYWORDS:
            return Holder(kind=_KEYWORDS[keyword], type=self.holder_type(line, kind or None))
        match = _HOLDER.fullmatch(field)
        if match is None:
            self.refuse(
                line, f'{field!r} is no holder; write AUTHOR, UNNAMED:type or "a mention":type'
            )
        wanted = _occurrence(match)
        same = [entity for entity in self.entities if entity.quote == wanted.quote]
        entity = same[self.pick(line, wanted, len(same), "mention")]
        return Holder(kind="mention", mention=entity.id, type=self.holder_type(line, match[3]))

    def holder_type(self, line: str, name: str | None) -> str | None:
        if name is not None and name not in self.scheme.names("holder_types"):
            self.refuse_name(line, name, "type of holder", "holder_types")
        return name

    def evidence(self, line: str, wanted: Occurrence) -> tuple[int, int]:
        starts = [m.start() for m in re.finditer(f"(?={re.escape(wanted.quote)})", self.text)]
        if not wanted.quote.strip():
            self.refuse(line, "its evidence is empty")
        start = starts[self.pick(line, wanted, len(starts), "place in the text")]
        return start, start + len(wanted.quote)

    def pick(self, line: str, wanted: Occurrence, count: int, what: str) -> int:
        if count == 0:
            self.refuse(line, f"{wanted.quote!r} is no {what}")
        if wanted.number == 0 and count > 1:
            self.refuse(line, f"{wanted.quote!r} is {count} {what}s; add #1 to #{count}")
        if wanted.number > count:
            self.refuse(line, f"{wanted.quote!r} has {count} {what}s, not {wanted.number}")
        return max(wanted.number, 1) - 1

    def refuse_name(self, line: str, name: str, what: str, known: str) -> NoReturn:
        names = ", ".join(self.scheme.names(known))
        self.refuse(line, f"{name!r} is no {what}; there are {names}")

    def refuse(self, line: str, why: str) -> NoReturn:
        raise MarkupError(f"{self.document}, in {line.strip()!r}: {why}.")


def _split(source: str, document: str) -> tuple[str, dict[str, str]]:
    pieces = _SECTION.split(source)
    sections: dict[str, str] = {}
    line = pieces[0].count("\n") + 1
    for name, content in zip(pieces[1::2], pieces[2::2], strict=True):
        if name not in ("stance", "author", "flags") or name in sections:
            fault = "stands a second time" if name in sections else "is unknown"
            raise MarkupError(
                f"{document}, line {line}: '%% {name}' {fault}; there are stance, author and "
                "flags, once each."
            )
        line += content.count("\n")
        sections[name] = content
    return pieces[0], sections


def _lines(section: str) -> list[str]:
    return [line for line in section.split("\n") if line.strip()]


def _occurrence(match: re.Match[str]) -> Occurrence:
    return Occurrence(_unescape(match[1]), int(match[2] or 0))


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)


def _escape(text: str) -> str:
    return re.sub(r"([\[\]\\])", r"\\\1", text)


def _quoted(quote: str, number: int, count: int) -> str:
    escaped = re.sub(r'(["\\])', r"\\\1", quote).replace("\n", r"\n")
    return f'"{escaped}"' + (f"#{number}" if count > 1 else "")


def _stance_line(number: int, stance: Stance, text: str, annotation: Annotation) -> str:
    quote = text[stance.start : stance.end]
    starts = [m.start() for m in re.finditer(f"(?={re.escape(quote)})", text)]
    fields = [
        f"{number}. {_quoted(quote, starts.index(stance.start) + 1, len(starts))}",
        _holder_field(stance, text, annotation),
        f"{stance.target} {stance.polarity}",
        f"{stance.attribution}",
        ", ".join(stance.flags),
        stance.note.replace("\\", r"\\").replace("\n", r"\n"),
    ]
    while not fields[-1]:
        fields.pop()
    return " | ".join(fields)


def _holder_field(stance: Stance, text: str, annotation: Annotation) -> str:
    if stance.holder is None or None in (stance.target, stance.polarity, stance.attribution):
        raise MarkupError(
            f"{annotation.document}: judgement {stance.id} is not finished, and the notation can "
            "only say whole ones. Give it a holder, target, polarity and attribution."
        )
    kind = f":{stance.holder.type}" if stance.holder.type else ""
    mention = annotation.mention(stance)
    if mention is None:
        return {v: k for k, v in _KEYWORDS.items()}[stance.holder.kind] + kind
    quote = text[mention.start : mention.end]
    same = [e.id for e in annotation.entities if text[e.start : e.end] == quote]
    return _quoted(quote, same.index(mention.id) + 1, len(same)) + kind


def _moved(entity: Entity, by: int) -> Entity:
    return msgspec.structs.replace(entity, start=entity.start + by, end=entity.end + by)


def _refuse_other_text(found: str, text: str, document: str) -> NoReturn:
    same = next(
        (i for i, (a, b) in enumerate(zip(found, text, strict=False)) if a != b),
        min(len(found), len(text)),
    )
    line = found.count("\n", 0, same) + 1
    column = same - (found.rfind("\n", 0, same) + 1) + 1
    raise MarkupError(
        f"{document}: the text under the markup differs from the document's at line {line}, column "
        f"{column} (character {same}): {found[same : same + 12]!r} where the document has "
        f"{text[same : same + 12]!r}. Change marks only, never the text."
    )
