"""KMS keys of each environment."""

import json

from components.keys.plan import Purpose
from tests.stacks.graph import Graph, Node


def _statements(key: Node) -> dict[str, dict[str, object]]:
    return {each["Sid"]: each for each in json.loads(key["policy"])["Statement"]}


def test_every_key_rotates_and_has_a_long_deletion_window(any_environment: Graph) -> None:
    for key in any_environment.all("kms.Key"):
        assert key["enableKeyRotation"] is True
        assert key["deletionWindowInDays"] == 30


def test_there_is_a_key_for_each_purpose_and_region(dev: Graph, prod: Graph) -> None:
    assert {key.name for key in dev.all("kms.Key")} == set(Purpose)
    extra = {key.name: key.region for key in prod.all("kms.Key") if key.name.endswith("-dr")}
    replicated = {*Purpose} - {Purpose.CACHE, Purpose.COST}
    assert extra == {f"{purpose}-dr": "us-west-2" for purpose in replicated}


def test_volume_key_allows_only_the_autoscaling_role(any_environment: Graph) -> None:
    account = any_environment.exports["account"]
    role = f"arn:aws:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    statements = _statements(any_environment.one("kms.Key", "volumes"))
    for sid in ("AutoScaling", "AutoScalingGrants"):
        condition = statements[sid]["Condition"]
        assert isinstance(condition, dict)
        assert condition["StringEquals"] == {"aws:PrincipalArn": role, "aws:PrincipalAccount": account}


def test_logs_key_serves_only_cloudwatch_of_its_own_region(prod: Graph) -> None:
    statement = _statements(prod.one("kms.Key", "logs-dr"))["CloudWatchLogs"]
    assert statement["Principal"] == {"Service": "logs.us-west-2.amazonaws.com"}
    assert statement["Condition"] == {
        "ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-west-2:444455556666:*"}
    }


def test_key_policies_have_no_wildcard_principal_or_action(any_environment: Graph) -> None:
    for key in any_environment.all("kms.Key"):
        for statement in _statements(key).values():
            assert statement["Principal"] != "*"
            assert "kms:*" not in str(statement["Action"])
