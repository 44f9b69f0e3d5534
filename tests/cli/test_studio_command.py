"""A server of one's own, named on the command line: what is said before it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ijcorpus.cli import cli
from ijcorpus.errors import StudioError

ROOT = Path(__file__).parents[2]
URL = ("--url", "https://studio.example.org")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--root", str(ROOT), *arguments])


@pytest.mark.parametrize("command", [("studio", "status"), ("adjudicate", "--push"),
                                     ("adjudicate", "--pull")])  # fmt: skip
def test_the_token_comes_from_the_environment_alone(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IJCORPUS_STUDIO_TOKEN", raising=False)
    result = run(*command, *URL)
    assert isinstance(result.exception, StudioError)
    assert "IJCORPUS_STUDIO_TOKEN is not set" in str(result.exception)


@pytest.mark.parametrize("step", [(), ("--here",), ("--worksheet", "build/forms")])
def test_other_steps_of_adjudication_ask_no_server(step: tuple[str, ...]) -> None:
    result = run("adjudicate", *step, *URL)
    assert result.exit_code == 2
    assert "--url is for --push and --pull" in result.output


@pytest.mark.parametrize("command", [("studio", "status"), ("adjudicate",)])
def test_the_help_has_an_example(command: tuple[str, ...]) -> None:
    said = " ".join(run(*command, "--help").output.split())
    assert "Examples: " in said
    assert "--url https://studio.example.org" in said
