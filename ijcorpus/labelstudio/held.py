"""Who holds a judgement, by what is chosen and related on its region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from ijcorpus.annotation import Holder, HolderKind

_KINDS: tuple[HolderKind, ...] = get_args(HolderKind)


def holder(chosen: str | None, mentions: Sequence[str], holder_type: str | None) -> Holder | None:
    """The holder that a choice, related mentions and a type are; None when nothing is said.

    Raises ValueError, with what a judgement is told, when they contradict one another.
    """
    kind = chosen if chosen in _KINDS else None
    if len(mentions) > 1:
        raise ValueError(f"is held by {len(mentions)} mentions; keep one relation")
    if mentions and kind not in (None, "mention"):
        raise ValueError(f"has the holder kind {kind!r} and a relation to a mention; keep one")
    if kind == "mention" and not mentions:
        raise ValueError("is held by a mention, but no relation says which")
    if kind is None and not mentions:
        if holder_type is None:
            return None
        raise ValueError(f"has the holder type {holder_type!r} and no holder kind")
    mention = mentions[0] if mentions else None
    return Holder(kind=kind or "mention", mention=mention, type=holder_type)
