"""Pod specifications and containers of every type of workload."""

from collections.abc import Iterator
from typing import Any

from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.kubernetes_types import is_patch, with_patches

_TEMPLATE = "spec.template.spec"
POD_SPEC_PATHS = {
    "kubernetes:core/v1:Pod": "spec",
    "kubernetes:core/v1:PodTemplate": "template.spec",
    "kubernetes:core/v1:ReplicationController": _TEMPLATE,
    "kubernetes:apps/v1:Deployment": _TEMPLATE,
    "kubernetes:apps/v1:StatefulSet": _TEMPLATE,
    "kubernetes:apps/v1:DaemonSet": _TEMPLATE,
    "kubernetes:apps/v1:ReplicaSet": _TEMPLATE,
    "kubernetes:batch/v1:Job": _TEMPLATE,
    "kubernetes:batch/v1:CronJob": "spec.jobTemplate.spec.template.spec",
    "kubernetes:argoproj.io/v1alpha1:Rollout": _TEMPLATE,
}
"""For each resource type, the path of the pod specification."""
WORKLOADS = tuple(POD_SPEC_PATHS)
"""Types with complete pod specifications."""
WORKLOADS_AND_PATCHES = with_patches(*WORKLOADS)
"""Workload types and their patch types. A patch contains only the fields that it changes."""
LONG_RUNNING_WORKLOADS = tuple(workload for workload in WORKLOADS if not workload.startswith("kubernetes:batch/"))
"""Types whose pods do not end by themselves."""
CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")


def pod_specs(workload: Resource) -> Iterator[Fields]:
    """Yield the pod specification of a workload.

    A Rollout with a `workloadRef` has none.
    """
    spec = workload.fields(POD_SPEC_PATHS[workload.type.removesuffix("Patch")])
    if spec:
        yield spec


def containers(workload: Resource, *lists: str) -> Iterator[tuple[Fields, Fields]]:
    """Yield pairs (pod specification, container) for the containers in some lists.

    Without `lists`, all of CONTAINER_LISTS are read.
    """
    for pod in pod_specs(workload):
        for key in lists or CONTAINER_LISTS:
            for container in pod.each(key):
                yield pod, container


def own_settings(workload: Resource, path: str) -> Iterator[tuple[str, Any]]:
    """Yield pairs (label, value of a setting) for the containers of a workload.

    The value is None where the setting is absent. A patch yields only the values that it sets.
    """
    for _, container in containers(workload):
        value = container[path]
        if value is not None or not is_patch(workload):
            yield label(container), value


def effective_settings(workload: Resource, path: str) -> Iterator[tuple[str, Any]]:
    """Yield pairs (label, value of a setting) of containers or their pod.

    The value is None where the setting is absent. A patch yields only the values that it sets, also for the whole pod.
    """
    if is_patch(workload):
        for pod in pod_specs(workload):
            if (value := pod[path]) is not None:
                yield "The pod", value
        yield from own_settings(workload, path)
        return
    for pod, container in containers(workload):
        value = container[path]
        yield label(container), pod[path] if value is None else value


def label(container: Fields) -> str:
    """Return the name of a container for the start of a message."""
    return f"Container {container.text('name')}"
