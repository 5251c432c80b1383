"""Default network policies of add-ons' namespaces.

They deny ingress from outside the cluster's network.
"""

from ipaddress import IPv4Network

from components.delivery.manifest import Manifest

MONITORING = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
"""Peer that matches Prometheus, which scrapes every add-on."""


def default_network_policies(network: IPv4Network) -> dict[str, Manifest]:
    """Return the specs of the network policies by name.

    The policies allow traffic from the namespace itself, from Prometheus and from the cluster's network. The cluster's
    network includes the API server, which calls webhooks, and the load balancer, which sends health checks. Network
    policies are additive, so a chart can allow more.
    """
    callers = [{"podSelector": {}}, MONITORING, {"ipBlock": {"cidr": str(network)}}]
    deny = {"podSelector": {}, "policyTypes": ["Ingress"]}
    return {"deny-ingress": deny, "allow-inside": {**deny, "ingress": [{"from": callers}]}}
