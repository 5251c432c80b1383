"""Every object has one owner: Pulumi or its cluster's Argo CD, never both."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

import pytest

from components.gitops.default_network_policies import default_network_policies
from components.gitops.project_plan import ADDON_NAMESPACES, IN_CLUSTER, SYSTEM
from stacks.loading import load_file
from tests.stacks.graph import PROJECT, Graph
from tests.stacks.helm import APPLICATION, SERVICE, applications, render, root_of, sources
from tests.stacks.test_service_chart import values_of

pytestmark = pytest.mark.integration

Key = tuple[str, str, str, str]
"""API group, kind, namespace and name of an object."""


def _key(apiversion: str, kind: str, metadata: dict[str, Any]) -> Key:
    group = apiversion.rpartition("/")[0]
    return group, kind, metadata.get("namespace", ""), metadata["name"]


def objects_of_pulumi(graph: Graph, cluster: str) -> set[Key]:
    """Return the objects of a cluster that Pulumi creates."""
    return {
        _key(node["apiVersion"], node["kind"], node["metadata"])
        for node in graph.nodes
        if node.cluster == cluster and node["metadata"]
    }


def objects_of_argo_cd(graph: Graph, cluster: str) -> Iterator[Key]:
    """Yield the objects that a cluster's Argo CD renders from this repository."""
    for application in applications(graph, cluster=cluster):
        yield _key(application["apiVersion"], application["kind"], application["metadata"])


def test_no_object_has_two_owners(any_environment: Graph) -> None:
    for cluster in any_environment.clusters:
        pulumi_owned, argo_cd_owned = (
            objects_of_pulumi(any_environment, cluster),
            set(objects_of_argo_cd(any_environment, cluster)),
        )
        assert len(pulumi_owned) > 50
        assert len(argo_cd_owned) > 5
        assert pulumi_owned & argo_cd_owned == set()


def test_every_cluster_has_an_argo_cd_of_its_own(dev: Graph, prod: Graph) -> None:
    roots = [sorted(each.cluster for each in graph.all(APPLICATION)) for graph in (dev, prod)]
    assert roots == [["kubernetes"], ["kubernetes", "kubernetes-dr"]]
    assert roots == [list(graph.clusters) for graph in (dev, prod)]


def test_pulumi_owns_every_namespace(any_environment: Graph) -> None:
    for cluster in any_environment.clusters:
        namespaces = {name for _, kind, _, name in objects_of_pulumi(any_environment, cluster) if kind == "Namespace"}
        manifests = applications(any_environment, cluster=cluster)
        assert {each["spec"]["destination"]["namespace"] for each in manifests} - {SYSTEM} <= namespaces
        assert set(ADDON_NAMESPACES) <= namespaces
        assert all("CreateNamespace=true" not in each["spec"]["syncPolicy"]["syncOptions"] for each in manifests)


def test_argo_cd_reaches_no_cluster_but_its_own(any_environment: Graph) -> None:
    for cluster in any_environment.clusters:
        specs = [each["spec"] for each in applications(any_environment, cluster=cluster)]
        specs.append(root_of(any_environment, cluster)["spec"])
        assert {each["destination"]["server"] for each in specs} == {IN_CLUSTER}


def test_pulumi_adds_only_isolation_to_addon_namespaces(any_environment: Graph) -> None:
    isolation = {
        ("networking.k8s.io", "NetworkPolicy", name) for name in default_network_policies(IPv4Network("10.0.0.0/16"))
    }
    for cluster in any_environment.clusters:
        inside = {key for key in objects_of_pulumi(any_environment, cluster) if key[2] in {SYSTEM, *ADDON_NAMESPACES}}
        assert inside == {(group, kind, each, name) for group, kind, name in isolation for each in ADDON_NAMESPACES}


def test_no_addon_of_eks_is_installed_by_argo_cd_too(any_environment: Graph) -> None:
    eks = {node["addonName"] for node in any_environment.all("eks.Addon")}
    assert "metrics-server" in eks
    for cluster in any_environment.clusters:
        manifests = applications(any_environment, cluster=cluster)
        assert not eks & {source.get("chart") for each in manifests for source in sources(each)}


def test_no_service_is_owned_by_both_pulumi_and_argo_cd(any_environment: Graph) -> None:
    services = load_file(PROJECT, any_environment.exports["environment"]).services
    for cluster in any_environment.clusters:
        application_names = {each["metadata"]["name"] for each in applications(any_environment, cluster=cluster)}
        assert not {f"{service.team}-{name}" for name, service in services.items()} & application_names


@pytest.mark.parametrize("cluster", ["kubernetes", "kubernetes-dr"])
def test_the_check_detects_a_service_with_two_owners(prod: Graph, cluster: str) -> None:
    rendered = render(SERVICE, "alerts", "student-safety", values_of(prod, "alerts", cluster))
    rendered_keys = {_key(each["apiVersion"], each["kind"], each["metadata"]) for each in rendered}
    assert rendered_keys <= objects_of_pulumi(prod, cluster)
