"""Checks of the whole corpus: its list of sources, its splits, what texts share, its registry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ijcorpus.checks.overlap import Word, resembling, shared_runs, shingles, words
from ijcorpus.checks.subject import Summary
from ijcorpus.checks.summaries import likely_twice
from ijcorpus.checks.view import NIL, Check, CorpusView, Fault
from ijcorpus.document import sha256
from ijcorpus.finding import Location

RESEMBLANCE = 0.3
RUN = 8


def _source_twice(view: CorpusView) -> Iterator[Fault]:
    twice = likely_twice(document.id for document in view.documents)
    counts = Counter(document.id for document in view.documents if twice(document.id))
    for name, count in counts.items():
        if count > 1:
            yield Fault(
                f"the sources list {name} {count} times; keep one record, or rename the others.",
                document=name,
            )


def _split_missing(view: CorpusView) -> Iterator[Fault]:
    for document in view.documents:
        if document.id not in view.splits:
            yield Fault(
                f"{document.id} has no split; append it with 'ijcorpus build'.",
                document=document.id,
            )


def _split_unknown(view: CorpusView) -> Iterator[Fault]:
    rule = view.scheme.splits
    names = tuple(dict.fromkeys((*rule.shares, rule.held_out)))
    unknown = _without_document(view)
    for document, split in view.splits.items():
        if document in unknown:
            yield Fault(
                f"the split of {document} is {split}, but the corpus has no such document; "
                "mend the line in annotations/splits.tsv.",
                document=document,
            )
        if split not in names:
            yield Fault(
                f"the split of {document} is {split!r}; the scheme has {', '.join(names)}.",
                document=document,
            )


def _without_document(view: CorpusView) -> set[str]:
    """The ids of the split list that are no document's."""
    twice = likely_twice(document.id for document in view.documents)
    listed = [d.id for d in view.documents if twice(d.id) and d.id in view.splits]
    once = sum(d.id in view.splits and not twice(d.id) for d in view.documents)
    # Counted first, since a set of all is worth its memory only when something is wrong.
    if once + len({*listed}) == len(view.splits):
        return set()
    return {*view.splits}.difference(document.id for document in view.documents)


def _split_topic_leak(view: CorpusView) -> Iterator[Fault]:
    twice = likely_twice(document.topic for document in view.documents)
    first: dict[str, Summary] = {}
    for document in view.documents:
        aside = document.subset in view.scheme.splits.held_out_subsets
        if aside or document.id not in view.splits or not twice(document.topic):
            continue
        other = first.setdefault(document.topic, document)
        here, there = view.splits[document.id], view.splits[other.id]
        if here != there:
            yield Fault(
                f"{document.id} is in {here} and {other.id} in {there}, though both are about "
                f"{document.topic!r}; put both into one split.",
                record=other.id,
                document=document.id,
                others=(Location(document=other.id),),
            )


def _near_duplicate(view: CorpusView) -> Iterator[Fault]:
    if len({view.splits.get(d.id) for d in view.documents if d.at_hand} - {None}) < 2:
        return
    listed = [d.id for d in view.documents if d.at_hand and d.id in view.splits]
    texts = (view.text(name) for name in listed)
    for a, b, share in resembling(texts, n=5, least=RESEMBLANCE):
        one, other = listed[a], listed[b]
        here, there = view.splits[one], view.splits[other]
        if here != there:
            yield Fault(
                f"{one} ({here}) and {other} ({there}) share {share:.0%} of their runs of five "
                f"words, more than {RESEMBLANCE:.0%}; rewrite one, or put both into one split.",
                record=other,
                document=one,
                others=(Location(document=other),),
            )


def _press_overlap(view: CorpusView) -> Iterator[Fault]:
    withheld = [
        (document.id, listed, shingles(listed, RUN))
        for document in view.documents
        if not document.ships and document.at_hand and (listed := words(view.text(document.id)))
    ]
    for document in view.documents:
        if not document.ships or not withheld:
            continue
        here = words(view.text(document.id))
        for other, there, index in withheld:
            for run in shared_runs(here, there, RUN, index=index):
                ours, theirs = (
                    here[run.here : run.here + run.length],
                    there[run.there : run.there + run.length],
                )
                yield _copied(document.id, ours, other, theirs)


