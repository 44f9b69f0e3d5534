"""Raw bytes to a clean document that knows where each character came from.

A pure transform: the same bytes give the same `Document`, cleaning a clean text changes nothing,
and every character but the blank lines between sections has its place in the raw file.
"""

from __future__ import annotations

from ijcorpus.clean.decode import decode
from ijcorpus.clean.pieces import Piece, removed
from ijcorpus.clean.pipeline import CLEANER, clean

__all__ = ["CLEANER", "Piece", "clean", "decode", "removed"]
