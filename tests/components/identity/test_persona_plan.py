"""Trust and permissions of people's roles."""

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


def test_a_persona_role_requires_the_persona_tag_and_mfa() -> None:
    device, provider = persona_trust("111122223333", "on-call")
    for statement in (device, provider):
        assert statement.principals == {"AWS": "arn:aws:iam::111122223333:root"}
        assert statement.actions == ["sts:AssumeRole"]
        assert statement.conditions["StringEquals"]["aws:PrincipalTag/campus-persona"] == "on-call"
    assert device.conditions["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
    assert provider.conditions["StringEquals"]["aws:PrincipalTag/campus-mfa"] == "true"


def test_sessions_are_shorter_in_production_like_environments() -> None:
    assert (session_seconds(production_like=True), session_seconds(production_like=False)) == (3600, 8 * 3600)


@pytest.mark.parametrize("action", READS_DATA)
def test_people_cannot_read_data_or_secrets_or_assume_other_roles(action: str) -> None:
    assert not _matches(action, _allowed(persona_permissions("111122223333", "prod")))
    assert _matches(action, NEVER)


def test_people_reach_only_the_clusters_of_their_environment() -> None:
    cluster = next(each for each in persona_permissions("111122223333", "prod") if each.sid == "Cluster")
    assert "eks:DescribeCluster" in cluster.actions
    reached = [str(pattern) for pattern in cluster.resources]
    names = {"campus-prod": True, "campus-prod-dr": True, "campus-preprod": False, "campus-production-2": False}
    for name, reachable in names.items():
        arn = f"arn:aws:eks:us-west-2:111122223333:cluster/{name}"
        assert any(fnmatchcase(arn, pattern) for pattern in reached) is reachable, name


def test_denied_actions_are_denied_explicitly() -> None:
    (never,) = [each for each in persona_permissions("111122223333", "prod") if each.effect == "Deny"]
    assert never.actions == NEVER
    assert never.resources == ["*"]
