"""Network policies: no rule for everybody."""

from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.cidr import is_internet
from policy_packs.security.kubernetes_types import with_patches

NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


@rule("k8s-network-policies-must-not-let-everybody-in", on=with_patches(NETWORK_POLICY))
def narrow_ingress(policy: Resource) -> Findings:
    """A policy that lets everybody in is none; only the load balancer's subnets need to reach a pod from outside."""
    for what in _open(policy, "ingress", "from"):
        yield f"{what} lets everybody in; name namespaces, pods or subnets"


@rule("k8s-network-policies-must-not-let-everything-out", on=with_patches(NETWORK_POLICY))
def narrow_egress(policy: Resource) -> Findings:
    """A pod that may connect to anywhere may send anything there."""
    for what in _open(policy, "egress", "to"):
        yield f"{what} lets traffic out to anywhere; name namespaces, pods or subnets"


def _open(policy: Resource, direction: str, peers: str) -> Iterator[str]:
    """What makes rules of a network policy be about everybody."""
    for entry in policy.each(f"spec.{direction}"):
        if not entry.items(peers):
            yield f"a rule without `{peers}`"
        for peer in entry.each(peers):
            cidr = peer.text("ipBlock.cidr")
            if cidr is not None and is_internet(cidr):
                yield cidr
