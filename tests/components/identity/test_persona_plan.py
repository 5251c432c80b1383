"""What people may do in AWS, and who counts as whom."""

from fnmatch import fnmatchcase

import pytest

from components.identity.documents import Statement
from components.identity.persona_plan import (
    NEVER,
    persona_permissions,
    persona_trust,
    session_seconds,
)

READS_DATA = (
    *("secretsmanager:GetSecretValue", "ssm:GetParameter", "s3:GetObject", "s3:GetObjectVersion", "kms:Decrypt"),
    *("rds-db:connect", "sts:AssumeRole", "iam:PassRole", "iam:CreateRole"),
)


def _allowed(statements: tuple[Statement, ...]) -> list[str]:
    return [action for each in statements if each.effect == "Allow" for action in each.actions]


def _matches(action: str, patterns: tuple[str, ...] | list[str]) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in patterns)


def test_a_persona_is_who_carries_its_tag_and_gave_a_second_factor() -> None:
    device, provider = persona_trust("111122223333", "on-call")
    for statement in (device, provider):
        assert statement.principals == {"AWS": "arn:aws:iam::111122223333:root"}
        assert statement.actions == ["sts:AssumeRole"]
        assert statement.conditions["StringEquals"]["aws:PrincipalTag/campus-persona"] == "on-call"
    assert device.conditions["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
    assert provider.conditions["StringEquals"]["aws:PrincipalTag/campus-mfa"] == "true"


def test_sessions_are_short_where_production_is_protected() -> None:
    assert (session_seconds(production_like=True), session_seconds(production_like=False)) == (3600, 8 * 3600)


@pytest.mark.parametrize("action", READS_DATA)
def test_no_person_reads_records_evidence_or_secrets_or_gets_another_role(action: str) -> None:
    assert not _matches(action, _allowed(persona_permissions("111122223333", "prod")))
    assert _matches(action, NEVER)


def test_people_reach_both_clusters_of_their_environment_and_no_other() -> None:
    cluster = next(each for each in persona_permissions("111122223333", "prod") if each.sid == "Cluster")
    assert "eks:DescribeCluster" in cluster.actions
    reached = [str(pattern) for pattern in cluster.resources]
    names = {"campus-prod": True, "campus-prod-dr": True, "campus-preprod": False, "campus-production-2": False}
    for name, wanted in names.items():
        arn = f"arn:aws:eks:us-west-2:111122223333:cluster/{name}"
        assert any(fnmatchcase(arn, pattern) for pattern in reached) is wanted, name


def test_what_is_denied_to_people_is_denied_by_name_and_not_only_left_out() -> None:
    (never,) = [each for each in persona_permissions("111122223333", "prod") if each.effect == "Deny"]
    assert never.actions == NEVER
    assert never.resources == ["*"]
