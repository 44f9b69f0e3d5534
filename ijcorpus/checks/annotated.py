"""One annotation of one document as the checks see it.

What is the same for many marks is worked out once for all of them, so that a check can see at a
glance that nothing is wrong and need not look at every mark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter, le, lt
from typing import TypeVar

from ijcorpus.annotation import Annotation, Entity, Stance
from ijcorpus.checks.lazy import lazy
from ijcorpus.checks.subject import ADJUDICATED, Layer, Subject
from ijcorpus.checks.view import CorpusView, Fault
from ijcorpus.document import Struct
from ijcorpus.finding import Location, Repair
from ijcorpus.scheme import LabelScheme

M = TypeVar("M", bound=Entity | Stance)


class AnnotationView(Struct, frozen=True, kw_only=True, dict=True):
    """One annotation of one document, and the corpus it belongs to."""

    corpus: CorpusView
    subject: Subject
    layer: Layer

    @property
    def annotation(self) -> Annotation:
        """The annotation."""
        return self.layer.annotation

    @property
    def scheme(self) -> LabelScheme:
        """The corpus's label scheme."""
        return self.corpus.scheme

    @lazy
    def current(self) -> bool:
        """Whether the annotation was made on the text the document has now."""
        return self.annotation.digest == self.subject.digest

    @lazy
    def text(self) -> str | None:
        """The text that the annotation's offsets are about, if it is at hand."""
        return self.subject.text if self.current else None

    @lazy
    def marks(self) -> tuple[Entity | Stance, ...]:
        """All entities, then all judgements."""
        return (*self.annotation.entities, *self.annotation.stances)

    @lazy
    def in_place(self) -> bool:
        """Whether the text is the one annotated, and every mark lies in it."""
        starts, ends = self._starts, self._ends
        return self.current and (
            not starts
            or (
                min(starts) >= 0
                and max(ends) <= self.subject.characters
                and all(map(lt, starts, ends))
            )
        )

    def placed(self, marks: Iterable[M]) -> list[M]:
        """The marks whose offsets lie in the text; none when the text is another."""
        if self.in_place or not self.current:
            return [*marks] if self.current else []
        end = self.subject.characters
        return [mark for mark in marks if 0 <= mark.start < mark.end <= end]

    @lazy
    def placed_entities(self) -> list[Entity]:
        """The entities whose offsets lie in the text."""
        return self.placed(self.annotation.entities)

    @lazy
    def placed_stances(self) -> list[Stance]:
        """The judgements whose offsets lie in the text."""
        return self.placed(self.annotation.stances)

    @lazy
    def flat(self) -> bool:
        """Whether all mentions are in order and none overlaps the next."""
        said = self.layer.mentions
        return self.in_place and all(map(le, said.end, said.start[1:]))

    @lazy
    def quoted(self) -> bool:
        """Whether every mark quotes the words at its place."""
        quotes = (*self.layer.mentions.quote, *self.layer.judgements.quote)
        return self.text is not None and self.in_place and quotes == self.words

    @lazy
    def words(self) -> tuple[str, ...]:
        """The words of every mark, as `surface` gives them."""
        text = self.text
        if text is None or not self.in_place:
            return tuple([self.surface(mark) for mark in self.marks])
        return tuple([text[a:b] for a, b in zip(self._starts, self._ends, strict=True)])

    @lazy
    def names(self) -> tuple[str, ...]:
        """The words of every entity."""
        return self.words[: len(self.annotation.entities)]

    @lazy
    def edges(self) -> tuple[str, str]:
        """The first characters of all marks, and the last; without text, those of their quotes."""
        text = self.text
        if text is None or not self.in_place or not self.marks:
            return "".join([w[:1] for w in self.words]), "".join([w[-1:] for w in self.words])
        first, last = itemgetter(*self._starts)(text), itemgetter(*self._ends)
        return "".join(first), "".join(last(self.subject.after_edge))

    @lazy
    def name_edges(self) -> str:
        """The first and the last characters of all entities, in no order; see `edges`."""
        count = len(self.annotation.entities)
        if self.text is None or not self.in_place:
            return "".join([w[:1] + w[-1:] for w in self.names])
        return self.edges[0][:count] + self.edges[1][:count]

    @lazy
    def beside(self) -> str:
        """The characters before and after all marks, in no order; empty without the text."""
        if not self.text or not self.in_place or not self.marks:
            return ""
        before = itemgetter(*self._starts)(self.subject.after_edge)
        after = itemgetter(*self._ends)(self.subject.before_edge)
        return "".join(before) + "".join(after)

    @lazy
    def ordered(self) -> bool:
        """Whether entities and judgements each stand in the order of where they begin."""
        starts = self.layer.judgements.start
        return self.flat and all(map(lt, starts, starts[1:]))

    def of_kinds(self, wrong: Callable[[str, str | None], bool]) -> list[Entity]:
        """The entities whose label and sense are wrong; each pair is asked about once."""
        odd = {kind for kind in self._kinds if wrong(*kind)}
        return [e for e in self.annotation.entities if (e.label, e.sense) in odd] if odd else []

    @lazy
    def _kinds(self) -> set[tuple[str, str | None]]:
        said = self.layer.mentions
        return {*zip(said.label, said.sense, strict=True)}

    @lazy
    def readings(self) -> set[tuple[str, str, str]]:
        """Links with the labels and words that they occur with."""
        said = self.layer.mentions
        return {*zip(said.entity_id, said.label, self.names, strict=True)}

    @lazy
    def unlisted(self) -> set[str]:
        """The links that occur with a label or words that the registry does not have for them."""
        return {link for link, _, _ in self.readings - self.corpus.called}

    @lazy
    def ids(self) -> tuple[str, ...]:
        """The id of every mark."""
        return (*self.layer.mentions.id, *self.layer.judgements.id)

    @lazy
    def held(self) -> list[tuple[Stance, Entity]]:
        """Judgements whose holder is an entity of the annotation, with that entity."""
        get = self._by_id.get
        named = [get(h.mention) if h and h.mention else None for h in self.layer.judgements.holder]
        pairs = zip(self.annotation.stances, named, strict=True)
        return [(stance, mention) for stance, mention in pairs if mention is not None]

    def mention(self, stance: Stance) -> Entity | None:
        """The entity that holds a stance, or None."""
        wanted = stance.holder.mention if stance.holder else None
        return None if wanted is None else self._by_id.get(wanted)

    @lazy
    def _by_id(self) -> dict[str, Entity]:
        """Entities by id; of an id that is there twice, the first."""
        entities = self.annotation.entities
        return dict(zip(reversed(self.layer.mentions.id), reversed(entities), strict=True))

    @lazy
    def _starts(self) -> tuple[int, ...]:
        return (*self.layer.mentions.start, *self.layer.judgements.start)

    @lazy
    def _ends(self) -> tuple[int, ...]:
        return (*self.layer.mentions.end, *self.layer.judgements.end)

    @lazy
    def sentences(self) -> list[int | None]:
        """The number of the sentence that holds each placed judgement, or None."""
        if self.in_place:
            said = self.layer.judgements
            return self.subject.holding(said.start, said.end)
        placed = self.placed_stances
        return self.subject.holding([s.start for s in placed], [s.end for s in placed])

    def surface(self, mark: Entity | Stance) -> str:
        """The words of a mark, as far as they are known."""
        text = self.text
        if text is None or not 0 <= mark.start < mark.end <= len(text):
            return mark.quote
        return text[mark.start : mark.end]

    def name(self, mark: Entity | Stance) -> str:
        """A mark's kind, id, words (unless they may not ship) and interval, for messages."""
        kind = "entity" if isinstance(mark, Entity) else "judgement"
        words = f" {_short(self.surface(mark))!r}" if self.subject.ships else ""
        return f"{kind} {mark.id}{words} [{mark.start}, {mark.end})"

    def fault(
        self,
        mark: Entity | Stance,
        message: str,
        *others: Entity | Stance,
        repair: Repair | None = None,
    ) -> Fault:
        """A fault of a mark; the message begins with the mark's name."""
        return Fault(
            message=f"{self.name(mark)} {message}",
            record=mark.id,
            start=mark.start,
            end=mark.end,
            others=tuple(
                self.locate(Fault("", record=other.id, start=other.start, end=other.end))
                for other in others
            ),
            repair=repair,
        )

    def move(self, start: int, end: int, *, safe: bool = True) -> Repair:
        """The repair that moves a mark; never safe where the place follows from the passes."""
        made = self.layer.name != ADJUDICATED
        return Repair(kind="move", safe=safe and made, start=start, end=end)

    def locate(self, fault: Fault) -> Location:
        """A place in this annotation; records are named `layer/id`."""
        return Location(
            document=self.subject.id,
            record=f"{self.layer.name}/{fault.record}" if fault.record else self.layer.name,
            path=self.layer.path,
            start=fault.start,
            end=fault.end,
        )

    def excerpt(self, fault: Fault) -> str:
        """The text around a fault, unless the annotation was made on another."""
        return self.subject.excerpt(fault.start, fault.end) if self.current else ""


def _short(words: str, most: int = 40) -> str:
    return words if len(words) <= most else f"{words[:most]}..."
