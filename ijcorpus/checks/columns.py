"""Marks by column: one C loop over an annotation in place of one Python loop for each check."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

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


def mentions(entities: Iterable[Entity]) -> Mentions:
    """The columns of entities."""
    return Mentions(*zip(*map(astuple, entities), strict=True))


def judgements(stances: Iterable[Stance]) -> Judgements:
    """The columns of judgements."""
    return Judgements(*zip(*map(astuple, stances), strict=True))
