"""Nobody outside the cluster's network calls an add-on's pods."""

from ipaddress import IPv4Network

from components.gitops.fence_plan import fences


def test_an_addons_namespace_lets_nobody_in_but_those_named() -> None:
    made = fences(IPv4Network("10.64.0.0/16"))
    assert made["deny-ingress"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    (rule,) = made["allow-inside"]["ingress"]
    assert rule["from"] == [
        {"podSelector": {}},
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}},
        {"ipBlock": {"cidr": "10.64.0.0/16"}},
    ]
