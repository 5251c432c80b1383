"""Network policies of a team's namespace: deny all, then allow named flows."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from components.delivery.manifest import Manifest

DNS_PORTS = (("UDP", 53), ("TCP", 53))
DNS_PODS = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
}


@dataclass(frozen=True)
class AllowedFlow:
    """Allowed TCP traffic between the namespace's pods and address ranges.

    `ports` are the ports of the server.
    """

    name: str
    ranges: tuple[IPv4Network, ...]
    ports: tuple[int, ...]
    inbound: bool


def policies(flows: Sequence[AllowedFlow]) -> dict[str, Manifest]:
    """Return the network policies by name: deny all, allow DNS, and one per flow."""
    deny = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    dns_ports = [{"protocol": protocol, "port": port} for protocol, port in DNS_PORTS]
    dns = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [DNS_PODS], "ports": dns_ports}]}
    return {"default-deny": deny, "allow-dns": dns, **{f"allow-{flow.name}": _spec(flow) for flow in flows}}


def _spec(flow: AllowedFlow) -> Manifest:
    peers = [{"ipBlock": {"cidr": str(each)}} for each in flow.ranges]
    ports = [{"protocol": "TCP", "port": port} for port in flow.ports]
    if flow.inbound:
        return {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": peers, "ports": ports}]}
    return {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": peers, "ports": ports}]}
