"""Inside the cluster: every namespace enforces Pod Security, no pod owns its node, every image is a known one."""

from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, Level, Levels, Severity, rule
from policy_packs.kernel.resource import Fields, Resource

NAMESPACE = "kubernetes:core/v1:Namespace"
POD = "kubernetes:core/v1:Pod"
CRON_JOB = "kubernetes:batch/v1:CronJob"
WORKLOADS = (
    "kubernetes:core/v1:ReplicationController",
    "kubernetes:apps/v1:Deployment",
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:apps/v1:DaemonSet",
    "kubernetes:apps/v1:ReplicaSet",
    "kubernetes:batch/v1:Job",
    "kubernetes:argoproj.io/v1alpha1:Rollout",
)
PODS = tuple(kind + form for kind in (POD, CRON_JOB, *WORKLOADS) for form in ("", "Patch"))
ENFORCE = "pod-security.kubernetes.io/enforce"
LEVELS = frozenset({"baseline", "restricted"})
HOST_NAMESPACES = ("hostNetwork", "hostPID", "hostIPC")


def pod_spec(resource: Resource) -> Fields:
    """The pod specification inside a workload, an empty one when there is none (a Rollout by reference)."""
    kind = resource.kind.removesuffix("Patch")
    if kind == POD:
        return resource.fields("spec")
    if kind == CRON_JOB:
        return resource.fields("spec.jobTemplate.spec.template.spec")
    return resource.fields("spec.template.spec")


def _containers(spec: Fields) -> Iterator[Fields]:
    for key in ("initContainers", "containers", "ephemeralContainers"):
        yield from spec.each(key)


def is_pinned(image: str) -> bool:
    """Whether an image reference names one version: a digest, or a tag other than `latest`."""
    if "@sha256:" in image:
        return True
    _, colon, tag = image.rpartition("/")[2].partition(":")
    return bool(colon) and tag not in {"", "latest"}


@rule(
    "k8s-namespace-must-enforce-pod-security",
    on=(NAMESPACE, f"{NAMESPACE}Patch"),
    covers=["CIS-EKS 4.2.1", "CIS-EKS 4.2.2", "CIS-EKS 4.2.3", "CIS-EKS 4.2.4", "CIS-EKS 4.2.5"],
)
def pod_security(namespace: Resource) -> Findings:
    """Pod Security Admission protects only namespaces that ask for it."""
    level = namespace.fields("metadata.labels").text(ENFORCE)
    if level is None and namespace.kind.endswith("Patch"):
        return
    if level not in LEVELS:
        found = f"is {level!r}" if level else "is missing"
        yield f"label {ENFORCE} {found}; set it to 'restricted', or 'baseline' where that is too strict"


@rule(
    "k8s-pods-must-not-be-privileged",
    on=PODS,
    covers=["CKV_K8S_16", "CKV_K8S_17", "CKV_K8S_18", "CKV_K8S_19"],
    severity=Severity.CRITICAL,
)
def privileged(workload: Resource) -> Findings:
    """A privileged pod is root on its node, and the node holds every other pod's secrets."""
    spec = pod_spec(workload)
    for switch in HOST_NAMESPACES:
        if spec.flag(switch):
            yield f"{switch} is on; remove it"
    for container in _containers(spec):
        context = container.fields("securityContext")
        for switch in ("privileged", "allowPrivilegeEscalation"):
            if context.flag(switch):
                yield f"container {container.text('name')} has securityContext.{switch} on; turn it off"


@rule(
    "k8s-images-must-be-pinned",
    on=PODS,
    covers=["CKV_K8S_14"],
    # Dev is where an image is tried out before there is a version of it.
    level=Levels(dev=Level.ADVISORY),
    severity=Severity.MEDIUM,
)
def images(workload: Resource) -> Findings:
    """`latest` is another program tomorrow: what was reviewed, scanned and rolled out must be what runs."""
    for container in _containers(pod_spec(workload)):
        image = container.text("image")
        if image is not None and not is_pinned(image):
            yield f"container {container.text('name')} runs {image}; give a version tag or a digest"
