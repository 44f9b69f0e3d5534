from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from tiny_corpus import INFO, TEXTS, Corpus, make, replace

from ijcorpus.errors import ReleaseError, TextMismatchError
from ijcorpus.published import MANIFEST, Manifest, Release
from ijcorpus.records import read_json, write_bytes, write_json
from ijcorpus.release import tables
from ijcorpus.release.build import build, freeze
from ijcorpus.release.features import configurations

COUNTS = {
    "documents": {"train": 1, "validation": 1, "test": 1},
    "entities": {"train": 4, "validation": 3, "test": 3},
    "stance": {"train": 1, "validation": 2},
    "author_stance": {"validation": 1},
    "annotations": {"train": 11, "validation": 9, "test": 12},
    "standoff": {"test": 1},
    "registry": {"full": 5},
}


def contents(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}


def test_a_release_holds_every_configuration(released: Corpus) -> None:
    release = Release(released.root / "build" / "release")
    assert release.manifest.counts == COUNTS
    assert release.manifest.version == "1.0.0"
    others = {"README.md", "scheme.json", "schema.json", "CITATION.cff", "LICENSE.md", MANIFEST}
    parquet = {f"{c}/{s}.parquet" for c, splits in COUNTS.items() for s in splits}
    assert set(contents(release.folder)) == others | parquet
    assert {file.path for file in release.manifest.files} == others - {MANIFEST} | parquet


def test_first_and_last_rows(released: Corpus) -> None:
    release = Release(released.root / "build" / "release")
    [stance] = release.rows("stance", "train")
    assert stance["text"][stance["start_in_text"] : stance["end_in_text"]] == stance["evidence"]
    assert stance["evidence"] == "trade with Israel was good for both sides"
    assert (stance["holder"], stance["holder_entity"], stance["holder_side"]) == (
        "Mori",
        "ent-1",
        "JP",
    )
    assert (stance["target"], stance["polarity"], stance["note"]) == ("T2", "favor", "a note")
    last = list(release.rows("stance"))[-1]
    assert (last["holder_kind"], last["holder"], last["flags"]) == ("unnamed", None, ["negated"])
    [author] = release.rows("author_stance")
    assert (author["document"], author["target"], author["polarity"]) == ("beta", "T9", "favor")
    *_, entry = release.rows("registry")
    assert (entry["id"], entry["label"], entry["verified"]) == ("ent-5", "GPE", True)


def test_a_mention_inside_a_token_cuts_it(released: Corpus) -> None:
    release = Release(released.root / "build" / "release")
    rows = list(release.rows("entities", "train"))
    [cut] = [row for row in rows if row["cut_tokens"]]
    at = cut["tokens"].index("Expo")
    assert cut["tokens"][at + 1] == "Tokyo"
    assert cut["tags"][at : at + 2] == ["O", "B-GPE"]
    for row in rows:
        spans = zip(row["token_starts"], row["token_ends"], strict=True)
        assert [row["text"][a:b] for a, b in spans] == row["tokens"]
        assert len(row["entity_ids"]) == sum(tag[0] == "B" for tag in row["tags"])
    assert sum(len(row["entity_ids"]) for row in rows) == 7


def test_annotations_keep_every_pass(released: Corpus) -> None:
    release = Release(released.root / "build" / "release")
    rows = list(release.rows("annotations", "test"))
    passes = {(row["document"], row["annotator"]) for row in rows if row["item"] == "pass"}
    assert passes == {(d, a) for d in ("gamma", "secret") for a in ("one", "two")}
    assert {row["text"] for row in rows if row["document"] == "gamma"} == {None, "Haifa"}
    assert {row["annotator_kind"] for row in rows} == {"model"}


def test_no_word_of_a_withheld_text_is_in_a_release(released: Corpus) -> None:
    release = Release(released.root / "build" / "release")
    for row in [*release.rows("annotations", "test"), *release.rows("standoff")]:
        if row.get("document", row.get("id")) == "secret":
            assert row.get("text") is None and row.get("note") is None
    every = [row for config in release.manifest.counts for row in release.rows(config)]
    written = msgspec.json.encode(every) + b"".join(
        data for path, data in contents(release.folder).items() if not path.endswith("parquet")
    )
    for phrase in ("plum", "orchard", "clocks", "opposed every", "friend of hers"):
        assert phrase in TEXTS["secret"] + "plum clocks"
        assert phrase.encode() not in written


