"""Argo CD Applications rendered by Helm with Pulumi's values."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.admission.plan import TEAM_NAMESPACE
from components.gitops.project_plan import ADDON_NAMESPACES, CHART_REPOSITORIES
from components.secrets.agent_plan import CPU, MEMORY
from rehearsal.toolchain import TOOLS
from stacks.requirements import Environment
from tests.stacks.graph import PROJECT, Graph
from tests.stacks.helm import APPS, Manifest, RenderError, applications, render, root_of, sources
from tests.stacks.test_gitops import PROJECTS, RELEASE, within

pytestmark = pytest.mark.integration

VALUES = PROJECT / "gitops" / "values"
APP_VERSIONS = {("argo-cd", "9.1.9"): "3.2.2", ("argo-rollouts", "2.40.5"): "1.8.3"}
"""`appVersion` of a chart (charts/<chart>/Chart.yaml of argoproj/argo-helm at that version)."""
EXAMPLE = {"services": {"reports": {"team": "ml-platform"}}}


@pytest.fixture(scope="module")
def every(dev: Graph, staging: Graph, preprod: Graph, prod: Graph) -> list[Manifest]:
    """Applications of all clusters."""
    graphs = (dev, staging, preprod, prod)
    return [each for graph in graphs for cluster in graph.clusters for each in applications(graph, cluster=cluster)]


def _chart(application: Manifest) -> Manifest:
    (source,) = [each for each in sources(application) if "chart" in each]
    return source


def test_every_chart_version_is_pinned(every: list[Manifest]) -> None:
    assert len(every) > 30
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", _chart(each)["targetRevision"]) for each in every)


def test_every_application_stays_within_its_project(any_environment: Graph) -> None:
    for cluster in any_environment.clusters:
        projects = within(any_environment, cluster, PROJECTS)
        _check(
            applications(any_environment, EXAMPLE, cluster),
            {each["metadata"]["name"]: each["spec"] for each in projects},
        )


def _check(manifests: list[Manifest], projects: dict[str, Manifest]) -> None:
    for application in manifests:
        spec, allowed = application["spec"], projects[application["spec"]["project"]]
        assert spec["destination"] in allowed["destinations"]
        assert {each["repoURL"] for each in sources(application)} <= set(allowed["sourceRepos"])
        root = projects["root"]
        assert {"group": "argoproj.io", "kind": application["kind"]} in root["namespaceResourceWhitelist"]
        assert application["metadata"]["namespace"] in {each["namespace"] for each in root["destinations"]}


def test_projects_allow_only_what_is_used(every: list[Manifest]) -> None:
    assert {_chart(each)["repoURL"] for each in every} == set(CHART_REPOSITORIES)
    assert {each["spec"]["destination"]["namespace"] for each in every} == {"kube-system", *ADDON_NAMESPACES}


def test_every_environment_has_values_for_every_addon(every: list[Manifest]) -> None:
    files = {file for each in every for file in _chart(each)["helm"]["valueFiles"]}
    assert all(isinstance(yaml.safe_load(_in_repository(file).read_text()), dict) for file in files)
    named = {each["metadata"]["name"] for each in every}
    expected = {f"{name}/{file}.yaml" for name in named for file in ("common", *Environment)}
    assert {str(path.relative_to(VALUES)) for path in VALUES.rglob("*") if path.is_file()} == expected


def _in_repository(file: str) -> Path:
    assert file.startswith("$values/")
    return PROJECT / file.removeprefix("$values/")


def test_addons_sync_automatically_and_retry(every: list[Manifest]) -> None:
    policies = [each["spec"]["syncPolicy"] for each in every]
    assert all(policy["automated"] == {"prune": True, "selfHeal": True} for policy in policies)
    assert all(policy["retry"]["limit"] >= 5 for policy in policies)
    assert all("ServerSideApply=true" in policy["syncOptions"] for policy in policies)


def test_addons_with_data_are_not_pruned(prod: Graph) -> None:
    retained: set[str] = set()
    pruned: set[str] = set()
    for each in applications(prod):
        metadata = each["metadata"]
        is_retained = metadata["annotations"].get("argocd.argoproj.io/sync-options") == "Prune=false"
        assert is_retained is ("finalizers" not in metadata)
        (retained if is_retained else pruned).add(metadata["name"])
    assert retained == {"kube-prometheus-stack", "eck-operator", "elastic-stack"}
    assert "argo-rollouts" in pruned


def test_sync_waves_install_crds_before_their_users(prod: Graph) -> None:
    wave = {
        each["metadata"]["name"]: int(each["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])
        for each in applications(prod)
    }
    assert wave["eck-operator"] < wave["elastic-stack"] < wave["jaeger"] < wave["otel-gateway"] < wave["otel-logs"]
    assert wave["kube-prometheus-stack"] < wave["node-exporter"]


def test_dev_has_no_elastic_stack_and_the_others_have_everything(dev: Graph, staging: Graph, prod: Graph) -> None:
    names = [{each["metadata"]["name"] for each in applications(graph)} for graph in (dev, staging, prod)]
    assert names[1] == names[2]
    assert names[2] - names[0] == {"eck-operator", "elastic-stack", "otel-logs"}


def test_aws_controllers_receive_their_cluster(prod: Graph) -> None:
    table = {
        "kubernetes": ("campus-prod", "us-east-1", prod.exports["vpcId"]),
        "kubernetes-dr": ("campus-prod-dr", "us-west-2", prod.one("ec2.Vpc", "network-dr").id),
    }
    for cluster, (name, region, vpc) in table.items():
        facts = _facts(applications(prod, cluster=cluster))
        assert facts["aws-load-balancer-controller"] == {"clusterName": name, "region": region, "vpcId": vpc}
        assert facts["cluster-autoscaler"] == {"autoDiscovery.clusterName": name, "awsRegion": region}


def test_injector_uses_its_own_clusters_auth_path(prod: Graph) -> None:
    for cluster in prod.clusters:
        assert _facts(applications(prod, cluster=cluster))["vault"] == {
            "global.externalVaultAddr": prod.exports["vaultAddress"],
            "injector.authPath": f"auth/{cluster}",
        }


def _facts(manifests: list[Manifest]) -> dict[str, dict[str, str]]:
    """Return the cluster's facts (Helm parameters) that each add-on receives."""
    return {
        each["metadata"]["name"]: {p["name"]: p["value"] for p in _chart(each)["helm"].get("parameters", [])}
        for each in manifests
    }


