"""Passages of a fingerprint: cut so that what the labels give away does not tell the rest."""

from __future__ import annotations

import json
import random
import shutil
from itertools import pairwise
from pathlib import Path

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ijcorpus.cli.context import Context
from ijcorpus.cli.fingerprint import fingerprint_command
from ijcorpus.document import Document, RawMap, Section
from ijcorpus.errors import RecordError
from ijcorpus.standoff.align import UNKNOWN, align
from ijcorpus.standoff.code import LONG, LONG_PASSAGE, PASSAGE
from ijcorpus.standoff.fingerprint import (
    Fingerprint,
    decode_fingerprint,
    fingerprint,
    given_away,
    passages,
    schema,
)
from ijcorpus.standoff.plain import place_all, protect
from ijcorpus.standoff.tokens import words
from ijcorpus.workspace import Workspace

ROOT = Path(__file__).parents[2]


def document(text: str, **more: object) -> Document:
    made = Document(
        id="a-text", text=text, sections=(), sentences=(), raw_map=RawMap(()), raw_sha256="",
        cleaner="none",
    )  # fmt: skip
    return msgspec.structs.replace(made, **more)


def named(count: int, share: float, seed: int) -> tuple[str, list[tuple[int, int]]]:
    """A text of distinct words, and the spans of a share of them, some of two words."""
    chance = random.Random(seed)
    forms = [f"w{n}x{chance.randrange(10**6)}" for n in range(count)]
    starts = [0]
    for form in forms:
        starts.append(starts[-1] + len(form) + 1)
    spans = [
        (starts[n], starts[min(n + chance.randint(1, 2), count)] - 1)
        for n in range(count)
        if chance.random() < share
    ]
    return " ".join(forms), spans


@given(
    st.lists(st.booleans(), max_size=300),
    st.integers(1, 20),
)
def test_every_passage_has_as_many_unknown_words_as_are_wanted(
    hidden: list[bool], wanted: int
) -> None:
    unknown = [place for place, one in enumerate(hidden) if one]
    lengths = passages(unknown, len(hidden), wanted)
    assert bool(lengths) == (len(unknown) >= wanted)
    if not lengths:
        return
    assert sum(lengths) == len(hidden)
    bounds = [sum(lengths[:n]) for n in range(len(lengths) + 1)]
    counts = [sum(hidden[a:b]) for a, b in pairwise(bounds)]
    assert all(count == wanted for count in counts[:-1]) and wanted <= counts[-1] < 2 * wanted


@pytest.mark.parametrize("share", [0.0, 0.2, 0.6])
def test_names_that_labels_give_away_make_passages_longer(share: float) -> None:
    text, spans = named(600, share, 3)
    record = fingerprint(document(text), spans, salt="here", known=spans)
    told = {word for p in record.places for word in range(p.first, p.last + 1)}
    for start, end in pairwise(record.bounds()):
        assert sum(n not in told for n in range(start, end)) >= PASSAGE
    assert record.bits_a_word <= 4 * (1 - len(told) / record.words) + 0.01
    assert (fingerprint(document(text), spans, salt="here").lengths == record.lengths) == (not told)


def test_titles_and_mentions_are_what_labels_give_away() -> None:
    space = Workspace(ROOT)
    made = space.adjudicated("original-012")
    assert made is not None
    text = document(
        "A b c",
        sections=(Section(kind="title", start=0, end=3), Section(kind="body", start=4, end=5)),
    )
    spans = given_away(text, made)
    assert (0, 3) in spans and (4, 5) not in spans
    assert {(one.start, one.end) for one in made.entities} < spans
    assert not {(one.start, one.end) for one in made.stances} & spans


@pytest.mark.parametrize("count", [500, LONG + 500])
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_passages_of_many_lengths_are_found_again(count: int, share: float) -> None:
    text, spans = named(count, share, 5)
    record = fingerprint(document(text), spans, salt="here", known=spans)
    assert len(set(record.lengths)) > 5
    forms = words(text).forms
    assert align(record, forms).found.tolist() == [*range(count)]
    chance = random.Random(7)
    kept = [n for n in range(count) if chance.random() > 0.004]
    copy = [f"other{n}" if chance.random() < 0.004 else forms[n] for n in kept]
    at = {form: place for place, form in enumerate(copy)}
    found = align(record, copy).found.tolist()
    assert all(place in (UNKNOWN, at.get(forms[n])) for n, place in enumerate(found))
    assert sum(place != UNKNOWN for place in found) > 0.9 * count