def _copied(document: str, ours: list[Word], other: str, theirs: list[Word]) -> Fault:
    start, end = ours[0].start, ours[-1].end
    return Fault(
        f"{document} [{start}, {end}) shares {len(ours)} words in a row with {other} "
        f"[{theirs[0].start}, {theirs[-1].end}), which may not ship; say it in other words.",
        # A waiver names the run by a digest, which tells nothing of the words.
        record=sha256(" ".join(word.form for word in ours))[:12],
        start=start,
        end=end,
        document=document,
        others=(Location(document=other, start=theirs[0].start, end=theirs[-1].end),),
    )


def _file_stray(view: CorpusView) -> Iterator[Fault]:
    for path in view.strays:
        yield Fault(
            f"{path} belongs to no listed annotator and document; list them, or remove the file.",
            record=path,
        )


def _registry_id_twice(view: CorpusView) -> Iterator[Fault]:
    for name, count in Counter(entry.id for entry in view.registry).items():
        if count > 1:
            yield Fault(
                f"the registry has {name} {count} times; merge the entries, or rename one.",
                record=name,
            )


def _nil_id_in_registry(view: CorpusView) -> Iterator[Fault]:
    for entry in view.registry:
        if entry.id.startswith(NIL):
            yield Fault(
                f"the registry's {entry.id} ({entry.name}) begins with {NIL!r}, which is for what "
                "the registry does not have; give it an id of the registry.",
                record=entry.id,
            )


def _registry_label_unknown(view: CorpusView) -> Iterator[Fault]:
    for entry in view.registry:
        if entry.label not in view.labels:
            yield Fault(
                f"the registry's {entry.id} ({entry.name}) has the label {entry.label!r}; "
                f"choose one of {', '.join(view.scheme.label_names)}.",
                record=entry.id,
            )


def _alias_shared(view: CorpusView) -> Iterator[Fault]:
    sure: dict[str, str] = {}
    for entry in view.registry:
        for name in dict.fromkeys((entry.name, *entry.aliases)):
            if name in entry.ambiguous:
                continue
            other = sure.setdefault(name, entry.id)
            if other != entry.id:
                yield Fault(
                    f"{other} and {entry.id} are both called {name!r}; list the name as "
                    "ambiguous in both, or take it from one.",
                    record=entry.id,
                )


CORPUS_CHECKS: tuple[Check[CorpusView], ...] = (
    Check(
        code="source-twice",
        level=2,
        severity="error",
        explanation="A document's id must occur once in the list of sources.",
        function=_source_twice,
    ),
    Check(
        code="split-missing",
        level=6,
        severity="error",
        explanation="Every document must have a split.",
        function=_split_missing,
    ),
    Check(
        code="split-unknown",
        level=6,
        severity="error",
        explanation="A split must be one of the scheme's, of a document that the corpus has.",
        function=_split_unknown,
    ),
    Check(
        code="split-topic-leak",
        level=6,
        severity="error",
        explanation="Documents of one topic must be in one split, held-out subsets aside.",
        function=_split_topic_leak,
    ),
    Check(
        code="near-duplicate-across-splits",
        level=6,
        severity="error",
        explanation="Two documents in different splits must not have much the same words.",
        function=_near_duplicate,
        needs_text=True,
    ),
    Check(
        code="press-overlap",
        level=6,
        severity="error",
        explanation="A text that ships must not share eight words in a row, names, titles and dates"
        " aside, with one that may not.",
        function=_press_overlap,
        needs_text=True,
    ),
    Check(
        code="file-stray",
        level=1,
        severity="error",
        explanation="Every file of annotations must belong to a listed annotator and document.",
        function=_file_stray,
    ),
    Check(
        code="registry-id-twice",
        level=2,
        severity="error",
        explanation="An id must occur once in the registry.",
        function=_registry_id_twice,
    ),
    Check(
        code="nil-id-in-registry",
        level=2,
        severity="error",
        explanation="An id that says 'not in the registry' must not be in it.",
        function=_nil_id_in_registry,
    ),
    Check(
        code="registry-label-unknown",
        level=4,
        severity="error",
        explanation="The label of a registry entry must be one of the scheme's.",
        function=_registry_label_unknown,
    ),
    Check(
        code="alias-shared",
        level=4,
        severity="warning",
        explanation="A name that two entries have should be listed as ambiguous by each.",
        function=_alias_shared,
    ),
)
