"""`ijcorpus pull --export` and `--conll`, as somebody uses them who has no server at hand."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from studio_site import TEXTS, Site, make

from ijcorpus.annotation import Annotation, Annotator, Entity
from ijcorpus.cli import cli
from ijcorpus.document import sha256
from ijcorpus.errors import StudioError
from ijcorpus.labelstudio import tasks
from ijcorpus.labelstudio.export import Export
from ijcorpus.labelstudio.harvest import Snapshot
from ijcorpus.labelstudio.times import completed

NAME = "from-nothing"
EMAIL = "from-nothing@tiny.example"
ANN = Annotator(id="ann", kind="human", description="", email="ann@example.org")
QUOTES = {"doc-harbour": ["Mira Lind", "Osaka", "Haifa", "Lind"], "doc-cafe": ["山田 Hana"]}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    found = Site(make(tmp_path / "root"))
    monkeypatch.setenv("IJCORPUS_TEXTS", str(found.root / "copies"))
    return found


def annotation(site: Site, name: str) -> Annotation:
    made = site.space.document(name)
    entities, place = [], 0
    for number, quote in enumerate(QUOTES.get(name, []), start=1):
        place = made.text.index(quote, place)
        label = site.space.scheme.label_names[number % 3]
        end = place + len(quote)
        entities.append(Entity(id=f"e{number}", start=place, end=end, label=label, quote=quote))
        place = end
    return Annotation(
        document=name,
        digest=made.digest,
        scheme=site.space.scheme.version,
        annotator=NAME,
        entities=tuple(entities),
    )


def task(site: Site, name: str, **fields: Any) -> dict[str, Any]:
    """A finished task as Label Studio's own page exports it."""
    made = site.space.document(name)
    work = {
        "id": len(name),
        "completed_by": 4,
        "updated_by": 4,
        "updated_at": "2031-05-01T09:30:00Z",
        "was_cancelled": False,
        "result": tasks.result(annotation(site, name), made.text, site.space.scheme),
    }
    return {"id": 1, "annotations": [work | fields], "drafts": [], **tasks.task(made, "T")}


def export(site: Site, *listed: Any) -> str:
    path = site.root.parent / "project-1.json"
    path.write_text(json.dumps(listed, indent=1))
    return str(path)


def pull(site: Site, *words: str, code: int = 0) -> dict[str, Any]:
    (report,) = site.run("pull", "--annotator", NAME, *words, code=code)
    return report


def test_an_export_comes_home_as_from_a_server(site: Site) -> None:
    file = export(site, task(site, "doc-harbour"), task(site, "doc-cafe"))
    report = pull(site, "--export", file)
    assert report["documents"] == {"doc-harbour": "written", "doc-cafe": "written"}
    assert (report["findings"], report["set_aside"], report["asked"]) == ([], {}, 2)
    assert site.space.layer(NAME, "doc-harbour") == annotation(site, "doc-harbour")
    kept = site.root / ".studio" / "snapshots" / report["snapshot"]
    assert report["snapshot"] == f"{sha256(kept.read_bytes())[:16]}.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    snapshot = msgspec.json.decode(kept.read_bytes(), type=Snapshot)
    assert [*snapshot.tasks] == json.loads(Path(file).read_text())
    assert snapshot.users == {"4": EMAIL}
    assert [*completed(kept.parent, {EMAIL: NAME})] == [(NAME, "doc-harbour"), (NAME, "doc-cafe")]
    again = pull(site, "--export", file)
    assert again["documents"] == {"doc-harbour": "unchanged", "doc-cafe": "unchanged"}
    assert again["snapshot"] == report["snapshot"]


