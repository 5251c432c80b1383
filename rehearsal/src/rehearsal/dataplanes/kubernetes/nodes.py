"""Nodes of a managed node group: what a node looks like, and how a group comes to have the wanted ones."""

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
SPEC_ANNOTATION = "rehearsal/shape"
"""What the node was made from, so that a changed shape is recognised and nothing else is touched."""
READY_SECONDS = 30.0
_MAX_PODS = 110
_SYSTEM_TAINTS = "node.kubernetes.io/"


def allocatable(cpu: int, memory_gib: float) -> dict[str, str]:
    """What is left for pods after the reservations that EKS's own node image makes (kubelet, system, eviction)."""
    reserved_cpu = sum((60, 10, 5, 5)[:cpu]) + max(0, cpu - 4) * 2.5
    reserved_memory = 255 + 11 * _MAX_PODS + 100
    return {
        "cpu": f"{cpu * 1000 - int(reserved_cpu)}m",
        "memory": f"{max(0, int(memory_gib * 1024) - reserved_memory)}Mi",
        "pods": str(_MAX_PODS),
    }


def node_manifest(shape: NodeSpec, group: str, region: str) -> dict[str, Any]:
    """Build the `Node` object of a shape."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": shape.name,
            "labels": _labels(shape, group, region),
            "annotations": {KWOK_NODE_ANNOTATION[0]: KWOK_NODE_ANNOTATION[1], SPEC_ANNOTATION: _fingerprint(shape)},
        },
        "spec": {
            "providerID": f"aws:///{shape.zone}/i-{hashlib.sha256(shape.name.encode()).hexdigest()[:17]}",
            "taints": [_taint(taint) for taint in shape.taints],
        },
        "status": {
            "capacity": {"cpu": str(shape.cpu), "memory": f"{int(shape.memory_gib * 1024)}Mi", "pods": str(_MAX_PODS)},
            "allocatable": allocatable(shape.cpu, shape.memory_gib),
        },
    }


def set_nodes(api: Any, region: str, group: str, shapes: Sequence[NodeSpec]) -> None:
    """Give a group exactly these nodes and wait until each is Ready.

    New nodes are added first, then changed ones get their labels and taints in place, as EKS does; what is no longer
    wanted is drained (its pods are deleted, disruption budgets are not consulted) and removed.
    Raises ClusterError when a node does not become Ready.
    """
    core: Any = client.CoreV1Api(api)
    live = {node.metadata.name: node for node in core.list_node(label_selector=f"{GROUP_LABEL}={group}").items}
    wanted = {shape.name: shape for shape in shapes}
    for name, shape in wanted.items():
        if name not in live:
            core.create_node(node_manifest(shape, group, region))
        elif live[name].metadata.annotations.get(SPEC_ANNOTATION) != _fingerprint(shape):
            core.patch_node(name, _changes(live[name], node_manifest(shape, group, region)))
    for name in live.keys() - wanted.keys():
        _drain_and_remove(core, name)
    _await_ready(core, group, set(wanted))


def _labels(shape: NodeSpec, group: str, region: str) -> dict[str, str]:
    return {
        GROUP_LABEL: group,
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": shape.name,
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/region": region,
        "topology.kubernetes.io/zone": shape.zone,
        **shape.labels,
    }


def _taint(taint: Taint) -> dict[str, str]:
    return {"key": taint.key, "value": taint.value, "effect": taint.effect}


def _fingerprint(shape: NodeSpec) -> str:
    return hashlib.sha256(json.dumps(asdict(shape), sort_keys=True, default=list).encode()).hexdigest()[:16]


def _changes(node: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """Build a merge patch: labels that went away are null, taints that Kubernetes itself set are kept."""
    gone = {label: None for label in node.metadata.labels if label not in wanted["metadata"]["labels"]}
    kept = [
        {"key": taint.key, "value": taint.value or "", "effect": taint.effect}
        for taint in node.spec.taints or ()
        if taint.key.startswith(_SYSTEM_TAINTS)
    ]
    return {
        "metadata": {
            "labels": {**gone, **wanted["metadata"]["labels"]},
            "annotations": wanted["metadata"]["annotations"],
        },
        "spec": {"taints": kept + wanted["spec"]["taints"]},
    }


def _drain_and_remove(core: Any, name: str) -> None:
    core.patch_node(name, {"spec": {"unschedulable": True}})
    for pod in core.list_pod_for_all_namespaces(field_selector=f"spec.nodeName={name}").items:
        core.delete_namespaced_pod(pod.metadata.name, pod.metadata.namespace, grace_period_seconds=0)
    core.delete_node(name)


def _await_ready(core: Any, group: str, names: set[str]) -> None:
    def waiting() -> set[str]:
        nodes = core.list_node(label_selector=f"{GROUP_LABEL}={group}").items
        return names - {node.metadata.name for node in nodes if _is_ready(node)}

    try:
        Retrying(retry=retry_if_result(bool), stop=stop_after_delay(READY_SECONDS), wait=wait_fixed(0.1))(waiting)
    except RetryError as error:
        late = ", ".join(sorted(error.last_attempt.result()))
        raise ClusterError(
            f"nodes of {group} did not become Ready in {READY_SECONDS:g} s: {late}; see kwok's log"
        ) from error


def _is_ready(node: Any) -> bool:
    ready = any(condition.type == "Ready" and condition.status == "True" for condition in node.status.conditions or ())
    return ready and not any(taint.key.startswith(_SYSTEM_TAINTS) for taint in node.spec.taints or ())
