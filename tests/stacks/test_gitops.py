"""Argo CD of each cluster."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from components.gitops.project_plan import ADDON_NAMESPACES, NAMESPACE
from stacks.loading import load_file
from tests.stacks.graph import PROJECT, Graph, Node
from tests.stacks.helm import PRIMARY, root_of

PROJECTS = "kubernetes:argoproj.io/v1alpha1:AppProject"
CLOSED = "kubernetes:argoproj.io/v1alpha1:AppProjectPatch"
RELEASE = "kubernetes:helm.sh/v3:Release"


def within(graph: Graph, cluster: str, *kinds: str) -> list[Node]:
    """Return the GitOps layer's resources in a cluster, optionally only some types."""
    nodes = [node for node in graph.nodes if node.cluster == cluster and graph.layer(node) == "GitOps"]
    return [node for node in nodes if not kinds or node.type in kinds]


def one(graph: Graph, cluster: str, kind: str) -> Node:
    (node,) = within(graph, cluster, kind)
    return node


def test_argo_cd_is_one_helm_release_of_one_version(any_environment: Graph) -> None:
    for cluster in any_environment.clusters:
        _check_release(one(any_environment, cluster, RELEASE))


def _check_release(release: Node) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", release["version"])
    assert (release["name"], release["namespace"], release["chart"]) == ("argocd", NAMESPACE, "argo-cd")
    assert release["atomic"] is True


@pytest.mark.parametrize(
    ("environment", "replicas", "majority"), [("dev", 1, False), ("staging", 2, False), ("prod", 2, True)]
)
def test_argo_cd_replicas_follow_the_environment(
    request: pytest.FixtureRequest,
    environment: str,
    replicas: int,
    majority: bool,  # noqa: FBT001  # a column of the table
) -> None:
    graph: Graph = request.getfixturevalue(environment)
    for cluster in graph.clusters:
        values = one(graph, cluster, RELEASE)["values"]
        assert values["server"]["replicas"] == values["repoServer"]["replicas"] == replicas
        assert values["redis-ha"]["enabled"] is majority


def test_every_team_has_a_project_for_its_own_namespace(any_environment: Graph) -> None:
    teams = load_file(PROJECT, any_environment.exports["environment"]).teams
    for cluster in any_environment.clusters:
        projects = {node["metadata"]["name"]: node["spec"] for node in within(any_environment, cluster, PROJECTS)}
        assert set(projects) == {"root", "platform", *teams}
        _check_team_projects(projects, list(teams))


def _check_team_projects(projects: Mapping[str, Mapping[str, Any]], teams: list[str]) -> None:
    for team in teams:
        assert [each["namespace"] for each in projects[team]["destinations"]] == [team]
        assert projects[team]["clusterResourceWhitelist"] == []
        assert "Secret" not in {each["kind"] for each in projects[team]["namespaceResourceWhitelist"]}


def test_default_project_of_argo_cd_allows_nothing(any_environment: Graph) -> None:
    for cluster in any_environment.clusters:
        closed = one(any_environment, cluster, CLOSED)
        assert closed["metadata"]["name"] == "default"
        assert closed["metadata"]["annotations"] == {"pulumi.com/patchForce": "true"}
        assert closed["spec"]["sourceRepos"] == closed["spec"]["destinations"] == []


def test_addon_namespaces_belong_to_pulumi_and_enforce_pod_security(any_environment: Graph) -> None:
    for cluster in any_environment.clusters:
        levels = {
            node["metadata"]["name"]: node["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
            for node in within(any_environment, cluster, "kubernetes:core/v1:Namespace")
        }
        assert levels == dict.fromkeys((NAMESPACE, *ADDON_NAMESPACES), "baseline")


def test_projects_depend_on_argo_cd_and_the_root_on_projects(any_environment: Graph) -> None:
    for cluster in any_environment.clusters:
        release, root = one(any_environment, cluster, RELEASE), root_of(any_environment, cluster)
        projects = within(any_environment, cluster, PROJECTS, CLOSED)
        assert [node.name for node in projects if release.urn not in node.dependencies] == []
        assert {node.urn for node in projects} <= set(root.dependencies)


def test_root_application_has_the_revision_and_cluster_facts(any_environment: Graph) -> None:
    settings = load_file(PROJECT, any_environment.exports["environment"])
    for cluster in any_environment.clusters:
        spec = root_of(any_environment, cluster)["spec"]
        assert spec["project"] == "root"
        assert spec["source"]["targetRevision"] == settings.revision
        assert facts(any_environment, cluster)["environment"] == settings.environment
    primary, exports = facts(any_environment, PRIMARY), any_environment.exports
    assert (primary["clusterName"], primary["vpcId"]) == (exports["clusterName"], exports["vpcId"])


def facts(graph: Graph, cluster: str) -> dict[str, str]:
    values: dict[str, str] = root_of(graph, cluster)["spec"]["source"]["helm"]["valuesObject"]["facts"]
    return values


def test_standby_addons_receive_their_own_regions_facts(prod: Graph) -> None:
    primary, standby = facts(prod, PRIMARY), facts(prod, "kubernetes-dr")
    assert standby["region"] == "us-west-2"
    assert standby["clusterName"] == prod.exports["recoveryClusterName"]
    assert standby["vpcId"] == prod.one("ec2.Vpc", "network-dr").id
    assert standby["vaultAuthPath"] == "auth/kubernetes-dr"
    differing = {key for key in primary if primary[key] != standby[key]}
    assert differing == {"region", "clusterName", "vpcId", "vaultAuthPath"}


def test_argo_cd_is_the_same_in_both_clusters(prod: Graph) -> None:
    first, second = (
        {(node.type, node["metadata"]["name"]): node["spec"] for node in within(prod, cluster, PROJECTS, CLOSED)}
        for cluster in prod.clusters
    )
    assert first == second
    assert one(prod, PRIMARY, RELEASE)["values"] == one(prod, "kubernetes-dr", RELEASE)["values"]


def test_only_dev_follows_a_branch() -> None:
    revisions = load_file(PROJECT, "prod").gitops.revisions
    assert revisions.dev == "main"
    assert all(re.fullmatch(r"v\d+\.\d+\.\d+", each) for each in (revisions.staging, revisions.preprod, revisions.prod))
