"""What changed in the documents, and in what annotators said of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

import msgspec

from ijcorpus.comparison.change import Change, Row, differing, keyed
from ijcorpus.comparison.matching import judgement_changes, mention_changes
from ijcorpus.published import Release

_IDENTITY = ("text_sha256", "raw_sha256", "characters")
_STRUCTURE = ("sections", "sentences")
_LABELS = ("mentions", "judgements", "author_stances", "flags")

Work = Literal["pass", "audit"]
_WORK: tuple[Work, ...] = ("pass", "audit")


class Held(msgspec.Struct, frozen=True):
    """A document as a release has it: its row, its split, and whether its text ships."""

    row: Row
    split: str
    full: bool

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return self.row["text_sha256"]

    def totals(self) -> Row:
        """Sizes of the document."""
        characters = len(self.row["text"]) if self.full else self.row["characters"]
        sizes = {name: len(self.row[name]) for name in ("mentions", "judgements")}
        return {"characters": characters, **sizes}


Documents = Mapping[str, Held]
Passes = Mapping[str, Mapping[str, list[Row]]]
"""Document -> annotator -> the rows of `annotations`."""


def held(release: Release) -> Documents:
    """The documents of a release by id."""
    return {
        row["id"]: Held(row, split, full)
        for config, full in (("documents", True), ("standoff", False))
        for split in release.manifest.counts.get(config, ())
        for row in release.rows(config, split)
    }


def passes(release: Release) -> Passes:
    """What each annotator said of each document, before adjudication."""
    found: dict[str, dict[str, list[Row]]] = {}
    if "annotations" in release.manifest.counts:
        for row in release.rows("annotations"):
            by_annotator = found.setdefault(row["document"], {})
            by_annotator.setdefault(row["annotator"], []).append(row)
    return found


def presence(old: Documents, new: Documents) -> Iterator[Change]:
    """Documents that came or went, moved to another split, or were withheld or set free."""
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            sides = ({} if one is None else {name: _presented(one)} for one in (before, after))
            yield from keyed("document", *sides, document=name)
            continue
        if before.split != after.split:
            pair = {"split": before.split}, {"split": after.split}
            yield _of("document", "moved", name, *pair)
        if before.full != after.full:
            pair = {"text_ships": before.full}, {"text_ships": after.full}
            yield _of("document", "access changed", name, *pair)


def within(old: Documents, new: Documents, schemes: tuple[str, str]) -> Iterator[Change]:
    """What changed in documents that both releases have.

    `schemes` are the versions of the releases: where a document only follows, it did not change.
    """
    for name in old:
        if name in new:
            yield from _within(name, old[name], new[name], schemes)


def _within(name: str, old: Held, new: Held, schemes: tuple[str, str]) -> Iterator[Change]:
    same = old.digest == new.digest
    if not same:
        yield _of("text", "changed", name, old.totals(), new.totals())
    unlike = {"id", "text", *_STRUCTURE, *_LABELS, *(() if same else _IDENTITY)}
    if (old.row["scheme"], new.row["scheme"]) == schemes:
        unlike.add("scheme")
    told = [field for field in old.row if field in new.row and field not in unlike]
    if pair := differing(old.row, new.row, told):
        yield _of("metadata", "changed", name, *pair)
    if same and differing(old.row, new.row, _STRUCTURE):
        sizes = ({f: len(one.row[f]) for f in _STRUCTURE} for one in (old, new))
        yield _of("structure", "changed", name, *sizes)
    if same:
        text = new.row["text"] if old.full and new.full else None
        yield from mention_changes(name, old.row, new.row, text)
        yield from judgement_changes(name, old.row, new.row, text)
    yield from _whole(name, old.row, new.row)


def _whole(name: str, old: Row, new: Row) -> Iterator[Change]:
    """What is said of the document as a whole."""
    stances = ({a["target"]: a for a in row["author_stances"]} for row in (old, new))
    for change in keyed("author stance", *stances, document=name):
        turned = change.how == "changed"
        yield msgspec.structs.replace(change, how="polarity changed") if turned else change
    flags = (sorted(row["flags"]) for row in (old, new))
    if pair := differing({"flags": next(flags)}, {"flags": next(flags)}, ["flags"]):
        yield _of("flags", "changed", name, *pair)


def tokenised(old: Release, new: Release, before: Documents, after: Documents) -> Iterator[Change]:
    """Documents whose tokens changed though neither text nor mentions, which cut tokens, did."""
    tokens = [_tokens(release) for release in (old, new)]
    for name in tokens[0]:
        if name not in tokens[1]:
            continue
        one, other = (
            (held.digest, sorted((m["start"], m["end"]) for m in held.row["mentions"]))
            for held in (before[name], after[name])
        )
        if one == other and tokens[0][name] != tokens[1][name]:
            yield _of("tokens", "changed", name, *({"tokens": len(t[name])} for t in tokens))


def _tokens(release: Release) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    if "entities" in release.manifest.counts:
        for row in release.rows("entities"):
            bounds = zip(row["token_starts"], row["token_ends"], strict=True)
            found[row["document"]] += [(row["start"] + a, row["start"] + b) for a, b in bounds]
    return found


def annotated(
    before: Documents,
    after: Documents,
    made: tuple[Passes, Passes],
    auditors: tuple[Collection[str], Collection[str]],
) -> Iterator[Change]:
    """Annotators, and the passes and audits of documents that both releases have."""
    told = (_annotators(each, known) for each, known in zip(made, auditors, strict=True))
    yield from keyed("annotator", *told)
    for document in before:
        if document not in after:
            continue
        same = before[document].digest == after[document].digest
        text = before[document].full and after[document].full
        for what in _WORK:
            old, new = (
                {who: rows for who, rows in each.get(document, {}).items() if _is(what, who, known)}
                for each, known in zip(made, auditors, strict=True)
            )
            yield from _came_or_went(what, document, old, new)
            if same:
                yield from _changed(what, document, old, new, text=text)


def _is(what: Work, who: str, auditors: Collection[str]) -> bool:
    return (who in auditors) == (what == "audit")


def _came_or_went(
    what: Work, document: str, old: Mapping[str, list[Row]], new: Mapping[str, list[Row]]
) -> Iterator[Change]:
    sizes = ({who: _size(rows) for who, rows in made.items()} for made in (old, new))
    for change in keyed(what, *sizes, document=document):
        if change.how != "changed":
            yield change


def _changed(
    what: Work,
    document: str,
    old: Mapping[str, list[Row]],
    new: Mapping[str, list[Row]],
    *,
    text: bool,
) -> Iterator[Change]:
    for who in old:
        if who not in new:
            continue
        fields = _told(old[who], new[who], text=text)
        one, other = _said(old[who], fields), _said(new[who], fields)
        if one != other:
            there = {**_size(old[who]), "only_here": (one - other).total()}
            here = {**_size(new[who]), "only_here": (other - one).total()}
            yield _of(what, "changed", document, there, here, id=who)


def _annotators(made: Passes, auditors: Collection[str]) -> dict[str, Row]:
    return {
        who: {
            "kind": rows[0]["annotator_kind"],
            "made_by": rows[0]["made_by"],
            "audits": who in auditors,
        }
        for by_annotator in made.values()
        for who, rows in by_annotator.items()
    }


def _told(old: list[Row], new: list[Row], *, text: bool) -> list[str]:
    """The columns of two passes that are compared: no ids, and of a withheld text no words."""
    left_out = {"document", "subset", "annotator", "annotator_kind", "made_by", "id"}
    left_out |= {"holder_mention"} if text else {"holder_mention", "text", "note"}
    return [field for field in old[0] if field in new[0] and field not in left_out]


def _said(rows: list[Row], fields: list[str]) -> Counter[bytes]:
    """What a pass says, holders by their spans."""
    spans = {row["id"]: (row["start"], row["end"]) for row in rows if row["id"] is not None}
    return Counter(
        msgspec.json.encode([[row[field] for field in fields], spans.get(row["holder_mention"])])
        for row in rows
    )


def _size(rows: list[Row]) -> Row:
    """How many labels a pass has, less the row that opens it."""
    return {"labels": len(rows) - 1}


def _presented(one: Held) -> Row:
    return {"split": one.split, "text_ships": one.full, **one.totals()}


def _of(what: Any, how: Any, name: str, old: Row, new: Row, *, id: str | None = None) -> Change:
    return Change(what=what, how=how, id=id or name, document=name, old=old, new=new)
