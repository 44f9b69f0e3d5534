"""One annotation of one document as the checks see it, mark by mark."""

from __future__ import annotations

from collections.abc import Iterable
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

    def placed(self, marks: Iterable[M]) -> list[M]:
        """The marks whose offsets lie in the text; none when the text is another."""
        if not self.current:
            return []
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
    def ids(self) -> tuple[str, ...]:
        """The id of every mark."""
        return self.layer.mentions.id + self.layer.judgements.id

    @lazy
    def held(self) -> list[tuple[Stance, Entity]]:
        """Judgements whose holder is an entity of the annotation, with that entity."""
        pairs = [(stance, self.mention(stance)) for stance in self.annotation.stances]
        return [(stance, mention) for stance, mention in pairs if mention is not None]

    def mention(self, stance: Stance) -> Entity | None:
        """The entity that holds a stance, or None."""
        wanted = stance.holder.mention if stance.holder else None
        return None if wanted is None else self._by_id.get(wanted)

    @lazy
    def _by_id(self) -> dict[str, Entity]:
        """Entities by id; of an id that is there twice, the first."""
        return {entity.id: entity for entity in reversed(self.annotation.entities)}

    @lazy
    def sentences(self) -> list[int | None]:
        """The number of the sentence that holds each placed judgement, or None."""
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
