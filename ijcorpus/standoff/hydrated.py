"""What came of one withheld document when it met a reader's copies."""

from __future__ import annotations

from typing import Literal

import msgspec

from ijcorpus.annotation import AnnotatedDocument
from ijcorpus.document import Source, Span, Struct
from ijcorpus.standoff.extent import LeftOut
from ijcorpus.standoff.place import Placement
from ijcorpus.standoff.realign import Placed

Status = Literal["exact", "realigned", "different", "absent"]


class Hydrated(Struct, frozen=True, kw_only=True):
    """What came of one withheld document.

    `exact`: every offset holds. `realigned`: the copy is another form of the text, and `placed`
    says of every annotation where it went or why it did not. `different`: the copy is not the text
    that was annotated, and nothing was placed. `absent`: there is no copy. `result` is the
    annotated document, with the annotations that were placed; `spans`, `left_out` and `outside` are
    as in Realigned; `file` is the copy; `share` is how much of the annotated text was found in it;
    `reason` says what to do.
    """

    source: Source
    status: Status
    reason: str = ""
    file: str = ""
    share: float = 0.0
    result: AnnotatedDocument | None = None
    placed: tuple[Placed, ...] = ()
    spans: dict[Span, Placement] = msgspec.field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    outside: int = 0

    def count(self, status: str) -> int:
        """How many annotations have a status."""
        return sum(one.placement.status == status for one in self.placed)
