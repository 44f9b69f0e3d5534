"""Columns name the fields of the records that they are made of, in their order."""

from __future__ import annotations

import pytest

from ijcorpus.annotation import Entity, Holder, Stance
from ijcorpus.checks.columns import Judgements, Mentions, judgements, mentions


@pytest.mark.parametrize(("columns", "record"), [(Mentions, Entity), (Judgements, Stance)])
def test_columns_are_the_fields_of_a_record(columns: type, record: type) -> None:
    assert columns._fields == record.__struct_fields__


def test_each_column_has_one_value_for_each_mark() -> None:
    entities = [Entity(id=f"e{n}", start=n, end=n + 2, label="BEING", quote="ab") for n in (1, 5)]
    said = mentions(entities)
    assert (said.id, said.start, said.end) == (("e1", "e5"), (1, 5), (3, 7))
    assert (said.label, said.quote, said.sense) == (("BEING",) * 2, ("ab",) * 2, (None, None))
    held = Holder(kind="author")
    (holder,) = judgements([Stance(id="s1", start=0, end=1, holder=held)]).holder
    assert holder is held


def test_no_marks_have_empty_columns() -> None:
    assert set(mentions([])) == set(judgements([])) == {()}
