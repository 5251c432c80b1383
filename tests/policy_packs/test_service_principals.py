"""Reviewed service principals are names that AWS uses."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policy_packs.security.aws import service_principals
from policy_packs.security.aws.service_principals import REVIEWED
from rehearsal.cloud.managed_policies import managed_policies

KEYS = frozenset({"iam:passedtoservice", "iam:awsservicename"})
OF_RESOURCE_POLICIES = frozenset(
    {
        "costalerts.amazonaws.com",
        "logdelivery.elasticloadbalancing.amazonaws.com",
        "logging.s3.amazonaws.com",
        "logs.{region}.amazonaws.com",
        "monitoring.rds.amazonaws.com",
        "route53.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
    }
)
"""Services whose names are not in AWS's managed policies, because these pass them no role."""


def _services(value: Any) -> Iterator[str]:
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        if str(key).lower() in KEYS:
            yield from [each] if isinstance(each, str) else each
        elif isinstance(each, dict | list):
            yield from _services(each)


def test_every_reviewed_service_is_a_service_of_aws() -> None:
    known = {service for policy in managed_policies().values() for service in _services(policy["Document"])}
    assert len(known) > 200
    assert REVIEWED.keys() - known == OF_RESOURCE_POLICIES


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("services: {ec2.amazonaws.co: a}", "ec2.amazonaws.co"),
        ("services: {'*.amazonaws.com': a}", "amazonaws.com"),
        ("services: {ec2.amazonaws.com: ''}", "ec2.amazonaws.com"),
    ],
)
def test_a_mistake_in_the_list_is_reported(tmp_path: Path, text: str, mistake: str) -> None:
    file = tmp_path / "services.yaml"
    file.write_text(text)
    services, mistakes = service_principals._read(file)
    assert services == {}
    assert any(mistake in line and file.name in line for line in mistakes)