def test_no_word_of_a_text_that_may_not_ship_is_written(site: Site) -> None:
    file = export(site, task(site, "doc-harbour"), task(site, "doc-cafe"))
    target = site.root / "build" / "pulled.conll"
    report = pull(site, "--export", file, "--conll", str(target))
    columns = {"file": str(target), "documents": ["doc-harbour"], "withheld": ["doc-cafe"]}
    assert report["conll"] == columns | {"overlapping": 0}
    layer = site.root / "annotations" / "layers" / NAME / "doc-cafe.json"
    for path in (target, layer):
        assert "Hana" not in path.read_text()
    result = site_text(site, "--export", file, "--conll", str(target))
    assert "their texts may not ship: doc-cafe" in result.replace("\n", " ")


def site_text(site: Site, *words: str) -> str:
    """What people are told."""
    arguments = ["--root", str(site.root), "pull", "--annotator", NAME, *words]
    result = CliRunner().invoke(cli, arguments, env={"COLUMNS": "300"})
    assert result.exit_code == 0, result.output
    return result.stdout


def test_conll_has_the_sentences_of_the_corpus(site: Site) -> None:
    target = site.root / "build" / "pulled.conll"
    pull(site, "--export", export(site, task(site, "doc-harbour")), "--conll", str(target))
    opening, *blocks = target.read_text().rstrip("\n").split("\n\n")
    assert opening == "-DOCSTART- -X- O O"
    document = site.space.document("doc-harbour")
    assert len(blocks) == len(document.sentences)
    for block, sentence in zip(blocks, document.sentences, strict=True):
        words = "".join(line.split(" ")[0] for line in block.splitlines())
        assert words == "".join(document.text[sentence.start : sentence.end].split())
    marked = [line.split(" ") for block in blocks for line in block.splitlines()]
    labels = site.space.scheme.label_names
    assert [(word, tag) for word, _, _, tag in marked if tag != "O"] == [
        ("Mira", f"B-{labels[1]}"),
        ("Lind", f"I-{labels[1]}"),
        ("Osaka", f"B-{labels[2]}"),
        ("Haifa", f"B-{labels[0]}"),
        ("Lind", f"B-{labels[1]}"),
    ]


def test_overlapping_mentions_are_counted(site: Site) -> None:
    item = task(site, "doc-harbour")
    inner = msgspec.json.decode(msgspec.json.encode(item["annotations"][0]["result"][0]))
    inner["id"], inner["value"]["text"] = "inner", "Mira"
    inner["value"]["end"] = inner["value"]["start"] + 4
    item["annotations"][0]["result"].append(inner)
    target = site.root / "build" / "pulled.conll"
    file = export(site, item)
    assert pull(site, "--export", file, "--conll", str(target))["conll"]["overlapping"] == 1
    assert "Mira -X- _ B-" in target.read_text()
    assert "overlap others: 1 mentions" in site_text(site, "--export", file, "--conll", str(target))


def test_what_is_wrong_is_reported_kept_and_ends_with_1(site: Site) -> None:
    item = task(site, "doc-harbour")
    strange = {"id": "x", "type": "ranker", "value": {"deep": [None]}}
    item["annotations"][0]["result"].append(strange)
    report = pull(site, "--export", export(site, item), code=1)
    assert [finding["code"] for finding in report["findings"]] == ["studio-unknown-item"]
    assert report["set_aside"] == {"doc-harbour": 1}
    aside = site.root / ".studio" / "quarantine" / f"{NAME}.json"
    (kept,) = json.loads(aside.read_text())["doc-harbour"]
    (finding,) = report["findings"]
    why = {"code": finding["code"], "reason": finding["message"]}
    assert kept == why | {"item": strange}
    pull(site, "--export", export(site, task(site, "doc-harbour")))
    assert not aside.exists()


def test_skips_and_open_tasks_are_told(site: Site) -> None:
    skipped = task(site, "doc-harbour", was_cancelled=True)
    report = pull(
        site, "--export", export(site, skipped, task(site, "doc-cafe") | {"annotations": []})
    )
    assert report["documents"] == {"doc-harbour": "skipped", "doc-cafe": "open"}
    assert not (site.root / "annotations" / "layers").exists()


