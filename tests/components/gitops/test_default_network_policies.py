"""Default network policies of add-ons' namespaces."""

from ipaddress import IPv4Network

from components.gitops.default_network_policies import default_network_policies


def test_an_addon_namespace_allows_only_the_named_callers() -> None:
    policies = default_network_policies(IPv4Network("10.64.0.0/16"))
    assert policies["deny-ingress"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    (rule,) = policies["allow-inside"]["ingress"]
    assert rule["from"] == [
        {"podSelector": {}},
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}},
        {"ipBlock": {"cidr": "10.64.0.0/16"}},
    ]
