"""Failover and user permissions of the cache."""

import pytest

from components.cache.plan import ACCESS, NO_ACCESS, Topology


@pytest.mark.parametrize(("nodes", "failover"), [(1, False), (2, True), (6, True)])
def test_a_cache_fails_over_as_soon_as_there_is_a_second_node(nodes: int, *, failover: bool) -> None:
    assert Topology(nodes).failover is failover


def test_services_may_use_listed_categories_and_no_dangerous_command() -> None:
    switch, *rules = ACCESS.split()
    assert switch == "on"
    assert rules.index("-@all") < min(rules.index(rule) for rule in rules if rule.startswith("+"))
    assert rules[-1] == "-@dangerous"
    assert "+@admin" not in rules


def test_the_default_user_is_disabled() -> None:
    assert NO_ACCESS.split()[0] == "off"
    assert not [rule for rule in NO_ACCESS.split() if rule.startswith("+")]