def test_work_on_another_text_stays_there(site: Site) -> None:
    file = export(site, task(site, "doc-harbour"))
    path = site.root / "corpus" / "texts" / "doc-harbour.txt"
    data = (TEXTS["doc-harbour"] + "\nMore.\n").encode()
    sources = site.root / "corpus" / "sources.jsonl"
    sources.write_text(sources.read_text().replace(sha256(path.read_bytes()), sha256(data)))
    path.write_bytes(data)
    report = pull(site, "--export", file, code=1)
    assert [finding["code"] for finding in report["findings"]] == ["studio-text-outdated"]
    assert not (site.root / "annotations" / "layers").exists()


def test_two_accounts_without_addresses_are_refused(site: Site) -> None:
    other = task(site, "doc-cafe", completed_by=5)
    file = export(site, task(site, "doc-harbour"), other)
    result = site.try_("pull", "--annotator", NAME, "--export", file)
    assert isinstance(result.exception, StudioError)
    for said in ("project-1.json", "2 accounts", "4 (1), 5 (1)", NAME, "Pull them"):
        assert said in str(result.exception)
    assert not (site.root / "annotations" / "layers").exists()


def test_addresses_tell_accounts_apart(site: Site) -> None:
    mine = task(site, "doc-harbour", completed_by={"id": 4, "email": EMAIL.title()})
    other = task(site, "doc-cafe", completed_by={"id": 5, "email": "boss@tiny.example"})
    report = pull(site, "--export", export(site, mine, other), code=1)
    assert report["documents"] == {"doc-harbour": "written", "doc-cafe": "open"}
    assert [finding["code"] for finding in report["findings"]] == ["studio-other-account"]
    assert "boss@tiny.example" in report["findings"][0]["message"]


def test_another_s_address_is_not_taken_for_the_annotator_s(site: Site) -> None:
    other = task(site, "doc-harbour", completed_by={"id": 5, "email": "boss@tiny.example"})
    report = pull(site, "--export", export(site, other), code=1)
    assert report["documents"] == {"doc-harbour": "open"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "truncated"),
        (b"id,text\n1,x\n", "malformed"),
        (b'{"id": 1}', "array"),
        (b'[{"id": 1, "text": "x", "entity": []}]', "no annotations"),
        (b'[{"annotations": []}, 3]', "object"),
        (b'[{"annotations": [], "x": "\xff"}]', "utf-8"),
        (b"[" * 100_000, "recursion"),
        (b'[{"annotations": "none", "x": 1e999}]', "out of range"),
    ],
)
def test_what_is_no_export_is_refused_with_the_remedy(
    tmp_path: Path, data: bytes, said: str
) -> None:
    path = tmp_path / "some.json"
    path.write_bytes(data)
    with pytest.raises(StudioError, match=said) as caught:
        Export(path, ANN)
    assert str(path) in str(caught.value)
    assert "choose the format 'JSON'" in str(caught.value)


def test_an_export_of_nothing_is_one(tmp_path: Path) -> None:
    path = tmp_path / "some.json"
    path.write_bytes(b"[]\n")
    assert Export(path, ANN).tasks == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--export", "x.json"], "one annotator"),
        (["--conll", "x.conll"], "one annotator"),
        (["--annotator", NAME, "--export", "x.json", "--full"], "asks no server"),
        (["--annotator", NAME, "--export", "x.json", "--url", "http://localhost"], "no server"),
    ],
)
def test_what_does_not_go_together(site: Site, words: list[str], said: str) -> None:
    result = site.try_("pull", *words)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_a_missing_file_and_a_published_place_are_named(site: Site) -> None:
    words = ("pull", "--annotator", NAME, "--export")
    missing = site.try_(*words, "nowhere.json")
    assert "nowhere.json" in str(missing.exception)
    file = export(site, task(site, "doc-harbour"))
    target = site.root / "corpus" / "x.conll"
    refused = site.try_(*words, file, "--conll", str(target))
    assert "published" in str(refused.exception)
    assert not target.exists()
    assert not (site.root / "annotations" / "layers").exists()
