"""SisC's alignment of pairs of texts, run by a Python that has SisC (`pip install sisc`).

Usage: PYTHON scripts/bench_sisc.py < pairs.json > aligned.json

Reads [[annotated, copy], ...]. Writes for each pair the SisC fingerprint with its default masks,
the seconds that aligning it took, and for each character of the annotated text the place of its
column among the columns, with the copy's characters in them (null for none).
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def main() -> None:
    """Align every pair as `sisc align` does."""
    from sisc.alignment.BaseFileAligner import BaseFileAligner  # pyright: ignore
    from sisc.core.SisC import align_text  # pyright: ignore
    from sisc.mask.UniformMasker import UniformMasker  # pyright: ignore

    class Gaps(BaseFileAligner[Any]):
        """Keeps the gaps that SisC moves annotations by."""

        def align(self, _: Any, text: str, __: str, in_text: list[int], in_mask: list[int]) -> Any:
            return text, in_text, in_mask

    made: list[dict[str, Any]] = []
    for annotated, copy in json.load(sys.stdin):
        mask = UniformMasker().mask(annotated, [])
        begun = time.perf_counter()
        _, (columns, in_text, in_mask) = align_text(None, copy, mask, Gaps())
        seconds = time.perf_counter() - begun
        gaps, missing = set(in_text), set(in_mask)
        places = [at for at in range(len(columns)) if at not in missing]
        shown = [None if at in gaps else letter for at, letter in enumerate(columns)]
        made.append({"mask": mask, "seconds": seconds, "places": places, "columns": shown})
    json.dump(made, sys.stdout)


if __name__ == "__main__":
    main()
