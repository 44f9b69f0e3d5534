"""Prelabels: mentions that the entity registry knows, found by rule and left to people to judge."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from ijcorpus.annotation import Entity, RegistryEntry
from ijcorpus.document import Document
from ijcorpus.errors import MissingExtraError


def prelabel(document: Document, entries: Iterable[RegistryEntry]) -> tuple[Entity, ...]:
    """Registry names in a document, the longest name winning, in text order.

    Names that the registry calls ambiguous are left to people. Matching is by spaCy's
    `PhraseMatcher` over its blank English tokens, case included.
    """
    return _Matcher.of(tuple(entries)).match(document.text)


def rule_version(entries: Iterable[RegistryEntry]) -> str:
    """The name under which prelabels are known: a digest of the registry that made them."""
    return "rule-" + hashlib.sha256(msgspec.json.encode(tuple(entries))).hexdigest()[:12]


class _Matcher:
    """A phrase matcher over the names of a registry."""

    def __init__(self, entries: tuple[RegistryEntry, ...]) -> None:
        try:
            import spacy
            from spacy.matcher import PhraseMatcher
        except ImportError as error:
            raise MissingExtraError(
                "prelabels need spaCy; install it with: pip install 'ijcorpus[curate]'"
            ) from error
        self.nlp = spacy.blank("en")
        self.matcher = PhraseMatcher(self.nlp.vocab, attr="ORTH")
        self.entries = {entry.id: entry for entry in entries}
        for entry in entries:
            names = [n for n in (entry.name, *entry.aliases) if n not in entry.ambiguous]
            self.matcher.add(entry.id, [self.nlp.make_doc(name) for name in names])

    @staticmethod
    @lru_cache(maxsize=4)
    def of(entries: tuple[RegistryEntry, ...]) -> _Matcher:
        return _Matcher(entries)

    def match(self, text: str) -> tuple[Entity, ...]:
        from spacy.util import filter_spans

        spans = filter_spans(self.matcher(self.nlp.make_doc(text), as_spans=True))
        return tuple(
            Entity(
                id=f"e{number}",
                start=span.start_char,
                end=span.end_char,
                label=self.entries[span.label_].label,
                entity_id=span.label_,
                quote=span.text,
                origin="prediction",
            )
            for number, span in enumerate(sorted(spans, key=lambda s: s.start), start=1)
        )
