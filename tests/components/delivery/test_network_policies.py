"""Network policies of a team's namespace."""

from ipaddress import IPv4Network

from components.delivery.network_policies import AllowedFlow, policies

VAULT = IPv4Network("10.250.0.0/24")


def test_without_flows_only_dns_is_allowed() -> None:
    specs = policies([])
    assert set(specs) == {"default-deny", "allow-dns"}
    assert specs["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert {(port["protocol"], port["port"]) for port in specs["allow-dns"]["egress"][0]["ports"]} == {
        ("UDP", 53),
        ("TCP", 53),
    }


def test_a_flow_allows_one_direction_and_its_ports() -> None:
    specs = policies(
        [
            AllowedFlow("vault", (VAULT,), (8200,), inbound=False),
            AllowedFlow("front", (VAULT,), (8080, 9090), inbound=True),
        ]
    )
    assert specs["allow-vault"] == {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [{"to": [{"ipBlock": {"cidr": "10.250.0.0/24"}}], "ports": [{"protocol": "TCP", "port": 8200}]}],
    }
    assert specs["allow-front"]["policyTypes"] == ["Ingress"]
    assert [port["port"] for port in specs["allow-front"]["ingress"][0]["ports"]] == [8080, 9090]
    assert "egress" not in specs["allow-front"]
