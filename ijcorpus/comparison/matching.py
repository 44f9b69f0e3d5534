"""Which labels of two annotations of the same text are the same label."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from typing import Any

import msgspec

from ijcorpus.comparison.change import Change, Row, differing

Key = Callable[["Label"], Hashable]

_KINDS = {"label": "relabelled", "entity_id": "relinked", "sense": "sense changed"}
_PLACE = ("id", "start", "end", "text")
_WORDS = 30  # characters of text on each side of a span


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A mention or a judgement: its fields as they are told, and its holder as one is known."""

    id: str
    start: int
    end: int
    fields: Row
    holder: tuple[Any, ...] = ()
    sentence: int = 0


def mentions(row: Row) -> list[Label]:
    """The mentions of a row of `documents` or `standoff`."""
    return [
        Label(
            id=mention["id"],
            start=mention["start"],
            end=mention["end"],
            fields=_without(mention, _PLACE),
        )
        for mention in row["mentions"]
    ]


def judgements(row: Row, starts: Sequence[int], *, notes: bool) -> list[Label]:
    """The judgements of a row; `starts` are those of the sentences, `notes` are told or not.

    The holder is told by its mention's span, and known by its entity where it is linked.
    """
    spans = {mention["id"]: [mention["start"], mention["end"]] for mention in row["mentions"]}
    left_out = (*_PLACE, "holder_mention", "holder_entity", *(() if notes else ("note",)))
    made: list[Label] = []
    for judged in row["judgements"]:
        span = spans.get(judged["holder_mention"])
        made.append(
            Label(
                id=judged["id"],
                start=judged["start"],
                end=judged["end"],
                fields={
                    **_without(judged, left_out),
                    "holder": span,
                    "evidence": [judged["start"], judged["end"]],
                },
                holder=(judged["holder_kind"], judged["holder_entity"] or str(span)),
                sentence=bisect_right(starts, judged["start"]),
            )
        )
    return made


def mention_changes(name: str, old: Row, new: Row, text: str | None) -> Iterator[Change]:
    """Mentions by span; `text` is that of both rows, None where it may not be told."""
    keys: tuple[Key, ...] = (_whole, lambda m: (_span(m), m.fields["label"]), _span)
    pairs, gone, come = _matched(mentions(old), mentions(new), keys)
    for before, after in pairs:
        for field, how in _KINDS.items():
            if pair := differing(before.fields, after.fields, [field]):
                yield _change("mention", how, name, after, pair, text)
        others = (_without(label.fields, _KINDS) for label in (before, after))
        if pair := differing(*others):
            yield _change("mention", "changed", name, after, pair, text)
    yield from _unmatched("mention", name, gone, come, text)


def judgement_changes(name: str, old: Row, new: Row, text: str | None) -> Iterator[Change]:
    """Judgements by sentence, target and holder; `text` as for mentions.

    A holder whose mention was linked anew is the same holder.
    """
    starts, notes = [span["start"] for span in old["sentences"]], text is not None
    keys: tuple[Key, ...] = (
        _whole,
        lambda j: (_span(j), j.fields["target"], j.holder),
        lambda j: (j.sentence, j.fields["target"], j.holder),
        lambda j: (j.sentence, j.fields["target"], str(j.fields["holder"])),
    )
    before, after = (judgements(row, starts, notes=notes) for row in (old, new))
    pairs, gone, come = _matched(before, after, keys)
    for one, other in pairs:
        if pair := differing(one.fields, other.fields, ["polarity"]):
            yield _change("judgement", "polarity changed", name, other, pair, text)
        others = (_without(label.fields, ("polarity",)) for label in (one, other))
        if pair := differing(*others):
            yield _change("judgement", "changed", name, other, pair, text)
    yield from _unmatched("judgement", name, gone, come, text)


def _without(row: Row, fields: Collection[str]) -> Row:
    return {name: value for name, value in row.items() if name not in fields}


def _span(label: Label) -> tuple[int, int]:
    return label.start, label.end


def _whole(label: Label) -> Hashable:
    return _span(label), msgspec.json.encode(label.fields)


def _matched(
    old: list[Label], new: list[Label], keys: Sequence[Key]
) -> tuple[list[tuple[Label, Label]], list[Label], list[Label]]:
    """Pairs that share a key, the strictest key first; then what only one side has."""
    pairs: list[tuple[Label, Label]] = []
    for key in keys:
        waiting: dict[Hashable, list[Label]] = defaultdict(list)
        for label in reversed(old):
            waiting[key(label)].append(label)
        rest: list[Label] = []
        for label in new:
            if same := waiting[key(label)]:
                pairs.append((same.pop(), label))
            else:
                rest.append(label)
        left = {id(label) for labels in waiting.values() for label in labels}
        old, new = [label for label in old if id(label) in left], rest
    return sorted(pairs, key=lambda pair: _span(pair[1])), old, new


def _unmatched(
    what: Any, name: str, gone: list[Label], come: list[Label], text: str | None
) -> Iterator[Change]:
    for label in gone:
        yield _change(what, "removed", name, label, (label.fields, None), text)
    for label in come:
        yield _change(what, "added", name, label, (None, label.fields), text)


def _change(
    what: Any,
    how: Any,
    name: str,
    label: Label,
    pair: tuple[Row | None, Row | None],
    text: str | None,
) -> Change:
    return Change(
        what=what,
        how=how,
        id=label.id,
        document=name,
        start=label.start,
        end=label.end,
        old=pair[0],
        new=pair[1],
        words=None if text is None else _around(text, label.start, label.end),
    )


def _around(text: str, start: int, end: int) -> str:
    """The words about a span, whole, on one line."""
    before = text[max(0, start - _WORDS) : start]
    after = text[end : end + _WORDS]
    if start > _WORDS:
        before = "… " + before.partition(" ")[2]
    if end + _WORDS < len(text):
        after = after.rpartition(" ")[0] + " …"
    return " ".join(f"{before}[{text[start:end]}]{after}".split())
