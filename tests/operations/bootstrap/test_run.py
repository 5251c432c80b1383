"""`ops bootstrap` as users run it."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from moto import mock_aws
from rich.console import Console
from typer.testing import CliRunner

from operations.__main__ import app
from operations.bootstrap import run
from operations.bootstrap.cloud import AwsClients, BootstrapError
from operations.bootstrap.context import AccountContext
from operations.bootstrap.desired import desired_resources
from operations.bootstrap.run import DONE, IMPOSSIBLE, UNDONE, bootstrap
from operations.bootstrap.screen import Screen
from stacks.errors import UnknownEnvironmentError


@pytest.fixture
def screen() -> Screen:
    return Screen(Console(file=StringIO(), width=140, highlight=False))


def _printed(screen: Screen) -> str:
    text: str = screen._console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    return text


@pytest.fixture
def in_prod(monkeypatch: pytest.MonkeyPatch, prod: AccountContext) -> AccountContext:
    """Prod's settings, but with moto's account."""
    monkeypatch.setattr(run, "context_from", lambda _project, _environment: prod)
    return prod


def test_a_dry_run_shows_the_plan_and_changes_nothing(
    clients: AwsClients, in_prod: AccountContext, screen: Screen
) -> None:
    assert bootstrap(in_prod.environment, execute=False, screen=screen) == UNDONE
    printed = _printed(screen)
    assert "S3 bucket campus-prod-pulumi-state" in printed
    assert (
        "11 of 11 resources need changes; nothing was changed. Apply the changes with: ops bootstrap prod --execute"
        in printed
    )
    assert clients.client("s3").list_buckets()["Buckets"] == []


def test_execution_creates_all_resources_and_prints_the_next_commands(
    clients: AwsClients, in_prod: AccountContext, screen: Screen
) -> None:
    assert bootstrap("prod", execute=True, screen=screen) == DONE
    printed = _printed(screen)
    assert "pulumi login 's3://campus-prod-pulumi-state?region=us-east-1'" in printed
    assert "--secrets-provider 'awskms://alias/campus-prod-pulumi?region=us-east-1'" in printed
    assert len(clients.client("s3").list_buckets()["Buckets"]) == 2
    assert bootstrap(in_prod.environment, execute=False, screen=screen) == DONE
    assert "All 11 resources are up to date." in _printed(screen)


def test_drift_is_shown_with_old_and_new_values(clients: AwsClients, in_prod: AccountContext, screen: Screen) -> None:
    bootstrap(in_prod.environment, execute=True, screen=Screen(Console(file=StringIO())))
    off = {"Status": "Suspended"}
    clients.client("s3").put_bucket_versioning(Bucket=in_prod.bucket, VersioningConfiguration=off)
    clients.client("s3").delete_public_access_block(Bucket=in_prod.bucket)
    clients.client("s3").delete_bucket_policy(Bucket=in_prod.bucket_copy)
    assert bootstrap("prod", execute=False, screen=screen) == UNDONE
    printed = _printed(screen)
    assert "versioning: Suspended → Enabled" in printed
    assert "public access block: not set" in printed
    assert "2 of 11 resources need changes" in printed


def test_a_conflict_stops_everything_else(clients: AwsClients, in_prod: AccountContext, screen: Screen) -> None:
    where = {"LocationConstraint": "eu-west-1"}
    clients.client("s3", "eu-west-1").create_bucket(Bucket=in_prod.bucket, CreateBucketConfiguration=where)
    assert bootstrap("prod", execute=True, screen=screen) == IMPOSSIBLE
    assert "region is eu-west-1, must be us-east-1. AWS cannot change this" in _printed(screen)
    assert clients.client("iam").list_roles()["Roles"] == []


def test_credentials_of_another_account_are_rejected(monkeypatch: pytest.MonkeyPatch, screen: Screen) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws(), pytest.raises(BootstrapError) as caught:
        bootstrap("prod", execute=True, screen=screen)
    assert str(caught.value).startswith("These credentials are for account 123456789012 (")
    assert str(caught.value).endswith(
        "but prod is account 444455556666 (Pulumi.prod.yaml); use credentials for account 444455556666. "
        "Nothing was changed."
    )
    assert _printed(screen) == ""


def test_an_unknown_environment_is_rejected_before_any_aws_call(screen: Screen) -> None:
    with pytest.raises(UnknownEnvironmentError, match="no environment called qa"):
        bootstrap("qa", execute=False, screen=screen)


def test_missing_credentials_are_reported_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, screen: Screen
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(BootstrapError) as caught:
        bootstrap("dev", execute=False, screen=screen)
    assert str(caught.value) == (
        "AWS could not be called: Unable to locate credentials. Log in as an administrator of account 111122223333, "
        "check the connection, and run the command again."
    )


def test_help_describes_the_command_and_its_exit_codes() -> None:
    shown = CliRunner().invoke(app, ["bootstrap", "--help"])
    assert shown.exit_code == 0
    assert "--execute" in shown.output
    assert "Exit codes: 0 if everything is up to date, 2 if a dry run found changes" in " ".join(shown.output.split())


def test_help_of_ops_loads_neither_boto3_nor_the_settings() -> None:
    script = (
        "import sys; from typer.testing import CliRunner; from operations.__main__ import app; "
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0; "
        "print([name for name in ('boto3', 'pulumi', 'pydantic', 'moto') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_command_bootstraps_an_empty_account_over_http() -> None:
    runs = ["bootstrap prod", "bootstrap prod --execute", "bootstrap prod", "bootstrap dev"]
    command = [sys.executable, "-m", "tests.operations.bootstrap.served", *runs]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=run.PLATFORM)
    report = [line for line in ran.stdout.splitlines() if line.startswith("exit code")]
    assert report == ["exit code 2", "exit code 0", "exit code 0", "exit code 1"]
    assert "All 11 resources are up to date." in ran.stdout
    assert (
        "dev is account 111122223333 (Pulumi.dev.yaml); use credentials for account 111122223333. Nothing was changed."
        in ran.stderr
    )


def test_the_how_to_page_lists_every_resource(prod: AccountContext) -> None:
    page = (run.PLATFORM / "docs" / "how-to" / "bootstrap-an-account.md").read_text(encoding="utf-8")
    assert [resource.label for resource in desired_resources(prod) if resource.label not in page] == []