def test_both_clusters_have_the_same_add_ons(prod: Graph) -> None:
    primary, standby = (applications(prod, cluster=cluster) for cluster in prod.clusters)
    assert [_without_facts(each) for each in primary] == [_without_facts(each) for each in standby]


def _without_facts(application: Manifest) -> Manifest:
    _chart(application)["helm"].pop("parameters", None)
    return application


def test_injector_defaults_match_the_quotas() -> None:
    injector = yaml.safe_load((VALUES / "vault" / "common.yaml").read_text())["injector"]
    assert injector["agentDefaults"] == {"cpuRequest": CPU, "cpuLimit": CPU, "memRequest": MEMORY, "memLimit": MEMORY}


def test_pods_do_not_start_without_the_injector() -> None:
    webhook = yaml.safe_load((VALUES / "vault" / "common.yaml").read_text())["injector"]["webhook"]
    assert webhook["failurePolicy"] == "Fail"
    assert webhook["namespaceSelector"]["matchLabels"] == {TEAM_NAMESPACE: "team"}


def test_an_environment_runs_one_revision_of_this_repository(any_environment: Graph) -> None:
    root = root_of(any_environment)["spec"]["source"]
    used_sources = [
        source
        for cluster in any_environment.clusters
        for application in applications(any_environment, EXAMPLE, cluster)
        for source in sources(application)
    ]
    revisions = {each["targetRevision"] for each in used_sources if each["repoURL"] == root["repoURL"]}
    assert revisions == {root["targetRevision"]}


@pytest.mark.parametrize(("cluster", "region"), [("kubernetes", "us-east-1"), ("kubernetes-dr", "us-west-2")])
def test_team_service_is_deployed_by_the_chart_into_its_namespace(prod: Graph, cluster: str, region: str) -> None:
    (application,) = [each for each in applications(prod, EXAMPLE, cluster) if each["spec"]["project"] == "ml-platform"]
    source = application["spec"]["source"]
    assert application["metadata"]["name"] == "ml-platform-reports"
    assert (PROJECT / source["path"] / "Chart.yaml").exists()
    assert source["helm"]["valueFiles"] == [
        "/gitops/services/reports/common.yaml",
        "/gitops/services/reports/prod.yaml",
        f"/gitops/services/reports/prod-{region}.yaml",
    ]
    assert application["spec"]["destination"]["namespace"] == "ml-platform"


def test_rehearsal_has_the_crds_of_the_installed_versions(prod: Graph) -> None:
    (release,) = within(prod, "kubernetes", RELEASE)
    charts = {_chart(each)["chart"]: _chart(each)["targetRevision"] for each in applications(prod)}
    assert APP_VERSIONS["argo-cd", release["version"]] == TOOLS["argo-cd"].version
    assert APP_VERSIONS["argo-rollouts", charts["argo-rollouts"]] == TOOLS["argo-rollouts"].version


def _without(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(values: dict[str, Any]) -> None:
        for key in path[:-1]:
            values = values[key]
        del values[path[-1]]

    return change


def _with(value: object, *path: str) -> Callable[[dict[str, Any]], None]:
    def change(values: dict[str, Any]) -> None:
        for key in path[:-1]:
            values = values[key]
        values[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_without("facts", "vpcId"), "vpcId"),
        (_with("qa", "facts", "environment"), "environment"),
        (_with(">= 1.0.0", "addons", "jaeger", "version"), "version"),
        (_with("high", "addons", "jaeger", "wave"), "wave"),
        (_with({"accountId": "account"}, "addons", "jaeger", "facts"), "which is not a fact"),
        (_with({"reports": {}}, "services"), "team"),
    ],
)
def test_invalid_values_are_rejected(prod: Graph, change: Callable[[dict[str, Any]], None], message: str) -> None:
    values = yaml.safe_load((APPS / "values.yaml").read_text())
    values["facts"] = root_of(prod)["spec"]["source"]["helm"]["valuesObject"]["facts"]
    assert render(APPS, "root", "argocd", values)
    change(values)
    with pytest.raises(RenderError, match=message):
        render(APPS, "root", "argocd", values)