def test_a_withheld_sentence_elsewhere_stops_the_build(corpus: Corpus) -> None:
    leak = "Mori opposed every boycott of Israel, a friend of hers recalled."

    def quoting(made: Any) -> Any:
        first = replace(made.stances[0], note=f"compare: {leak}")
        return replace(made, stances=(first, *made.stances[1:]))

    corpus.change("beta", quoting)
    with pytest.raises(ReleaseError, match=r"secret: the release would hold its sentence"):
        freeze(corpus.open(copies=True))
    assert not (corpus.root / "build" / "release").exists()


def test_the_withheld_text_is_not_needed(corpus: Corpus, released: Corpus) -> None:
    build(corpus.open(copies=False), corpus.root / "here")
    assert contents(corpus.root / "here") == contents(released.root / "build" / "release")


def test_a_recorded_structure_that_the_text_contradicts(corpus: Corpus) -> None:
    workspace = corpus.open(copies=True)
    wrong = msgspec.structs.replace(workspace.standoff("secret"), characters=7)
    write_json(workspace.layout.standoff_document("secret"), wrong)
    with pytest.raises(ReleaseError, match="not what the text at hand gives"):
        build(workspace, corpus.root / "here")


def test_the_same_bytes_in_another_folder_zone_and_process(
    corpus: Corpus, released: Corpus, tmp_path: Path
) -> None:
    code = (
        "import sys; from pathlib import Path; from ijcorpus.workspace import Workspace\n"
        "from ijcorpus.release.build import build\n"
        "build(Workspace(Path(sys.argv[1])), Path(sys.argv[2]))"
    )
    there = tmp_path / "deep" / "er"
    settings = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    subprocess.run(
        [sys.executable, "-c", code, str(corpus.root), str(there)],
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, **settings},
    )
    assert contents(there) == contents(released.root / "corpus" / "releases" / "1.0.0")


def test_building_replaces_a_release_and_nothing_else(corpus: Corpus) -> None:
    place = corpus.root / "out"
    build(corpus.open(), place)
    (place / "stale.parquet").write_bytes(b"")
    build(corpus.open(), place)
    assert "stale.parquet" not in contents(place)
    mine = corpus.root / "mine"
    write_bytes(mine / "thesis.txt", b"years of work")
    with pytest.raises(ReleaseError, match="is no release: it will not be replaced"):
        build(corpus.open(), mine)
    assert contents(mine) == {"thesis.txt": b"years of work"}
    assert not list(corpus.root.glob(".release-*"))


def test_a_changed_label_is_named(corpus: Corpus) -> None:
    freeze(corpus.open())
    before = contents(corpus.root / "build" / "release")
    corpus.change("beta", lambda made: replace(made, stances=made.stances[:1]))
    with pytest.raises(ReleaseError) as error:
        build(corpus.open(), corpus.root / "build" / "release")
    message = str(error.value)
    assert "stance/validation.parquet: row 1, document beta id s2" in message
    assert "is gone; 2 rows became 1" in message
    assert "documents/validation.parquet: row 0, id beta, differs in judgements" in message
    assert "README.md: differs first in line" in message
    assert "train.parquet" not in message
    assert contents(corpus.root / "build" / "release") == before
    with pytest.raises(ReleaseError, match="not version 1.0.0 as it was released"):
        freeze(corpus.open())


def test_a_new_version_may_differ(corpus: Corpus) -> None:
    freeze(corpus.open())
    corpus.change("beta", lambda made: replace(made, stances=made.stances[:1]))
    new = INFO.replace('"1.0.0"', '"1.1.0"')
    write_bytes(corpus.root / "corpus" / "corpus.toml", new.encode())
    assert freeze(corpus.open()).version == "1.1.0"
    assert sorted(p.name for p in (corpus.root / "corpus" / "releases").iterdir()) == [
        "1.0.0",
        "1.0.0.json",
        "1.1.0",
        "1.1.0.json",
    ]


