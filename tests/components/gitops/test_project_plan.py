"""Argo CD projects."""

from hypothesis import given
from hypothesis import strategies as st

from components.gitops.project_plan import (
    IN_CLUSTER,
    RESERVED,
    SERVICE_KINDS,
    deny_all_project,
    platform_projects,
    team_project,
)

GIT = "https://git.example/platform.git"
PULUMIS = {"Namespace", "Role", "RoleBinding", "ResourceQuota", "LimitRange", "NetworkPolicy", "AppProject"}


def test_a_team_project_allows_its_namespace_our_repository_and_listed_kinds() -> None:
    assert team_project("reports", GIT).spec() == {
        "description": "Services of reports that Pulumi does not run",
        "sourceRepos": [GIT],
        "destinations": [{"server": IN_CLUSTER, "namespace": "reports"}],
        "clusterResourceWhitelist": [],
        "namespaceResourceBlacklist": [],
        "namespaceResourceWhitelist": [{"group": group, "kind": kind} for group, kind in SERVICE_KINDS],
    }


def test_a_team_cannot_deploy_secrets_or_change_its_limits() -> None:
    kinds = {kind for _, kind in SERVICE_KINDS}
    assert not kinds & (PULUMIS | {"Secret", "Pod", "Application", "ServiceMonitor"})
    assert all("*" not in pair for pair in SERVICE_KINDS)


@given(st.from_regex(r"[a-z][-a-z0-9]{0,20}[a-z0-9]", fullmatch=True).filter(lambda team: team not in RESERVED))
def test_no_two_projects_share_a_namespace(team: str) -> None:
    plans = [*platform_projects(GIT), team_project(team, GIT)]
    namespaces = [namespace for plan in plans for namespace in plan.namespaces]
    assert len(namespaces) == len(set(namespaces))
    assert len({plan.name for plan in plans}) == len(plans)


def test_the_app_of_apps_creates_only_applications() -> None:
    root, _ = platform_projects(GIT)
    assert root.spec()["namespaceResourceWhitelist"] == [{"group": "argoproj.io", "kind": "Application"}]
    assert root.spec()["clusterResourceWhitelist"] == []
    assert root.sources == (GIT,)


def test_addons_cannot_deploy_to_argo_cd_or_create_namespaces() -> None:
    _, platform = platform_projects(GIT)
    assert "argocd" not in platform.namespaces
    assert "Namespace" not in {kind for _, kind in platform.cluster_kinds}
    assert all("*" not in pair for pair in platform.cluster_kinds)
    assert {each["kind"] for each in platform.spec()["namespaceResourceBlacklist"]} == {"ResourceQuota", "LimitRange"}


def test_an_application_without_a_project_can_deploy_nothing() -> None:
    assert all(not allowed for key, allowed in deny_all_project().items() if key != "description")
