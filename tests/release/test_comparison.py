"""`diff`: every kind of change is told as what it is, and nothing else is told."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import tiny_corpus
from click.testing import CliRunner, Result
from planted import PLANTS, auditing, judgement, mention, moved, registry, withheld
from tiny_corpus import REGISTRY, TEXTS, Corpus, make, place

from ijcorpus.cli import cli
from ijcorpus.comparison import Change, Comparison, compare
from ijcorpus.comparison.matching import mention_changes
from ijcorpus.errors import ReleaseError
from ijcorpus.published import Release
from ijcorpus.release import collect
from ijcorpus.release.build import build

ROOT = Path(__file__).parents[2]
SWAPPED = {"added": "removed", "removed": "added"}


def built(corpus: Corpus, *, copies: bool = True) -> Release:
    folder = corpus.root / "build" / "release"
    build(corpus.open(copies=copies), folder)
    return Release(folder)


@pytest.fixture(autouse=True, scope="module")
def one_tokenizer() -> Iterator[None]:
    """Making spaCy's takes longer than these texts do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collect, "english_tokenizer", cache(collect.english_tokenizer))
        yield


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("base")
    return built(make(folder / "root", folder / "copies"))


def mirrored(changes: tuple[Change, ...]) -> Counter[bytes]:
    """Changes as the other direction tells them: what came went, old is new."""
    return Counter(
        msgspec.json.encode([c.what, SWAPPED.get(c.how, c.how), c.document, c.new, c.old])
        for c in changes
    )


def told(changes: tuple[Change, ...]) -> Counter[bytes]:
    return Counter(msgspec.json.encode([c.what, c.how, c.document, c.old, c.new]) for c in changes)


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_change_is_told_as_that_and_nothing_else(
    name: str, base: Release, corpus: Corpus
) -> None:
    plant, expected = PLANTS[name]
    plant(corpus)
    new = built(corpus, copies=any(corpus.copies.iterdir()))
    there, back = compare(base, new), compare(new, base)
    assert there.totals == expected
    assert told(back.changes) == mirrored(there.changes)
    assert {(c.table, c.name): (c.new, c.old) for c in there.counts} == {
        (c.table, c.name): (c.old, c.new) for c in back.counts
    }
    assert compare(new, new).totals == {}
    written = msgspec.json.encode((there, back))
    assert not any(word in written for word in (b"plum", b"orchard", b"clocks", b"opposed every"))


def test_an_audit_that_changed(corpus: Corpus) -> None:
    auditing("three")(corpus)
    before = corpus.root / "before"
    build(corpus.open(copies=True), before)
    layer = corpus.open().layout.layer("three", "beta")
    layer.write_bytes(layer.read_bytes().replace(b'"against"', b'"favor"'))
    found = compare(Release(before), built(corpus))
    assert found.totals == {"audit changed": 1}
    assert found.changes[0].id == "three"


def test_of_the_corpus_itself_audits_are_no_passes() -> None:
    releases = (Release(ROOT / "corpus" / "releases" / name) for name in ("0.1.0", "0.2.0"))
    totals = compare(*releases).totals
    assert (totals["pass added"], totals["audit added"]) == (8, 2)


