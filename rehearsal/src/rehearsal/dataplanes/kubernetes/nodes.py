"""Nodes of a managed node group: manifests and reconciliation."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from kubernetes import client
from tenacity import RetryError, Retrying
from tenacity.retry import retry_if_result
from tenacity.stop import stop_after_delay
from tenacity.wait import wait_fixed

from rehearsal.dataplanes.kubernetes.control_plane import KWOK_NODE_ANNOTATION
from rehearsal.dataplanes.kubernetes.model import ClusterError, NodeSpec, Taint

GROUP_LABEL = "eks.amazonaws.com/nodegroup"
SPEC_ANNOTATION = "rehearsal/spec"
"""Annotation with the fingerprint of a node's spec, to update only nodes whose spec changed."""
READY_SECONDS = 30.0
_MAX_PODS = 110
_SYSTEM_TAINTS = "node.kubernetes.io/"


def allocatable(cpu: int, memory_gib: float) -> dict[str, str]:
    """Return the resources that EKS's node image leaves for pods.

    The image reserves resources for the kubelet, the system and eviction.
    """
    reserved_cpu = sum((60, 10, 5, 5)[:cpu]) + max(0, cpu - 4) * 2.5
    reserved_memory = 255 + 11 * _MAX_PODS + 100
    return {
        "cpu": f"{cpu * 1000 - int(reserved_cpu)}m",
        "memory": f"{max(0, int(memory_gib * 1024) - reserved_memory)}Mi",
        "pods": str(_MAX_PODS),
    }


def node_manifest(spec: NodeSpec, group: str, region: str) -> dict[str, Any]:
    """Return the `Node` object of a spec."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": spec.name,
            "labels": _labels(spec, group, region),
            "annotations": {KWOK_NODE_ANNOTATION[0]: KWOK_NODE_ANNOTATION[1], SPEC_ANNOTATION: _fingerprint(spec)},
        },
        "spec": {
            "providerID": f"aws:///{spec.zone}/i-{hashlib.sha256(spec.name.encode()).hexdigest()[:17]}",
            "taints": [_taint(taint) for taint in spec.taints],
        },
        "status": {
            "capacity": {"cpu": str(spec.cpu), "memory": f"{int(spec.memory_gib * 1024)}Mi", "pods": str(_MAX_PODS)},
            "allocatable": allocatable(spec.cpu, spec.memory_gib),
        },
    }


def set_nodes(api: Any, region: str, group: str, specs: Sequence[NodeSpec]) -> None:
    """Reconcile a group to exactly these nodes and wait until each is Ready.

    As on EKS, new nodes are added, and labels and taints of changed nodes are updated in place. Other nodes are
    drained (pods are deleted without regard to disruption budgets) and removed.

    Raises:
        ClusterError: a node does not become Ready.
    """
    core: Any = client.CoreV1Api(api)
    live = {node.metadata.name: node for node in core.list_node(label_selector=f"{GROUP_LABEL}={group}").items}
    specs_by_name = {spec.name: spec for spec in specs}
    for name, spec in specs_by_name.items():
        if name not in live:
            core.create_node(node_manifest(spec, group, region))
        elif live[name].metadata.annotations.get(SPEC_ANNOTATION) != _fingerprint(spec):
            core.patch_node(name, _changes(live[name], node_manifest(spec, group, region)))
    for name in live.keys() - specs_by_name.keys():
        _drain_and_remove(core, name)
    _await_ready(core, group, set(specs_by_name))


def _labels(spec: NodeSpec, group: str, region: str) -> dict[str, str]:
    return {
        GROUP_LABEL: group,
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": spec.name,
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/region": region,
        "topology.kubernetes.io/zone": spec.zone,
        **spec.labels,
    }


def _taint(taint: Taint) -> dict[str, str]:
    return {"key": taint.key, "value": taint.value, "effect": taint.effect}


def _fingerprint(spec: NodeSpec) -> str:
    return hashlib.sha256(json.dumps(asdict(spec), sort_keys=True, default=list).encode()).hexdigest()[:16]


def _changes(node: Any, desired: dict[str, Any]) -> dict[str, Any]:
    """Return a merge patch from a live node to the desired one.

    Removed labels become null; taints that Kubernetes set are kept.
    """
    removed = {label: None for label in node.metadata.labels if label not in desired["metadata"]["labels"]}
    system_taints = [
        {"key": taint.key, "value": taint.value or "", "effect": taint.effect}
        for taint in node.spec.taints or ()
        if taint.key.startswith(_SYSTEM_TAINTS)
    ]
    return {
        "metadata": {
            "labels": {**removed, **desired["metadata"]["labels"]},
            "annotations": desired["metadata"]["annotations"],
        },
        "spec": {"taints": system_taints + desired["spec"]["taints"]},
    }


def _drain_and_remove(core: Any, name: str) -> None:
    core.patch_node(name, {"spec": {"unschedulable": True}})
    for pod in core.list_pod_for_all_namespaces(field_selector=f"spec.nodeName={name}").items:
        core.delete_namespaced_pod(pod.metadata.name, pod.metadata.namespace, grace_period_seconds=0)
    core.delete_node(name)


def _await_ready(core: Any, group: str, names: set[str]) -> None:
    def not_ready() -> set[str]:
        nodes = core.list_node(label_selector=f"{GROUP_LABEL}={group}").items
        return names - {node.metadata.name for node in nodes if _is_ready(node)}

    try:
        Retrying(retry=retry_if_result(bool), stop=stop_after_delay(READY_SECONDS), wait=wait_fixed(0.1))(not_ready)
    except RetryError as error:
        missing = ", ".join(sorted(error.last_attempt.result()))
        raise ClusterError(
            f"nodes of {group} did not become Ready within {READY_SECONDS:g} s: {missing}; see kwok's log"
        ) from error


def _is_ready(node: Any) -> bool:
    ready = any(condition.type == "Ready" and condition.status == "True" for condition in node.status.conditions or ())
    return ready and not any(taint.key.startswith(_SYSTEM_TAINTS) for taint in node.spec.taints or ())
