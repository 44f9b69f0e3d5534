"""Hydrated documents beside a release: the same configurations, read like any other document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tiny_corpus
from click.testing import CliRunner
from test_realign import LONG, answer
from tiny_corpus import Corpus, make

import ijcorpus
from ijcorpus.cli.context import Context
from ijcorpus.cli.fingerprint import fingerprint_command
from ijcorpus.cli.hydrate import hydrate_command
from ijcorpus.cli.load import load_command
from ijcorpus.errors import ReleaseError
from ijcorpus.published import Release, find, named_rows
from ijcorpus.release.build import freeze
from ijcorpus.release.hydrated import write

SAME = ["documents", "entities", "stance", "annotations"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    folder = tmp_path_factory.mktemp("joined")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(tiny_corpus.TEXTS, "secret", LONG)
        made = make(folder / "root", folder / "copies")
        freeze(made.open(copies=True))
    answer(fingerprint_command, made.root, "--copies", str(made.copies))
    before = contents(made.root)
    yield made
    assert contents(made.root) == before  # nothing was written into the corpus


@pytest.fixture(scope="module")
def exact(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hydrated(corpus, corpus.copies, tmp_path_factory.mktemp("exact") / "hydrated")


def contents(root: Path) -> dict[str, str]:
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def hydrated(corpus: Corpus, copies: Path, output: Path) -> Path:
    answer(hydrate_command, corpus.root, "--from", str(copies), "--output", str(output))
    return output


def edited(corpus: Corpus, folder: Path, text: str) -> Path:
    (folder / "copies").mkdir(parents=True)
    (folder / "copies" / "x.txt").write_text(text)
    return hydrated(corpus, folder / "copies", folder / "hydrated")


def rows_of(folder: Path, config: str, cache: Path) -> list[dict[str, Any]]:
    import datasets

    loaded: Any = datasets.load_dataset(str(folder), config, cache_dir=str(cache))
    return [row for split in loaded.values() for row in split]


@pytest.mark.parametrize("config", SAME)
def test_a_hydrated_folder_has_the_columns_of_the_release(
    corpus: Corpus, exact: Path, config: str, tmp_path: Path
) -> None:
    import datasets

    loaded: Any = datasets.load_dataset(str(exact), config, cache_dir=str(tmp_path))
    assert list(loaded) == ["test"] and len(loaded["test"])
    release = find(root=corpus.root)
    schema = release.table(config, release.splits(config)[0]).schema
    assert loaded["test"].features.arrow_schema.equals(schema)
    import pyarrow.parquet as pq

    assert pq.read_schema(exact / config / "test.parquet").equals(schema, check_metadata=True)


@pytest.mark.parametrize("config", ["documents", "entities", "stance"])
def test_the_release_s_rows_come_with_the_hydrated_ones(
    corpus: Corpus, exact: Path, config: str, fresh_cache: Path
) -> None:
    alone: Any = ijcorpus.load(config, root=corpus.root)
    joined: Any = ijcorpus.load(config, root=corpus.root, hydrated=exact)
    mine = rows_of(exact, config, fresh_cache)
    assert {"train", "validation", "test"} >= set(joined) >= set(alone)
    for split, rows in joined.items():
        first = alone[split].to_list() if split in alone else []
        assert rows.to_list() == first + (mine if split == "test" else [])
    one: Any = ijcorpus.load(config, split="test[-1:]", root=corpus.root, hydrated=exact)
    assert one.to_list() == mine[-1:]
    streamed: Any = ijcorpus.load(config, root=corpus.root, hydrated=exact, streaming=True)
    assert list(streamed["test"]) == joined["test"].to_list()
    assert joined["test"].features == next(iter(alone.values())).features


def test_a_hydrated_document_is_one_like_any_other(corpus: Corpus, exact: Path) -> None:
    found = list(ijcorpus.documents(root=corpus.root, hydrated=exact))
    assert [one.document.id for one in found] == ["alpha", "beta", "gamma", "secret"]
    whole = corpus.open(copies=True)
    assert found[-1].document.text == whole.document("secret").text
    settled = whole.adjudicated("secret")
    assert settled is not None and found[-1].annotation.entities == settled.entities
    assert found[-1].annotation.flags == ("sensitive",)


def test_tokens_tags_and_judgements_are_those_of_a_text_that_ships(
    corpus: Corpus, exact: Path, tmp_path: Path
) -> None:
    """The rows are those that a release would have if the text might ship."""
    from ijcorpus.records import write_bytes, write_jsonl

    folder = make(tmp_path / "root", tmp_path / "copies")  # the short text: its own rows differ
    workspace = corpus.open(copies=True)
    sources = [
        tiny_corpus.source(name, raw.encode(), rights="full_text")
        for name, raw in {**tiny_corpus.TEXTS, "secret": LONG}.items()
    ]
    write_jsonl(folder.root / "corpus" / "sources.jsonl", sources)
    write_bytes(folder.root / "corpus" / "texts" / "secret.txt", LONG.encode())
    settled = workspace.adjudicated("secret")
    for who in ("one", "two", "judge"):
        layer = workspace.layer(who, "secret")
        path = folder.open().layout.layer(who, "secret")
        from ijcorpus.records import write_json

        write_json(path, layer)
    write_json(folder.open().layout.adjudication("secret"), settled)
    freeze(folder.open())
    shipped = find(root=folder.root)
    for config in SAME:
        key = "document" if config != "documents" else "id"
        wanted = [r for r in shipped.rows(config, "test") if r[key] == "secret"]
        for row in wanted:  # notes of withheld texts are not released
            row.pop("note", None)
            for judged in row.get("judgements", ()):
                judged["note"] = None
        table = Release.table(_Folder(exact), config, "test")
        found = list(named_rows(table))
        for row in found:
            row.pop("note", None)
        assert found == wanted


class _Folder(Release):
    """The hydrated folder, for reading its tables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, config: str, split: str) -> Path:
        return self.folder / config / f"{split}.parquet"


