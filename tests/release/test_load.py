from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tiny_corpus import INFO, Corpus, replace

import ijcorpus
from ijcorpus.errors import ReleaseError
from ijcorpus.published import Release, find, versions
from ijcorpus.records import write_bytes
from ijcorpus.release.build import build, freeze
from ijcorpus.release.features import configurations

ROOT = Path(__file__).parents[2]
CONFIGS = [
    "documents",
    "entities",
    "stance",
    "author_stance",
    "annotations",
    "standoff",
    "registry",
]


def python(code: str, *arguments: str, **settings: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("config", CONFIGS)
def test_every_configuration_loads_with_datasets_alone(
    released: Corpus, config: str, tmp_path: Path
) -> None:
    import datasets

    release = Release(released.root / "corpus" / "releases" / "1.0.0")
    place = str(release.folder)
    loaded: Any = datasets.load_dataset(place, config, cache_dir=str(tmp_path))
    streamed: Any = datasets.load_dataset(place, config, streaming=True)
    assert {s: len(d) for s, d in loaded.items()} == release.manifest.counts[config]
    for split, rows in loaded.items():
        expected = release.table(config, split).to_pylist()
        assert rows.to_list() == expected == list(streamed[split])
        assert rows.features.arrow_schema.equals(release.table(config, split).schema)
    assert str(next(iter(loaded.values())).info.version) == "1.0.0"


def test_documents_is_the_default(released: Corpus, tmp_path: Path) -> None:
    import datasets

    place = str(released.root / "corpus" / "releases" / "1.0.0")
    rows: Any = datasets.load_dataset(place, split="train", cache_dir=str(tmp_path))
    assert rows[0]["id"] == "alpha"


@pytest.mark.parametrize("config", CONFIGS)
def test_load(released: Corpus, fresh_cache: Path, config: str) -> None:
    loaded: Any = ijcorpus.load(config, root=released.root)
    streamed: Any = ijcorpus.load(config, root=released.root, streaming=True)
    for split, rows in loaded.items():
        assert rows.to_list() == list(streamed[split])
        again: Any = ijcorpus.load(config, split=f"{split}[:1]", root=released.root)
        assert again.to_list() == rows.to_list()[:1]
    assert list(fresh_cache.rglob("*.arrow"))


def test_label_names_are_the_schemes(released: Corpus, fresh_cache: Path) -> None:
    scheme = released.open().scheme
    stance: Any = ijcorpus.load("stance", split="train", root=released.root)
    assert stance.features["target"].names == list(scheme.target_names)
    assert stance.features["polarity"].names == list(scheme.polarity_names)
    assert stance.features["target"].int2str(stance[0]["target"]) == "T2"
    entities: Any = ijcorpus.load("entities", split="train", root=released.root)
    assert entities.features["tags"].feature.names == list(scheme.bio_names)
    for config, features in configurations(scheme).items():
        rows: Any = ijcorpus.load(config, root=released.root)
        assert list(next(iter(rows.values())).features) == list(features)


def test_no_old_rows_from_the_cache(corpus: Corpus, fresh_cache: Path) -> None:
    """`datasets` caches a directory by its name: an edited one must not serve old rows."""
    import datasets

    place = corpus.root / "build" / "release"
    build(corpus.open(), place)

    def seen() -> list[int]:
        cached: Any = datasets.load_dataset(str(place), split="test", cache_dir=str(fresh_cache))
        ours: Any = ijcorpus.load(split="test", root=place)
        return [len(cached[0]["mentions"]), len(ours[0]["mentions"])]

    assert seen() == [1, 1]
    corpus.change("gamma", lambda made: replace(made, entities=()))
    build(corpus.open(), place)
    assert seen() == [0, 0]


def test_unknown_names_list_what_exists(released: Corpus) -> None:
    root = released.root
    with pytest.raises(ReleaseError, match=r"no version '9'. There are: 1.0.0"):
        ijcorpus.load(version="9", root=root)
    with pytest.raises(ReleaseError, match=r"no configuration 'stances'. It has: documents, ent"):
        ijcorpus.load("stances", root=root)
    with pytest.raises(ReleaseError, match=r"no split 'dev'. It has: train, validation"):
        ijcorpus.load("stance", split="dev", root=root)
    with pytest.raises(ReleaseError, match="has no released version"):
        find(root=root / "nowhere")


@pytest.mark.parametrize(
    ("split", "streaming", "said"),
    [
        ("test[99:]", False, "corresponds to no data"),
        ("test[a:]", False, "Unrecognized instruction"),
        (" test", False, "Split name"),
        ("test[:1]", True, r"Available splits.* A stream gives whole splits only\."),
    ],
)
def test_splits_that_datasets_does_not_understand(
    released: Corpus, fresh_cache: Path, split: str, streaming: bool, said: str
) -> None:
    with pytest.raises(ReleaseError, match=f"cannot be loaded: .*{said}"):
        ijcorpus.load(split=split, root=released.root, streaming=streaming)


def test_a_changed_file_is_not_loaded(released: Corpus, tmp_path: Path) -> None:
    place = tmp_path / "copy"
    shutil.copytree(released.root / "corpus" / "releases" / "1.0.0", place)
    path = place / "stance" / "train.parquet"
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ReleaseError, match="changed after the release"):
        ijcorpus.load("stance", root=place)
    with pytest.raises(ReleaseError, match="no such version|holds version 1.0.0, not 2.0.0"):
        ijcorpus.load("stance", version="2.0.0", root=place)


