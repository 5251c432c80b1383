"""Facts about the Argo CD that each environment gets."""

import re

import pytest

from components.gitops.project_plan import ADDON_NAMESPACES, NAMESPACE
from stacks.loading import load_file
from tests.stacks.graph import PROJECT, Graph, Node

PROJECTS = "kubernetes:argoproj.io/v1alpha1:AppProject"
CLOSED = "kubernetes:argoproj.io/v1alpha1:AppProjectPatch"
APPLICATION = "kubernetes:argoproj.io/v1alpha1:Application"
RELEASE = "kubernetes:helm.sh/v3:Release"


def _made(graph: Graph) -> list[Node]:
    return [node for node in graph.nodes if node.custom and graph.layer(node) == "GitOps"]


def test_one_release_in_one_version_brings_argo_cd(any_environment: Graph) -> None:
    release = any_environment.one(RELEASE)
    assert re.fullmatch(r"\d+\.\d+\.\d+", release["version"])
    assert (release["name"], release["namespace"], release["chart"]) == ("argocd", NAMESPACE, "argo-cd")
    assert release["atomic"] is True


@pytest.mark.parametrize(
    ("environment", "replicas", "majority"), [("dev", 1, False), ("staging", 2, False), ("prod", 2, True)]
)
def test_argo_cd_is_as_available_as_its_environment(
    request: pytest.FixtureRequest,
    environment: str,
    replicas: int,
    majority: bool,  # noqa: FBT001  # a column of the table
) -> None:
    values = request.getfixturevalue(environment).one(RELEASE)["values"]
    assert values["server"]["replicas"] == values["repoServer"]["replicas"] == replicas
    assert values["redis-ha"]["enabled"] is majority


def test_every_team_has_a_project_for_its_own_namespace(any_environment: Graph) -> None:
    teams = load_file(PROJECT, any_environment.exports["environment"]).teams
    projects = {node["metadata"]["name"]: node["spec"] for node in any_environment.all(PROJECTS)}
    assert set(projects) == {"root", "platform", *teams}
    for team in teams:
        assert [each["namespace"] for each in projects[team]["destinations"]] == [team]
        assert projects[team]["clusterResourceWhitelist"] == []
        assert "Secret" not in {each["kind"] for each in projects[team]["namespaceResourceWhitelist"]}


def test_argo_cds_own_open_project_is_closed_and_stays_so(any_environment: Graph) -> None:
    closed = any_environment.one(CLOSED)
    assert closed["metadata"]["name"] == "default"
    assert closed["metadata"]["annotations"] == {"pulumi.com/patchForce": "true"}
    assert closed["spec"]["sourceRepos"] == closed["spec"]["destinations"] == []


def test_namespaces_of_addons_are_pulumis_and_enforce_pod_security(any_environment: Graph) -> None:
    made = {
        node["metadata"]["name"]: node["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        for node in _made(any_environment)
        if node.type == "kubernetes:core/v1:Namespace"
    }
    assert made == dict.fromkeys((NAMESPACE, *ADDON_NAMESPACES), "baseline")


def test_projects_come_after_argo_cd_and_the_root_after_projects(any_environment: Graph) -> None:
    release = any_environment.one(RELEASE)
    assert all(
        release.urn in node.dependencies for node in [*any_environment.all(PROJECTS), any_environment.one(CLOSED)]
    )
    root = any_environment.one(APPLICATION)
    assert {node.urn for node in any_environment.all(PROJECTS)} <= set(root.dependencies)


def test_the_root_runs_the_environments_revision_and_knows_its_cluster(any_environment: Graph) -> None:
    settings = load_file(PROJECT, any_environment.exports["environment"])
    spec = any_environment.one(APPLICATION)["spec"]
    assert spec["project"] == "root"
    assert spec["source"]["targetRevision"] == settings.revision
    facts = spec["source"]["helm"]["valuesObject"]["facts"]
    assert facts["clusterName"] == any_environment.exports["clusterName"]
    assert facts["vpcId"] == any_environment.exports["vpcId"]
    assert facts["environment"] == settings.environment


def test_only_dev_follows_a_branch() -> None:
    revisions = load_file(PROJECT, "prod").gitops.revisions
    assert revisions.dev == "main"
    assert all(re.fullmatch(r"v\d+\.\d+\.\d+", each) for each in (revisions.staging, revisions.preprod, revisions.prod))
