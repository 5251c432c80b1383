"""Options that would leave out, replace or weaken the packs are refused."""

import os
import stat
from pathlib import Path

import pytest

from operations import deploying
from operations.deploying import DeploymentError, deploy
from operations.policies.errors import UnprovenRunError
from operations.policies.guards import refuse
from policy_packs.kernel.receipt import DIRECTORY, RUN

PACKS = deploying.PACKS


TEXT_OPTIONS = ("POLICY_PACK", "POLICY_PACK_CONFIG", "CONFIG", "CONFIG_FILE", "CWD", "STACK", "TARGET", "SOMETHING_NEW")
"""Options for which `0` and `false` are values like any other."""


def refusal(arguments: list[str], environ: dict[str, str], packs: Path = PACKS) -> str:
    with pytest.raises(UnprovenRunError) as refused:
        refuse(arguments, environ, packs)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("PULUMI_OPTION_SKIP_PREVIEW", value) for value in ("true", "1", "TRUE", "yes")),
        ("PULUMI_OPTION_POLICY_PACK", "/elsewhere"),
        ("PULUMI_OPTION_POLICY_PACK", f"{PACKS},/elsewhere"),
        ("PULUMI_OPTION_POLICY_PACK_CONFIG", "lax.json"),
        ("PULUMI_OPTION_CONFIG", "campus-safety:cost={}"),
        ("PULUMI_OPTION_STACK", "dev"),
        ("PULUMI_OPTION_TARGET", "urn"),
        ("PULUMI_OPTION_SOMETHING_NEW", "true"),
        *((f"PULUMI_OPTION_{option}", value) for option in TEXT_OPTIONS for value in ("0", "false", "False", " ")),
        ("PULUMI_OPTION_PARALLEL", "4"),
        *((name, "true") for name in ("PULUMI_CONTINUE_ON_ERROR", "PULUMI_DISABLE_PROVIDER_PREVIEW")),
        *((name, "true") for name in ("PULUMI_EXPERIMENTAL", "PULUMI_RUN_PROGRAM")),
    ],
)
def test_a_variable_that_weakens_the_packs_is_refused(name: str, value: str) -> None:
    assert name in refusal([], {name: value})


def test_variables_that_keep_the_packs_are_accepted() -> None:
    for value in ("", "0", "false", "False"):
        refuse([], {"PULUMI_OPTION_SKIP_PREVIEW": value}, PACKS)
    refuse([], {"PULUMI_OPTION_STACK": "", "PULUMI_OPTION_CONFIG_FILE": ""}, PACKS)
    refuse([], {"PULUMI_OPTION_SKIP_PREVIEW": "false", "PULUMI_OPTION_DIFF": "1", "HOME": "/root"}, PACKS)
    refuse([], {"PULUMI_OPTION_POLICY_PACK": str(PACKS)}, PACKS)
    refuse([], {"PULUMI_OPTION_POLICY_PACK": os.path.relpath(PACKS)}, PACKS)


@pytest.mark.parametrize(
    "argument",
    [
        *("--skip-preview", "--skip-preview=true", "-f", "-yf", "--policy-pack=x", "--policy-pack-config=x"),
        *("--config=a=b", "-c", "--stack=prod", "--target=urn", "--plan=x", "refresh", "--", ""),
    ],
)
def test_an_argument_that_is_not_listed_is_refused(argument: str) -> None:
    assert "is not accepted" in refusal([argument], {})


def test_listed_arguments_are_accepted() -> None:
    refuse(["--exclude=urn:a", "--diff", "--message=first run"], {}, PACKS)


def test_missing_packs_are_refused(tmp_path: Path) -> None:
    assert "is not a policy pack" in refusal([], {}, tmp_path)


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a `pulumi` on PATH that records its call and writes no receipt."""
    executable = tmp_path / "bin" / "pulumi"
    executable.parent.mkdir()
    executable.write_text(
        f'#!/bin/sh\necho "$*" > {tmp_path}/arguments\nenv > {tmp_path}/environment\n'
        'while [ "$1" != --event-log ]; do shift; done\necho "{}" > "$2"\nexit ${STATUS:-0}\n'
    )
    executable.chmod(executable.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{executable.parent}{os.pathsep}{os.environ['PATH']}")
    for name in [each for each in os.environ if each.startswith("PULUMI_OPTION_")]:
        monkeypatch.delenv(name)
    return tmp_path


def test_a_deployment_without_receipts_fails(pulumi: Path) -> None:
    with pytest.raises(UnprovenRunError) as refused:
        deploy("dev", [], execute=True)
    assert "There is no receipt of the preview" in str(refused.value)
    assert "There is no receipt of the update" in str(refused.value)
    assert "The event log has no summary of the update" in str(refused.value)
    assert (pulumi / "arguments").read_text().startswith("up --yes --stack dev --event-log ")
    variables = (pulumi / "environment").read_text().splitlines()
    assert f"PULUMI_OPTION_POLICY_PACK={PACKS}" in variables
    assert {DIRECTORY, RUN} <= {each.partition("=")[0] for each in variables}


def test_a_dry_run_only_previews(pulumi: Path) -> None:
    with pytest.raises(UnprovenRunError):
        deploy("prod", ["--diff"], execute=False)
    assert (pulumi / "arguments").read_text().startswith("preview --stack prod --event-log ")
    assert (pulumi / "arguments").read_text().rstrip().endswith(" --diff")


@pytest.mark.usefixtures("pulumi")
def test_a_failure_of_pulumi_is_reported_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATUS", "5")
    with pytest.raises(DeploymentError, match="exit code 5"):
        deploy("dev", [], execute=True)


def test_nothing_runs_with_a_refused_option(pulumi: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_OPTION_SKIP_PREVIEW", "1")
    with pytest.raises(UnprovenRunError, match="SKIP_PREVIEW"):
        deploy("dev", [], execute=True)
    monkeypatch.delenv("PULUMI_OPTION_SKIP_PREVIEW")
    with pytest.raises(UnprovenRunError, match="--skip-preview"):
        deploy("dev", ["--skip-preview"], execute=True)
    assert not (pulumi / "arguments").exists()
