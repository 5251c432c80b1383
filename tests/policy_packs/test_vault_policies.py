"""Vault's own policy `default` passes every rule, and no finding is long."""

import json

import pytest

from policy_packs import catalogue
from policy_packs.kernel.cases import Case
from policy_packs.kernel.registry import ResourceRule
from policy_packs.security.vault.policies import POLICY

RULES = [
    rule
    for pack in catalogue.PACKS
    for rule in pack.policies
    if isinstance(rule, ResourceRule) and rule.name.startswith("vault-policy-")
]
LONGEST_FINDING = 310
DEFAULT = {
    "auth/token/lookup-self": ["read"],
    "auth/token/renew-self": ["update"],
    "auth/token/revoke-self": ["update"],
    "sys/capabilities-self": ["update"],
    "identity/entity/id/{{identity.entity.id}}": ["read"],
    "identity/entity/name/{{identity.entity.name}}": ["read"],
    "sys/internal/ui/resultant-acl": ["read"],
    "sys/renew": ["update"],
    "sys/leases/renew": ["update"],
    "sys/leases/lookup": ["update"],
    "cubbyhole/*": ["create", "read", "update", "delete", "list"],
    "sys/wrapping/wrap": ["update"],
    "sys/wrapping/lookup": ["update"],
    "sys/wrapping/unwrap": ["update"],
    "sys/tools/hash": ["update"],
    "sys/tools/hash/*": ["update"],
    "sys/control-group/request": ["update"],
    "identity/oidc/provider/+/authorize": ["read", "update"],
}
"""Paths of the policy `default` of Vault 1.21."""


def findings(rule: ResourceRule, paths: dict[str, list[str]]) -> list[str]:
    document = {"path": {path: {"capabilities": capabilities} for path, capabilities in paths.items()}}
    case = Case(rule=rule.name, type=POLICY, index=0, properties={"policy": json.dumps(document)})
    return [verdict.message.partition("\nwhy: ")[0] for verdict in case.judge(rule)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_vaults_own_default_policy_passes(rule: ResourceRule) -> None:
    assert findings(rule, DEFAULT) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_findings_on_a_long_path_are_short(rule: ResourceRule) -> None:
    paths = {f"{prefix}{'a' * 1000}/*": ["create", "read", "update", "sudo"] for prefix in ("", "sys/", "team/", "+/")}
    messages = findings(rule, paths)
    assert all(len(message) <= LONGEST_FINDING for message in messages)