def test_freezing_the_same_again_changes_nothing(corpus: Corpus) -> None:
    freeze(corpus.open())
    before = contents(corpus.root / "corpus" / "releases")
    freeze(corpus.open())
    assert contents(corpus.root / "corpus" / "releases") == before


def test_same_rows_in_other_bytes_are_told_apart(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(corpus.open())
    path = corpus.open().layout.manifest("1.0.0")
    manifest = read_json(path, Manifest)
    older = {**manifest.made_with, "pyarrow": "17.0.0"}
    write_json(path, msgspec.structs.replace(manifest, made_with=older))
    honest = tables.parquet

    def other(data: Any) -> bytes:
        return honest(data) + b"\0"

    monkeypatch.setattr("ijcorpus.release.build.parquet", other)
    with pytest.raises(ReleaseError) as error:
        build(corpus.open(), corpus.root / "here")
    assert "documents/train.parquet: same rows, other bytes: built with pyarrow" in str(error.value)
    assert "the manifest with pyarrow 17.0.0" in str(error.value)
    assert "README.md" not in str(error.value)


def test_without_the_frozen_files_only_the_file_is_named(corpus: Corpus) -> None:
    freeze(corpus.open())
    place = corpus.open().layout.releases / "1.0.0"
    place.rename(corpus.root / "elsewhere")
    corpus.change("gamma", lambda made: replace(made, entities=()))
    with pytest.raises(ReleaseError, match=r"documents/test.parquet: differs \(test.parquet of"):
        build(corpus.open(), corpus.root / "here")


@pytest.mark.parametrize("frozen", ["", "alpha\tvalidation\n"])
def test_new_documents_are_appended_to_the_splits(corpus: Corpus, frozen: str) -> None:
    layout = corpus.open().layout
    layout.splits.unlink()
    if frozen:
        layout.splits.write_text(frozen)
    build(corpus.open(), corpus.root / "here")
    lines = layout.splits.read_text().splitlines()
    assert lines[-1] == "secret\ttest" and len(lines) == 4
    assert not frozen or lines[0] == "alpha\tvalidation"


def test_what_is_not_ready_is_refused(corpus: Corpus) -> None:
    workspace = corpus.open()
    path = workspace.layout.adjudication("gamma")
    held = path.read_bytes()
    path.unlink()
    with pytest.raises(ReleaseError, match="no adjudicated annotation of gamma"):
        build(corpus.open(), corpus.root / "here")
    path.write_bytes(held)

    def unfinished(made: Any) -> Any:
        return replace(made, stances=(replace(made.stances[0], polarity=None),))

    corpus.change("alpha", unfinished)
    with pytest.raises(ReleaseError, match=r"alpha: the adjudicated judgement s1 .* no polarity"):
        build(corpus.open(), corpus.root / "here")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": "PLANET"}, "does not define.*PLANET"),
        ({"start": 20, "end": 40}, "does not lie inside one sentence"),
        ({"end": 88}, "overlap"),
    ],
)
def test_mentions_that_cannot_be_released(
    corpus: Corpus, change: dict[str, Any], message: str
) -> None:
    def spoil(made: Any) -> Any:
        first, second, *rest = made.entities
        return replace(made, entities=(first, replace(second, **change), *rest))

    corpus.change("alpha", spoil)
    with pytest.raises(ReleaseError, match=message):
        build(corpus.open(), corpus.root / "here")


def test_labels_of_another_text_are_refused(corpus: Corpus) -> None:
    corpus.change("alpha", lambda made: replace(made, digest="0" * 64))
    with pytest.raises(TextMismatchError, match="alpha: the annotation 'adjudicated' was made on"):
        build(corpus.open(), corpus.root / "here")


def test_a_version_that_datasets_cannot_read(corpus: Corpus) -> None:
    new = INFO.replace('"1.0.0"', '"1.0-rc"')
    write_bytes(corpus.root / "corpus" / "corpus.toml", new.encode())
    with pytest.raises(ReleaseError, match="not three numbers"):
        build(corpus.open(), corpus.root / "here")


