"""A small prelabel service that Label Studio can ask for predictions, on this machine only.

It speaks the part of the machine-learning backend's interface that Label Studio uses:
`GET /health`, `POST /setup` and `POST /predict`. What it predicts comes from the entity registry
or from a trained spaCy pipeline. A server that keeps to itself has to be told to ask loopback
addresses: `ijcorpus studio up --allow-backend`, or on another server
`LABEL_STUDIO_ML_BLOCK_LOCAL_IP=false` and `LABEL_STUDIO_SSRF_PROTECTION_ENABLED=false`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from ijcorpus.annotation import Entity, RegistryEntry
from ijcorpus.document import Document, RawMap, Struct
from ijcorpus.errors import MissingExtraError, RecordError
from ijcorpus.labelstudio import config, tasks
from ijcorpus.scheme import LabelScheme

if TYPE_CHECKING:
    from flask import Flask

HOST = "127.0.0.1"
LARGEST = 32 * 1024 * 1024
"""Bytes of the largest request that is read."""


class Predictor(Struct, frozen=True, kw_only=True):
    """What finds entities in a text, and the version under which its work is known."""

    version: str
    find: Callable[[str], Sequence[Entity]]


def from_registry(entries: Iterable[RegistryEntry]) -> Predictor:
    """The registry's rule, with links."""
    from ijcorpus.prelabel import prelabel, rule_version

    listed = tuple(entries)

    def find(text: str) -> Sequence[Entity]:
        document = Document(
            id="asked",
            text=text,
            sections=(),
            sentences=(),
            raw_map=RawMap(()),
            raw_sha256="",
            cleaner="",
        )
        return prelabel(document, listed)

    return Predictor(version=rule_version(listed), find=find)


def from_pipeline(folder: Path, scheme: LabelScheme) -> Predictor:
    """A trained spaCy pipeline, without links; labels that the scheme lacks are left out.

    Raises RecordError when the folder holds no pipeline, or none that says one of the labels.
    """
    try:
        import spacy
    except ImportError as error:
        raise MissingExtraError(
            "a pipeline needs spaCy; install it with: pip install 'ijcorpus[curate]'"
        ) from error
    try:
        nlp = spacy.load(folder)
    except (OSError, ValueError) as error:
        raise RecordError(
            f"{folder} holds no spaCy pipeline ({error}). Name the folder that "
            "'spacy train' wrote, such as model-best."
        ) from error
    known = set(scheme.label_names)
    said = {label for labels in nlp.pipe_labels.values() for label in labels}
    if not known & said:
        raise RecordError(
            f"{folder}: the pipeline says none of {', '.join(scheme.label_names)}. Train it on "
            "this scheme."
        )

    def find(text: str) -> list[Entity]:
        found = (span for span in nlp(text).ents if span.label_ in known and span.text.strip())
        return [
            Entity(id=f"e{n}", start=s.start_char, end=s.end_char, label=s.label_, quote=s.text)
            for n, s in enumerate(found, start=1)
        ]

    meta = json.dumps(nlp.meta, sort_keys=True, default=str).encode()
    return Predictor(version="spacy-" + hashlib.sha256(meta).hexdigest()[:12], find=find)


def application(predictor: Predictor) -> Flask:
    """The service. Errors are answered as JSON with a message and a status of 400 and above."""
    try:
        from flask import Flask, request
        from werkzeug.exceptions import HTTPException
    except ImportError as error:
        raise MissingExtraError(
            "the service needs Flask; install it with: pip install 'ijcorpus[service]'"
        ) from error
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST

    def health() -> dict[str, str]:
        return {"status": "UP", "model_version": predictor.version}

    def setup() -> dict[str, str]:
        return {"model_version": predictor.version}

    def predict() -> Any:
        asked = request.get_json(silent=True)
        texts = texts_of(asked)
        if isinstance(texts, str):
            return {"error": texts}, 400
        offered = offered_to(asked)
        return {"results": [result(predictor, text, offered) for text in texts]}

    def fault(error: HTTPException) -> Any:
        return {"error": error.description}, error.code or 500

    app.add_url_rule("/health", view_func=health)
    app.add_url_rule("/", endpoint="root", view_func=health)
    app.add_url_rule("/setup", view_func=setup, methods=["POST"])
    app.add_url_rule("/predict", view_func=predict, methods=["POST"])
    app.register_error_handler(HTTPException, fault)
    return app


def texts_of(asked: object) -> list[str] | str:
    """The texts of the tasks of a request, or in words why there are none."""
    listed = asked.get("tasks") if isinstance(asked, dict) else None  # type: ignore[reportUnknownMemberType]
    if not isinstance(listed, list):
        return 'the request needs "tasks", a list'
    texts: list[str] = []
    for number, task in enumerate(listed):  # type: ignore[reportUnknownVariableType]
        data = task.get("data") if isinstance(task, dict) else None  # type: ignore[reportUnknownMemberType]
        text = data.get(config.TEXT) if isinstance(data, dict) else None  # type: ignore[reportUnknownMemberType]
        if not isinstance(text, str):
            return f'task {number} has no "{config.TEXT}" in its data'
        texts.append(text)
    return texts


def offered_to(asked: object) -> frozenset[str]:
    """The entity ids that the asking project offers to pick; none when it has no such list."""
    xml = asked.get("label_config") if isinstance(asked, dict) else None  # type: ignore[reportUnknownMemberType]
    try:
        return config.pickable(xml) if isinstance(xml, str) else frozenset()
    except ParseError:
        return frozenset()


def result(
    predictor: Predictor, text: str, offered: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """One prediction, gated as one that is pushed is."""
    return tasks.predictions(predictor.find(text), text, predictor.version, offered)


def serve(predictor: Predictor, port: int, ready: Callable[[str], None]) -> None:
    """Answer on the loopback address until the process is interrupted; port 0 takes a free one."""
    app = application(predictor)
    from werkzeug.serving import make_server

    server = make_server(HOST, port, app, threaded=True)
    ready(f"http://{HOST}:{server.server_port}")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
