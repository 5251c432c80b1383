"""Node manifests, command lines and kubeconfigs of clusters, without running one."""

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

PLANE = ControlPlane(Path("/data"), ControlPlanePorts(1, 2, 3, 4, 5, 6, 7), "1.33")


@pytest.mark.parametrize(
    ("cpu", "memory_gib", "expected"),
    [(2, 4, {"cpu": "1930m", "memory": "2531Mi"}), (8, 32, {"cpu": "7910m", "memory": "31203Mi"})],
)
def test_a_nodes_reservations_are_those_of_eks(cpu: int, memory_gib: float, expected: dict[str, str]) -> None:
    assert expected.items() <= allocatable(cpu, memory_gib).items()


@given(st.integers(1, 192), st.floats(4, 1024))
def test_allocatable_resources_are_below_the_capacity(cpu: int, memory_gib: float) -> None:
    resources = allocatable(cpu, memory_gib)
    assert 0 < int(resources["cpu"].removesuffix("m")) < cpu * 1000
    assert 0 < int(resources["memory"].removesuffix("Mi")) < memory_gib * 1024


def test_a_node_has_the_labels_and_taints_that_the_scheduler_reads() -> None:
    spec = NodeSpec("n1", 2, 8, "us-east-1a", {"team": "core"}, (Taint("dedicated", "batch", "NoSchedule"),))
    node = node_manifest(spec, "general", "us-east-1")
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


def test_every_process_listens_on_its_own_loopback_port() -> None:
    processes = (*api_processes(PLANE), *controller_processes(PLANE))
    assert [process.name for process in processes] == [
        "etcd",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kwok",
    ]
    assert len({process.port for process in processes}) == len(processes)
    assert not any("0.0.0.0" in word for process in processes for word in process.argv)  # noqa: S104  # must not be used


def test_every_process_that_supports_it_emulates_the_version() -> None:
    emulating = [
        process.name
        for process in (*api_processes(PLANE), *controller_processes(PLANE))
        if "emulated-version" in process.flags
    ]
    assert emulating == ["kube-apiserver", "kube-controller-manager", "kube-scheduler"]


def test_an_addons_command_line_has_kubeconfig_and_ports() -> None:
    addon = ADDONS["argo-rollouts"](Path("/crds"))
    words = command_line(addon, Path("/data/kubeconfig"), (7, 8))
    assert words[:4] == ("--kubeconfig=/data/kubeconfig", "--leader-elect=false", "--metricsport=7", "--healthzPort=8")


def test_argo_cd_has_kinds_but_no_process() -> None:
    addon = ADDONS["argo-cd"](Path("/crds"))
    assert (addon.binary, addon.crds, addon.argv, addon.ports) == ("", Path("/crds"), (), 0)


@given(st.from_regex(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True), st.booleans())
def test_load_balancer_names_are_host_names(name: str, network: bool) -> None:  # noqa: FBT001  # Hypothesis fills it in
    host = hostname("payments", name, "eu-west-1", network=network)
    assert all(0 < len(label) <= 63 for label in host.split("."))
    assert host == hostname("payments", name, "eu-west-1", network=network)


def test_the_kubeconfigs_of_two_clusters_can_be_merged() -> None:
    """The kubeconfigs of different clusters must have different user names.

    A client that merges kubeconfigs keeps one user per name. With equal names, both clusters would get the same token.
    """
    first, second = (kubeconfig(PLANE, name, "", f"token of {name}") for name in ("campus-prod", "campus-prod-dr"))
    for section in ("clusters", "contexts", "users"):
        names = [entry["name"] for config in (first, second) for entry in config[section]]  # type: ignore[attr-defined]  # the values' type is object
        assert names == ["campus-prod", "campus-prod-dr"]
