"""Resources and conditions of the admission policies.

tests/integration/test_refusals.py checks the decisions of a real API server.
"""

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
"""Pods and all resources that create pods."""


def covered(plan: AdmissionPlan) -> set[tuple[str, str]]:
    rules = plan.spec()["matchConstraints"]["resourceRules"]
    return {(rule["apiGroups"][0], resource) for rule in rules for resource in rule["resources"]}


def by_name(name: str) -> AdmissionPlan:
    return next(plan for plan in POLICIES if plan.name == name)


@pytest.mark.parametrize("plan", POLICIES, ids=lambda plan: plan.name)
def test_violations_and_evaluation_errors_are_denied(plan: AdmissionPlan) -> None:
    assert plan.spec()["failurePolicy"] == "Fail"
    assert plan.binding()["validationActions"] == ["Deny"]
    assert plan.binding()["policyName"] == plan.name


@pytest.mark.parametrize("plan", POLICIES, ids=lambda plan: plan.name)
def test_policies_apply_only_in_team_namespaces(plan: AdmissionPlan) -> None:
    assert plan.binding()["matchResources"] == {"namespaceSelector": {"matchLabels": {TEAM_NAMESPACE: "team"}}}


@pytest.mark.parametrize("plan", POLICIES, ids=lambda plan: plan.name)
def test_policies_match_create_and_update(plan: AdmissionPlan) -> None:
    rules = plan.spec()["matchConstraints"]["resourceRules"]
    assert all(rule["operations"] == ["CREATE", "UPDATE"] for rule in rules)


@pytest.mark.parametrize("name", ["campus-images", "campus-sizes", "campus-isolation"])
def test_every_pod_creating_resource_is_matched(name: str) -> None:
    assert covered(by_name(name)) >= POD_WORKLOADS


@pytest.mark.parametrize("name", ["campus-images", "campus-isolation"])
def test_ephemeral_containers_are_matched(name: str) -> None:
    assert ("", "pods/ephemeralcontainers") in covered(by_name(name))


def test_probes_are_required_for_long_running_workloads_but_not_jobs() -> None:
    assert covered(by_name("campus-probes")) == {
        ("apps", "deployments"),
        ("apps", "replicasets"),
        ("apps", "statefulsets"),
        ("apps", "daemonsets"),
        ("argoproj.io", "rollouts"),
    }


@pytest.mark.parametrize("plan", POLICIES, ids=lambda plan: plan.name)
def test_every_variable_is_declared_before_its_use(plan: AdmissionPlan) -> None:
    declared: set[str] = set()
    for name, expression in plan.variables.items():
        assert set(re.findall(r"variables\.(\w+)", expression)) <= declared
        declared.add(name)
    for check in plan.checks:
        assert set(re.findall(r"variables\.(\w+)", check.expression + check.message_expression)) <= declared


def test_a_namespace_lists_its_image_repositories() -> None:
    assert namespace_annotations(["a/", "b/"]) == {IMAGE_REPOSITORIES: "a/,b/"}