def test_the_sums_of_the_whole_give_back_what_they_leave_out() -> None:
    text, _ = named(LONG, 0.0, 9)
    record = fingerprint(document(text), [], salt="here")
    summed = record.summed()
    assert (~summed).sum() == 4 * len(record.lengths)
    forms = words(text).forms
    gone = set(range(1000, 1000 + 3 * LONG_PASSAGE))
    copy = [form for n, form in enumerate(forms) if n not in gone]
    found = align(record, copy).found
    assert [n for n, place in enumerate(found) if place == UNKNOWN] == sorted(gone)


def test_version_1_is_read_and_says_the_same() -> None:
    path = ROOT / "corpus" / "releases" / "0.2.0" / "fingerprints" / "press-002.json"
    old = json.loads(path.read_text())
    assert old["version"] == 1
    record = decode_fingerprint(path.read_bytes(), where=path.name)
    assert (record.version, record.checks) == (2, old["checks"])
    assert {*record.lengths[:-1]} == {old["passage"]} and sum(record.lengths) == old["words"]
    with pytest.raises(RecordError, match="never released. Make the fingerprint anew"):
        decode_fingerprint(json.dumps({**old, "whole": "0000"}).encode(), where="here")


def test_a_record_fits_the_schema_and_nonsense_does_not() -> None:
    text, spans = named(100, 0.1, 1)
    record = msgspec.to_builtins(fingerprint(document(text), spans, salt="here"))
    described = msgspec.to_builtins(schema())
    jsonschema.Draft202012Validator.check_schema(described)
    record = json.loads(json.dumps(record))
    jsonschema.validate(record, described)
    for change in (
        {"format": "x"},
        {"version": 99},
        {"checks": "zz"},
        {"words": -1},
        {"lengths": [0]},
        {"digest": "0"},
        {"document": ""},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**record, **change}, described)
        with pytest.raises(RecordError):
            decode_fingerprint(json.dumps({**record, **change}).encode(), where="here")


def test_whoever_protects_a_text_takes_every_span_as_known_unless_told() -> None:
    text, spans = named(200, 0.3, 2)
    plain = protect(text, spans, name="a", salt="b")
    assert plain == protect(text, spans, name="a", salt="b", known=spans)
    other = protect(text, spans, name="a", salt="b", known=())
    assert {*other.lengths[:-1]} == {PASSAGE} and len(plain.lengths) < len(other.lengths)
    # A fingerprint that is out stays as it was, but for the places.
    later = protect(text, spans[:3], name="a", salt="b", before=plain)
    assert (later.lengths, later.checks) == (plain.lengths, plain.checks)
    assert len(later.places) == 3
    with pytest.raises(ValueError, match="another text or salt"):
        protect(text + " more", spans, name="a", salt="b", before=plain)
    assert {one.status for one in place_all(later, text + " more").values()} == {"realigned"}


def answer(root: Path, *arguments: str) -> list[dict[str, object]]:
    result = CliRunner().invoke(fingerprint_command, arguments, obj=Context(root=root, json=True))
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.texts
def test_a_published_fingerprint_is_never_made_otherwise(copies: Path, tmp_path: Path) -> None:
    for name in ("corpus", "annotations"):
        shutil.copytree(ROOT / name, tmp_path / name)
    given = ("press-002", "--copies", str(copies))
    path = tmp_path / "corpus/fingerprints/press-002.json"
    before = path.read_bytes()
    assert [row["state"] for row in answer(tmp_path, *given)] == ["unchanged"]
    assert path.read_bytes() == before
    path.unlink()  # the release still has it
    assert [row["state"] for row in answer(tmp_path, *given)] == ["written"]
    read = [decode_fingerprint(data, where="") for data in (before, path.read_bytes())]
    assert read[0] == read[1]
    salted = CliRunner().invoke(
        fingerprint_command, [*given, "--salt", "new"], obj=Context(root=tmp_path, json=True)
    )
    assert isinstance(salted.exception, RecordError) and "salt 'ijcorpus'" in str(salted.exception)
    shutil.rmtree(tmp_path / "corpus/fingerprints")
    shutil.rmtree(tmp_path / "corpus/releases")
    answer(tmp_path, *given)
    fresh: Fingerprint = decode_fingerprint(path.read_bytes(), where="")
    assert len(fresh.lengths) < len(read[0].lengths)
