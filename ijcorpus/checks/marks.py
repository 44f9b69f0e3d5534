"""The marks of all annotations of a document, together.

Passes and adjudication agree for the most part, so that they are few more than those of one.
"""

from __future__ import annotations

from operator import itemgetter, lt

from ijcorpus.annotation import AuthorStance
from ijcorpus.checks.columns import Judgements, Mentions, together
from ijcorpus.checks.lazy import lazy
from ijcorpus.checks.subject import Subject
from ijcorpus.checks.view import CorpusView
from ijcorpus.document import Struct


class Marks(Struct, frozen=True, kw_only=True, dict=True):
    """Marks by column, without ids, and the corpus they belong to.

    They are those of the adjudication, or of the last pass, and what the others have besides.
    `author` and `flags` are what is said of the document as a whole; `current` says that all were
    made on the text that the document has now.
    """

    corpus: CorpusView
    subject: Subject
    mentions: Mentions
    judgements: Judgements
    author: frozenset[AuthorStance]
    flags: frozenset[str]
    current: bool

    @lazy
    def in_place(self) -> bool:
        """Whether the text is the one annotated, and every mark lies in it."""
        starts, ends = self.starts, self.ends
        return self.current and (
            not starts
            or (
                min(starts) >= 0
                and max(ends) <= self.subject.characters
                and all(map(lt, starts, ends))
            )
        )

    @lazy
    def starts(self) -> tuple[int, ...]:
        """Where all marks begin, mentions first."""
        return self.mentions.start + self.judgements.start

    @lazy
    def ends(self) -> tuple[int, ...]:
        """Where all marks end, mentions first."""
        return self.mentions.end + self.judgements.end

    @lazy
    def quotes(self) -> tuple[str, ...]:
        """What all marks quote, mentions first."""
        return self.mentions.quote + self.judgements.quote

    @lazy
    def words(self) -> tuple[str, ...]:
        """The words of all marks, which must be in place; without the text, their quotes."""
        text = self.subject.text
        if text is None:
            return self.quotes
        return tuple([text[a:b] for a, b in zip(self.starts, self.ends, strict=True)])

    @lazy
    def names(self) -> tuple[str, ...]:
        """The words of all mentions."""
        return self.words[: len(self.mentions.start)]

    @lazy
    def beside(self) -> str:
        """The characters before and after all marks, which must be in place, in no order."""
        text = self.subject.text
        if not text or not self.starts:
            return ""
        # A line end stands for what is before the text and after it.
        before, after = itemgetter(*self.starts)(f"\n{text}"), itemgetter(*self.ends)(f"{text}\n")
        return "".join((*before, *after))

    @lazy
    def sentences(self) -> list[int | None]:
        """The number of the sentence that holds each judgement, or None."""
        return self.subject.holding(self.judgements.start, self.judgements.end)


def marks(corpus: CorpusView, subject: Subject) -> Marks:
    """The marks of all annotations of a document."""
    layers = subject.annotations
    made = [layer.annotation for layer in layers]
    return Marks(
        corpus=corpus,
        subject=subject,
        mentions=together([layer.mentions for layer in layers], Mentions()),
        judgements=together([layer.judgements for layer in layers], Judgements()),
        author=frozenset([stance for one in made for stance in one.author]),
        flags=frozenset([flag for one in made for flag in one.flags]),
        current={one.digest for one in made} <= {subject.digest},
    )
