"""Warm standby in the DR region: a whole cluster with few nodes."""

import json

import pytest

from stacks.loading import load_file
from tests.stacks.graph import PROJECT, Graph, Node


@pytest.fixture(params=["preprod", "prod"])
def production_like(request: pytest.FixtureRequest) -> Graph:
    """The two environments that have a DR region."""
    graph: Graph = request.getfixturevalue(request.param)
    return graph


def _standby_name(name: str) -> str:
    """Return the DR-region name of a primary resource."""
    for stem in ("addons-early", "identities-early", "identities", "addons", "cluster", "nodes", "pods", "kubernetes"):
        if name == stem or name.startswith(f"{stem}-"):
            return f"{stem}-dr{name.removeprefix(stem)}"
    raise ValueError(name)


def _of_layer(graph: Graph, layer: str) -> list[Node]:
    return [node for node in graph.nodes if graph.layer(node) == layer]


def test_single_region_environments_have_no_standby(dev: Graph, staging: Graph) -> None:
    for graph in (dev, staging):
        assert _of_layer(graph, "Recovery") == []
        assert "recoveryClusterName" not in graph.exports


def test_standby_has_every_part_except_people_and_school_hours(production_like: Graph) -> None:
    primary = {
        (node.type, _standby_name(node.name))
        for node in _of_layer(production_like, "Cluster")
        if "people" not in node.name and "Schedule" not in node.type
    }
    assert {(node.type, node.name) for node in _of_layer(production_like, "Recovery")} == primary


def test_everything_regional_of_the_standby_is_in_the_dr_region(production_like: Graph) -> None:
    regional = [node for node in _of_layer(production_like, "Recovery") if node.region]
    assert len(regional) > 20
    assert {node.region for node in regional} == {"us-west-2"}
    assert {node.tags["feature"] for node in regional if node.tags} == {"recovery", "cluster", "batch", "training"}


def test_standby_uses_its_own_regions_network_and_keys(production_like: Graph) -> None:
    cluster = production_like.one("eks.Cluster", "cluster-dr")
    assert cluster["name"] == f"campus-{production_like.exports['environment']}-dr"
    assert cluster["vpcConfig"]["subnetIds"] == [f"network-dr-private-{zone}-id" for zone in "abc"]
    assert cluster["encryptionConfig"]["provider"]["keyArn"] == production_like.one("kms.Key", "cluster-dr").arn
    for group in production_like.all("eks.NodeGroup"):
        if group.region == "us-west-2":
            assert group["subnetIds"] == cluster["vpcConfig"]["subnetIds"]


def test_standby_runs_few_nodes_until_scaled_out(production_like: Graph) -> None:
    sizes = {
        group["nodeGroupName"]: (group["scalingConfig"]["minSize"], group["scalingConfig"]["desiredSize"])
        for group in production_like.all("eks.NodeGroup")
        if group.region == "us-west-2"
    }
    assert sizes == {"baseline": (2, 2), "batch": (0, 0), "training": (0, 0)}


def test_scaled_out_standby_is_as_large_as_the_primary() -> None:
    settings = load_file(PROJECT, "prod")
    out = settings.model_copy(update={"recovery": settings.recovery.model_copy(update={"scaled_out": True})})
    assert out.standby_groups == settings.cluster.node_groups
    assert settings.standby_groups.keys() == settings.cluster.node_groups.keys()


def test_program_can_scale_out_the_standby_despite_the_autoscaler(production_like: Graph) -> None:
    """EKS rejects a minimum above the desired size, so one update must raise both."""
    for group in production_like.all("eks.NodeGroup"):
        if group.region == "us-west-2":
            assert group.ignoreChanges == ()


def test_stack_exports_the_standby(production_like: Graph) -> None:
    name = f"campus-{production_like.exports['environment']}-dr"
    assert production_like.exports["recoveryClusterName"] == name
    config = json.loads(production_like.exports["recoveryKubeconfig"])
    assert config["current-context"] == name
    assert config["users"][0]["user"]["exec"]["args"][-1] == "us-west-2"


def test_each_cluster_has_a_provider_of_its_own(production_like: Graph) -> None:
    providers = {
        node.name: json.loads(node["kubeconfig"])["current-context"]
        for node in production_like.all("pulumi:providers:kubernetes")
    }
    name = production_like.exports["clusterName"]
    assert providers == {"kubernetes": name, "kubernetes-dr": f"{name}-dr"}
