"""Who may call the pods of an add-on's namespace: nobody from outside the cluster's own network."""

from ipaddress import IPv4Network

from components.delivery.manifest import Manifest

MONITORING = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
"""Prometheus scrapes every add-on."""


def default_network_policies(network: IPv4Network) -> dict[str, Manifest]:
    """Specs of the network policies by name.

    Calls come from the namespace itself, from Prometheus, and from the cluster's network: the API server's calls of
    webhooks and the load balancer's health checks have addresses there. Policies add up, so a chart can let in more.
    """
    callers = [{"podSelector": {}}, MONITORING, {"ipBlock": {"cidr": str(network)}}]
    whole = {"podSelector": {}, "policyTypes": ["Ingress"]}
    return {"deny-ingress": whole, "allow-inside": {**whole, "ingress": [{"from": callers}]}}
