from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec
import numpy as np
import pytest

from ijcorpus.document import Document, RawMap
from ijcorpus.errors import HydrationError, RecordError
from ijcorpus.records import write_json
from ijcorpus.standoff.code import (
    CHECKS,
    LONG,
    LONG_PASSAGE,
    MODULUS,
    PASSAGE,
    equal_pairs,
    run_checks,
    running_sums,
    weights,
    window_checks,
)
from ijcorpus.standoff.fingerprint import (
    Fingerprint,
    decode_fingerprint,
    fingerprint,
    refuse_other,
    schema,
)
from ijcorpus.standoff.tokens import words

TEXT = " ".join(f"Word{n} of{n}" for n in range(30)) + ' she said "no more".'


def document(text: str) -> Document:
    return Document(
        id="a-text", text=text, sections=(), sentences=(), raw_map=RawMap(()), raw_sha256="",
        cleaner="none",
    )  # fmt: skip


def read(path: Path) -> Fingerprint:
    return decode_fingerprint(path.read_bytes(), where=str(path))


def test_nothing_of_the_text_is_in_the_record() -> None:
    record = fingerprint(document(TEXT), [(0, 5)], salt="here")
    written = msgspec.json.encode(record).decode().casefold()
    assert not [form for form in words(TEXT).forms if len(form) > 4 and form in written]
    assert record.words == 64 and len(record.checks) == 4 * 16
    assert record.bits_a_word == 4.0


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 31, 32, 33, 500])
def test_bits_a_word_never_exceed_four(count: int) -> None:
    record = fingerprint(document("x " * count + "."), [], salt="here")
    assert record.words == count and record.bits_a_word <= 4.0
    assert len(record.checks) == 16 * (count // PASSAGE) and record.whole == ""


@pytest.mark.parametrize("count", [LONG - 1, LONG, LONG + 1, LONG + 33, 64_001])
def test_a_long_text_shares_its_bits_with_the_whole(count: int) -> None:
    record = fingerprint(document("x " * count), [], salt="here")
    assert {*record.lengths[:-1]} == {PASSAGE if count < LONG else LONG_PASSAGE}
    assert 3.98 < record.bits_a_word <= 4.0
    sums = record.strand_sums()
    assert sums.shape[0] == -(-count // 32_000)
    assert (sums.size == 0) == (count < LONG) and (sums < MODULUS).all()


def test_key_and_salt_change_every_check() -> None:
    one = fingerprint(document(TEXT), [], salt="here").sums()
    other = fingerprint(document(TEXT), [], salt="there").sums()
    assert (one != other).mean() > 0.9
    assert (one < MODULUS).all() and one.shape == (CHECKS, 4)


def test_any_four_weights_are_independent() -> None:
    # Four unknown words leave no proof and no freedom: every 4 columns have an inverse.
    length = 2 * LONG_PASSAGE - 1
    columns = weights(length)
    rng = np.random.default_rng(3)
    for _ in range(200):
        chosen = rng.choice(length, size=CHECKS, replace=False)
        matrix = [[int(columns[row, at]) for at in chosen] for row in range(CHECKS)]
        assert _determinant(matrix) % MODULUS != 0


@pytest.mark.parametrize("count", [0, 16, 40, 5000, 90_000])
@pytest.mark.parametrize("length", [16, 31, 63])
def test_window_checks_are_the_checks_of_each_window(count: int, length: int) -> None:
    rng = np.random.default_rng(count + length)
    hashes = rng.integers(0, MODULUS, count)
    hashes[count // 2 :] = MODULUS - 1
    running = running_sums(hashes)
    last = count - length
    starts = np.unique([n for n in (0, 1, last // 2, last - 1, last) if 0 <= n <= last])
    found = window_checks(running, length, starts.astype(np.int64))
    assert found.shape == (CHECKS, len(starts))
    for column, at in zip(found.T, starts.astype(int), strict=True):
        assert (column == weights(length) @ hashes[at : at + length] % MODULUS).all()


def test_checks_of_a_part_of_a_passage_count_places_from_its_beginning() -> None:
    hashes = np.random.default_rng(5).integers(0, MODULUS, 4000)
    every = (np.array(one) for one in (3907, 3922, 3900))
    wanted = weights(63)[:, 7:22] @ hashes[3907:3922] % MODULUS
    assert (run_checks(running_sums(hashes), *every) == wanted).all()


def test_equal_pairs_are_those_of_two_loops() -> None:
    rng = random.Random(4)
    for _ in range(100):
        one, two = ([rng.randrange(9) for _ in range(rng.randrange(30))] for _ in range(2))
        for most in (1, 2, 99):
            wanted = [
                (n, m)
                for n, a in enumerate(one)
                for m in [m for m, b in enumerate(two) if a == b][:most]
            ]
            found = equal_pairs(np.array(one, dtype=np.int64), np.array(two, dtype=np.int64), most)
            assert list(zip(*found.tolist(), strict=True)) == wanted


def test_a_span_keeps_its_quotation_marks() -> None:
    start = TEXT.index('"no more"')
    [place] = fingerprint(document(TEXT), [(start, start + 9)], salt="here").places
    assert (place.first, place.last, place.head, place.tail) == (62, 63, -1, 1)


def test_a_span_of_punctuation_has_no_place() -> None:
    assert not fingerprint(document(TEXT), [(len(TEXT) - 2, len(TEXT))], salt="here").places


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    record = fingerprint(document(TEXT), [], salt="here")
    write_json(tmp_path / "a.json", record)
    assert read(tmp_path / "a.json") == record
    for change, message in [
        ({"version": 3, "later": []}, "newer than the 2 that this ijcorpus reads"),
        ({"format": "other"}, "is not the format"),
        ({"checks": record.checks[16:]}, "number of checks"),
        ({"lengths": [*record.lengths[1:], 17]}, "do not make up the words"),
        ({"whole": "00"}, "matching regex"),
        ({"places": [[0, 5, 0, 900, 0, 0]]}, "outside the text"),
    ]:
        write_json(tmp_path / "b.json", {**msgspec.to_builtins(record), **change})
        with pytest.raises(RecordError, match=message):
            read(tmp_path / "b.json")


def test_a_fingerprint_of_another_text_is_refused() -> None:
    with pytest.raises(HydrationError, match="fingerprint is of another text"):
        refuse_other(fingerprint(document(TEXT), [], salt="here"), "0" * 64)


def test_the_schema_lists_every_field() -> None:
    described = json.loads(msgspec.json.encode(schema()))
    fields = described["$defs"]["Fingerprint"]
    assert set(fields["required"]) == set(Fingerprint.__struct_fields__)
    assert described["$schema"].startswith("https://json-schema.org/")


def _determinant(matrix: list[list[int]]) -> int:
    if len(matrix) == 1:
        return matrix[0][0]
    return sum(
        (-1) ** n * top * _determinant([row[:n] + row[n + 1 :] for row in matrix[1:]])
        for n, top in enumerate(matrix[0])
    )