def test_a_changed_text_is_told_by_totals(
    base: Release, corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "A quiet year\n\nVery little was signed in Haifa. Nobody spoke of it.\n"
    monkeypatch.setitem(tiny_corpus.TEXTS, "gamma", text)
    found = compare(base, built(make(tmp_path / "other", tmp_path / "others")))
    [change] = found.changes
    assert (change.kind, change.document) == ("text changed", "gamma")
    assert change.old and change.new
    assert change.new["characters"] - change.old["characters"] == len("Very little") - len(
        "Nothing"
    )
    assert change.old["mentions"] == change.new["mentions"] == 1


def test_other_tokens_of_the_same_text(
    base: Release, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = collect.english_tokenizer()
    monkeypatch.setattr(
        collect,
        "english_tokenizer",
        lambda: lambda text: honest(text)[: -1 if text.startswith("Nobody") else None],
    )
    [change] = compare(base, built(corpus)).changes
    assert (change.kind, change.document) == ("tokens changed", "gamma")


def test_what_a_change_tells(base: Release, corpus: Corpus) -> None:
    mention("alpha", 1, label="ORG", entity_id="ent-4")(corpus)
    mention("secret", 0, label="LOC")(corpus)
    judgement("beta", 1, polarity="favor", flags=())(corpus)
    found = compare(base, built(corpus))
    label, link = found.of("alpha")
    assert (label.kind, label.old, label.new) == (
        "mention relabelled",
        {"label": "PERSON"},
        {"label": "ORG"},
    )
    assert (link.kind, link.new) == ("mention relinked", {"entity_id": "ent-4"})
    assert label.words and "Minister [Aki Mori] welcomed" in label.words
    [hidden] = found.of("secret")
    assert (hidden.start, hidden.end) == place(TEXTS["secret"], "Haifa") and hidden.words is None
    turned, flags = found.of("beta")
    assert (turned.kind, turned.old, turned.new) == (
        "judgement polarity changed",
        {"polarity": "against"},
        {"polarity": "favor"},
    )
    assert (flags.kind, flags.old, flags.new) == (
        "judgement changed",
        {"flags": ["negated"]},
        {"flags": []},
    )
    counts = {(c.table, c.name): (c.old, c.new) for c in found.counts}
    assert counts["Mentions by label", "GPE"] == (9, 8)
    assert counts["Judgements", "T4 against"] == (2, 1)
    assert counts["Rows", "annotations/train"] == (11, 11)
    assert counts["Author stances", "T1 favor"] == (0, 0)
    assert counts["Documents by subset", "original"] == (3, 3)


def test_no_words_of_a_text_that_either_version_withholds(base: Release, corpus: Corpus) -> None:
    withheld(corpus)
    new = built(corpus)
    for found in (compare(base, new), compare(new, base)):
        access, relabelled = found.of("gamma")
        assert access.kind == "document access changed"
        assert relabelled.kind == "mention relabelled" and relabelled.words is None
        assert b"signed in" not in msgspec.json.encode(found)


def test_the_changes_make_the_new_mentions_of_the_old() -> None:
    """Old values less those that went, with those that came, are the new; some spans hold two."""
    dice = random.Random(7)
    spans = [(0, 4), (0, 9), (12, 15)]

    def some() -> list[dict[str, Any]]:
        drawn = enumerate(dice.choices(spans, k=dice.randrange(5)))
        return [
            {
                "id": f"e{number}",
                "start": start,
                "end": end,
                "label": dice.choice(["PERSON", "ORG", "GPE"]),
                "entity_id": dice.choice(["ent-1", "ent-2"]),
                "sense": dice.choice([None, "government"]),
                "origin": "manual",
            }
            for number, (start, end) in drawn
        ]

    def values(start: int | None, end: int | None, fields: dict[str, Any] | None) -> Counter[Any]:
        told = (fields or {}).items()
        return Counter((start, end, k, v) for k, v in told if k not in ("id", "start", "end"))

    def every(mentions: list[dict[str, Any]]) -> Counter[Any]:
        return sum((values(m["start"], m["end"], m) for m in mentions), Counter())

    for _ in range(300):
        old, new = some(), some()
        again = {"mentions": dice.sample(old, len(old))}
        assert not [*mention_changes("x", {"mentions": old}, again, None)]
        state = every(old)
        changes = list(mention_changes("x", {"mentions": old}, {"mentions": new}, None))
        for change in changes:
            gone = values(change.start, change.end, change.old)
            assert gone <= state
            state = state - gone + values(change.start, change.end, change.new)
        assert state == every(new)
        shared = Counter((m["start"], m["end"]) for m in old) & Counter(
            (m["start"], m["end"]) for m in new
        )
        assert sum(c.how == "added" for c in changes) == len(new) - shared.total()


def test_a_column_that_one_version_lacks_is_no_change_of_every_mention() -> None:
    old = {"id": "e1", "start": 0, "end": 4, "label": "ORG", "entity_id": "", "sense": None}
    sure, unsure = {**old, "sure": True}, {**old, "sure": False}

    def told(one: dict[str, Any], other: dict[str, Any]) -> list[Any]:
        rows = ({"mentions": [mention]} for mention in (one, other))
        return [(c.kind, c.old, c.new) for c in mention_changes("x", *rows, None)]

    assert told(old, sure) == told(unsure, old) == []
    assert told(sure, unsure) == [("mention changed", {"sure": True}, {"sure": False})]


def run(*arguments: str, **environment: str) -> Result:
    result = CliRunner(env={"COLUMNS": "200", **environment}).invoke(cli, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_the_command(base: Release, corpus: Corpus) -> None:
    moved(corpus)
    mention("alpha", 1, label="ORG")(corpus)
    registry(*REGISTRY[:2], *REGISTRY[3:])(corpus)
    new = str(built(corpus).folder)
    shown = run("diff", str(base.folder), new, FORCE_COLOR="1")
    assert shown.exit_code == 0
    assert "\x1b[1;31malpha moved to another split (train -> test)" in shown.stdout
    plain = run("diff", str(base.folder), new).stdout
    for line in ("mention relabelled", "Counts that changed", "ent-3", "documents/train"):
        assert line in plain
    one = run("diff", str(base.folder), new, "--document", "alpha").stdout
    assert "label: PERSON" in one and "label: ORG" in one
    assert "Minister [Aki Mori] welcomed" in one and "ent-3" not in one
    found = msgspec.json.decode(
        run("--json", "diff", str(base.folder), new).stdout, type=Comparison
    )
    assert found == compare(base, Release(Path(new)))
    answer = json.loads(run("--json", "diff", str(base.folder), new, "--document", "alpha").stdout)
    assert [(c["what"], c["how"]) for c in answer] == [
        ("document", "moved"),
        ("mention", "relabelled"),
    ]


def test_versions_by_number_and_what_there_is_not(
    released: Corpus, base: Release, tmp_path: Path
) -> None:
    root = ("--root", str(released.root), "diff")
    same = run(*root, "1.0.0", str(base.folder))
    assert same.exit_code == 0 and "No difference." in same.stdout
    assert "beta did not change" in run(*root, "1.0.0", "1.0.0", "--document", "beta").stdout
    with pytest.raises(ReleaseError, match=r"There are: 1\.0\.0"):
        run(*root, "1.0.0", "9.9.9")
    for name in (str(tmp_path), "9"):
        with pytest.raises(
            ReleaseError, match=rf"{name} is no release: .*\(1\.0\.0\) nor a folder"
        ):
            run(*root, "1.0.0", name)
    with pytest.raises(ReleaseError, match="neither version has a document 'delta'"):
        run(*root, "1.0.0", "1.0.0", "--document", "delta")


def test_it_needs_no_datasets() -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom ijcorpus.comparison import compare\n"
        "from ijcorpus.published import Release\n"
        "release = Release(Path('corpus/releases/0.1.0'))\n"
        "found = compare(release, release)\nassert found.totals == {} and found.counts\n"
        "sys.exit(', '.join({'datasets', 'spacy', 'pandas'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
