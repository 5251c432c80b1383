"""Pod specifications and containers of every type of workload."""

from collections.abc import Iterator

from policy_packs.kernel.resource import Fields, Resource

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
WORKLOADS_AND_PATCHES = (*WORKLOADS, *(f"{workload}Patch" for workload in WORKLOADS))
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


def setting_owner(pod: Fields, container: Fields, path: str) -> Fields:
    """Return the container if it sets a value, and otherwise its pod's specification."""
    return pod if container[path] is None else container


def label(container: Fields) -> str:
    """Return the name of a container for the start of a message."""
    return f"Container {container.text('name')}"
