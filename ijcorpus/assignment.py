"""Assignment as data: who annotates which documents, in which order; pure.

What was given once stays given, in its place: new documents come after it. Chance is a hash, so
that the same corpus gives the same assignment everywhere.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Literal

import msgspec

from ijcorpus.document import Struct
from ijcorpus.errors import RecordError

Given = dict[str, tuple[str, ...]]
"""Annotator -> documents, in the order in which they are to be annotated."""


class Assignment(Struct, frozen=True, kw_only=True):
    """The rule by which documents are given to annotators.

    `overlap` is how many annotators see each document of a split; a split that it does not name is
    seen by all. `calibration` are documents that everybody gets first; `calibration_counts` says
    whether they count in agreement. `annotators` are those who share the documents; empty means
    all who make passes. `salt` decides who gets what where nothing else does.
    """

    order: Literal["same", "balanced"] = "same"
    overlap: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    calibration: tuple[str, ...] = ()
    calibration_counts: bool = False
    annotators: tuple[str, ...] = ()
    salt: str = ""

    def wanted(self, document: str, split: str, among: Collection[str]) -> int:
        """How many annotators are to see a document."""
        return len(among) if document in self.calibration else self.overlap.get(split, len(among))


class Corpus(Struct, frozen=True, kw_only=True):
    """What an assignment is made for: who annotates, and the documents' splits in file order.

    `auditors` are those of the annotators who try the result: what they have counts for nobody.
    """

    annotators: tuple[str, ...]
    splits: dict[str, str]
    auditors: tuple[str, ...] = ()


def read_assignment(text: str, *, name: str = "assignment.toml") -> Assignment:
    """The assignment that a TOML text states; raises RecordError with the place of a fault."""
    try:
        return msgspec.convert(tomllib.loads(text), Assignment)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RecordError(f"{name}: {error}. Mend it, or remove the file.") from error


def sharing(
    rule: Assignment, corpus: Corpus, splits: Collection[str], *, name: str = "assignment.toml"
) -> tuple[str, ...]:
    """Those who share the documents; raises RecordError for a rule that does not fit the corpus.

    By default these are all who make passes. `splits` are the names of the splits that the scheme
    knows.
    """
    passing = tuple(who for who in corpus.annotators if who not in corpus.auditors)
    among = rule.annotators or passing
    for what, said, known in (
        ("annotator", among, corpus.annotators),
        ("document", rule.calibration, corpus.splits),
        ("split", rule.overlap, splits),
    ):
        if unknown := [item for item in said if item not in known]:
            raise RecordError(
                f"{name}: there is no {what} {unknown[0]!r}. Name one of {_some(known)}."
            )
    if auditing := [who for who in among if who in corpus.auditors]:
        raise RecordError(
            f"{name}: {auditing[0]!r} audits, and an audit is no pass: it shares no documents. "
            "Take it out there, and list what it is to get in annotations/assigned.tsv."
        )
    for listed in (rule.annotators, rule.calibration):
        if twice := [item for item, count in Counter(listed).items() if count > 1]:
            raise RecordError(f"{name}: {twice[0]!r} stands there twice. Keep one.")
    for split, count in rule.overlap.items():
        if not 1 <= count <= len(among):
            raise RecordError(
                f"{name}: {split} asks for {count} annotators of each document, but "
                f"{len(among)} share them ({', '.join(among)}). Ask for 1 to {len(among)}."
            )
    return among


def assign(
    rule: Assignment, corpus: Corpus, among: Sequence[str], given: Mapping[str, Sequence[str]]
) -> Given:
    """Everybody's documents in order: what was `given` first, as it was, then what is new.

    Only documents that too few have are given anew, to those who have the fewest of them.
    `among` is what `sharing` says.
    """
    chosen = _chosen(rule, corpus, among, given)
    ordered = _ordered(rule, corpus, among, chosen)
    return {
        who: (*dict.fromkeys(given.get(who, ())), *ordered.get(who, ()))
        for who in corpus.annotators
    }


def joined(corpus: Corpus, *sources: Mapping[str, Iterable[str]]) -> Given:
    """What annotators have of the corpus by any of the sources, the first source first."""
    return {
        who: tuple(
            dict.fromkeys(d for held in sources for d in held.get(who, ()) if d in corpus.splits)
        )
        for who in corpus.annotators
    }


def read_given(text: str, corpus: Corpus, *, name: str = "assigned.tsv") -> Given:
    """What was given, from tab-separated lines `annotator<TAB>document` in order."""
    given: dict[str, list[str]] = {who: [] for who in corpus.annotators}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        who, tab, document = line.partition("\t")
        fault = (
            "wanted an annotator, a tab and a document"
            if not tab
            else f"nobody who annotates is {who!r}"
            if who not in given
            else f"the corpus has no document {document!r}"
            if document not in corpus.splits
            else "stands there a second time"
            if document in given[who]
            else ""
        )
        if fault:
            raise RecordError(f"{name}, line {number}: {fault}: {line!r}. Mend or remove the line.")
        given[who].append(document)
    return {who: tuple(documents) for who, documents in given.items()}


def added(before: Mapping[str, Sequence[str]], now: Mapping[str, Sequence[str]]) -> str:
    """The lines of `read_given` for what is given now and was not before."""
    return "".join(
        f"{who}\t{document}\n"
        for who, documents in now.items()
        for document in documents
        if document not in before.get(who, ())
    )


def williams(n: int) -> list[list[int]]:
    """A Latin square of n rows: each number once in each row and each place.

    For an even n each ordered pair of neighbours stands in it once as well (Williams 1949); for an
    odd n that would take 2n rows.
    """
    first = [place // 2 if place % 2 == 0 else n - (place + 1) // 2 for place in range(n)]
    return [[(number + row) % n for number in first] for row in range(n)]


def _chosen(
    rule: Assignment, corpus: Corpus, among: Sequence[str], given: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """For each document who is to get it in addition to those who have it."""
    passing = {who: had for who, had in given.items() if who not in corpus.auditors}
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for who, documents in passing.items():
        for document in documents:
            holders[document].append(who)
    total = Counter({who: len(documents) for who, documents in passing.items()})
    pairs = Counter(pair for held in holders.values() for pair in combinations(sorted(held), 2))
    new, in_split = Counter[str](), Counter[tuple[str, str]]()
    chosen: dict[str, tuple[str, ...]] = {}

    def rank(who: str, document: str, held: Sequence[str]) -> tuple[int, int, int, int, str]:
        """The lower, the sooner chosen: little new work, new partners, little work at all."""
        together = sum(pairs[min(who, other), max(who, other)] for other in held)
        share = in_split[corpus.splits[document], who]
        return share, new[who], together, total[who], _chance(rule, document, who)

    for document in sorted(corpus.splits, key=lambda name: _chance(rule, name)):
        had, split = holders[document], corpus.splits[document]
        able, everybody = [who for who in among if who not in had], document in rule.calibration
        lacking = len(able) if everybody else rule.wanted(document, split, among) - len(had)
        got: list[str] = []
        while able and len(got) < lacking:
            who = min(able, key=lambda one, at=document, by=(*had, *got): rank(one, at, by))
            pairs.update((min(who, other), max(who, other)) for other in (*had, *got))
            able.remove(who)
            got.append(who)
            total[who] += 1
            new[who] += not everybody
            in_split[split, who] += not everybody
        chosen[document] = tuple(got)
    return chosen


def _ordered(
    rule: Assignment,
    corpus: Corpus,
    among: Sequence[str],
    chosen: Mapping[str, Sequence[str]],
) -> Given:
    """The new documents of each annotator in order, calibration first."""
    first = {document: place for place, document in enumerate(rule.calibration)}
    places = {document: place for place, document in enumerate(corpus.splits)}
    shared = {document: who for document, who in chosen.items() if document not in first}
    moments = _moments(rule, among, shared) if rule.order == "balanced" else {}
    ordered: Given = {}
    for who in among:
        mine = [document for document, people in chosen.items() if who in people]
        mine.sort(
            key=lambda document, who=who: (
                first.get(document, len(first)),
                moments.get((who, document), 0.0),
                _chance(rule, document) if moments else "",
                places[document],
            )
        )
        ordered[who] = tuple(mine)
    return ordered


def _moments(
    rule: Assignment, among: Sequence[str], chosen: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], float]:
    """When in their work, from 0 to 1, each annotator is to see each document.

    The documents that the same k annotators share are cut into k blocks, and row r of a Latin
    square says in which order the r-th of them sees these: so each document comes once in each k-th
    of somebody's work. Every second one sees a block's documents in reverse, for the same reason.
    """
    groups: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for document, people in chosen.items():
        groups[tuple(who for who in among if who in people)].append(document)
    moments: dict[tuple[str, str], float] = {}
    for turn, (people, documents) in enumerate(sorted(groups.items())):
        k = len(people)
        rows, size = williams(k), -(-len(documents) // k) if k else 1
        documents.sort(key=lambda name: _chance(rule, name))
        for number, document in enumerate(documents):
            block, within = (number + turn) % k if k else 0, (number // k + 0.5) / size if k else 0
            for row, who in enumerate(people):
                inside = 1 - within if row % 2 else within
                moments[who, document] = (rows[row].index(block) + inside) / k
    return moments


def _chance(rule: Assignment, *names: str) -> str:
    data = "\0".join(names).encode()
    return hashlib.blake2b(data, digest_size=8, key=rule.salt.encode()[:64]).hexdigest()


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:8]) + (f" and {len(listed) - 8} more" if len(listed) > 8 else "")
