"""The actions of the pipeline follow from their sources."""

import json
from pathlib import Path

import pytest

from operations import generate
from operations.bootstrap import program_actions
from operations.bootstrap.boundary import PROGRAM_ACTIONS, SERVICES, disabling_and_sharing_actions
from operations.bootstrap.program_actions import (
    RECORDED_ACTIONS,
    WITHOUT_HANDLERS,
    document,
    needed_actions,
    recorded_actions,
    recorded_document,
)
from operations.bootstrap.service_authorization import load
from operations.iam.patterns import matches
from policy_packs.security.iam_actions import CREDENTIAL_ACTIONS
from policy_packs.security.iam_data_actions import DATA_ACTIONS


def _covered(patterns: list[str], actions: frozenset[str]) -> set[str]:
    return {each for each in actions if any(matches(pattern, each, {}, ignore_case=True) for pattern in patterns)}


def test_the_data_file_is_current() -> None:
    assert PROGRAM_ACTIONS.read_text(encoding="utf-8") == document(), "run `ops generate`"


def test_ops_generate_writes_the_data_file() -> None:
    assert "actions of the pipeline" in [each.name for each in generate.generators()]


def test_a_widened_list_of_data_actions_makes_the_data_file_outdated(monkeypatch: pytest.MonkeyPatch) -> None:
    wider = (*DATA_ACTIONS, "rds:DescribeDBLogFiles")
    monkeypatch.setattr(program_actions, "DATA_ACTIONS", wider)
    assert "rds:Describe*" not in json.loads(document())["read_patterns"]


def test_patterns_grant_needed_changes_exactly_and_no_read_of_data() -> None:
    data, reference = json.loads(document()), load()
    actions = frozenset(data["actions"])
    assert _covered(data["write_patterns"], reference.actions) == actions & reference.writes
    granted = _covered(data["read_patterns"], reference.actions)
    assert actions & reference.reads <= granted <= reference.reads
    assert not granted & {*DATA_ACTIONS, *CREDENTIAL_ACTIONS}


def test_needed_actions_that_are_denied_or_of_other_services_are_not_granted() -> None:
    left_out = needed_actions() - set(json.loads(document())["actions"])
    denied = set(disabling_and_sharing_actions())
    assert not {each for each in left_out - denied if each.partition(":")[0] in SERVICES}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Call log of which only the last call is new."""
    calls = [
        ("ec2", "DescribeVpcs"),
        ("s3", "PutObject"),
        ("iam", "CreateRole"),
        ("config", "StopConfigurationRecorder"),
    ]
    calls.append(("ec2", "DescribeHosts"))
    lines = [{"service": s, "operation": o, "region": "us-east-1", "arguments": {}} for s, o in calls]
    file = tmp_path / "aws-calls.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def test_a_call_log_adds_the_calls_that_no_handler_makes(log: Path) -> None:
    added = set(json.loads(recorded_document([log]))["actions"]) - set(recorded_actions())
    assert added == {"ec2:DescribeHosts"}


def test_recorded_actions_are_current_and_still_needed() -> None:
    assert RECORDED_ACTIONS.read_text(encoding="utf-8") == recorded_document([]), "a handler lists one of the actions"
    assert not set(recorded_actions()) & set(WITHOUT_HANDLERS)


def test_every_action_in_the_list_without_handlers_exists() -> None:
    assert set(WITHOUT_HANDLERS) <= load().actions