def test_realigned_annotations_say_so_and_lost_ones_are_left_out(
    corpus: Corpus, tmp_path: Path, fresh_cache: Path
) -> None:
    text = LONG.replace("Aki Mori", "Aki Ito").replace("opposed every", "opposed each")
    folder = edited(corpus, tmp_path, text)
    [document] = rows_of(folder, "documents", fresh_cache)
    assert document["flags"] == ["sensitive", "realigned"] and document["text"].count("Aki Ito")
    names = [mention["text"] for mention in document["mentions"]]
    assert names == ["Haifa", "Aki Ito", "Mori", "Israel"]
    [stance] = document["judgements"]
    assert stance["flags"] == ["realigned"] and stance["text"] == "opposed each boycott"
    counts = json.loads((folder / "HYDRATED.json").read_text())["counts"]
    assert "stance" not in counts and counts["left_out"] == {"test": 2}  # both have edited words
    placed = {row["id"]: row for row in rows_of(folder, "placements", fresh_cache)}
    assert set(placed) == {"e1", "e2", "e3", "e4", "s1"}
    assert placed["e1"]["status"] == "realigned" and "edited" in placed["s1"]
    [span] = placed["s1"]["edited"]
    assert document["text"][span["start"] : span["end"]] == "each"
    kept = {m["id"] for m in document["mentions"]}
    assert kept == {i for i, row in placed.items() if row["status"] == "realigned" and i[0] == "e"}


def test_a_lost_name_is_in_no_configuration(
    corpus: Corpus, tmp_path: Path, fresh_cache: Path
) -> None:
    folder = edited(corpus, tmp_path, LONG.replace("Aki Mori", "Ito").replace(" Mori ", " Sato "))
    assert "stance" not in json.loads((folder / "HYDRATED.json").read_text())["counts"]
    placed = {r["id"]: r["status"] for r in rows_of(folder, "placements", fresh_cache)}
    assert placed["e2"] in ("missing", "ambiguous") and placed["s1"] == "missing"
    tags = [tag for row in rows_of(folder, "entities", fresh_cache) for tag in row["tags"]]
    assert tags and not any(tags)  # both sentences with names have one that was not placed
    words = {word for row in rows_of(folder, "entities", fresh_cache) for word in row["tokens"]}
    assert not words & {"Ito", "Sato", "Haifa", "Israel"}
    passes = rows_of(folder, "annotations", fresh_cache)
    assert [r["annotator"] for r in passes if r["item"] == "pass"] == ["one", "two"]
    assert {r["text"] for r in passes if r["item"] == "entity"} == {"Haifa", "Israel"}
    assert not [r for r in passes if r["item"] == "stance"]
    joined: Any = ijcorpus.load("annotations", split="test", root=corpus.root, hydrated=folder)
    mine = [row for row in joined if row["document"] == "secret"]
    assert mine == passes  # in place of the release's rows, not beside them
    alone: Any = ijcorpus.load("stance", root=corpus.root)
    both: Any = ijcorpus.load("stance", root=corpus.root, hydrated=folder)
    assert {s: len(r) for s, r in alone.items()} == {s: len(r) for s, r in both.items()}


