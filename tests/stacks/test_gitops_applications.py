"""The Applications that Argo CD makes from Git, rendered by the real Helm with what Pulumi hands over."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.gitops.project_plan import ADDON_NAMESPACES, CHART_REPOSITORIES
from rehearsal.toolchain import TOOLS
from stacks.figures import Environment
from tests.stacks.graph import PROJECT, Graph
from tests.stacks.helm import APPLICATION, APPS, Manifest, RefusedError, applications, render, sources
from tests.stacks.test_gitops import PROJECTS, RELEASE

pytestmark = pytest.mark.integration

VALUES = PROJECT / "gitops" / "values"
CARRIES = {("argo-cd", "9.1.9"): "3.2.2", ("argo-rollouts", "2.40.5"): "1.8.3"}
"""`appVersion` of a chart (charts/<chart>/Chart.yaml of argoproj/argo-helm at that version)."""
EXAMPLE = {"services": {"reports": {"team": "ml-platform"}}}


@pytest.fixture(scope="module")
def every(dev: Graph, staging: Graph, preprod: Graph, prod: Graph) -> list[Manifest]:
    """The Applications of all environments."""
    return [each for graph in (dev, staging, preprod, prod) for each in applications(graph)]


def _projects(graph: Graph) -> dict[str, Manifest]:
    return {node["metadata"]["name"]: node["spec"] for node in graph.all(PROJECTS)}


def _chart(application: Manifest) -> Manifest:
    (found,) = [each for each in sources(application) if "chart" in each]
    return found


def test_a_chart_is_always_the_same_version(every: list[Manifest]) -> None:
    assert len(every) > 30
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", _chart(each)["targetRevision"]) for each in every)


def test_every_application_stays_within_its_project(any_environment: Graph) -> None:
    projects = _projects(any_environment)
    for application in applications(any_environment, EXAMPLE):
        spec, allowed = application["spec"], projects[application["spec"]["project"]]
        assert spec["destination"] in allowed["destinations"]
        assert {each["repoURL"] for each in sources(application)} <= set(allowed["sourceRepos"])
        root = projects["root"]
        assert {"group": "argoproj.io", "kind": application["kind"]} in root["namespaceResourceWhitelist"]
        assert application["metadata"]["namespace"] in {each["namespace"] for each in root["destinations"]}


def test_projects_allow_nothing_that_nobody_uses(every: list[Manifest]) -> None:
    assert {_chart(each)["repoURL"] for each in every} == set(CHART_REPOSITORIES)
    assert {each["spec"]["destination"]["namespace"] for each in every} == {"kube-system", *ADDON_NAMESPACES}


def test_every_environment_has_its_values_of_every_addon(every: list[Manifest]) -> None:
    files = {file for each in every for file in _chart(each)["helm"]["valueFiles"]}
    assert all(isinstance(yaml.safe_load(_in_repository(file).read_text()), dict) for file in files)
    named = {each["metadata"]["name"] for each in every}
    expected = {f"{name}/{file}.yaml" for name in named for file in ("common", *Environment)}
    assert {str(path.relative_to(VALUES)) for path in VALUES.rglob("*") if path.is_file()} == expected


def _in_repository(file: str) -> Path:
    assert file.startswith("$values/")
    return PROJECT / file.removeprefix("$values/")


def test_addons_follow_git_and_try_again(every: list[Manifest]) -> None:
    policies = [each["spec"]["syncPolicy"] for each in every]
    assert all(policy["automated"] == {"prune": True, "selfHeal": True} for policy in policies)
    assert all(policy["retry"]["limit"] >= 5 for policy in policies)
    assert all("ServerSideApply=true" in policy["syncOptions"] for policy in policies)


def test_what_holds_data_is_not_removed_with_its_entry_in_git(prod: Graph) -> None:
    kept: set[str] = set()
    gone: set[str] = set()
    for each in applications(prod):
        metadata = each["metadata"]
        keeps = metadata["annotations"].get("argocd.argoproj.io/sync-options") == "Prune=false"
        assert keeps is ("finalizers" not in metadata)
        (kept if keeps else gone).add(metadata["name"])
    assert kept == {"kube-prometheus-stack", "eck-operator", "elastic-stack"}
    assert "argo-rollouts" in gone


def test_waves_bring_kinds_before_what_uses_them(prod: Graph) -> None:
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


def test_controllers_of_aws_are_told_their_cluster(prod: Graph) -> None:
    told = {
        each["metadata"]["name"]: {p["name"]: p["value"] for p in _chart(each)["helm"].get("parameters", [])}
        for each in applications(prod)
    }
    vpc = prod.exports["vpcId"]
    assert told["aws-load-balancer-controller"] == {"clusterName": "campus-prod", "region": "us-east-1", "vpcId": vpc}
    assert told["cluster-autoscaler"] == {"autoDiscovery.clusterName": "campus-prod", "awsRegion": "us-east-1"}
    assert told["vault"] == {"global.externalVaultAddr": prod.exports["vaultAddress"]}


def test_an_environment_runs_one_revision_of_this_repository(any_environment: Graph) -> None:
    root = any_environment.one(APPLICATION)["spec"]["source"]
    ours = [each for application in applications(any_environment, EXAMPLE) for each in sources(application)]
    revisions = {each["targetRevision"] for each in ours if each["repoURL"] == root["repoURL"]}
    assert revisions == {root["targetRevision"]}


def test_a_teams_service_comes_by_the_chart_into_its_own_namespace(prod: Graph) -> None:
    (found,) = [each for each in applications(prod, EXAMPLE) if each["spec"]["project"] == "ml-platform"]
    source = found["spec"]["source"]
    assert found["metadata"]["name"] == "ml-platform-reports"
    assert (PROJECT / source["path"] / "Chart.yaml").exists()
    assert source["helm"]["valueFiles"] == [
        "/gitops/services/reports/common.yaml",
        "/gitops/services/reports/prod.yaml",
    ]
    assert found["spec"]["destination"]["namespace"] == "ml-platform"


def test_the_rehearsal_knows_the_kinds_of_the_version_that_is_installed(prod: Graph) -> None:
    release = prod.one(RELEASE)
    charts = {_chart(each)["chart"]: _chart(each)["targetRevision"] for each in applications(prod)}
    assert CARRIES["argo-cd", release["version"]] == TOOLS["argo-cd"].version
    assert CARRIES["argo-rollouts", charts["argo-rollouts"]] == TOOLS["argo-rollouts"].version


def _without(*path: str) -> Callable[[dict[str, Any]], None]:
    def spoil(values: dict[str, Any]) -> None:
        for key in path[:-1]:
            values = values[key]
        del values[path[-1]]

    return spoil


def _with(value: object, *path: str) -> Callable[[dict[str, Any]], None]:
    def spoil(values: dict[str, Any]) -> None:
        for key in path[:-1]:
            values = values[key]
        values[path[-1]] = value

    return spoil


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (_without("facts", "vpcId"), "vpcId"),
        (_with("qa", "facts", "environment"), "environment"),
        (_with(">= 1.0.0", "addons", "jaeger", "version"), "version"),
        (_with("high", "addons", "jaeger", "wave"), "wave"),
        (_with({"accountId": "account"}, "addons", "jaeger", "facts"), "which is not a fact"),
        (_with({"reports": {}}, "services"), "team"),
    ],
)
def test_wrong_values_are_refused(prod: Graph, spoil: Callable[[dict[str, Any]], None], complaint: str) -> None:
    values = yaml.safe_load((APPS / "values.yaml").read_text())
    values["facts"] = prod.one(APPLICATION)["spec"]["source"]["helm"]["valuesObject"]["facts"]
    assert render(APPS, "root", "argocd", values)
    spoil(values)
    with pytest.raises(RefusedError, match=complaint):
        render(APPS, "root", "argocd", values)
