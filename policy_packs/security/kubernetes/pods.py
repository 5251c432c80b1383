"""Pods: not privileged, not root, and separate from their node."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.kubernetes_types import is_patch
from policy_packs.security.pod_specs import (
    WORKLOADS_AND_PATCHES,
    containers,
    effective_settings,
    label,
    pod_specs,
)

HOST_NAMESPACES = ("hostNetwork", "hostPID", "hostIPC")
SECCOMP_PROFILES = frozenset({"RuntimeDefault", "Localhost"})
LOWEST_UID = 10_000
"""Lowest user ID that nodes do not use for their own users (Checkov's CKV_K8S_40)."""


@rule(
    "k8s-pods-must-not-be-privileged",
    on=WORKLOADS_AND_PATCHES,
    covers=["CKV_K8S_16", "CIS-EKS 4.2.1"],
    severity=Severity.CRITICAL,
)
def privileged(workload: Resource) -> Findings:
    """A privileged pod is root on its node, where it can read the secrets of every other pod."""
    for _, container in containers(workload):
        if container.flag("securityContext.privileged"):
            yield f"{label(container)} has securityContext.privileged on. Turn it off."


@rule(
    "k8s-pods-must-not-share-host-namespaces",
    on=WORKLOADS_AND_PATCHES,
    covers=["CKV_K8S_17", "CKV_K8S_18", "CKV_K8S_19", "CIS-EKS 4.2.2", "CIS-EKS 4.2.3", "CIS-EKS 4.2.4"],
    severity=Severity.CRITICAL,
)
def host_namespaces(workload: Resource) -> Findings:
    """A pod in its node's namespaces can see all of the node's processes and bypass network policies."""
    for pod in pod_specs(workload):
        for switch in HOST_NAMESPACES:
            if pod.flag(switch):
                yield f"{switch} is on. Remove it."


@rule("k8s-pods-must-not-mount-host-paths", on=WORKLOADS_AND_PATCHES, covers=["CKV_K8S_27"], severity=Severity.CRITICAL)
def host_paths(workload: Resource) -> Findings:
    """A host path gives access to the node's container runtime, and through the runtime to every pod on the node."""
    for pod in pod_specs(workload):
        for volume in pod.each("volumes"):
            if "hostPath" in volume:
                yield (
                    f"Volume {volume.text('name')} mounts a path of the node. Use an emptyDir, a persistent volume "
                    "claim or a ConfigMap."
                )


@rule("k8s-pods-must-have-own-service-account", on=WORKLOADS_AND_PATCHES, covers=["CIS-EKS 4.1.5"])
def own_service_account(workload: Resource) -> Findings:
    """All pods that use the default service account share its permissions.

    A patch must not set the account at all, because a running workload would get the permissions of another account.
    """
    for pod in pod_specs(workload):
        if is_patch(workload):
            if name := pod.text("serviceAccountName") or pod.text("serviceAccount"):
                yield f"The patch gives the pod the service account {name}. Set the account in the workload itself."
        elif (pod.text("serviceAccountName") or "default") == "default":
            yield "The pod runs as the default service account. Set serviceAccountName to the workload's own account."


@rule("k8s-pods-must-not-mount-api-tokens", on=WORKLOADS_AND_PATCHES, covers=["CKV_K8S_38", "CIS-EKS 4.1.6"])
def api_tokens(workload: Resource) -> Findings:
    """An attacker in a pod can use the pod's token, and few pods need the Kubernetes API."""
    for pod in pod_specs(workload):
        mounted = pod.flag("automountServiceAccountToken")
        if mounted is True or (mounted is None and not is_patch(workload)):
            yield (
                "The pod mounts a token of the Kubernetes API. Set automountServiceAccountToken to false, and add "
                "a projected volume if the pod needs a token."
            )


@rule("k8s-pods-must-set-seccomp", on=WORKLOADS_AND_PATCHES, covers=["CKV_K8S_31"], severity=Severity.MEDIUM)
def seccomp(workload: Resource) -> Findings:
    """Many kernel exploits use system calls that services do not need. The runtime's seccomp profile blocks these."""
    for name, profile in effective_settings(workload, "securityContext.seccompProfile.type"):
        if profile not in SECCOMP_PROFILES:
            yield f"{name} runs without a seccomp profile. Set seccompProfile.type to RuntimeDefault."


@rule("k8s-pods-must-not-run-as-root", on=WORKLOADS_AND_PATCHES, covers=["CKV_K8S_23", "CKV_K8S_29"])
def not_root(workload: Resource) -> Findings:
    """A process that escapes from its container as root is root on the node."""
    for name, value in effective_settings(workload, "securityContext.runAsNonRoot"):
        if value is not True:
            yield f"{name} can run as root. Set securityContext.runAsNonRoot to true."


@rule("k8s-pods-must-run-as-high-uid", on=WORKLOADS_AND_PATCHES, covers=["CKV_K8S_40"], severity=Severity.MEDIUM)
def high_uid(workload: Resource) -> Findings:
    """A process that escapes from its container can use the files of the node's user with the same ID."""
    for name, uid in effective_settings(workload, "securityContext.runAsUser"):
        if uid is None:
            yield f"{name} runs as the user that its image names. Set runAsUser to {LOWEST_UID} or more."
        elif not isinstance(uid, int | float) or uid < LOWEST_UID:
            yield f"{name} runs as user {uid}. Set runAsUser to {LOWEST_UID} or more."