def test_a_sentence_that_the_copy_divides_is_put_together(
    corpus: Corpus, tmp_path: Path, fresh_cache: Path
) -> None:
    folder = edited(corpus, tmp_path, LONG.replace("by Aki Mori for", "by Aki.\n\nMori for"))
    placed = {r["id"]: r["status"] for r in rows_of(folder, "placements", fresh_cache)}
    assert set(placed.values()) == {"realigned"}
    [document] = rows_of(folder, "documents", fresh_cache)
    assert document["mentions"][1]["text"] == "Aki.\n\nMori"
    [row] = [r for r in rows_of(folder, "entities", fresh_cache) if "Aki" in r["tokens"]]
    at = row["tokens"].index("Aki")
    names = ijcorpus.load("entities", root=corpus.root)["train"].features["tags"].feature.names
    end = row["tokens"].index("Mori") + 1
    assert [names[tag] for tag in row["tags"][at:end]][0] == "B-PERSON"
    assert {names[tag] for tag in row["tags"][at + 1 : end]} == {"I-PERSON"}


def test_a_mention_across_two_parts_is_left_out(
    corpus: Corpus, tmp_path: Path, fresh_cache: Path
) -> None:
    """Its first word ends a paragraph, its last begins a heading: another text than it was."""
    body = "".join(f"<p>{part}</p>" for part in LONG.split("\n\n")[1:])
    body = body.replace("by Aki Mori for", "by Aki.</p><h2>Mori for its quiet paths</h2><p>for")
    page = f"<html><body><article><h1>Withheld matters</h1>{body}</article></body></html>"
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "x.html").write_text(page)
    folder = hydrated(corpus, tmp_path / "copies", tmp_path / "hydrated")
    placed = {r["id"]: r for r in rows_of(folder, "placements", fresh_cache)}
    assert placed["e2"]["status"] == "missing"
    assert placed["e2"]["reason"].startswith("it would lie in two parts of the copy")
    assert placed["e1"]["status"] == "realigned"
    [document] = rows_of(folder, "documents", fresh_cache)
    assert "e2" not in {m["id"] for m in document["mentions"]}


def test_folders_of_other_releases_and_changed_files_are_refused(
    corpus: Corpus, exact: Path, released: Corpus, tmp_path: Path, fresh_cache: Path
) -> None:
    import shutil

    with pytest.raises(ReleaseError, match="of another release than"):
        ijcorpus.load(root=released.root, hydrated=exact)
    with pytest.raises(ReleaseError, match=r"has no HYDRATED\.json. Hydrate again"):
        ijcorpus.load(root=corpus.root, hydrated=tmp_path)
    place = tmp_path / "copy"
    shutil.copytree(exact, place)
    path = place / "entities" / "test.parquet"
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ReleaseError, match=r"entities.test\.parquet.* was changed"):
        ijcorpus.load("entities", root=corpus.root, hydrated=place)
    newer = (place / "HYDRATED.json").read_text().replace('"version": 1', '"version": 2')
    (place / "HYDRATED.json").write_text(newer)
    with pytest.raises(ReleaseError, match="ijcorpus-hydrated 2; this ijcorpus reads"):
        ijcorpus.load("entities", root=corpus.root, hydrated=place)


@pytest.mark.parametrize(
    ("given", "fault", "remedy"),
    [
        ("x.parquet", "x.parquet is a file: ", "--output FOLDER', a name that does not end in"),
        ("nowhere", "nowhere does not exist: ", "Hydrate again with 'ijcorpus hydrate --output"),
        ("empty", "empty holds no hydrated documents: it has no HYDRATED.json.", "Hydrate again"),
        ("mine/documents/test.parquet", "test.parquet is a file: ", "Name {}/mine."),
        ("mine/HYDRATED.json", "HYDRATED.json is a file: ", "Name {}/mine."),
        ("mine/entities", "entities holds no hydrated documents: ", "Name {}/mine."),
        ("", " holds no hydrated documents: ", "Name {}/mine."),
    ],
)
def test_what_is_no_hydrated_folder_is_told_with_the_folder_to_name(
    corpus: Corpus, exact: Path, tmp_path: Path, given: str, fault: str, remedy: str
) -> None:
    import shutil

    shutil.copytree(exact, tmp_path / "mine")
    (tmp_path / "empty").mkdir()
    (tmp_path / "x.parquet").write_bytes(b"PAR1")
    with pytest.raises(ReleaseError) as caught:
        ijcorpus.load(root=corpus.root, hydrated=str(tmp_path / given))
    assert f"{tmp_path / given}" in str(caught.value) and fault in str(caught.value)
    assert remedy.format(tmp_path) in str(caught.value)
    result = CliRunner().invoke(
        load_command,
        ["--hydrated", str(tmp_path / given)],
        obj=Context(root=corpus.root, json=False),
    )
    assert str(result.exception) == str(caught.value)


