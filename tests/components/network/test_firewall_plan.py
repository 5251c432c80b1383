"""Flows and the rules they need."""

from ipaddress import IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from components.network.firewall_plan import (
    INTERNET,
    Direction,
    Flow,
    Group,
    Range,
    primary_flows,
    recovery_flows,
    rules,
)

VAULT = IPv4Network("10.250.64.0/24")
PEERS = st.one_of(st.sampled_from(list(Group)), st.just(INTERNET), st.just(Range("vault", VAULT)))
FLOWS = st.lists(st.builds(Flow, PEERS, PEERS, st.just((443, 443)), st.just("why")), unique=True)


def test_the_primary_region_has_exactly_these_rules() -> None:
    assert [rule.name for rule in rules(primary_flows(VAULT))] == [
        "load-balancer-from-internet-443",
        "load-balancer-from-internet-80",
        "nodes-from-load-balancer-30000",
        "load-balancer-to-nodes-30000",
        "database-from-nodes-5432",
        "nodes-to-database-5432",
        "database-from-vault-5432",
    ]


def test_the_dr_region_lets_the_primary_network_and_vault_in() -> None:
    made = rules(recovery_flows(IPv4Network("10.64.0.0/16"), VAULT))
    assert [rule.name for rule in made] == ["database-from-primary-network-5432", "database-from-vault-5432"]


def test_a_changed_address_does_not_rename_a_rule() -> None:
    names = [[rule.name for rule in rules(primary_flows(IPv4Network(cidr)))] for cidr in ("10.1.0.0/24", "10.2.0.0/24")]
    assert names[0] == names[1]


@given(FLOWS)
def test_each_flow_has_a_rule_at_every_end_that_is_a_group(flows: list[Flow]) -> None:
    made = rules(flows)
    ends = [end for flow in flows for end in (flow.source, flow.target) if isinstance(end, Group)]
    assert len(made) == len(ends)
    for flow in flows:
        if isinstance(flow.target, Group):
            assert any(
                r.group is flow.target and r.peer == flow.source and r.direction is Direction.INGRESS for r in made
            )
