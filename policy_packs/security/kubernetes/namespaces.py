"""Namespaces: Pod Security Admission, quotas and default network policies."""

from collections.abc import Iterator, Sequence

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.kubernetes.network_policies import NETWORK_POLICY
from policy_packs.security.kubernetes.rbac import SERVICE_ACCOUNT
from policy_packs.security.kubernetes_types import cluster_of, is_patch, with_patches
from policy_packs.security.pod_specs import WORKLOADS
from policy_packs.security.rbac_grants import RBAC

NAMESPACE = "kubernetes:core/v1:Namespace"
QUOTA = "kubernetes:core/v1:ResourceQuota"
LIMIT_RANGE = "kubernetes:core/v1:LimitRange"
ENFORCE = "pod-security.kubernetes.io/enforce"
ENFORCE_VERSION = f"{ENFORCE}-version"
LATEST = "latest"
RESTRICTED = "restricted"
LEVELS = frozenset({"baseline", RESTRICTED})
QUOTA_RESOURCES = ("limits.cpu", "limits.memory", "pods")
NAMESPACED = (
    *WORKLOADS,
    SERVICE_ACCOUNT,
    QUOTA,
    LIMIT_RANGE,
    NETWORK_POLICY,
    f"kubernetes:{RBAC}/v1:Role",
    f"kubernetes:{RBAC}/v1:RoleBinding",
    "kubernetes:core/v1:ConfigMap",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:Service",
    "kubernetes:networking.k8s.io/v1:Ingress",
)
"""Namespaced types. A resource of these types without a namespace is in `default`."""


@rule(
    "k8s-namespace-must-enforce-pod-security",
    on=with_patches(NAMESPACE),
    covers=["CIS-EKS 4.2.1", "CIS-EKS 4.2.2", "CIS-EKS 4.2.3", "CIS-EKS 4.2.4"],
)
def pod_security(namespace: Resource) -> Findings:
    """Pod Security Admission refuses privileged pods only in namespaces with its label."""
    level = namespace.fields("metadata.labels").text(ENFORCE)
    if level is None and is_patch(namespace):
        return
    if level not in LEVELS:
        state = f"is {level!r}" if level else "is missing"
        yield f"Label {ENFORCE} {state}. Set it to 'restricted', or to 'baseline' if pods need more privileges."


@rule("k8s-namespaces-must-enforce-latest-pod-security", on=with_patches(NAMESPACE))
def latest_pod_security(namespace: Resource) -> Findings:
    """The levels of older versions of Kubernetes allow more, such as running as root in version 1.0.

    Source: Kubernetes documentation, "Pod Security Admission".
    """
    version = namespace.fields("metadata.labels").text(ENFORCE_VERSION)
    if version not in {None, LATEST}:
        yield f"Label {ENFORCE_VERSION} is {version!r}. Remove it, or set it to '{LATEST}'."


@rule(
    "k8s-resources-must-not-use-default-namespace",
    on=NAMESPACED,
    covers=["CKV_K8S_21", "CIS-EKS 4.5.2"],
    severity=Severity.MEDIUM,
)
def default_namespace(resource: Resource) -> Findings:
    """The default namespace has no owner, no quota and no network policy."""
    if (resource.text("metadata.namespace") or "default") == "default":
        yield "The resource is in the default namespace. Set metadata.namespace."


@rule("k8s-quotas-must-bound-compute", on=QUOTA, severity=Severity.MEDIUM)
def bounded_quota(quota: Resource) -> Findings:
    """A cluster can run out of CPU, memory or pods, so a quota must limit all three."""
    hard = quota.fields("spec.hard")
    if hard["pods"] == "0":
        return
    if missing := [key for key in QUOTA_RESOURCES if key not in hard]:
        yield f"The quota does not limit {', '.join(f'`{each}`' for each in missing)}. Add these limits to spec.hard."


@stack_rule("k8s-namespaces-must-deny-ingress", covers=["CIS-EKS 4.3.2", "CKV2_K8S_6"])
def deny_ingress(stack: Stack) -> StackFindings:
    """Without a network policy, every pod of the cluster can reach every other pod in any namespace."""
    policies = [policy for policy in stack.of_type(NETWORK_POLICY) if _isolates(policy, "Ingress")]
    for namespace in _without(_with_pods(stack), policies):
        yield namespace, f"Namespace {namespace.name} allows all ingress. Add a NetworkPolicy that denies by default."


@stack_rule("k8s-namespaces-must-deny-egress")
def deny_egress(stack: Stack) -> StackFindings:
    """A compromised pod can send student records to any address that it can reach.

    Namespaces that enforce `baseline` belong to add-ons and are exempt, because an add-on's chart decides to which
    addresses its pods connect.
    """
    policies = [policy for policy in stack.of_type(NETWORK_POLICY) if _isolates(policy, "Egress")]
    for namespace in _without(_with_pods(stack, RESTRICTED), policies):
        yield namespace, f"Namespace {namespace.name} allows all egress. Add a NetworkPolicy that denies by default."


@stack_rule("k8s-namespaces-must-have-quota", severity=Severity.MEDIUM)
def quota(stack: Stack) -> StackFindings:
    """A runaway workload of one team must not exhaust the nodes that send another team's alerts."""
    for namespace in _without(_with_pods(stack, RESTRICTED), stack.of_type(QUOTA)):
        yield (
            namespace,
            f"Namespace {namespace.name} has no ResourceQuota. Add one. If no pods run there, set pods to '0'.",
        )


@stack_rule("k8s-namespaces-must-have-limit-range", severity=Severity.MEDIUM)
def limit_range(stack: Stack) -> StackFindings:
    """A quota limits the namespace as a whole. A limit range keeps one pod from using the whole quota."""
    for namespace in _without(_with_pods(stack, RESTRICTED), stack.of_type(LIMIT_RANGE)):
        yield namespace, f"Namespace {namespace.name} has no LimitRange. Add one with limits per container."


def _is_in(resource: Resource, namespace: Resource) -> bool:
    """Return True if a resource is in a namespace, whose name may be unknown."""
    if namespace.urn in resource.property_dependencies.get("metadata", frozenset()):
        return True
    if cluster_of(resource) != cluster_of(namespace):
        return False
    return bool(resource["metadata.namespace"] == namespace["metadata.name"])


def _with_pods(stack: Stack, *levels: str) -> Iterator[Resource]:
    """Yield the namespaces that may have pods, optionally only those of some levels.

    `levels` are levels of Pod Security. A namespace has no pods if its quota allows none.
    """
    for namespace in stack.of_type(NAMESPACE):
        if levels and namespace.fields("metadata.labels").text(ENFORCE) not in levels:
            continue
        if not any(quota["spec.hard.pods"] == "0" and _is_in(quota, namespace) for quota in stack.of_type(QUOTA)):
            yield namespace


def _without(namespaces: Iterator[Resource], companions: Sequence[Resource]) -> Iterator[Resource]:
    """Yield the namespaces in which there is none of the companions."""
    for namespace in namespaces:
        if not any(_is_in(companion, namespace) for companion in companions):
            yield namespace


def _isolates(policy: Resource, direction: str) -> bool:
    """Return True if a network policy selects every pod in one direction.

    Kubernetes then refuses all traffic in that direction that no policy allows.
    """
    selector = policy.fields("spec.podSelector")
    if "matchLabels" in selector or "matchExpressions" in selector:
        return False
    if types := policy.texts("spec.policyTypes"):
        return direction in types
    # Without types, a policy applies to ingress, and to egress if it has egress rules.
    return direction == "Ingress" or "egress" in policy.fields("spec")
