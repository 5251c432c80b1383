"""Allow-lists of AWS-managed policies, issuers and accounts."""

from pathlib import Path

import pytest

from policy_packs.kernel.context import Context
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.verdict import judge
from policy_packs.security import accounts, destinations
from policy_packs.security.aws import iam_issuers, iam_managed_policies
from policy_packs.security.aws.iam_managed_policies import REVIEWED
from rehearsal.cloud.managed_policies import managed_policies


def names() -> list[str]:
    """Return the names of AWS's managed policies with their paths."""
    return [f"{policy['Path']}{name}".removeprefix("/") for name, policy in managed_policies().items()]


def blocked(name: str) -> bool:
    rule = iam_managed_policies.reviewed_policies
    properties = {"role": "reports", "policyArn": f"arn:aws:iam::aws:policy/{name}"}
    attachment = Resource.from_properties("aws:iam/rolePolicyAttachment:RolePolicyAttachment", properties)
    context = Context("prod", dry_run=True).with_settings(rule.settings, {})
    return bool(list(judge(rule, attachment, context)))


def test_every_reviewed_policy_exists() -> None:
    assert set(REVIEWED) - set(names()) == set()


def test_every_other_policy_of_aws_is_blocked() -> None:
    assert len(names()) > 1000
    assert {name for name in names() if not blocked(name)} == set(REVIEWED)


@pytest.mark.parametrize(
    ("module", "text", "mistake"),
    [
        (iam_managed_policies, "policies: {'*': {service: a, reason: b}}", "*"),
        (iam_managed_policies, "policies: {ReadOnlyAccess: {service: a}}", "reason"),
        (iam_issuers, "issuers: {'*.example.com': {audience: a, owners: ['b:'], reason: c}}", "*.example.com"),
        (iam_issuers, "issuers: {example.com: {audience: a, owners: ['repo:*'], reason: c}}", "owners"),
        (iam_issuers, "issuers: {example.com: {audience: a, owners: [], reason: c}}", "owners"),
        (accounts, "{trusted: {'1234': x}, aws: {}}", "1234"),
        (destinations, "{buckets: {'campus-*': x}, addresses: {}}", "campus-*"),
        (destinations, "{buckets: {}, addresses: {campus.example: ''}}", "campus.example"),
        (accounts, "{trusted: {'111122223333': ''}, aws: {}}", "111122223333"),
        (accounts, "{trusted: {}, aws: {'111122223333': {owner: a, actions: []}}}", "source"),
    ],
)
def test_a_mistake_in_a_list_is_reported(tmp_path: Path, module: object, text: str, mistake: str) -> None:
    file = tmp_path / "list.yaml"
    file.write_text(text)
    _, mistakes = module._read(file)  # type: ignore[attr-defined]  # the modules have it
    assert any(mistake in line and file.name in line for line in mistakes)
