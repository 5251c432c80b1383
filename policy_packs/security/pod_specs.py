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
"""Where each type keeps the specification of its pods."""
WORKLOADS = tuple(POD_SPEC_PATHS)
"""Types that say everything about their pods: what they leave out, the pod has not."""
WORKLOADS_AND_PATCHES = (*WORKLOADS, *(f"{kind}Patch" for kind in WORKLOADS))
"""The same and their patches, which say only what they change."""
LONG_RUNNING_WORKLOADS = tuple(kind for kind in WORKLOADS if not kind.startswith("kubernetes:batch/"))
"""Types whose pods run until they are stopped."""
CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")


def pod_specs(workload: Resource) -> Iterator[Fields]:
    """The pod specification of a workload; nothing when there is none (a Rollout by reference)."""
    spec = workload.fields(POD_SPEC_PATHS[workload.type.removesuffix("Patch")])
    if spec:
        yield spec


def containers(workload: Resource, *lists: str) -> Iterator[tuple[Fields, Fields]]:
    """Every container with the pod it is in; of all three lists, unless some are named."""
    for pod in pod_specs(workload):
        for key in lists or CONTAINER_LISTS:
            for container in pod.each(key):
                yield pod, container


def setting_owner(pod: Fields, container: Fields, path: str) -> Fields:
    """Which of the two decides on a setting that a pod gives all its containers: the container, if it says anything."""
    return pod if container[path] is None else container


def label(container: Fields) -> str:
    """How to point at a container in a sentence."""
    return f"container {container.text('name')}"
