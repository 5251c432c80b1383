"""Who may talk to a team's pods."""

from ipaddress import IPv4Network

from components.delivery.network_policies import AllowedFlow, policies

VAULT = IPv4Network("10.250.0.0/24")


def test_nothing_is_allowed_but_names_without_flows() -> None:
    made = policies([])
    assert set(made) == {"default-deny", "allow-dns"}
    assert made["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert {(port["protocol"], port["port"]) for port in made["allow-dns"]["egress"][0]["ports"]} == {
        ("UDP", 53),
        ("TCP", 53),
    }


def test_a_flow_opens_one_direction_and_one_port() -> None:
    made = policies(
        [
            AllowedFlow("vault", (VAULT,), (8200,), inbound=False),
            AllowedFlow("front", (VAULT,), (8080, 9090), inbound=True),
        ]
    )
    assert made["allow-vault"] == {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [{"to": [{"ipBlock": {"cidr": "10.250.0.0/24"}}], "ports": [{"protocol": "TCP", "port": 8200}]}],
    }
    assert made["allow-front"]["policyTypes"] == ["Ingress"]
    assert [port["port"] for port in made["allow-front"]["ingress"][0]["ports"]] == [8080, 9090]
    assert "egress" not in made["allow-front"]