def test_old_versions_stay(corpus: Corpus, fresh_cache: Path) -> None:
    freeze(corpus.open())
    corpus.change("gamma", lambda made: replace(made, entities=()))
    for version in ("1.9.0", "1.10.0"):
        write_bytes(corpus.root / "corpus" / "corpus.toml", INFO.replace("1.0.0", version).encode())
        freeze(corpus.open())
    assert versions(corpus.root) == ("1.0.0", "1.9.0", "1.10.0")
    old: Any = ijcorpus.load(split="test", version="1.0.0", root=corpus.root)
    new: Any = ijcorpus.load(split="test", root=corpus.root)
    assert [len(old[0]["mentions"]), len(new[0]["mentions"])] == [1, 0]
    assert "1.10.0" in ijcorpus.cite(root=corpus.root)


def test_documents_are_the_adjudicated_annotations(released: Corpus) -> None:
    workspace = released.open()
    found = list(ijcorpus.documents(root=released.root))
    assert [one.document.id for one in found] == ["alpha", "beta", "gamma"]
    for one in found:
        assert one.annotation == workspace.adjudicated(one.document.id)
        whole = workspace.document(one.document.id)
        assert one.document.text == whole.text and one.document.digest == whole.digest
        assert one.document.standoff() == whole.standoff()
        assert not one.document.raw_map.runs
    [test] = ijcorpus.documents(split="test", root=released.root)
    assert test.document.id == "gamma"


def test_documents_import_neither_datasets_nor_spacy(released: Corpus) -> None:
    code = (
        "import sys, json, ijcorpus\n"
        "ids = [one.document.id for one in ijcorpus.documents(root=sys.argv[1])]\n"
        "heavy = {'datasets', 'spacy', 'pandas', 'label_studio_sdk', 'ftfy', 'lxml'}\n"
        "print(json.dumps([ids, sorted(heavy & set(sys.modules))]))"
    )
    assert json.loads(python(code, str(released.root))) == [["alpha", "beta", "gamma"], []]


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, ijcorpus; ijcorpus.__version__\n"
        "print(sorted({'msgspec', 'pyarrow', 'datasets', 'click', 'rich'} & set(sys.modules)))"
    )
    assert python(code).strip() == "[]"


def test_public_names_are_not_hidden_by_modules(released: Corpus) -> None:
    code = (
        "import ijcorpus, ijcorpus.loading, ijcorpus.hydration, ijcorpus.cli.load\n"
        "assert all(callable(getattr(ijcorpus, n)) for n in ijcorpus.__all__ if n[0] != '_')\n"
        "assert set(ijcorpus.__all__) == set(dir(ijcorpus))\n"
        "try: ijcorpus.nothing\n"
        "except AttributeError as error: print(error)\n"
    )
    assert "no attribute 'nothing'" in python(code)


def test_load_needs_no_network(released: Corpus, tmp_path: Path) -> None:
    code = (
        "import sys, socket\n"
        "def refuse(*_, **__): raise AssertionError('the network was asked')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
        "import ijcorpus; print(len(ijcorpus.load('stance', split='train', root=sys.argv[1])))"
    )
    out = python(code, str(released.root), HF_DATASETS_CACHE=str(tmp_path))
    assert out.strip().endswith("1")


def test_pandas_polars_and_duckdb_read_the_same(released: Corpus) -> None:
    import duckdb
    import pandas
    import polars

    release = Release(released.root / "corpus" / "releases" / "1.0.0")
    for config, split in (("stance", "validation"), ("documents", "train"), ("standoff", "test")):
        path = release.path(config, split)
        rows = release.table(config, split).to_pylist()
        assert polars.read_parquet(path).to_dicts() == rows
        frame = duckdb.sql(f"select * from '{path}'")
        found = [dict(zip(frame.columns, row, strict=True)) for row in frame.fetchall()]
        assert found == rows
        plain = pandas.read_parquet(path, dtype_backend="pyarrow")
        assert list(plain.columns) == list(rows[0]) and len(plain) == len(rows)
        for name in ("id", "flags", "note" if config == "stance" else "text_sha256"):
            values = [None if value is pandas.NA else value for value in plain[name]]
            assert [list(v) if name == "flags" else v for v in values] == [r[name] for r in rows]
