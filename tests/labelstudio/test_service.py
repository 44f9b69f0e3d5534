"""The prelabel service: asked over HTTP as Label Studio asks it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import spacy

from ijcorpus.annotation import RegistryEntry
from ijcorpus.cli.serve import serve_command
from ijcorpus.document import sha256
from ijcorpus.errors import RecordError
from ijcorpus.labelstudio.decode import annotation_of
from ijcorpus.labelstudio.service import application, from_pipeline, from_registry
from ijcorpus.prelabel import rule_version
from ijcorpus.scheme import read_scheme

ROOT = Path(__file__).parents[2]
SCHEME = read_scheme((ROOT / "annotations" / "scheme.toml").read_text())
LABEL = SCHEME.label_names[0]
ENTRIES = [
    RegistryEntry(
        id="ent-0001",
        name="Mira Lind",
        label=LABEL,
        side=None,
        aliases=("Lind",),
        ambiguous=("Lind",),
        note="",
        verified=True,
    )  # fmt: skip
]
TEXT = "👍🏽 Mira Lind met Lind.\tשלום Mira Lind"


@pytest.fixture
def client() -> Any:
    return application(from_registry(ENTRIES)).test_client()


def ask(client: Any, *texts: str) -> Any:
    tasks = [{"id": n, "data": {"text": text}} for n, text in enumerate(texts)]
    return client.post(
        "/predict", json={"tasks": tasks, "project": "1.1", "label_config": "<View/>"}
    )


def test_health_and_setup_name_the_version(client) -> None:
    assert client.get("/health").json == {"status": "UP", "model_version": rule_version(ENTRIES)}
    assert client.get("/").json["status"] == "UP"
    assert client.post("/setup", json={"project": "1"}).json == {
        "model_version": rule_version(ENTRIES)
    }


def test_predictions_are_what_the_rule_finds_by_code_points(client) -> None:
    first, second = ask(client, TEXT, "Nobody.").json["results"]
    assert second["result"] == []
    found = annotation_of(
        first["result"], document="d", text=TEXT, digest=sha256(TEXT), scheme=SCHEME, annotator=""
    )
    assert found.findings == ()
    said = {
        (TEXT[e.start : e.end], e.label, e.entity_id, e.origin) for e in found.annotation.entities
    }
    assert said == {("Mira Lind", LABEL, "ent-0001", "prediction")}
    assert len(found.annotation.entities) == 2
    assert first["model_version"] == rule_version(ENTRIES)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"{}", b'{"tasks": 3}', b'{"tasks": [3]}', b'{"tasks": [{"data": {}}]}'],
)
def test_a_request_that_makes_no_sense_is_refused_with_words(client, body) -> None:
    answer = client.post("/predict", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert "needs" in answer.json["error"] or "has no" in answer.json["error"]


def test_unknown_places_and_methods_are_refused(client) -> None:
    assert client.get("/predict").status_code == 405
    assert "error" in client.get("/nowhere").json


def pipeline(folder: Path, label: str) -> Path:
    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": label, "pattern": "Mira Lind"}, {"label": "X", "pattern": "met"}])
    nlp.to_disk(folder)
    return folder


def test_a_pipeline_predicts_the_labels_of_the_scheme(tmp_path) -> None:
    predictor = from_pipeline(pipeline(tmp_path / "model", LABEL), SCHEME)
    assert [(TEXT[e.start : e.end], e.label) for e in predictor.find(TEXT)] == [
        ("Mira Lind", LABEL), ("Mira Lind", LABEL)]  # fmt: skip
    assert predictor.version == from_pipeline(tmp_path / "model", SCHEME).version
    first = ask(application(predictor).test_client(), TEXT).json["results"][0]
    assert [item["value"]["text"] for item in first["result"]] == ["Mira Lind", "Mira Lind"]


def test_a_pipeline_of_another_scheme_or_none_is_refused(tmp_path) -> None:
    with pytest.raises(RecordError, match="says none of"):
        from_pipeline(pipeline(tmp_path / "model", "Y"), SCHEME)
    with pytest.raises(RecordError, match="holds no spaCy pipeline"):
        from_pipeline(tmp_path, SCHEME)


def test_the_command_serves_on_loopback_until_it_is_stopped() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ijcorpus", "--root", str(ROOT), "--json", "serve", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        said = json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")
        assert said["url"].startswith("http://127.0.0.1:")
        data = json.dumps({"tasks": [{"data": {"text": "Tokyo and Jerusalem"}}]}).encode()
        request = Request(said["url"] + "/predict", data, {"Content-Type": "application/json"})
        with urlopen(request, timeout=60) as answer:
            found = json.load(answer)["results"][0]
        words = {item["value"]["text"] for item in found["result"] if item["type"] == "labels"}
        assert words == {"Tokyo", "Jerusalem"}
        with pytest.raises(HTTPError):
            urlopen(said["url"] + "/predict", timeout=60)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()


def test_the_help_says_what_label_studio_needs() -> None:
    assert "SSRF" in str(serve_command.help)
