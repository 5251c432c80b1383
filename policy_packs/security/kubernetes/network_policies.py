"""Network policies: no rule that matches every address or every namespace."""

from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.cidr import is_internet
from policy_packs.security.kubernetes_types import with_patches

NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
NAME_LABEL = "kubernetes.io/metadata.name"
"""Label that every namespace has."""
DIRECTIONS = frozenset({"Ingress", "Egress"})


@rule("k8s-network-policies-must-not-let-everybody-in", on=with_patches(NETWORK_POLICY))
def narrow_ingress(policy: Resource) -> Findings:
    """A policy that admits everyone protects nothing. From outside, only the load balancer needs to reach pods."""
    for source, everything in _open_peers(policy, "ingress", "from"):
        yield f"{source} admits traffic from {everything}. Name namespaces, pods or subnets."


@rule("k8s-network-policies-must-not-let-everything-out", on=with_patches(NETWORK_POLICY))
def narrow_egress(policy: Resource) -> Findings:
    """An attacker in a pod that may connect to any address can send student records anywhere."""
    for destination, everything in _open_peers(policy, "egress", "to"):
        yield f"{destination} allows traffic to {everything}. Name namespaces, pods or subnets."


@rule("k8s-network-policy-patches-must-not-narrow", on=f"{NETWORK_POLICY}Patch")
def narrowing_patches(patch: Resource) -> Findings:
    """A policy that denies all traffic must keep applying to every pod and in both directions."""
    selector = patch.fields("spec.podSelector")
    if selector["matchLabels"] or selector["matchExpressions"]:
        yield "The patch sets spec.podSelector, so other pods lose the policy. Remove it, or write a policy of its own."
    if patch["spec.policyTypes"] is not None and not set(patch.texts("spec.policyTypes")) >= DIRECTIONS:
        yield "The patch drops a direction from spec.policyTypes. Remove it, or name both Ingress and Egress."


def _open_peers(policy: Resource, direction: str, peers: str) -> Iterator[tuple[str, str]]:
    """Yield pairs (entry of a network policy, everything that it matches)."""
    for entry in policy.each(f"spec.{direction}"):
        if not entry.items(peers):
            yield f"A rule without `{peers}`", "every address"
        for peer in entry.each(peers):
            cidr = peer.text("ipBlock.cidr")
            if cidr is not None and is_internet(cidr):
                yield cidr, "every address"
            if _is_every_pod(peer):
                yield "A namespaceSelector that requires no label", "every pod of the cluster"


def _is_every_pod(peer: Fields) -> bool:
    """Return True if a peer is every pod of the cluster.

    Without a namespaceSelector, a peer is only in the policy's own namespace.
    """
    return "namespaceSelector" in peer and not any(
        _requires_label(peer.fields(selector)) for selector in ("namespaceSelector", "podSelector")
    )


def _requires_label(selector: Fields) -> bool:
    """Return True if a selector requires a label that some objects lack.

    A selector without requirements matches everything (Kubernetes API reference, "LabelSelector"), and one that only
    excludes labels matches nearly everything.
    """
    if selector["matchLabels"]:
        return True
    return any(
        expression.text("operator") == "In"
        or (expression.text("operator") == "Exists" and expression.text("key") != NAME_LABEL)
        for expression in selector.each("matchExpressions")
    )
