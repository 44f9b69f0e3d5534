"""Checks of what an annotation says against what else it says, and against the registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ijcorpus.annotation import Stance
from ijcorpus.checks.annotated import AnnotationView
from ijcorpus.checks.view import NIL, Check, Fault

# Marks that a name does not begin or end with; full stops, brackets and apostrophes it may.
EDGES = ',;:!?"“”«»‐‑‒–—―-…'


def _mention_edge_mark(view: AnnotationView) -> Iterator[Fault]:
    for entity in view.placed_entities:
        words = view.surface(entity)
        tight = words.strip(EDGES)
        if words != tight and tight:
            start = entity.start + len(words) - len(words.lstrip(EDGES))
            yield view.fault(
                entity,
                "begins or ends with a punctuation mark; leave it outside.",
                repair=view.move(start, start + len(tight), safe=False),
            )


def _mention_across_lines(view: AnnotationView) -> Iterator[Fault]:
    for entity in view.placed_entities:
        if "\n" in view.surface(entity).strip():
            yield view.fault(entity, "runs over the end of a line; mark one name in one line.")


def _mention_without_letter(view: AnnotationView) -> Iterator[Fault]:
    for entity in view.placed_entities:
        words = view.surface(entity)
        if words.strip() and not any(character.isalnum() for character in words):
            yield view.fault(entity, "has no letter and no digit; mark a name, or remove it.")


def _nil_id_has_entry(view: AnnotationView) -> Iterator[Fault]:
    for entity in view.annotation.entities:
        if entity.entity_id.startswith(NIL):
            for known in view.corpus.named.get(view.surface(entity), ()):
                yield view.fault(
                    entity,
                    f"is {entity.entity_id}, yet the registry's {known} has just this name; link "
                    "it, or make sure that another is meant.",
                )


def _surface_not_a_name(view: AnnotationView) -> Iterator[Fault]:
    for entity in view.annotation.entities:
        entry, words = view.corpus.entries.get(entity.entity_id), view.surface(entity)
        if not entry or not words:
            continue
        names = (entry.name, *entry.aliases, *entry.ambiguous)
        if words.casefold() not in {name.casefold() for name in names}:
            yield view.fault(
                entity,
                f"is linked to {entry.id} ({entry.name}), which has no such name; make sure of "
                "the link, or add the name.",
            )


def _flag_twice(view: AnnotationView) -> Iterator[Fault]:
    for stance in view.annotation.stances:
        for flag in _twice(stance.flags):
            yield view.fault(stance, f"has the flag {flag} twice; keep one.")
    for flag in _twice(view.annotation.flags):
        yield Fault(f"the document as a whole has the flag {flag} twice; keep one.")


def _twice(values: Iterable[str]) -> list[str]:
    listed = list(values)
    return [value for value in dict.fromkeys(listed) if listed.count(value) > 1]


def _evidence_is_holder(view: AnnotationView) -> Iterator[Fault]:
    for stance, mention in view.held:
        if mention.start <= stance.start < stance.end <= mention.end:
            yield view.fault(
                stance,
                f"has nothing for evidence but the name of its holder, {view.name(mention)}; "
                "mark the words that take the side.",
                mention,
            )


def _holder_type_differs(view: AnnotationView) -> Iterator[Fault]:
    first: dict[str, Stance] = {}
    for stance, mention in view.held:
        if not mention.entity_id or stance.holder is None:
            continue
        other = first.setdefault(mention.entity_id, stance)
        if other.holder and other.holder.type != stance.holder.type:
            yield view.fault(
                stance,
                f"is held by {mention.entity_id} as {stance.holder.type}, but {view.name(other)} "
                f"by the same as {other.holder.type}; choose one type.",
                other,
            )


def _author_typed(view: AnnotationView) -> Iterator[Fault]:
    for stance in view.annotation.stances:
        holder = stance.holder
        if holder and holder.kind == "author" and holder.type:
            yield view.fault(
                stance, f"is the author's, with the type {holder.type}; the author has none."
            )


def _author_stance_unsupported(view: AnnotationView) -> Iterator[Fault]:
    own = {s.target for s in view.annotation.stances if s.holder and s.holder.kind == "author"}
    for whole in view.annotation.author:
        if whole.target not in own:
            yield Fault(
                f"the document as a whole is {whole.polarity} on {whole.target}, and no judgement "
                "of the author's says so; mark the evidence."
            )


def _holder_unlinked(view: AnnotationView) -> Iterator[Fault]:
    seen: set[str] = set()
    for _, mention in view.held:
        if not mention.entity_id and mention.id not in seen:
            seen.add(mention.id)
            yield view.fault(mention, "holds a judgement and is not linked; say who it is.")


CONSISTENCY_CHECKS: tuple[Check[AnnotationView], ...] = (
    Check(
        code="mention-edge-mark",
        level=3,
        severity="warning",
        explanation="A mention should not begin or end with a comma, dash or quotation mark.",
        function=_mention_edge_mark,
    ),
    Check(
        code="mention-across-lines",
        level=3,
        severity="warning",
        explanation="A mention should lie in one line.",
        function=_mention_across_lines,
    ),
    Check(
        code="mention-without-letter",
        level=3,
        severity="error",
        explanation="A mention must have a letter or a digit.",
        function=_mention_without_letter,
    ),
    Check(
        code="nil-id-has-entry",
        level=4,
        severity="warning",
        explanation="What the registry knows by an unambiguous name should be linked to it.",
        function=_nil_id_has_entry,
    ),
    Check(
        code="surface-not-a-name",
        level=4,
        severity="info",
        explanation="A mention's words are no name of the entry it is linked to: right at times.",
        function=_surface_not_a_name,
    ),
    Check(
        code="flag-twice",
        level=2,
        severity="warning",
        explanation="A judgement or document should have a flag once.",
        function=_flag_twice,
    ),
    Check(
        code="evidence-is-holder",
        level=5,
        severity="warning",
        explanation="The evidence of a judgement should be more than its holder's name.",
        function=_evidence_is_holder,
    ),
    Check(
        code="holder-type-differs",
        level=5,
        severity="warning",
        explanation="One holder should have one type in a document.",
        function=_holder_type_differs,
    ),
    Check(
        code="holder-unlinked",
        level=5,
        severity="warning",
        explanation="A mention that holds a judgement should be linked.",
        function=_holder_unlinked,
    ),
    Check(
        code="author-typed",
        level=5,
        severity="warning",
        explanation="The author has no holder type.",
        function=_author_typed,
    ),
    Check(
        code="author-stance-unsupported",
        level=5,
        severity="info",
        explanation="An author stance on the whole document rests on judgements of the author's.",
        function=_author_stance_unsupported,
    ),
)
