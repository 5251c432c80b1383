"""RBAC rules of each role."""

from collections.abc import Sequence

import pytest

from components.delivery.rbac_plan import (
    CI_CD,
    CLUSTER_READER,
    DEVELOPER,
    LOOK,
    ON_CALL,
    ROLES,
    VIEWER,
    PolicyRule,
    rules_by_role,
)
from stacks.access import Role

FORBIDDEN = {"secrets", "serviceaccounts/token", "roles", "rolebindings", "clusterroles", "clusterrolebindings"}
POWERS = {"bind", "escalate", "impersonate", "deletecollection", "*"}


def rights(rules: Sequence[PolicyRule]) -> set[tuple[str, str, str]]:
    return {(rule.group, resource, verb) for rule in rules for resource in rule.resources for verb in rule.verbs}


def test_the_roles_are_those_of_the_access_table() -> None:
    assert set(ROLES) == {str(role) for role in Role}


@pytest.mark.parametrize("role", ROLES)
def test_no_role_reads_secrets_creates_tokens_or_uses_wildcards(role: str) -> None:
    permissions = rights(ROLES[role])
    assert not {resource for _, resource, _ in permissions} & {"secrets", "serviceaccounts/token", "*"}
    assert not {group for group, _, _ in permissions} & {"*"}
    assert not {verb for _, _, verb in permissions} & POWERS


@pytest.mark.parametrize("role", ROLES)
def test_no_role_changes_rbac(role: str) -> None:
    changes = {resource for _, resource, verb in rights(ROLES[role]) if verb not in LOOK}
    assert not changes & FORBIDDEN


@pytest.mark.parametrize("role", ROLES)
def test_no_role_changes_its_own_limits(role: str) -> None:
    changes = {resource for _, resource, verb in rights(ROLES[role]) if verb not in LOOK}
    assert not changes & {
        "resourcequotas",
        "limitranges",
        "networkpolicies",
        "services",
        "serviceaccounts",
        "ingresses",
    }


def test_viewers_can_only_read() -> None:
    assert {verb for _, _, verb in rights(VIEWER)} == set(LOOK)
    assert {verb for _, _, verb in rights(CLUSTER_READER)} == set(LOOK)


def test_each_role_includes_the_permissions_of_the_lower_role() -> None:
    assert rights(VIEWER) < rights(DEVELOPER) < rights(ON_CALL)


def test_only_on_call_can_scale_and_evict() -> None:
    more = {resource for _, resource, _ in rights(ON_CALL) - rights(DEVELOPER)}
    assert {"rollouts/scale", "deployments/scale", "pods/eviction", "horizontalpodautoscalers"} <= more


def test_the_pipeline_can_release_but_not_exec() -> None:
    permissions = rights(CI_CD)
    assert ("argoproj.io", "rollouts", "patch") in permissions
    assert not {resource for _, resource, _ in permissions} & {
        "pods/exec",
        "pods/portforward",
        "pods/ephemeralcontainers",
    }


def test_without_debug_containers_roles_lose_only_them() -> None:
    assert rules_by_role(debug_containers=True) == ROLES
    for role, rules in rules_by_role(debug_containers=False).items():
        lost = rights(ROLES[role]) - rights(rules)
        assert {resource for _, resource, _ in lost} == (
            {"pods/ephemeralcontainers"} if role in {"developer", "on-call"} else set()
        )
