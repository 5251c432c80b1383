"""Flows and the security group rules that they need."""

from ipaddress import IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from components.network.security_group_plan import (
    INTERNET,
    Direction,
    Flow,
    Range,
    SecurityGroup,
    region_flows,
    rules,
)

VAULT = IPv4Network("10.250.64.0/24")
PEERS = st.one_of(st.sampled_from(list(SecurityGroup)), st.just(INTERNET), st.just(Range("vault", VAULT)))
FLOWS = st.lists(st.builds(Flow, PEERS, PEERS, st.just((443, 443)), st.just("why")), unique=True)


OWN, OTHER = IPv4Network("10.64.0.0/16"), IPv4Network("10.192.0.0/16")


def test_rules_of_a_single_region() -> None:
    assert [rule.name for rule in rules(region_flows(OWN, VAULT))] == [
        "load-balancer-from-internet-443",
        "load-balancer-from-internet-80",
        "nodes-from-load-balancer-30000",
        "load-balancer-to-nodes-30000",
        "database-from-nodes-5432",
        "nodes-to-database-5432",
        "cache-from-nodes-6379",
        "nodes-to-cache-6379",
        "database-from-vault-5432",
        "endpoints-from-network-443",
    ]


def test_with_two_regions_the_writer_may_be_in_either() -> None:
    alone, paired = rules(region_flows(OWN, VAULT)), rules(region_flows(OWN, VAULT, OTHER))
    assert [rule.name for rule in paired[len(alone) :]] == [
        "database-from-other-region-5432",
        "nodes-to-other-region-5432",
    ]


def test_a_changed_address_does_not_rename_a_rule() -> None:
    names = [
        [rule.name for rule in rules(region_flows(own, VAULT, other))] for own, other in [(OWN, OTHER), (OTHER, OWN)]
    ]
    assert names[0] == names[1]


@given(FLOWS)
def test_each_flow_has_a_rule_in_every_group_it_touches(flows: list[Flow]) -> None:
    actual = rules(flows)
    ends = [end for flow in flows for end in (flow.source, flow.target) if isinstance(end, SecurityGroup)]
    assert len(actual) == len(ends)
    for flow in flows:
        if isinstance(flow.target, SecurityGroup):
            assert any(
                r.group is flow.target and r.peer == flow.source and r.direction is Direction.INGRESS for r in actual
            )
