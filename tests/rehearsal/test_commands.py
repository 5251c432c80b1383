"""Commands whose output a shell evaluates, and interrupted commands."""

from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from rehearsal import cli, commands
from rehearsal.console import ConsoleReporter
from rehearsal.errors import RehearsalError
from rehearsal.hints import CommandHints


def test_env_without_a_rehearsal_makes_the_evaluating_shell_fail(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    result = CliRunner().invoke(cli.app, ["env", "dev", "--project", str(tmp_path)])
    assert isinstance(result.exception, RehearsalError)
    assert result.stdout == "false\n"


def test_a_shell_that_does_not_fail_gets_nothing_more(capsys: pytest.CaptureFixture[str]) -> None:
    with commands.failing_shell():
        pass
    assert capsys.readouterr().out == ""


def test_ctrl_c_says_how_to_continue_and_how_to_end() -> None:
    console = Console(record=True, width=200)
    ConsoleReporter(console, hints=CommandHints("ops rehearse")).show_interrupted("dev")
    assert console.export_text() == (
        "The servers of dev may still run. Continue with `ops rehearse up dev`, or end them with "
        "`ops rehearse down dev`.\n"
    )
