"""`ijcorpus hydrate --fetch`: from addresses to documents, against a server on loopback."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pages import Site, answer, redirect

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "release"))

import tiny_corpus  # noqa: E402
from test_realign import LONG  # noqa: E402
from tiny_corpus import Corpus, make, source  # noqa: E402

import ijcorpus  # noqa: E402
from ijcorpus.cli.context import Context  # noqa: E402
from ijcorpus.cli.fingerprint import fingerprint_command  # noqa: E402
from ijcorpus.cli.hydrate import hydrate_command  # noqa: E402
from ijcorpus.errors import RecordError  # noqa: E402
from ijcorpus.records import write_jsonl  # noqa: E402
from ijcorpus.release.build import freeze  # noqa: E402


@pytest.fixture
def corpus(tmp_path: Path, server: Site, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """A release whose withheld text has an address."""
    monkeypatch.setitem(tiny_corpus.TEXTS, "secret", LONG)
    made = make(tmp_path / "root", tmp_path / "copies")
    address = {"url": server.root + "/plum"}
    sources = [
        source(name, text.encode(), **(address if name == "secret" else {}))
        for name, text in tiny_corpus.TEXTS.items()
    ]
    write_jsonl(made.root / "corpus" / "sources.jsonl", sources)
    freeze(made.open(copies=True))
    run(fingerprint_command, made, "--copies", str(made.copies))
    # No rest between two requests: the server is ours.
    monkeypatch.setattr("ijcorpus.fetch.web.Web._rest", lambda *_: None)
    return made


def run(command: Any, corpus: Corpus, *arguments: str, as_json: bool = True) -> Any:
    context = Context(root=corpus.root, json=as_json)
    return CliRunner(env={"COLUMNS": "60"}).invoke(command, arguments, obj=context)


def fetched(corpus: Corpus, folder: Path, *more: str, code: int = 0) -> dict[str, Any]:
    arguments = ("--fetch", "--allow-private", "--cache", str(folder / "cache"), *more)
    done = run(hydrate_command, corpus, *arguments)
    assert done.exit_code == code, done.output
    [record] = json.loads(done.stdout)
    return record


def test_the_page_itself_is_joined_exactly(corpus: Corpus, server: Site, tmp_path: Path) -> None:
    server.pages["/plum"] = redirect("/here")
    server.pages["/here"] = answer(LONG.encode(), Content_Type="text/plain; charset=utf-8")
    record = fetched(corpus, tmp_path, "--output", str(tmp_path / "out"))
    assert record["status"] == "exact" and record["exact"] == 5
    assert record["fetched"]["outcome"] == "fetched"
    ids = [d.document.id for d in ijcorpus.documents(root=corpus.root, hydrated=tmp_path / "out")]
    assert ids[-1] == "secret"
    assert fetched(corpus, tmp_path)["fetched"]["outcome"] == "unchanged"


def test_a_saved_page_in_an_old_encoding_is_realigned(
    corpus: Corpus, server: Site, tmp_path: Path
) -> None:
    text = LONG.replace("Twelve", "Füße – twelve")
    body = "".join(f"<p>{part}</p>" for part in text.split("\n\n")[1:])
    page = f"<html><body><article><h1>Withheld matters</h1>{body}</article></body></html>"
    header = "text/html; charset=windows-1250"
    server.pages["/plum"] = answer(page.encode("cp1250"), Content_Type=header)
    record = fetched(corpus, tmp_path)
    assert record["status"] == "realigned" and record["realigned"] == 5
    assert "Füße –" in Path(record["file"]).read_text("utf-8-sig")


def test_a_page_of_something_else_is_told_apart(
    corpus: Corpus, server: Site, tmp_path: Path
) -> None:
    server.pages["/plum"] = answer(b"Subscribe to read on. " * 30)
    record = fetched(corpus, tmp_path, code=1)
    assert record["status"] == "absent" and record["fetched"]["outcome"] == "fetched"


def test_a_miss_is_in_the_table(corpus: Corpus, server: Site, tmp_path: Path) -> None:
    arguments = ("--fetch", "--allow-private", "--cache", str(tmp_path / "cache"))
    shown = run(hydrate_command, corpus, *arguments, as_json=False)
    assert shown.exit_code == 1
    assert "missed" in shown.stdout
    said = f"secret: {server.root}/plum {server.root}/plum answers 404 Not Found"
    assert said in shown.stdout.splitlines()  # on one line, however narrow the terminal is
    assert "0 of 1 documents joined" in shown.stderr


def test_private_addresses_need_the_option(corpus: Corpus, server: Site, tmp_path: Path) -> None:
    server.pages["/plum"] = answer(LONG.encode())
    done = run(hydrate_command, corpus, "--fetch", "--cache", str(tmp_path / "cache"))
    [record] = json.loads(done.stdout)
    assert record["fetched"]["outcome"] == "missed"
    assert "of this machine or a private network" in record["fetched"]["reason"]
    assert not server.asked


def test_what_is_among_the_copies_is_not_fetched(
    corpus: Corpus, server: Site, tmp_path: Path
) -> None:
    record = fetched(corpus, tmp_path, "--from", str(corpus.copies))
    assert record["status"] == "exact" and "fetched" not in record and not server.asked


def test_what_was_fetched_never_lies_in_the_corpus(corpus: Corpus) -> None:
    with pytest.raises(RecordError, match="is published"):
        CliRunner().invoke(
            hydrate_command,
            ("--fetch", "--cache", str(corpus.root / "corpus" / "cache")),
            obj=Context(root=corpus.root, json=True),
            catch_exceptions=False,
        )


def test_nothing_to_read_from_is_said(corpus: Corpus) -> None:
    done = run(hydrate_command, corpus)
    assert done.exit_code == 2 and "Name your copies with --from, or ask for --fetch" in done.stderr