def test_card_and_parquet_name_the_same_labels(released: Corpus) -> None:
    """Where the two differ, `datasets` believes the card and flips labels in silence."""
    from datasets import Features

    release = Release(released.root / "build" / "release")
    card = yaml.safe_load((release.folder / "README.md").read_text().split("---\n")[1])
    features = configurations(released.open().scheme)
    assert [c["config_name"] for c in card["configs"]] == list(COUNTS)
    for info in card["dataset_info"]:
        config = info["config_name"]
        said = Features._from_yaml_list(info["features"])
        for split in COUNTS[config]:
            schema = release.table(config, split).schema
            assert Features.from_arrow_schema(schema) == said
            assert schema.equals(said.arrow_schema)
            assert tables.schema(features[config]).metadata == schema.metadata
        assert tables.yaml_features(features[config]) == said._to_yaml_list()


def test_the_card_says_first_what_made_it(released: Corpus) -> None:
    text = (released.root / "build" / "release" / "README.md").read_text()
    body = text.split("---\n", 2)[2].strip().splitlines()
    assert body[0] == "# The Tiny Corpus, version 1.0.0"
    assert body[2].endswith("Texts and labels were invented for a test; a program made them.")
    assert "- `one` (model; prelabels): A program, first pass" in text
    assert "| GPE | 5 | 1 | 3 | 9 |" in text
    assert "lost or widened (1 in this release" in text


def test_two_corpora_made_alike_are_alike(tmp_path: Path) -> None:
    one = make(tmp_path / "a", tmp_path / "a-copies")
    other = make(tmp_path / "b" / "c", tmp_path / "b-copies")
    build(one.open(), tmp_path / "one")
    build(other.open(), tmp_path / "other")
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_a_released_folder_is_compared_even_without_its_manifest_beside(corpus: Corpus) -> None:
    freeze(corpus.open())
    layout = corpus.open().layout
    kept = {p: p.read_bytes() for p in (layout.releases / "1.0.0").rglob("*") if p.is_file()}
    layout.manifest("1.0.0").unlink()
    corpus.change("gamma", lambda made: replace(made, entities=()))
    with pytest.raises(ReleaseError, match="not version 1.0.0 as it was released"):
        freeze(corpus.open())
    assert {p: p.read_bytes() for p in kept} == kept


def test_a_released_file_that_was_changed_is_refused(corpus: Corpus) -> None:
    freeze(corpus.open())
    path = corpus.open().layout.releases / "1.0.0" / "registry" / "full.parquet"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(ReleaseError, match=r"changed after its release: registry/full.parquet"):
        build(corpus.open(), corpus.root / "here")


def test_freezing_again_touches_no_released_file(corpus: Corpus) -> None:
    freeze(corpus.open())
    folder = corpus.open().layout.releases / "1.0.0"
    before = {p: p.stat().st_ino for p in folder.rglob("*")}
    freeze(corpus.open())
    assert {p: p.stat().st_ino for p in folder.rglob("*")} == before


def test_only_what_a_killed_build_left_is_cleared(corpus: Corpus) -> None:
    folder = corpus.root / "build"
    for name in (".release-ijcorpus-old", ".release-ijcorpus-now", ".release-notes"):
        (folder / name / "new").mkdir(parents=True)
        if not name.endswith("now"):  # another run may be at work on it
            os.utime(folder / name, (0, 0))
    build(corpus.open(), folder / "release")
    left = {path.name for path in folder.iterdir()}
    assert left == {"release", ".release-ijcorpus-now", ".release-notes"}


def test_a_refused_build_gives_no_split(corpus: Corpus) -> None:
    layout = corpus.open().layout
    layout.splits.write_text("alpha\tvalidation\n")
    layout.adjudication("gamma").unlink()
    with pytest.raises(ReleaseError):
        build(corpus.open(), corpus.root / "here")
    assert layout.splits.read_text() == "alpha\tvalidation\n"


def test_a_fingerprint_of_another_text_is_refused(corpus: Corpus) -> None:
    from ijcorpus.standoff.fingerprint import fingerprint

    space = corpus.open()
    other = fingerprint(space.document("alpha"), [], salt="tiny")
    write_json(space.layout.fingerprints / "secret.json", other)
    with pytest.raises(ReleaseError, match=r"secret\.json is of another text.*fingerprint secret"):
        build(space, corpus.root / "here")
