"""What each role may do."""

from collections.abc import Sequence

import pytest

from components.delivery.rbac_plan import CI_CD, CLUSTER_READER, DEVELOPER, LOOK, ON_CALL, ROLES, VIEWER, PolicyRule
from stacks.access import Role

FORBIDDEN = {"secrets", "serviceaccounts/token", "roles", "rolebindings", "clusterroles", "clusterrolebindings"}
POWERS = {"bind", "escalate", "impersonate", "deletecollection", "*"}


def rights(rules: Sequence[PolicyRule]) -> set[tuple[str, str, str]]:
    return {(rule.group, resource, verb) for rule in rules for resource in rule.resources for verb in rule.verbs}


def test_the_roles_are_those_of_the_access_table() -> None:
    assert set(ROLES) == {str(role) for role in Role}


@pytest.mark.parametrize("role", ROLES)
def test_no_role_reads_secrets_makes_tokens_or_names_everything(role: str) -> None:
    held = rights(ROLES[role])
    assert not {resource for _, resource, _ in held} & {"secrets", "serviceaccounts/token", "*"}
    assert not {group for group, _, _ in held} & {"*"}
    assert not {verb for _, _, verb in held} & POWERS


@pytest.mark.parametrize("role", ROLES)
def test_no_role_changes_who_may_do_what(role: str) -> None:
    changes = {resource for _, resource, verb in rights(ROLES[role]) if verb not in LOOK}
    assert not changes & FORBIDDEN


@pytest.mark.parametrize("role", ROLES)
def test_no_role_changes_what_bounds_it(role: str) -> None:
    changes = {resource for _, resource, verb in rights(ROLES[role]) if verb not in LOOK}
    assert not changes & {
        "resourcequotas",
        "limitranges",
        "networkpolicies",
        "services",
        "serviceaccounts",
        "ingresses",
    }


def test_viewers_only_look() -> None:
    assert {verb for _, _, verb in rights(VIEWER)} == set(LOOK)
    assert {verb for _, _, verb in rights(CLUSTER_READER)} == set(LOOK)


def test_each_role_of_people_may_do_what_the_one_below_may() -> None:
    assert rights(VIEWER) < rights(DEVELOPER) < rights(ON_CALL)


def test_only_those_on_call_scale_and_evict() -> None:
    more = {resource for _, resource, _ in rights(ON_CALL) - rights(DEVELOPER)}
    assert {"rollouts/scale", "deployments/scale", "pods/eviction", "horizontalpodautoscalers"} <= more


def test_the_pipeline_releases_and_opens_no_shell() -> None:
    held = rights(CI_CD)
    assert ("argoproj.io", "rollouts", "patch") in held
    assert not {resource for _, resource, _ in held} & {"pods/exec", "pods/portforward", "pods/ephemeralcontainers"}
