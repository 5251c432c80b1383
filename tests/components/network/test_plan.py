"""Subnet plan: golden tables and properties."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.network.plan import (
    QUARTERS,
    NatMode,
    PlanError,
    Tier,
    largest_prefix,
    plan_subnets,
    plan_vpc,
    zone_names,
)

VPCS = st.builds(
    lambda prefix, bits: IPv4Network(((10 << 24) | (bits << (32 - prefix)) & 0xFFFFFF, prefix), strict=False),
    st.integers(16, largest_prefix()),
    st.integers(0, 255),
)
LETTERS = st.sets(st.sampled_from(QUARTERS), min_size=1).map(sorted)


def test_a_slash_16_over_three_zones() -> None:
    plan = plan_subnets(IPv4Network("10.64.0.0/16"), zone_names("us-east-1", "abc"))
    assert [(subnet.tier.value, subnet.zone, str(subnet.cidr)) for subnet in plan] == [
        ("private", "us-east-1a", "10.64.0.0/19"),
        ("private", "us-east-1b", "10.64.64.0/19"),
        ("private", "us-east-1c", "10.64.128.0/19"),
        ("public", "us-east-1a", "10.64.32.0/20"),
        ("public", "us-east-1b", "10.64.96.0/20"),
        ("public", "us-east-1c", "10.64.160.0/20"),
        ("data", "us-east-1a", "10.64.48.0/20"),
        ("data", "us-east-1b", "10.64.112.0/20"),
        ("data", "us-east-1c", "10.64.176.0/20"),
    ]


@given(VPCS, LETTERS)
def test_subnets_are_inside_the_vpc_and_do_not_overlap(vpc: IPv4Network, letters: list[str]) -> None:
    subnets = [subnet.cidr for subnet in plan_subnets(vpc, zone_names("us-east-1", letters))]
    assert all(cidr.subnet_of(vpc) for cidr in subnets)
    assert not any(a.overlaps(b) for a, b in combinations(subnets, 2))


@given(VPCS, LETTERS, LETTERS)
def test_adding_zones_moves_no_subnet(vpc: IPv4Network, before: list[str], more: list[str]) -> None:
    old = set(plan_subnets(vpc, zone_names("us-east-1", before)))
    new = set(plan_subnets(vpc, zone_names("us-east-1", {*before, *more})))
    assert old <= new


@given(VPCS, LETTERS, st.sets(st.sampled_from(list(Tier)), min_size=1))
def test_omitting_tiers_moves_no_subnet(vpc: IPv4Network, letters: list[str], tiers: set[Tier]) -> None:
    zones = zone_names("us-east-1", letters)
    assert set(plan_subnets(vpc, zones, tiers)) == {s for s in plan_subnets(vpc, zones) if s.tier in tiers}


@given(VPCS, LETTERS)
def test_no_subnet_is_smaller_than_a_slash_27(vpc: IPv4Network, letters: list[str]) -> None:
    assert max(subnet.cidr.prefixlen for subnet in plan_subnets(vpc, zone_names("us-east-1", letters))) <= 27


@given(VPCS, LETTERS, st.sampled_from([NatMode.SINGLE, NatMode.PER_ZONE]))
def test_every_private_subnet_has_a_gateway(vpc: IPv4Network, letters: list[str], nat: NatMode) -> None:
    plan = plan_vpc(vpc, zone_names("us-east-1", letters), nat)
    used = {plan.nat_zone_for(subnet.zone) for subnet in plan.of(Tier.PRIVATE)}
    assert used == set(plan.nat_zones)
    assert len(used) == (1 if nat is NatMode.SINGLE else len(letters))


def test_a_vpc_without_nat_has_no_gateway() -> None:
    plan = plan_vpc(IPv4Network("10.0.0.0/16"), ["us-west-2a"], NatMode.NONE, (Tier.DATA,))
    assert plan.nat_zones == ()
    assert plan.nat_zone_for("us-west-2a") is None


@pytest.mark.parametrize(
    ("cidr", "zones", "message"),
    [
        (
            "10.0.0.0/24",
            ["us-east-1a", "us-east-1b"],
            r"10.0.0.0/24 is too small for 2 zones . 3 tiers \(needs /23 or larger\)",
        ),
        ("10.0.0.0/16", [], "a VPC needs at least one zone"),
        ("10.0.0.0/16", ["us-east-1a", "us-east-1a"], "zones us-east-1a, us-east-1a contain a duplicate"),
        ("10.0.0.0/16", ["us-east-1f"], "zone us-east-1f is not supported; use the letters a, b, c, d"),
    ],
)
def test_an_impossible_layout_is_rejected(cidr: str, zones: list[str], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        plan_subnets(IPv4Network(cidr), zones)


def test_nat_needs_public_subnets() -> None:
    with pytest.raises(PlanError, match="NAT gateways need public subnets"):
        plan_vpc(IPv4Network("10.0.0.0/16"), ["us-east-1a"], NatMode.SINGLE, (Tier.DATA,))
