"""The whole comparison, and what concerns the release rather than a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from ijcorpus.comparison.change import Change, Comparison, Count, Row, Version, keyed
from ijcorpus.comparison.documents import (
    Documents,
    annotated,
    held,
    passes,
    presence,
    tokenised,
    within,
)
from ijcorpus.published import Release

_STANCES = {"Judgements": "judgements", "Author stances": "author_stances"}


def compare(old: Release, new: Release) -> Comparison:
    """What changed from one release to another.

    Raises ReleaseError for a file that is not the one its manifest describes.
    """
    before, after = held(old), held(new)
    changes = (
        *presence(before, after),
        *within(before, after, (old.manifest.scheme, new.manifest.scheme)),
        *tokenised(old, new, before, after),
        *annotated(before, after, (passes(old), passes(new)), (old.auditors, new.auditors)),
        *keyed("registry entry", _registry(old), _registry(new), columns=True),
        *_columns_changed(old, new),
        *keyed("scheme", _options(old), _options(new)),
        *keyed("card", _told(old), _told(new)),
    )
    return Comparison(
        old=_version(old, before),
        new=_version(new, after),
        totals=dict(Counter(change.kind for change in changes)),
        counts=tuple(_counts(old, new, before, after)),
        changes=changes,
    )


def _version(release: Release, documents: Documents) -> Version:
    made = release.manifest
    return Version(
        version=made.version,
        released=made.released,
        scheme=made.scheme,
        guidelines=release.scheme.guidelines,
        digest=release.digest,
        changes=made.info.changes,
        documents=tuple(documents),
    )


def _registry(release: Release) -> dict[str, Row]:
    if "registry" not in release.manifest.counts:
        return {}
    return {row["id"]: row for row in release.rows("registry")}


def _columns_changed(old: Release, new: Release) -> Iterator[Change]:
    """Configurations, and the columns of those that both releases have."""
    before, after = (
        {name: release.features(name) or {} for name in release.manifest.counts}
        for release in (old, new)
    )
    yield from keyed("configuration", _named(before), _named(after))
    for name in before:
        if name in after:
            columns = [dict(_columns(name, each[name])) for each in (before, after)]
            yield from keyed("column", *columns)


def _named(configurations: Iterable[str]) -> dict[str, Row]:
    return {name: {} for name in configurations}


def _columns(name: str, feature: Any) -> Iterator[tuple[str, Row]]:
    """Every column below a feature with its type, under its dotted name."""
    match feature:
        case {"_type": "List", "feature": inner}:
            yield from _columns(f"{name}[]", inner)
        case {"_type": str()}:
            yield name, feature
        case _:
            for each, inner in feature.items():
                yield from _columns(f"{name}.{each}", inner)


def _options(release: Release) -> dict[str, Row]:
    """The options of a scheme by list and id, and whatever else it says by field."""
    found: dict[str, Row] = {}
    for field, value in msgspec.to_builtins(release.scheme).items():
        if field in release.scheme.known:
            found |= {f"{field}.{option['id']}": option for option in value}
        else:
            found[field] = {field: value}
    return found


def _told(release: Release) -> dict[str, Row]:
    """What the card says of the corpus, but for what every version says anew."""
    anew = {"version", "released", "changes"}
    info: Row = msgspec.to_builtins(release.manifest.info)
    return {field: {field: value} for field, value in info.items() if field not in anew}


def _counts(old: Release, new: Release, before: Documents, after: Documents) -> Iterator[Count]:
    one, other = _counted(old, before), _counted(new, after)
    tables = list(dict.fromkeys(table for table, _ in [*one, *other]))
    for table, name in sorted(one | other, key=lambda cell: tables.index(cell[0])):
        yield Count(
            table=table, name=name, old=one.get((table, name), 0), new=other.get((table, name), 0)
        )


def _counted(release: Release, documents: Documents) -> dict[tuple[str, str], int]:
    """The numbers of the card's tables, over all splits, in the card's order."""
    counts, scheme = release.manifest.counts, release.scheme
    found = Counter(
        {("Rows", f"{c}/{split}"): n for c, rows in counts.items() for split, n in rows.items()}
    )
    for field in ("subset", "genre", "period", "vantage"):
        values = sorted(one.row[field] for one in documents.values())
        found.update((f"Documents by {field}", value) for value in values)
    pairs = [f"{t} {p}" for t in scheme.target_names for p in scheme.polarity_names]
    found.update({("Mentions by label", name): 0 for name in scheme.label_names})
    for what in _STANCES:
        found.update({(what, pair): 0 for pair in pairs})
    for one in documents.values():
        found.update(("Mentions by label", mention["label"]) for mention in one.row["mentions"])
        for what, field in _STANCES.items():
            found.update((what, f"{each['target']} {each['polarity']}") for each in one.row[field])
    return dict(found)
