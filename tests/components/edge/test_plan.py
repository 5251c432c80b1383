"""Names, tags and rules of the edge."""

from hypothesis import given
from hypothesis import strategies as st

from components.edge.plan import (
    CAPACITY,
    MANAGED_RULE_GROUPS,
    RATE_RULE_CAPACITY,
    adoption_tags,
    firewall_log_group,
    regional_host,
)
from components.network.zones import ZONES

LABELS = st.from_regex(r"[a-z]([-a-z0-9]{0,10}[a-z0-9])?", fullmatch=True)


def test_the_controller_finds_its_load_balancer_by_these_tags() -> None:
    assert adoption_tags("campus-prod") == {
        "elbv2.k8s.aws/cluster": "campus-prod",
        "ingress.k8s.aws/stack": "edge",
        "ingress.k8s.aws/resource": "LoadBalancer",
    }


def test_the_rules_are_tried_cheapest_first_and_fit_the_basic_price() -> None:
    assert [(rules.name, rules.capacity) for rules in MANAGED_RULE_GROUPS] == [
        ("AWSManagedRulesAmazonIpReputationList", 25),
        ("AWSManagedRulesCommonRuleSet", 700),
        ("AWSManagedRulesKnownBadInputsRuleSet", 200),
        ("AWSManagedRulesSQLiRuleSet", 200),
    ]
    assert RATE_RULE_CAPACITY + sum(rules.capacity for rules in MANAGED_RULE_GROUPS) <= CAPACITY


def test_nothing_is_merely_counted_but_the_size_of_bodies() -> None:
    assert [rule for rules in MANAGED_RULE_GROUPS for rule in rules.counted] == ["SizeRestrictions_BODY"]


def test_waf_logs_where_it_is_allowed_to() -> None:
    assert firewall_log_group("campus-prod-edge") == "aws-waf-logs-campus-prod-edge"


@given(LABELS, LABELS, st.sampled_from(sorted(ZONES)))
def test_a_regional_host_is_covered_by_the_domains_certificate(label: str, domain: str, region: str) -> None:
    host = regional_host(f"{label}.{domain}.example", region)
    assert host.split(".", 1) == [f"{label}-{region}", f"{domain}.example"]


@given(LABELS, st.sampled_from(sorted(ZONES)), st.sampled_from(sorted(ZONES)))
def test_each_region_has_a_host_of_its_own(label: str, one: str, other: str) -> None:
    hosts = [regional_host(f"{label}.x.example", region) for region in (one, other)]
    assert (hosts[0] == hosts[1]) == (one == other)
