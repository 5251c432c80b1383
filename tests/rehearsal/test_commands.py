"""Commands whose output a shell evaluates, and interrupted commands."""

from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from operations import rehearse
from rehearsal import cli
from rehearsal.console import ConsoleReporter
from rehearsal.errors import RehearsalError
from rehearsal.evaluated import failing_shell
from rehearsal.hints import CommandHints


def test_env_without_a_rehearsal_makes_the_evaluating_shell_fail(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    result = CliRunner().invoke(cli.app, ["env", "dev", "--project", str(tmp_path)])
    assert isinstance(result.exception, RehearsalError)
    assert result.stdout == "false\n"


@pytest.mark.parametrize("app", [cli.app, rehearse.app], ids=["rehearse", "ops rehearse"])
@pytest.mark.parametrize("arguments", [["dev", "--jsn"], [], ["dev", "staging"], ["develop"]])
def test_a_mistake_on_the_command_line_of_env_makes_the_evaluating_shell_fail(
    app: typer.Typer, arguments: list[str], tmp_path: Path
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    result = CliRunner().invoke(app, ["env", *arguments, "--project", str(tmp_path)])
    assert result.exit_code != 0
    assert result.stdout == "false\n"


@pytest.mark.parametrize("app", [cli.app, rehearse.app], ids=["rehearse", "ops rehearse"])
def test_the_help_of_env_is_not_an_error(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["env", "--help"])
    assert result.exit_code == 0
    assert "false" not in result.stdout


def test_a_shell_that_does_not_fail_gets_nothing_more(capsys: pytest.CaptureFixture[str]) -> None:
    with failing_shell():
        pass
    assert capsys.readouterr().out == ""


def test_ctrl_c_says_how_to_continue_and_how_to_end() -> None:
    console = Console(record=True, width=200)
    ConsoleReporter(console, hints=CommandHints("ops rehearse")).show_interrupted("dev")
    assert console.export_text() == (
        "The servers of dev may still run. Continue with `ops rehearse up dev`, or end them with "
        "`ops rehearse down dev`.\n"
    )
