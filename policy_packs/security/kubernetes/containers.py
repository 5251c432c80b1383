"""Containers: pinned images, dropped capabilities, limits and probes."""

from policy_packs.kernel.registry import Findings, Level, Levels, Severity, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.kubernetes_types import is_patch
from policy_packs.security.pod_specs import (
    LONG_RUNNING_WORKLOADS,
    WORKLOADS,
    WORKLOADS_AND_PATCHES,
    containers,
    label,
    own_settings,
)

RESOURCE_NAMES = ("cpu", "memory")
PROBES = ("livenessProbe", "readinessProbe")
REGULAR_CONTAINERS = ("initContainers", "containers")
"""Lists without ephemeral containers, which can have neither limits nor probes."""


def is_pinned(image: str) -> bool:
    """Return True if an image reference names a digest, or a tag other than `latest`."""
    # In `app@sha256:…`, the part after the colon is the digest, which passes as well.
    return image.rpartition("/")[2].partition(":")[2] not in {"", "latest"}


@rule(
    "k8s-images-must-be-pinned",
    on=WORKLOADS_AND_PATCHES,
    covers=["CKV_K8S_14"],
    # In dev, images are tried out before they have a version.
    level=Levels(dev=Level.ADVISORY),
    severity=Severity.MEDIUM,
)
def pinned_images(workload: Resource) -> Findings:
    """The tag `latest` could name another image tomorrow, but only reviewed and scanned images may run."""
    for _, container in containers(workload):
        image = container.text("image")
        if image is not None and not is_pinned(image):
            yield f"{label(container)} runs {image}. Set a version tag or a digest."


@rule("k8s-containers-must-not-escalate-privileges", on=WORKLOADS_AND_PATCHES, covers=["CKV_K8S_20", "CIS-EKS 4.2.5"])
def privilege_escalation(workload: Resource) -> Findings:
    """Unless privilege escalation is off, a setuid program in the image can make a process root again."""
    for name, value in own_settings(workload, "securityContext.allowPrivilegeEscalation"):
        if value is not False:
            yield f"{name} can gain privileges. Set securityContext.allowPrivilegeEscalation to false."


@rule(
    "k8s-containers-must-have-read-only-root",
    on=WORKLOADS_AND_PATCHES,
    covers=["CKV_K8S_22", "CKV_K8S_30"],
    severity=Severity.MEDIUM,
)
def read_only_root(workload: Resource) -> Findings:
    """An attacker cannot replace programs on a read-only file system."""
    for name, value in own_settings(workload, "securityContext.readOnlyRootFilesystem"):
        if value is not True:
            yield (
                f"{name} can write to its root file system. Set securityContext.readOnlyRootFilesystem to "
                "true, and mount an emptyDir where the program writes."
            )


@rule("k8s-containers-must-drop-capabilities", on=WORKLOADS_AND_PATCHES, covers=["CKV_K8S_28", "CKV_K8S_37"])
def dropped_capabilities(workload: Resource) -> Findings:
    """The runtime's default capabilities let a container forge packets and change the owner of files."""
    path = "securityContext.capabilities.drop"
    for _, container in containers(workload):
        is_set = container[path] is not None
        if "ALL" not in container.texts(path) and (is_set or not is_patch(workload)):
            yield f"{label(container)} keeps the default capabilities. Set capabilities.drop to ['ALL']."


@rule("k8s-containers-must-not-add-capabilities", on=WORKLOADS_AND_PATCHES, covers=["CKV_K8S_25", "CKV_K8S_39"])
def added_capabilities(workload: Resource) -> Findings:
    """Each capability grants some of root's privileges, and SYS_ADMIN grants nearly all of them."""
    for _, container in containers(workload):
        if capabilities := container.texts("securityContext.capabilities.add"):
            yield (
                f"{label(container)} adds the capabilities {', '.join(capabilities)}. Remove them. A program that "
                "listens on a port above 1023 needs none."
            )


@rule("k8s-containers-must-not-use-host-ports", on=WORKLOADS_AND_PATCHES, covers=["CKV_K8S_26"])
def host_ports(workload: Resource) -> Findings:
    """Traffic to a host port bypasses Services, Ingresses and network policies."""
    for _, container in containers(workload):
        for port in container.each("ports"):
            if port.number("hostPort"):
                yield f"{label(container)} uses port {port.number('hostPort')} of its node. Use a Service instead."


def _missing(container: Fields, section: str) -> list[str]:
    amounts = container.fields(f"resources.{section}")
    return [name for name in RESOURCE_NAMES if name not in amounts]


@rule("k8s-containers-must-have-limits", on=WORKLOADS, covers=["CKV_K8S_11", "CKV_K8S_13"], severity=Severity.MEDIUM)
def limits(workload: Resource) -> Findings:
    """A container without limits can exhaust its node and take down everything on it."""
    for _, container in containers(workload, *REGULAR_CONTAINERS):
        if missing := _missing(container, "limits"):
            yield f"{label(container)} has no limit for {' and '.join(missing)}. Set resources.limits."


@rule("k8s-containers-must-have-requests", on=WORKLOADS, covers=["CKV_K8S_10", "CKV_K8S_12"], severity=Severity.MEDIUM)
def requests(workload: Resource) -> Findings:
    """The scheduler counts only requests. Pods without requests overfill nodes and are evicted first."""
    for _, container in containers(workload, *REGULAR_CONTAINERS):
        if missing := _missing(container, "requests"):
            yield f"{label(container)} requests no {' and no '.join(missing)}. Set resources.requests."


@rule(
    "k8s-containers-must-have-probes",
    on=LONG_RUNNING_WORKLOADS,
    covers=["CKV_K8S_8", "CKV_K8S_9"],
    severity=Severity.MEDIUM,
)
def probes(workload: Resource) -> Findings:
    """Alerts that are sent to a hung pod are lost, so Kubernetes must detect and restart such pods."""
    for _, container in containers(workload, "containers"):
        for probe in PROBES:
            if probe not in container:
                yield f"{label(container)} has no {probe}. Add a {probe}."


@rule(
    "k8s-containers-must-not-take-secrets-from-environment",
    on=WORKLOADS_AND_PATCHES,
    covers=["CKV_K8S_35", "CIS-EKS 4.4.1"],
    severity=Severity.MEDIUM,
)
def secrets_in_environment(workload: Resource) -> Findings:
    """Crash reports and child processes contain environment variables, but not the contents of mounted files."""
    for _, container in containers(workload):
        for source in container.each("envFrom"):
            if "secretRef" in source:
                yield f"{label(container)} reads a whole Secret into environment variables. Mount the Secret as files."
        for variable in container.each("env"):
            if "secretKeyRef" in variable.fields("valueFrom"):
                yield f"{label(container)} reads {variable.text('name')} from a Secret. Mount the Secret as a file."
