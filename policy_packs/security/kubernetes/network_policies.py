"""Network policies: no rule that matches every address."""

from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.cidr import is_internet
from policy_packs.security.kubernetes_types import with_patches

NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


@rule("k8s-network-policies-must-not-let-everybody-in", on=with_patches(NETWORK_POLICY))
def narrow_ingress(policy: Resource) -> Findings:
    """A policy that admits everyone protects nothing. From outside, only the load balancer needs to reach pods."""
    for source in _open_peers(policy, "ingress", "from"):
        yield f"{source} admits traffic from every address. Name namespaces, pods or subnets."


@rule("k8s-network-policies-must-not-let-everything-out", on=with_patches(NETWORK_POLICY))
def narrow_egress(policy: Resource) -> Findings:
    """An attacker in a pod that may connect to any address can send student records anywhere."""
    for destination in _open_peers(policy, "egress", "to"):
        yield f"{destination} allows traffic to every address. Name namespaces, pods or subnets."


def _open_peers(policy: Resource, direction: str, peers: str) -> Iterator[str]:
    """Yield a description of each entry of a network policy that matches everyone."""
    for entry in policy.each(f"spec.{direction}"):
        if not entry.items(peers):
            yield f"A rule without `{peers}`"
        for peer in entry.each(peers):
            cidr = peer.text("ipBlock.cidr")
            if cidr is not None and is_internet(cidr):
                yield cidr
