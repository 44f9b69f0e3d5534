"""What the checks of the whole corpus keep of its documents, and what they may show of them."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_fixtures import CHECKS, FOLDER, Corpus, Text, corpus_view

from ijcorpus.checks import check, summaries
from ijcorpus.checks.subject import Summary
from ijcorpus.checks.summaries import Summaries, likely_twice

RUN = "the old kettle of wend began to sing in the dark"
OPEN = f"Ada Moss heard it: {RUN}. Then she slept."
WITHHELD = f"A secret began, and {RUN}, and nobody may read on."


def summary(number: int) -> Summary:
    (subject,) = corpus_view(Corpus(documents=(Text(id=f"d{number}"),))).subjects
    return subject.summary()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summaries, "_HELD", 2)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_summaries_come_back_as_they_were_added(count: int) -> None:
    added = [summary(number) for number in range(count)]
    with Summaries() as kept:
        for one in added:
            kept.add(one)
        assert [*kept] == added == [*kept]
        # Two that are gone through at the same time do not disturb each other.
        assert [*zip(kept, kept, strict=True)] == [*zip(added, added, strict=True)]


@pytest.mark.usefixtures("few")
def test_another_summary_gives_another_digest() -> None:
    def digest(*numbers: int) -> str:
        with Summaries() as kept:
            for number in numbers:
                kept.add(summary(number))
            return kept.digest

    lists = [(), (1,), (1, 2), (2, 1), (1, 2, 3), (1, 2, 4), (3, 2, 1)]
    assert len({digest(*numbers) for numbers in lists}) == len(lists)
    assert digest(1, 2, 3) == digest(1, 2, 3)


@given(st.lists(st.integers(0, 20)), st.integers(1, 30))
def test_no_key_that_is_there_twice_is_passed_over(keys: list[int], places: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(summaries, "_PLACES", places)
        twice = likely_twice(keys)
        assert all(twice(key) for key, count in Counter(keys).items() if count > 1)


def test_a_key_that_is_there_once_is_mostly_told_apart() -> None:
    twice = likely_twice(range(1000))
    assert not any(twice(key) for key in range(1000))


@pytest.mark.parametrize("places", [1, 1 << 22])
@pytest.mark.parametrize("code", CHECKS)
def test_findings_do_not_rest_on_how_much_is_held(
    code: str, places: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = msgspec.json.decode((FOLDER / code / "fail.json").read_bytes(), type=Corpus)
    found = check(corpus_view(corpus))
    monkeypatch.setattr(summaries, "_HELD", 1)
    monkeypatch.setattr(summaries, "_PLACES", places)
    assert check(corpus_view(corpus)) == found


@pytest.mark.parametrize("withheld_first", [True, False])
def test_an_id_that_stands_twice_shows_nothing_of_a_withheld_text(withheld_first: bool) -> None:
    texts = [
        Text(id="a", text=WITHHELD, rights="standoff", subset="press", recorded=True),
        Text(id="a", text=OPEN, path="b.txt"),
        Text(id="c", text=WITHHELD, rights="standoff", subset="press", recorded=True),
    ]
    corpus = Corpus(documents=tuple(texts if withheld_first else [texts[1], texts[0], texts[2]]))
    found = check(corpus_view(corpus)).findings
    placed = [f for f in found if f.code == "press-overlap" and f.location.start is not None]
    assert placed
    said = msgspec.json.encode(found).decode()
    assert "may not ship" in said
    assert "secret" not in said
    assert "kettle" not in said


def test_without_the_other_its_words_are_shown() -> None:
    """Else the test above holds of anything."""
    texts = (Text(id="a", text=OPEN), Text(id="c", text=WITHHELD, rights="standoff"))
    (found,) = [
        f for f in check(corpus_view(Corpus(documents=texts))).findings if f.code == "press-overlap"
    ]
    assert "kettle" in found.excerpt
