"""The real API server accepts the app-of-apps and a service of the chart."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from kubernetes import client

from rehearsal.dataplanes.kubernetes import ADDONS, ClusterEndpoint, Clusters
from rehearsal.dataplanes.kubernetes.client import connect
from rehearsal.home import Home
from rehearsal.processes import Supervisor
from tests.integers import integers
from tests.integration.api_server import REGION, Cluster, connect_as
from tests.integration.team_objects import fill
from tests.rehearsal.dataplanes.servers import TOOLS, binary
from tests.stacks.graph import Graph, record
from tests.stacks.helm import SERVICE, Manifest, applications, render
from tests.stacks.test_gitops_applications import EXAMPLE
from tests.stacks.test_service_chart import values_of

pytestmark = pytest.mark.integration

ENVIRONMENTS = ("dev", "staging", "preprod", "prod")
BOOTSTRAPPED = ("Namespace", "AppProject")
"""Kinds that Pulumi creates and Applications refer to, in order of creation."""


@pytest.fixture(scope="module")
def graphs() -> dict[str, Graph]:
    return {environment: record(environment) for environment in ENVIRONMENTS}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, graphs: dict[str, Graph]) -> Iterator[Cluster]:
    """A cluster with staging's namespaces, admission rules and projects."""
    home = Home(tmp_path_factory.mktemp("project"), "staging")
    home.make()
    supervisor = Supervisor(home)
    addons = [ADDONS[name](TOOLS.share(name)) for name in ("argo-rollouts", "argo-cd")]
    clusters = Clusters(home, supervisor, binary, addons)
    try:
        endpoint = clusters.create("campus", REGION)
        _bootstrap(endpoint, graphs["staging"])
        with connect_as(endpoint) as connection:
            yield connection
    finally:
        clusters.stop()
        supervisor.stop_all(timeout=0)


def _bootstrap(endpoint: ClusterEndpoint, graph: Graph) -> None:
    with connect(endpoint) as api:
        cluster = Cluster(api)
        fill(cluster, graph)
        nodes = [node for node in graph.nodes if graph.layer(node) == "GitOps" and node["kind"] in BOOTSTRAPPED]
        for node in sorted(nodes, key=lambda node: BOOTSTRAPPED.index(node["kind"])):
            cluster.apply(integers({key: node[key] for key in node.inputs}))


def dry_run(cluster: Cluster, body: Manifest) -> Any:
    """Run a server-side dry-run apply, with validation and admission."""
    return cluster.resource(body["apiVersion"], body["kind"]).server_side_apply(
        body=body,
        namespace=body["metadata"]["namespace"],
        field_manager="argocd-controller",
        force_conflicts=True,
        dry_run="All",
    )


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_application_is_accepted(cluster: Cluster, graphs: dict[str, Graph], environment: str) -> None:
    for application in applications(graphs[environment], EXAMPLE):
        accepted = dry_run(cluster, application).to_dict()
        assert accepted["spec"] == application["spec"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_chart_service_passes_the_admission_rules(cluster: Cluster, graphs: dict[str, Graph], environment: str) -> None:
    values = values_of(graphs[environment], "alerts")
    manifests = render(SERVICE, "alerts", "student-safety", values)
    assert len(manifests) == 8 + values["autoscaling"]["enabled"]
    for manifest in manifests:
        assert dry_run(cluster, manifest)["metadata"]["name"].startswith("alerts")


def test_dry_run_rejects_an_invalid_application(cluster: Cluster, graphs: dict[str, Graph]) -> None:
    valid, *_ = applications(graphs["prod"])
    for path in (("project",), ("destination",)):
        invalid = deepcopy(valid)
        del invalid["spec"][path[0]]
        with pytest.raises(client.ApiException, match="Required value"):
            dry_run(cluster, invalid)


def test_dry_run_rejects_a_service_that_violates_a_rule(cluster: Cluster, graphs: dict[str, Graph]) -> None:
    manifests = render(SERVICE, "alerts", "student-safety", values_of(graphs["prod"], "alerts"))
    (rollout,) = [each for each in manifests if each["kind"] == "Rollout"]
    rollout["spec"]["template"]["spec"]["containers"][0]["image"] = "docker.io/library/nginx:1.29"
    with pytest.raises(client.ApiException, match="campus-images"):
        dry_run(cluster, rollout)
