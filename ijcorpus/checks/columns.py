"""Marks by column: one C loop over an annotation in place of one Python loop for each check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from operator import ne
from typing import NamedTuple, TypeVar

from msgspec.structs import astuple

from ijcorpus.annotation import Entity, Holder, Stance


class Mentions(NamedTuple):
    """The fields of `Entity`, in its order, each for all entities of an annotation."""

    id: tuple[str, ...] = ()
    start: tuple[int, ...] = ()
    end: tuple[int, ...] = ()
    label: tuple[str, ...] = ()
    entity_id: tuple[str, ...] = ()
    sense: tuple[str | None, ...] = ()
    quote: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()


class Judgements(NamedTuple):
    """The fields of `Stance`, in its order, each for all judgements of an annotation."""

    id: tuple[str, ...] = ()
    start: tuple[int, ...] = ()
    end: tuple[int, ...] = ()
    holder: tuple[Holder | None, ...] = ()
    target: tuple[str | None, ...] = ()
    polarity: tuple[str | None, ...] = ()
    attribution: tuple[str | None, ...] = ()
    flags: tuple[tuple[str, ...], ...] = ()
    note: tuple[str, ...] = ()
    quote: tuple[str, ...] = ()


C = TypeVar("C", Mentions, Judgements)


def mentions(entities: Iterable[Entity]) -> Mentions:
    """The columns of entities."""
    return Mentions(*zip(*map(astuple, entities), strict=True))


def judgements(stances: Iterable[Stance]) -> Judgements:
    """The columns of judgements."""
    return Judgements(*zip(*map(astuple, stances), strict=True))


def together(lists: Sequence[C], none: C) -> C:
    """The columns of the marks of the last list, and of those of the others that it has not.

    Ids are left out, and do not tell marks apart. Without lists the columns are `none`.
    """
    *others, last = lists or (none,)
    rows = [*zip(*last[1:], strict=True)]
    known = dict(zip(last.start, rows, strict=True))
    for said in others:
        if said[1:] == last[1:]:
            continue
        own = [*zip(*said[1:], strict=True)]
        rows += compress(own, map(ne, own, map(known.get, said.start)))
    return type(none)((), *zip(*rows, strict=True))
