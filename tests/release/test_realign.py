from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import tiny_corpus
from click.testing import CliRunner
from tiny_corpus import Corpus, make

import ijcorpus
from ijcorpus.cli.context import Context
from ijcorpus.cli.fingerprint import fingerprint_command
from ijcorpus.cli.hydrate import hydrate_command
from ijcorpus.errors import HydrationError, RecordError
from ijcorpus.hydration import Hydrated, realign_copy, withheld
from ijcorpus.release.build import freeze
from ijcorpus.standoff.fingerprint import decode_fingerprint

TITLE, BODY = tiny_corpus.TEXTS["secret"].split("\n\n")
LONG = f"""{TITLE}

Twelve gardeners came down from the upper terraces before noon and counted the saplings twice. One
of them kept a ledger in green ink, and nobody since has been able to read the second column of it.

{BODY}
When the ferry was late the harbour master lit a lamp on the roof, though the sky had not grown
dark yet and the gulls were still arguing over bread. He said later that a lamp costs little.

The orchard closed in autumn. Its gates were sold to a school which wanted something heavy, and the
honest clocks went to a museum where they are wound on the first Sunday of every second month.
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A release with a longer withheld text, and its fingerprints in the root."""
    folder = tmp_path_factory.mktemp("realign")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(tiny_corpus.TEXTS, "secret", LONG)
        made = make(folder / "root", folder / "copies")
        freeze(made.open(copies=True))
    [row] = answer(fingerprint_command, made.root, "--copies", str(made.copies))
    assert row["document"] == "secret" and row["bits_a_word"] <= 4 and row["places"] == 5
    return made


def answer(command: Any, root: Path, *arguments: str, code: int = 0) -> Any:
    result = CliRunner().invoke(command, arguments, obj=Context(root=root, json=True))
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def hydrated(corpus: Corpus, copies: Path) -> Hydrated:
    [one] = ijcorpus.hydrate(copies, root=corpus.root)
    return one


def quotes(one: Hydrated) -> list[str]:
    assert one.result is not None
    text = one.result.document.text
    made = one.result.annotation
    assert all(text[e.start : e.end] == e.quote for e in (*made.entities, *made.stances))
    return [e.quote for e in made.entities]


def test_an_exact_copy_needs_no_name(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "saved as.txt").write_text(LONG)
    (tmp_path / "another.txt").write_text("Nothing of interest.\n")
    one = hydrated(corpus, tmp_path)
    assert one.status == "exact" and one.file.endswith("saved as.txt")
    assert one.count("exact") == 5
    assert hydrated(corpus, tmp_path / "deep" / "saved as.txt").status == "exact"


def test_an_edited_copy_is_realigned(corpus: Corpus, tmp_path: Path) -> None:
    edited = LONG.replace("gardeners", "keepers").replace("opposed every", "opposed each")
    (tmp_path / "x.txt").write_text("From the archive of the Plum Weekly\n\n" + edited)
    one = hydrated(corpus, tmp_path)
    assert one.status == "realigned" and 0.9 < one.share < 1
    assert quotes(one) == ["Haifa", "Aki Mori", "Mori", "Israel"]
    [stance] = [put.placement for put in one.placed if put.kind == "stance"]
    assert one.result is not None
    text = one.result.document.text
    assert [text[e.start : e.end] for e in stance.edited] == ["each"]
    assert stance.reason == "some of its words were changed or put in"
    assert one.result.annotation.digest == one.result.document.digest


def test_a_saved_page_is_realigned(corpus: Corpus, tmp_path: Path) -> None:
    body = "".join(f"<p>{part}</p>" for part in LONG.split("\n\n")[1:])
    page = f"<html><body><nav>Home</nav><article><h1>Withheld</h1>{body}</article></body></html>"
    (tmp_path / "page.html").write_text(page)
    one = hydrated(corpus, tmp_path)
    assert one.status == "realigned"
    assert quotes(one) == ["Haifa", "Aki Mori", "Mori", "Israel"]


