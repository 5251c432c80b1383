"""What is decided about clusters before anything runs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.dataplanes.kubernetes import ADDONS, NodeSpec, Taint
from rehearsal.dataplanes.kubernetes.addons import command_line
from rehearsal.dataplanes.kubernetes.control_plane import (
    ControlPlane,
    ControlPlanePorts,
    api_processes,
    controller_processes,
    kubeconfig,
)
from rehearsal.dataplanes.kubernetes.load_balancer_controller import hostname
from rehearsal.dataplanes.kubernetes.nodes import allocatable, node_manifest

PLANE = ControlPlane(Path("/data"), ControlPlanePorts(1, 2, 3, 4, 5, 6), "1.33")


@pytest.mark.parametrize(
    ("cpu", "memory_gib", "expected"),
    [(2, 4, {"cpu": "1930m", "memory": "2531Mi"}), (8, 32, {"cpu": "7910m", "memory": "31203Mi"})],
)
def test_a_node_keeps_back_what_its_kubelet_needs(cpu: int, memory_gib: float, expected: dict[str, str]) -> None:
    assert expected.items() <= allocatable(cpu, memory_gib).items()


@given(st.integers(1, 192), st.floats(4, 1024))
def test_no_node_gives_pods_more_than_it_has(cpu: int, memory_gib: float) -> None:
    left = allocatable(cpu, memory_gib)
    assert 0 < int(left["cpu"].removesuffix("m")) < cpu * 1000
    assert 0 < int(left["memory"].removesuffix("Mi")) < memory_gib * 1024


def test_a_node_says_what_the_scheduler_asks() -> None:
    shape = NodeSpec("n1", 2, 8, "us-east-1a", {"team": "core"}, (Taint("dedicated", "batch", "NoSchedule"),))
    node = node_manifest(shape, "general", "us-east-1")
    assert node["metadata"]["labels"] == {
        "eks.amazonaws.com/nodegroup": "general",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": "n1",
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/region": "us-east-1",
        "topology.kubernetes.io/zone": "us-east-1a",
        "team": "core",
    }
    assert node["spec"]["taints"] == [{"key": "dedicated", "value": "batch", "effect": "NoSchedule"}]
    assert node["spec"]["providerID"].startswith("aws:///us-east-1a/i-")


def test_every_part_listens_on_loopback_at_a_port_of_its_own() -> None:
    parts = (*api_processes(PLANE), *controller_processes(PLANE))
    assert [part.name for part in parts] == [
        "etcd",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kwok",
    ]
    assert len({part.port for part in parts}) == len(parts)
    assert not any("0.0.0.0" in word for part in parts for word in part.argv)  # noqa: S104  # that it is not used


def test_the_version_is_emulated_by_all_parts_that_can() -> None:
    emulating = [
        part.name for part in (*api_processes(PLANE), *controller_processes(PLANE)) if "emulated-version" in part.flags
    ]
    assert emulating == ["kube-apiserver", "kube-controller-manager", "kube-scheduler"]


def test_an_addon_is_told_what_only_the_cluster_knows() -> None:
    addon = ADDONS["argo-rollouts"](Path("/crds"))
    words = command_line(addon, Path("/data/kubeconfig"), (7, 8))
    assert words[:4] == ("--kubeconfig=/data/kubeconfig", "--leader-elect=false", "--metricsport=7", "--healthzPort=8")


def test_argo_cd_is_its_kinds_and_no_process() -> None:
    addon = ADDONS["argo-cd"](Path("/crds"))
    assert (addon.binary, addon.crds, addon.argv, addon.ports) == ("", Path("/crds"), (), 0)


@given(st.from_regex(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True), st.booleans())
def test_load_balancer_names_are_host_names(name: str, network: bool) -> None:  # noqa: FBT001  # Hypothesis fills it in
    host = hostname("payments", name, "eu-west-1", network=network)
    assert all(0 < len(label) <= 63 for label in host.split("."))
    assert host == hostname("payments", name, "eu-west-1", network=network)


def test_the_kubeconfigs_of_two_clusters_can_be_merged() -> None:
    """Clients that read several files take the first user of a name, and would sign in to both with one token."""
    first, second = (kubeconfig(PLANE, name, "", f"token of {name}") for name in ("campus-prod", "campus-prod-dr"))
    for section in ("clusters", "contexts", "users"):
        names = [entry["name"] for config in (first, second) for entry in config[section]]  # type: ignore[attr-defined]  # the values' type is object
        assert names == ["campus-prod", "campus-prod-dr"]
