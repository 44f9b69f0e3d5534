"""Checks of judgements: their parts, their holders, and the author's own stance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ijcorpus.annotation import Stance
from ijcorpus.checks.annotated import AnnotationView
from ijcorpus.checks.view import Check, Fault


def _unknown(
    view: AnnotationView,
    what: str,
    known: tuple[str, ...],
    said: Iterable[tuple[Stance | None, str | None]],
) -> Iterator[Fault]:
    """Values that the scheme does not have, of a judgement or (None) of the whole document."""
    for stance, value in said:
        if value is None or value in known:
            continue
        message = (
            f"has the {what} {value!r}, which scheme {view.scheme.version} does not have; "
            f"choose one of {', '.join(known)}."
        )
        if stance is None:
            yield Fault(f"the document as a whole {message}")
        else:
            yield view.fault(stance, message)


def _unknown_target(view: AnnotationView) -> Iterator[Fault]:
    said, known = view.annotation, view.scheme.target_names
    yield from _unknown(view, "target", known, ((s, s.target) for s in said.stances))
    yield from _unknown(view, "target", known, ((None, a.target) for a in said.author))


def _unknown_polarity(view: AnnotationView) -> Iterator[Fault]:
    said, known = view.annotation, view.scheme.polarity_names
    yield from _unknown(view, "polarity", known, ((s, s.polarity) for s in said.stances))
    yield from _unknown(view, "polarity", known, ((None, a.polarity) for a in said.author))


def _unknown_attribution(view: AnnotationView) -> Iterator[Fault]:
    said = ((s, s.attribution) for s in view.annotation.stances)
    yield from _unknown(view, "attribution", view.corpus.options["attributions"], said)


def _unknown_flag(view: AnnotationView) -> Iterator[Fault]:
    said, options = view.annotation, view.corpus.options
    flags = ((s, flag) for s in said.stances for flag in s.flags)
    yield from _unknown(view, "flag", options["stance_flags"], flags)
    whole = ((None, flag) for flag in said.flags)
    yield from _unknown(view, "flag", options["document_flags"], whole)


def _unknown_holder_type(view: AnnotationView) -> Iterator[Fault]:
    said = ((s, s.holder.type) for s in view.annotation.stances if s.holder)
    yield from _unknown(view, "holder type", view.corpus.options["holder_types"], said)


def _judgement_incomplete(view: AnnotationView) -> Iterator[Fault]:
    for stance in view.annotation.stances:
        parts = (stance.target, stance.polarity, stance.attribution)
        names = ("target", "polarity", "attribution")
        missing = [name for name, part in zip(names, parts, strict=True) if not part]
        if missing:
            yield view.fault(stance, f"has no {' and no '.join(missing)}; finish it or remove it.")


def _holder_missing(view: AnnotationView) -> Iterator[Fault]:
    for stance in view.annotation.stances:
        if stance.holder is None:
            yield view.fault(stance, "has no holder; say who takes the side.")


def _holder_type_missing(view: AnnotationView) -> Iterator[Fault]:
    for stance in view.annotation.stances:
        holder = stance.holder
        if holder and not holder.type and holder.kind != "author":
            who = holder.mention or "somebody unnamed"
            yield view.fault(
                stance, f"has a holder ({who}) without a type; say what kind of actor it is."
            )


def _holder_mention_unresolved(view: AnnotationView) -> Iterator[Fault]:
    for stance in view.annotation.stances:
        wanted = stance.holder.mention if stance.holder else None
        if wanted is not None and view.mention(stance) is None:
            yield view.fault(
                stance,
                f"is held by {wanted!r}, which is no entity of this annotation; "
                "point to the mention that holds it.",
            )


def _attribution_contradicts_holder(view: AnnotationView) -> Iterator[Fault]:
    kinds = view.corpus.options["holder_kinds"]
    for stance in view.annotation.stances:
        said, holder = stance.attribution, stance.holder
        if holder and said in kinds and said != holder.kind:
            yield view.fault(
                stance,
                f"is attributed to the {said}, but its holder is of the kind "
                f"{holder.kind!r}; change one of them.",
            )


def _held(view: AnnotationView, stance: Stance) -> str:
    """Who holds a judgement, by identity where it is known."""
    if stance.holder is None:
        return ""
    mention = view.mention(stance)
    who = (mention.entity_id or mention.id) if mention else (stance.holder.mention or "")
    return f"{stance.holder.kind}:{who or stance.holder.type}"


def _judgement_duplicate(view: AnnotationView) -> Iterator[Fault]:
    first: dict[tuple[int, int, str | None, str], Stance] = {}
    for stance in view.annotation.stances:
        key = (stance.start, stance.end, stance.target, _held(view, stance))
        other = first.setdefault(key, stance)
        if other is not stance:
            yield view.fault(
                stance,
                f"({stance.polarity}) has the target {stance.target}, the holder and the evidence "
                f"of {view.name(other)} ({other.polarity}); keep one of them.",
                other,
            )


def _judgement_repeated(view: AnnotationView) -> Iterator[Fault]:
    first: dict[tuple[int, str, str | None, str | None], Stance] = {}
    for stance, sentence in zip(view.placed_stances, view.sentences, strict=True):
        # Two unnamed holders of one type may be two people; a mention or the author is one.
        if sentence is None or stance.holder is None or stance.holder.kind == "unnamed":
            continue
        key = (sentence, _held(view, stance), stance.target, stance.polarity)
        other = first.setdefault(key, stance)
        if (other.start, other.end) != (stance.start, stance.end):
            yield view.fault(
                stance,
                f"repeats {view.name(other)} in one sentence ({stance.target}, "
                f"{stance.polarity}, same holder); mark the clearest evidence once.",
                other,
            )


def _author_stance_missing(view: AnnotationView) -> Iterator[Fault]:
    whole = {stance.target for stance in view.annotation.author}
    seen: set[str] = set()
    for stance in view.annotation.stances:
        target = stance.target
        if not target or target in whole | seen or not _by_author(stance):
            continue
        seen.add(target)
        yield view.fault(
            stance,
            f"is the author's own on {target}, but the document as a whole has no author stance "
            f"on {target}; add one, or change the holder.",
        )


def _author_stance_twice(view: AnnotationView) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for stance in view.annotation.author:
        if stance.target in first:
            yield Fault(
                f"the document as a whole has two author stances on {stance.target} "
                f"({first[stance.target]} and {stance.polarity}); keep one."
            )
        first.setdefault(stance.target, stance.polarity)


def _author_stance_contradicts(view: AnnotationView) -> Iterator[Fault]:
    sign = view.corpus.signs
    for whole in view.annotation.author:
        own = [s for s in view.annotation.stances if s.target == whole.target and _by_author(s)]
        signs = {sign.get(s.polarity) for s in own}
        pair = {*signs, sign.get(whole.polarity)}
        if len(signs) == 1 and pair == {1, -1}:
            yield view.fault(
                own[0],
                f"and every other of the author's on {whole.target} is {own[0].polarity}, but "
                f"the document as a whole is {whole.polarity}; change one side.",
                *own[1:],
            )


def _by_author(stance: Stance) -> bool:
    return stance.holder is not None and stance.holder.kind == "author"


STANCE_CHECKS: tuple[Check[AnnotationView], ...] = (
    Check(
        code="unknown-target",
        level=5,
        severity="error",
        explanation="A target must be one of the scheme's propositions.",
        function=_unknown_target,
    ),
    Check(
        code="unknown-polarity",
        level=5,
        severity="error",
        explanation="A polarity must be one of the scheme's.",
        function=_unknown_polarity,
    ),
    Check(
        code="unknown-attribution",
        level=5,
        severity="error",
        explanation="An attribution must be one of the scheme's.",
        function=_unknown_attribution,
    ),
    Check(
        code="unknown-flag",
        level=5,
        severity="error",
        explanation="A flag of a judgement or document must be one of the scheme's.",
        function=_unknown_flag,
    ),
    Check(
        code="unknown-holder-type",
        level=5,
        severity="error",
        explanation="A holder's type must be one of the scheme's.",
        function=_unknown_holder_type,
    ),
    Check(
        code="judgement-incomplete",
        level=5,
        severity="error",
        explanation="A judgement must have a target, a polarity and an attribution.",
        function=_judgement_incomplete,
    ),
    Check(
        code="holder-missing",
        level=5,
        severity="error",
        explanation="A judgement must say who holds it.",
        function=_holder_missing,
    ),
    Check(
        code="holder-type-missing",
        level=5,
        severity="error",
        explanation="Every holder but the author must have a type.",
        function=_holder_type_missing,
    ),
    Check(
        code="holder-mention-unresolved",
        level=5,
        severity="error",
        explanation="A holder that is a mention must be an entity of the same annotation.",
        function=_holder_mention_unresolved,
    ),
    Check(
        code="attribution-contradicts-holder",
        level=5,
        severity="warning",
        explanation="An attribution that is named like a kind of holder is for that kind only.",
        function=_attribution_contradicts_holder,
    ),
    Check(
        code="judgement-duplicate",
        level=5,
        severity="error",
        explanation="One holder judges one target once on one piece of evidence.",
        function=_judgement_duplicate,
    ),
    Check(
        code="judgement-repeated",
        level=5,
        severity="warning",
        explanation="One holder's side on one target should be marked once in a sentence.",
        function=_judgement_repeated,
    ),
    Check(
        code="author-stance-missing",
        level=5,
        severity="warning",
        explanation="Where the author judges a target, the document should have a stance on it.",
        function=_author_stance_missing,
    ),
    Check(
        code="author-stance-twice",
        level=5,
        severity="error",
        explanation="A document may have one author stance on a target.",
        function=_author_stance_twice,
    ),
    Check(
        code="author-stance-contradicts",
        level=5,
        severity="warning",
        explanation="The document's author stance should not oppose all the author's judgements.",
        function=_author_stance_contradicts,
    ),
)
