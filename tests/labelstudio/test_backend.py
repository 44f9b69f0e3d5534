"""A real Label Studio asks our service for predictions, once it was told that it may."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from studio_site import Site

from ijcorpus.document import sha256
from ijcorpus.errors import StudioError
from ijcorpus.labelstudio.decode import annotation_of

pytestmark = pytest.mark.studio
NAME = "from-nothing"


@pytest.fixture
def service(site: Site) -> Iterator[dict[str, str]]:
    """The service of the site's registry, as the command serves it."""
    command = [sys.executable, "-m", "ijcorpus", "--root", str(site.root), "--json"]
    process = subprocess.Popen(
        [*command, "serve", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")
    finally:
        process.kill()
        process.wait()


def post(site: Site, place: str, body: dict[str, Any]) -> Any:
    client: Any = site.studio.api._client
    return client._client_wrapper.httpx_client.request(place, method="POST", json=body)


def test_label_studio_gets_predictions_from_the_service(
    site: Site, service: dict[str, str]
) -> None:
    site.run("push", "--annotator", NAME)
    connection = {"project": site.project(NAME), "url": service["url"], "title": "registry"}

    # A server that was not told to asks nobody, and says so.
    assert post(site, "api/ml", connection).status_code >= 400
    with pytest.raises(StudioError, match="runs already"):
        site.run("studio", "up", "--allow-backend")
    site.run("studio", "down")
    site.run("studio", "up", "--allow-backend")

    answer = post(site, "api/ml", connection)
    assert answer.status_code == 201, answer.text
    assert not site.tasks(NAME)["doc-harbour"].predictions
    action = f"api/dm/actions?id=retrieve_tasks_predictions&project={site.project(NAME)}"
    answer = post(site, action, {"selectedItems": {"all": True, "excluded": []}})
    assert answer.status_code == 200, answer.text
    task = site.tasks(NAME)["doc-harbour"]
    (prediction,) = task.predictions
    assert prediction["model_version"] == service["model_version"]
    text = site.space.document("doc-harbour").text
    found = annotation_of(
        prediction["result"],
        document="doc-harbour",
        text=text,
        digest=sha256(text),
        scheme=site.space.scheme,
        annotator="",
    )
    assert found.findings == ()
    said = [(text[e.start : e.end], e.entity_id, e.origin) for e in found.annotation.entities]
    assert said == [
        ("Mira Lind", "ent-0001", "prediction"),
        ("Mira Lind", "ent-0001", "prediction"),
        ("Osaka", "ent-0002", "prediction"),
        ("Osaka", "ent-0002", "prediction"),
    ]
    # The ids are picked in the project's own list, not written beside it.
    assert {item["type"] for item in prediction["result"]} == {"labels", "taxonomy"}
