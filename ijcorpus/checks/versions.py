"""Checks of a corpus against the version it says it is: what was released stays as it was."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from msgspec.structs import replace

from ijcorpus.annotation import Annotation, Entity, Stance, without_quotes
from ijcorpus.checks.subject import Released, Subject
from ijcorpus.checks.view import Check, DocumentView, Fault

Mark = Entity | Stance
Marks = Callable[[Annotation], Sequence[Mark]]


def _text_differs(view: DocumentView) -> Iterator[Fault]:
    released = view.subject.released
    if released is None:
        return
    if not released.row:
        yield Fault(f"version {released.version} has no such document; {_remedy(released)}.")
        return
    document = view.subject.document
    for name, now in (("text_sha256", document.digest), ("raw_sha256", document.raw_sha256)):
        if released.row[name] != now:
            what = "clean text" if name == "text_sha256" else "raw file"
            yield Fault(
                f"the {what} is {now[:12]}, but version {released.version} was made of "
                f"{str(released.row[name])[:12]}; {_remedy(released)}."
            )


def _source_differs(view: DocumentView) -> Iterator[Fault]:
    released, source = view.subject.released, view.subject.source
    if released is None:
        return
    fields = [name for name in released.row if name in source.__struct_fields__]
    other = [name for name in fields if getattr(source, name) != released.row[name]]
    if other:
        yield Fault(
            f"its {', '.join(other)} in sources.jsonl differ from version {released.version}; "
            f"{_remedy(released)}."
        )


def _layer_differs(view: DocumentView) -> Iterator[Fault]:
    released = view.subject.released
    if released is None or not released.row:
        return
    then = {layer.name: layer.annotation for layer in released.layers}
    now = {layer.name: layer.annotation for layer in view.subject.annotations}
    unread = {one.record for one in view.subject.unread}
    for name in dict.fromkeys([*then, *now]):
        if name in unread:
            continue
        if name not in now or name not in then:
            said = "is gone, but" if name in then else "is there, but not"
            yield Fault(
                f"{name} {said} in version {released.version}; {_remedy(released)}.", record=name
            )
        elif (one := _shown(now[name], view.subject)) != (two := _shown(then[name], view.subject)):
            yield _changed(name, one, two, released)


def _changed(name: str, now: Annotation, then: Annotation, released: Released) -> Fault:
    """How an annotation differs from the released one, and where it does first."""
    marks: tuple[Marks, ...] = (operator.attrgetter("entities"), operator.attrgetter("stances"))
    both = [({*of(now)}, {*of(then)}) for of in marks]
    other = sorted(chain.from_iterable(a ^ b for a, b in both), key=lambda m: (m.start, m.end))
    fields = [n for n in now.__struct_fields__ if getattr(now, n) != getattr(then, n)]
    first = other[0] if other else None
    return Fault(
        f"{name} differs from version {released.version} in {', '.join(fields)}; "
        f"{_remedy(released)}.",
        record=f"{name}/{first.id}" if first else name,
        start=first.start if first else None,
        end=first.end if first else None,
    )


def _shown(made: Annotation, subject: Subject) -> Annotation:
    """An annotation as far as a release shows it; its text has a check of its own."""
    plain = replace(without_quotes(made), digest="")
    if subject.ships:
        return plain
    return replace(plain, stances=tuple(replace(stance, note="") for stance in plain.stances))


def _remedy(released: Released) -> str:
    return (
        "bring it back from version control, or raise the version in corpus.toml: what is called "
        f"{released.version} stays as it was released"
    )


VERSION_CHECKS: tuple[Check[DocumentView], ...] = (
    Check(
        code="released-text-differs",
        level=7,
        severity="error",
        explanation="Text and raw file must be those of the version that the corpus says it is, "
        "once that is released.",
        function=_text_differs,
    ),
    Check(
        code="released-source-differs",
        level=7,
        severity="error",
        explanation="What the sources say of a document must be what the version that the corpus "
        "says it is has of it.",
        function=_source_differs,
    ),
    Check(
        code="released-layer-differs",
        level=7,
        severity="error",
        explanation="Every layer must be that of the version that the corpus says it is, once that "
        "is released.",
        function=_layer_differs,
    ),
)
