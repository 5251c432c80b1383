"""The admission rules as a table; that the API server obeys them is tests/integration/test_refusals.py."""

import re

import pytest

from components.admission.plan import IMAGE_REPOSITORIES, POLICIES, TEAM_NAMESPACE, AdmissionPlan, namespace_annotations

POD_WORKLOADS = {
    ("", "pods"),
    ("", "replicationcontrollers"),
    ("apps", "deployments"),
    ("apps", "replicasets"),
    ("apps", "statefulsets"),
    ("apps", "daemonsets"),
    ("batch", "jobs"),
    ("batch", "cronjobs"),
    ("argoproj.io", "rollouts"),
}
"""Everything that is, or makes, pods."""


def covered(plan: AdmissionPlan) -> set[tuple[str, str]]:
    rules = plan.spec()["matchConstraints"]["resourceRules"]
    return {(rule["apiGroups"][0], resource) for rule in rules for resource in rule["resources"]}


def by_name(name: str) -> AdmissionPlan:
    return next(plan for plan in POLICIES if plan.name == name)


@pytest.mark.parametrize("plan", POLICIES, ids=lambda plan: plan.name)
def test_what_cannot_be_judged_is_refused_and_so_is_what_breaks_a_rule(plan: AdmissionPlan) -> None:
    assert plan.spec()["failurePolicy"] == "Fail"
    assert plan.binding()["validationActions"] == ["Deny"]
    assert plan.binding()["policyName"] == plan.name


@pytest.mark.parametrize("plan", POLICIES, ids=lambda plan: plan.name)
def test_rules_hold_in_the_namespaces_of_teams_alone(plan: AdmissionPlan) -> None:
    assert plan.binding()["matchResources"] == {"namespaceSelector": {"matchLabels": {TEAM_NAMESPACE: "team"}}}


@pytest.mark.parametrize("plan", POLICIES, ids=lambda plan: plan.name)
def test_rules_look_at_what_is_made_and_at_what_is_changed(plan: AdmissionPlan) -> None:
    rules = plan.spec()["matchConstraints"]["resourceRules"]
    assert all(rule["operations"] == ["CREATE", "UPDATE"] for rule in rules)


@pytest.mark.parametrize("name", ["campus-images", "campus-sizes", "campus-isolation"])
def test_everything_that_makes_pods_is_looked_at(name: str) -> None:
    assert covered(by_name(name)) >= POD_WORKLOADS


@pytest.mark.parametrize("name", ["campus-images", "campus-isolation"])
def test_debugging_containers_are_looked_at(name: str) -> None:
    assert ("", "pods/ephemeralcontainers") in covered(by_name(name))


def test_probes_are_asked_of_what_keeps_running_not_of_jobs() -> None:
    assert covered(by_name("campus-probes")) == {
        ("apps", "deployments"),
        ("apps", "replicasets"),
        ("apps", "statefulsets"),
        ("apps", "daemonsets"),
        ("argoproj.io", "rollouts"),
    }


@pytest.mark.parametrize("plan", POLICIES, ids=lambda plan: plan.name)
def test_every_name_that_a_rule_uses_is_declared_before(plan: AdmissionPlan) -> None:
    declared: set[str] = set()
    for name, expression in plan.variables.items():
        assert set(re.findall(r"variables\.(\w+)", expression)) <= declared
        declared.add(name)
    for check in plan.checks:
        assert set(re.findall(r"variables\.(\w+)", check.expression + check.message_expression)) <= declared


def test_a_namespace_says_where_its_images_may_come_from() -> None:
    assert namespace_annotations(["a/", "b/"]) == {IMAGE_REPOSITORIES: "a/,b/"}