def test_a_changed_name_is_never_placed(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(LONG.replace("Aki Mori", "Ito").replace(" Mori ", " Sato "))
    one = hydrated(corpus, tmp_path)
    assert quotes(one) == ["Haifa", "Israel"]
    assert one.result is not None and not one.result.annotation.stances
    reasons = {put.id: put.placement.reason for put in one.placed}
    assert reasons["s1"] == "the mention of its holder, e3, was not placed"
    assert "another word stands in its place" in reasons["e3"]
    assert "1: the mention of its holder, e3, was not placed" in one.reason


def test_a_quotation_is_not_a_copy(corpus: Corpus, tmp_path: Path) -> None:
    quoted = " ".join(LONG.split()[17:38])
    (tmp_path / "x.txt").write_text("A letter\n\n" + quoted + " " + "And so on it went. " * 40)
    one = hydrated(corpus, tmp_path)
    assert one.status == "different" and one.result is None
    assert "another text that quotes from it" in one.reason


def test_a_file_with_several_documents(corpus: Corpus, tmp_path: Path) -> None:
    others = tiny_corpus.TEXTS["alpha"] + "\n\n" + tiny_corpus.TEXTS["beta"]
    copy = corpus.open(copies=True).document("secret")
    (tmp_path / "x.txt").write_text(others + "\n\n" + LONG + "\n\n" + others)
    one = hydrated(corpus, tmp_path)
    assert one.status == "realigned"
    assert quotes(one) == ["Haifa", "Aki Mori", "Mori", "Israel"]
    assert one.result is not None
    assert one.result.document.text == copy.text  # the others are no part of it
    assert one.result.document.sentences == copy.sentences and not one.left_out


def test_the_command_tells_all(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(LONG.replace("gardeners", "keepers"))
    out = tmp_path / "out.parquet"
    arguments = ("--from", str(tmp_path / "x.txt"), "--output", str(out))
    [row] = answer(hydrate_command, corpus.root, *arguments)
    assert row["status"] == "realigned" and row["realigned"] == 5 and row["missing"] == 0
    assert {one["id"] for one in row["annotations"]} == {"e1", "e2", "e3", "e4", "s1"}
    import pyarrow.parquet as pq

    [mentions] = pq.read_table(out).column("mentions").to_pylist()
    assert [one["text"] for one in mentions] == ["Haifa", "Aki Mori", "Mori", "Israel"]
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(
        hydrate_command, arguments, obj=Context(root=corpus.root, json=False)
    )
    assert "realigned" in shown.output and "1 of 1 documents joined" in shown.output


def test_without_fingerprints_only_exact_copies(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(LONG.replace("gardeners", "keepers"))
    (tmp_path / "none").mkdir()
    [one] = ijcorpus.hydrate(tmp_path, root=corpus.root, fingerprints=tmp_path / "none")
    assert one.status == "absent" and not one.placed
    with pytest.raises(HydrationError, match="is no folder"):
        ijcorpus.hydrate(tmp_path, root=corpus.root, fingerprints=tmp_path / "nowhere")


def test_damaged_and_foreign_fingerprints(corpus: Corpus, tmp_path: Path) -> None:
    data = (corpus.root / "corpus" / "fingerprints" / "secret.json").read_bytes()
    [document] = withheld(root=corpus.root)
    record = decode_fingerprint(data, where="here")
    digest = record.digest.encode()
    foreign = decode_fingerprint(data.replace(digest, b"0" * 64), where="here")
    with pytest.raises(HydrationError, match="fingerprint is of another text"):
        realign_copy(document, foreign, LONG.encode())
    (tmp_path / "secret.json").write_bytes(data[:-9])
    (tmp_path / "x.txt").write_text(LONG)
    with pytest.raises(RecordError, match=r"secret\.json"):
        ijcorpus.hydrate(tmp_path / "x.txt", root=corpus.root, fingerprints=tmp_path)


def test_the_schema_is_printed(tmp_path: Path) -> None:
    shown = answer(fingerprint_command, tmp_path, "--schema")
    assert "checks" in shown["$defs"]["Fingerprint"]["properties"]


def test_fingerprints_travel_with_the_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tiny_corpus.TEXTS, "secret", LONG)
    made = make(tmp_path / "root", tmp_path / "copies")
    answer(fingerprint_command, made.root, "--copies", str(made.copies))
    released = {file.path for file in freeze(made.open()).files}
    assert "fingerprints/secret.json" in released
    shutil.rmtree(made.open().layout.fingerprints)
    (made.copies / "secret.txt").write_text(LONG.replace("green ink", "blue ink"))
    one = hydrated(made, made.copies)
    assert one.result is not None
    assert "blue ink" in one.result.document.text


def test_without_copies_there_is_nothing_to_fingerprint(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IJCORPUS_TEXTS", raising=False)
    result = CliRunner().invoke(fingerprint_command, [], obj=Context(root=corpus.root, json=True))
    assert "Name the folder of your copies with --copies" in str(result.exception)
