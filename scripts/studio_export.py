"""Synthetic exports for `bench_studio.py`: what a server gives for so many finished tasks."""

from __future__ import annotations

import random
import string
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ijcorpus.annotation import Annotation, Annotator, Entity, Holder, Stance
from ijcorpus.document import Document, RawMap, Span
from ijcorpus.labelstudio import tasks
from ijcorpus.scheme import read_scheme

SCHEME = read_scheme((Path(__file__).parents[1] / "annotations" / "scheme.toml").read_text())
ANNA = Annotator(
    id="anna", kind="human", description="", email="anna@bench.example", prelabels=True
)
USERS = {"1": ANNA.email}
SENTENCE = 20
PARAGRAPH = 100
EVIDENCE = 4
_LETTERS = string.ascii_letters + string.digits + "-_"
_MOMENT = "2031-05-01T09:30:00.123456Z"


class Shape(NamedTuple):
    """How many words a text has, and how many spans of each kind; by default an article.

    `prelabels` of the entities stood in the task before.
    """

    words: int = 430
    entities: int = 31
    stances: int = 5
    prelabels: int = 0


ARTICLE = Shape()


def _word(chance: random.Random) -> str:
    return "".join(chance.choices("abcdefghijklmnop", k=chance.randint(2, 9)))


VOCABULARY = tuple(_word(random.Random(number)) for number in range(50_000))
"""The most frequent first: word n comes 1/n times as often (Zipf 1935)."""
_WEIGHTS = tuple(accumulate(1 / rank for rank in range(1, len(VOCABULARY) + 1)))


def document(number: int, shape: Shape = ARTICLE) -> tuple[Document, Annotation]:
    """A text with its annotation, the same for the same number; names of one or two words."""
    chance = random.Random(number)
    text, starts, ends = _text(chance, shape.words)
    # Names lie in steps of their own, so that none overlaps another.
    step = shape.words // shape.entities
    places = [at * step + chance.randrange(max(1, step - 1)) for at in range(shape.entities)]
    entities = [
        Entity(
            id=_identity(chance),
            start=starts[place],
            end=ends[min(place + chance.randrange(2), at * step - 1)],
            label=chance.choice(SCHEME.label_names),
            entity_id=f"ent-{chance.randrange(1000):04}",
        )
        for at, place in enumerate(places, start=1)
    ]
    stances = [
        Stance(
            id=_identity(chance),
            start=starts[place],
            end=ends[place + EVIDENCE - 1],
            holder=Holder(kind="mention", mention=chance.choice(entities).id),
            target=chance.choice(SCHEME.target_names),
            polarity=chance.choice(SCHEME.polarity_names),
            attribution=chance.choice(SCHEME.names("attributions")),
        )
        for place in sorted(chance.sample(range(step, shape.words - EVIDENCE), shape.stances))
    ]
    made = Document(
        id=f"doc-{number}",
        text=text,
        sections=(),
        sentences=_sentences(starts, ends),
        raw_map=RawMap(()),
        raw_sha256="",
        cleaner="bench",
    )
    said = Annotation(
        document=made.id,
        digest=made.digest,
        scheme=SCHEME.version,
        annotator=ANNA.id,
        entities=tuple(_quoted(entity, text) for entity in entities),
        stances=tuple(_quoted(stance, text) for stance in stances),
    )
    return made, said


def _identity(chance: random.Random) -> str:
    """As Label Studio's page makes them."""
    return "".join(chance.choices(_LETTERS, k=10))


def _text(chance: random.Random, count: int) -> tuple[str, list[int], list[int]]:
    """A text of so many words, and where each begins and ends: sentences and paragraphs."""
    drawn = chance.choices(VOCABULARY, cum_weights=_WEIGHTS, k=count)
    parts: list[str] = []
    starts, ends, place = [], [], 0
    for at, word in enumerate(drawn, start=1):
        form = word.title() if at % SENTENCE == 1 else word
        last = at == count or at % SENTENCE == 0
        after = "." if last else "," if at % 9 == 0 else ""
        between = "" if at == count else "\n\n" if at % PARAGRAPH == 0 else " "
        starts.append(place)
        ends.append(place + len(form))
        parts.append(form + after + between)
        place += len(parts[-1])
    return "".join(parts), starts, ends


def _sentences(starts: list[int], ends: list[int]) -> tuple[Span, ...]:
    """Each with the full stop after its last word."""
    last = len(starts) - 1
    return tuple(
        Span(starts[at], ends[min(at + SENTENCE - 1, last)] + 1)
        for at in range(0, len(starts), SENTENCE)
    )


def _quoted(region: Any, text: str) -> Any:
    return msgspec.structs.replace(region, quote=text[region.start : region.end])


def export(count: int, shape: Shape = ARTICLE) -> bytes:
    """What Label Studio's export has of so many tasks, each finished by one annotator."""
    return msgspec.json.encode(
        [_task(number, *document(number, shape), shape) for number in range(count)]
    )


def _task(number: int, made: Document, said: Annotation, shape: Shape) -> dict[str, Any]:
    """The task with every field that version 1.23 gives it."""
    result = tasks.result(said, made.text, SCHEME)
    prelabels = tasks.predictions(said.entities[: shape.prelabels], made.text, "v1")
    prediction = prelabels | {"id": number + 1, "score": None} if shape.prelabels else {}
    annotation = {
        "id": number + 1,
        "completed_by": 1,
        "result": result,
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": _MOMENT,
        "updated_at": _MOMENT,
        "draft_created_at": None,
        "lead_time": 211.5,
        "prediction": prediction,
        "result_count": len(result),
        "unique_id": f"00000000-0000-4000-8000-{number:012}",
        "import_id": None,
        "last_action": None,
        "bulk_created": False,
        "task": number + 1,
        "project": 1,
        "updated_by": 1,
        "parent_prediction": None,
        "parent_annotation": None,
        "last_created_by": None,
    }
    return {
        "id": number + 1,
        "annotations": [annotation],
        "file_upload": None,
        "drafts": [],
        "predictions": [number + 1] if shape.prelabels else [],
        **tasks.task(made, made.id),
        "meta": {},
        "created_at": _MOMENT,
        "updated_at": _MOMENT,
        "allow_skip": True,
        "inner_id": number + 1,
        "total_annotations": 1,
        "cancelled_annotations": 0,
        "total_predictions": 0,
        "comment_count": 0,
        "unresolved_comment_count": 0,
        "last_comment_updated_at": None,
        "project": 1,
        "updated_by": 1,
        "comment_authors": [],
    }