def test_tables_that_are_not_the_release_s_are_refused(
    corpus: Corpus, exact: Path, tmp_path: Path
) -> None:
    """Files and their digests both changed: what a program that is not ours may write."""
    import io
    import shutil

    import pyarrow.parquet as pq

    shutil.copytree(exact, place := tmp_path / "copy")
    path = place / "entities" / "test.parquet"
    names = pq.read_schema(path).metadata[b"huggingface"]
    released = json.loads(names)["info"]["features"]["tags"]["feature"]["names"]
    turned = json.dumps([*reversed(released)]).encode()
    assert json.dumps(released).encode() in names
    table = pq.read_table(path)
    other = table.replace_schema_metadata(
        {b"huggingface": names.replace(json.dumps(released).encode(), turned)}
    )
    for fault, made in (
        ("has other columns or labels", other),
        ("has other columns or labels", table.drop_columns(["tags"])),
        ("is no Parquet file", None),
    ):
        sink = io.BytesIO(b"plum" * 9)
        if made is not None:
            pq.write_table(made, sink)
        manifest = json.loads((place / "HYDRATED.json").read_text())
        [described] = [
            file for file in manifest["files"] if file["path"] == "entities/test.parquet"
        ]
        described["sha256"] = hashlib.sha256(sink.getvalue()).hexdigest()
        path.write_bytes(sink.getvalue())
        (place / "HYDRATED.json").write_text(json.dumps(manifest))
        with pytest.raises(ReleaseError, match=rf"test\.parquet {fault}.*Hydrate again"):
            ijcorpus.load("entities", root=corpus.root, hydrated=place)


def test_unknown_names_list_what_exists(corpus: Corpus, exact: Path, fresh_cache: Path) -> None:
    with pytest.raises(ReleaseError, match="no configuration 'stances'. It has: documents"):
        ijcorpus.load("stances", root=corpus.root, hydrated=exact)
    with pytest.raises(ReleaseError, match=r"no split dev\. It has: train, validation, test"):
        ijcorpus.load("entities", split="dev", root=corpus.root, hydrated=exact)


def test_nothing_is_written_into_a_release_or_over_other_files(
    corpus: Corpus, tmp_path: Path
) -> None:
    release, found = find(root=corpus.root), ijcorpus.hydrate(corpus.copies, root=corpus.root)
    for name in ("", "hydrated", "a/b.parquet"):
        with pytest.raises(ReleaseError, match="lies in a release"):
            write(release.folder / name, found, release)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ReleaseError, match="is no folder of hydrated documents"):
        write(tmp_path, found, release)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(ReleaseError, match="is no folder of hydrated documents"):
        write(tmp_path / "link", found, release)
    write(tmp_path / "again", found, release)
    write(tmp_path / "again", found, release)  # an earlier folder is replaced
    assert (tmp_path / "again" / "documents" / "test.parquet").is_file()
    (tmp_path / "again" / "documents" / "notes.txt").write_text("mine")
    with pytest.raises(ReleaseError, match=r"notes\.txt was not written by hydration"):
        write(tmp_path / "again", found, release)
    assert (tmp_path / "again" / "documents" / "notes.txt").read_text() == "mine"
    (tmp_path / "again" / "HYDRATED.json").write_text("{}")
    with pytest.raises(ReleaseError, match=r"HYDRATED\.json: .* Or remove .*again, or name"):
        write(tmp_path / "again", found, release)


def test_the_command_shows_joined_rows(corpus: Corpus, exact: Path) -> None:
    arguments = ("documents", "--split", "test", "--hydrated", str(exact))
    shown = answer(load_command, corpus.root, *arguments)
    assert [row["id"] for row in shown] == ["gamma", "secret"]
    told = CliRunner().invoke(load_command, arguments, obj=Context(root=corpus.root, json=False))
    assert "2 of 2 rows, version 1.0.0; splits: train, validation, test" in told.stderr
