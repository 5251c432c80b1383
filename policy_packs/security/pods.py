"""Pods wherever they hide: one way to the containers of every type of workload."""

from collections.abc import Iterator

from policy_packs.kernel.resource import Fields, Resource

_TEMPLATE = "spec.template.spec"
SPECS = {
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
WHOLE_PODS = tuple(SPECS)
"""Types that say everything about their pods: what they leave out, the pod has not."""
PODS = (*WHOLE_PODS, *(f"{kind}Patch" for kind in WHOLE_PODS))
"""The same and their patches, which say only what they change."""
SERVING_PODS = tuple(kind for kind in WHOLE_PODS if not kind.startswith("kubernetes:batch/"))
"""Types whose pods run until they are stopped."""
CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


def pods(workload: Resource) -> Iterator[Fields]:
    """The pod specification of a workload; nothing when there is none (a Rollout by reference)."""
    spec = workload.fields(SPECS[workload.kind.removesuffix("Patch")])
    if spec:
        yield spec


def containers(workload: Resource, *lists: str) -> Iterator[tuple[Fields, Fields]]:
    """Every container with the pod it is in; of all three lists, unless some are named."""
    for pod in pods(workload):
        for key in lists or CONTAINERS:
            for container in pod.each(key):
                yield pod, container


def deciding(pod: Fields, container: Fields, path: str) -> Fields:
    """Which of the two decides on a setting that a pod gives all its containers: the container, if it says anything."""
    return pod if container[path] is None else container


def named(container: Fields) -> str:
    """How to point at a container in a sentence."""
    return f"container {container.text('name')}"
