"""Regional host names, load balancer adoption tags and web firewall rules."""

from collections.abc import Mapping
from dataclasses import dataclass

HEALTH_REGION = "us-east-1"
"""Region of Route 53's health check metrics and query logs."""
INGRESS_GROUP = "edge"
"""Ingress group of a cluster; its Ingresses share one load balancer."""
LOGS_PREFIX = "load-balancer"
"""Prefix under which the log bucket's policy allows load balancers to write."""


def regional_host(host: str, region: str) -> str:
    """Return the name that always leads to this region, independent of failover.

    Example: `alerts.x.example` → `alerts-us-east-1.x.example`. The region is part of the first label, so that the
    certificate for `*.x.example` covers it.
    """
    label, _, domain = host.partition(".")
    return f"{label}-{region}.{domain}"


def adoption_tags(cluster: str) -> Mapping[str, str]:
    """Return the tags that let the controller adopt this load balancer.

    Source: source code and user guide of the AWS Load Balancer Controller (pkg/deploy/tracking; "IngressGroup").
    """
    return {
        "elbv2.k8s.aws/cluster": cluster,
        "ingress.k8s.aws/stack": INGRESS_GROUP,
        "ingress.k8s.aws/resource": "LoadBalancer",
    }


@dataclass(frozen=True)
class ManagedRuleGroup:
    """One AWS managed rule group in the web firewall."""

    name: str
    capacity: int
    """Web ACL capacity units of the group."""
    counted: tuple[str, ...] = ()
    """Rules that count requests instead of blocking them."""


MANAGED_RULE_GROUPS = (
    ManagedRuleGroup("AWSManagedRulesAmazonIpReputationList", 25),
    ManagedRuleGroup("AWSManagedRulesCommonRuleSet", 700, counted=("SizeRestrictions_BODY",)),
    ManagedRuleGroup("AWSManagedRulesKnownBadInputsRuleSet", 200),
    ManagedRuleGroup("AWSManagedRulesSQLiRuleSet", 200),
)
"""AWS managed rule groups in the order of their evaluation.

The rule `SizeRestrictions_BODY` matches bodies above 8 KB. It only counts requests, because every report with a picture
is larger and would otherwise be blocked.

Source of names, rules and capacities: AWS WAF developer guide, "AWS Managed Rules rule groups list".
"""
RATE_RULE_CAPACITY = 2
"""Web ACL capacity units of the rate limit. Source: AWS WAF developer guide, "Rate-based rule statement"."""
CAPACITY = 1500
"""Capacity units included in a web ACL's base price.

Source: AWS WAF developer guide, "Web ACL capacity units".
"""
RATE_WINDOW_SECONDS = 300
REDACTED_HEADERS = ("authorization", "cookie")
"""Headers whose values would let a reader of the log impersonate a user."""
LOGGED_ACTIONS = ("BLOCK", "COUNT")
"""Logged actions. The load balancer's log already contains allowed requests."""


def firewall_log_group(name: str) -> str:
    """Return the log group's name with the prefix that WAF requires."""
    return f"aws-waf-logs-{name}"
