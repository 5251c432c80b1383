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


def test_adoption_tags_match_the_controllers_tracking_tags() -> None:
    assert adoption_tags("campus-prod") == {
        "elbv2.k8s.aws/cluster": "campus-prod",
        "ingress.k8s.aws/stack": "edge",
        "ingress.k8s.aws/resource": "LoadBalancer",
    }


def test_rule_groups_are_ordered_by_cost_and_fit_the_base_price() -> None:
    assert [(rules.name, rules.capacity) for rules in MANAGED_RULE_GROUPS] == [
        ("AWSManagedRulesAmazonIpReputationList", 25),
        ("AWSManagedRulesCommonRuleSet", 700),
        ("AWSManagedRulesKnownBadInputsRuleSet", 200),
        ("AWSManagedRulesSQLiRuleSet", 200),
    ]
    assert RATE_RULE_CAPACITY + sum(rules.capacity for rules in MANAGED_RULE_GROUPS) <= CAPACITY


def test_only_body_size_is_counted_instead_of_blocked() -> None:
    assert [rule for rules in MANAGED_RULE_GROUPS for rule in rules.counted] == ["SizeRestrictions_BODY"]


def test_the_waf_log_group_has_the_required_prefix() -> None:
    assert firewall_log_group("campus-prod-edge") == "aws-waf-logs-campus-prod-edge"


@given(LABELS, LABELS, st.sampled_from(sorted(ZONES)))
def test_a_regional_host_is_covered_by_the_domains_certificate(label: str, domain: str, region: str) -> None:
    host = regional_host(f"{label}.{domain}.example", region)
    assert host.split(".", 1) == [f"{label}-{region}", f"{domain}.example"]


@given(LABELS, st.sampled_from(sorted(ZONES)), st.sampled_from(sorted(ZONES)))
def test_regional_hosts_differ_by_region(label: str, one: str, other: str) -> None:
    hosts = [regional_host(f"{label}.x.example", region) for region in (one, other)]
    assert (hosts[0] == hosts[1]) == (one == other)
