"""Splits by event cluster: a topic's hash decides, so a document never changes its split."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from ijcorpus.document import Source
from ijcorpus.errors import RecordError
from ijcorpus.scheme import SplitRule


def split_of(source: Source, rule: SplitRule) -> str:
    """The split that the rule gives a new document."""
    if source.subset in rule.held_out_subsets or source.topic in rule.held_out_topics:
        return rule.held_out
    key = rule.salt.encode()
    digest = hashlib.blake2b(source.topic.encode(), digest_size=8, key=key).digest()
    place, reached = int.from_bytes(digest, "big") / 2**64, 0.0
    for name, share in rule.shares.items():
        reached += share
        if place < reached:
            return name
    return list(rule.shares)[-1]


def extend(frozen: Mapping[str, str], sources: Iterable[Source], rule: SplitRule) -> dict[str, str]:
    """The frozen splits with every new document appended; what was there stays as it is."""
    return {
        **frozen,
        **{s.id: split_of(s, rule) for s in sources if s.id not in frozen},
    }


def read_splits(text: str, *, name: str = "splits.tsv") -> dict[str, str]:
    """Document id -> split, from tab-separated lines `id<TAB>split`."""
    splits: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        document, tab, split = line.partition("\t")
        if not tab or not split.strip() or document in splits:
            raise RecordError(
                f"{name}, line {number}: wanted a new id, a tab and a split, found {line!r}."
            )
        splits[document] = split.strip()
    return splits


def write_splits(splits: Mapping[str, str]) -> str:
    """The tab-separated lines of `read_splits`, in the order given."""
    return "".join(f"{document}\t{split}\n" for document, split in splits.items())
