"""Nobody outside the cluster's network calls an add-on's pods."""

from ipaddress import IPv4Network

from components.gitops.default_network_policies import default_network_policies


def test_an_addons_namespace_lets_nobody_in_but_those_named() -> None:
    made = default_network_policies(IPv4Network("10.64.0.0/16"))
    assert made["deny-ingress"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    (rule,) = made["allow-inside"]["ingress"]
    assert rule["from"] == [
        {"podSelector": {}},
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}},
        {"ipBlock": {"cidr": "10.64.0.0/16"}},
    ]
