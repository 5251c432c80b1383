"""One object has one owner: Pulumi or Argo CD, never both."""

from collections.abc import Iterator
from typing import Any

import pytest

from components.gitops.project_plan import ADDON_NAMESPACES, SYSTEM
from stacks.loading import load_file
from tests.stacks.graph import PROJECT, Graph
from tests.stacks.helm import SERVICE, applications, render, sources
from tests.stacks.test_service_chart import values_of

pytestmark = pytest.mark.integration

Key = tuple[str, str, str, str]
"""API group, kind, namespace, name."""


def _key(apiversion: str, kind: str, metadata: dict[str, Any]) -> Key:
    group = apiversion.rpartition("/")[0]
    return group, kind, metadata.get("namespace", ""), metadata["name"]


def pulumis(graph: Graph) -> set[Key]:
    """Every object of the cluster that Pulumi makes."""
    return {
        _key(node["apiVersion"], node["kind"], node["metadata"])
        for node in graph.nodes
        if node.type.startswith("kubernetes:") and node["metadata"]
    }


def argo_cds(graph: Graph) -> Iterator[Key]:
    """Every object that Argo CD makes, as far as it comes from this repository."""
    for application in applications(graph):
        yield _key(application["apiVersion"], application["kind"], application["metadata"])


def test_no_object_has_two_owners(any_environment: Graph) -> None:
    ours, theirs = pulumis(any_environment), set(argo_cds(any_environment))
    assert len(ours) > 50
    assert len(theirs) > 5
    assert ours & theirs == set()


def test_pulumi_makes_every_namespace_and_argo_cd_none(any_environment: Graph) -> None:
    ours = {name for _, kind, _, name in pulumis(any_environment) if kind == "Namespace"}
    found = applications(any_environment)
    assert {each["spec"]["destination"]["namespace"] for each in found} - {SYSTEM} <= ours
    assert set(ADDON_NAMESPACES) <= ours
    assert all("CreateNamespace=true" not in each["spec"]["syncPolicy"]["syncOptions"] for each in found)


def test_pulumi_puts_nothing_into_namespaces_of_addons(any_environment: Graph) -> None:
    inside = {key for key in pulumis(any_environment) if key[2] in {SYSTEM, *ADDON_NAMESPACES}}
    assert inside == set()


def test_no_addon_of_eks_is_installed_by_argo_cd_too(any_environment: Graph) -> None:
    eks = {node["addonName"] for node in any_environment.all("eks.Addon")}
    charts = {source.get("chart") for each in applications(any_environment) for source in sources(each)}
    assert "metrics-server" in eks
    assert not eks & charts


def test_no_service_is_both_pulumis_and_argo_cds(any_environment: Graph) -> None:
    ours = load_file(PROJECT, any_environment.exports["environment"]).services
    theirs = {each["metadata"]["name"] for each in applications(any_environment)}
    assert not {f"{service.team}-{name}" for name, service in ours.items()} & theirs


def test_the_test_would_see_a_service_that_had_both(prod: Graph) -> None:
    twice = render(SERVICE, "alerts", "student-safety", values_of(prod, "alerts"))
    seen = {_key(each["apiVersion"], each["kind"], each["metadata"]) for each in twice}
    assert seen <= pulumis(prod)
