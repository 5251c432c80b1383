"""How the edge is named: hosts by region, and the tags by which a cluster's controller finds its load balancer."""

from collections.abc import Mapping
from dataclasses import dataclass

HEALTH_REGION = "us-east-1"
"""Where Route 53 reports on health checks, wherever these look, and writes query logs."""
INGRESS_GROUP = "edge"
"""All Ingresses of a cluster that name this group share one load balancer."""
LOGS_PREFIX = "load-balancer"
"""Where the log bucket's policy lets load balancers write."""


def regional_host(host: str, region: str) -> str:
    """The name of a service in one region, whatever failover says: `alerts.x.example` → `alerts-us-east-1.x.example`.

    One label, so that the certificate for `*.x.example` covers it.
    """
    label, _, domain = host.partition(".")
    return f"{label}-{region}.{domain}"


def adoption_tags(cluster: str) -> Mapping[str, str]:
    """Tags by which the AWS Load Balancer Controller takes a load balancer for the one of its Ingress group.

    Source: the controller's tracking of its resources (pkg/deploy/tracking, "IngressGroup" in its user guide).
    """
    return {
        "elbv2.k8s.aws/cluster": cluster,
        "ingress.k8s.aws/stack": INGRESS_GROUP,
        "ingress.k8s.aws/resource": "LoadBalancer",
    }


@dataclass(frozen=True)
class ManagedRuleGroup:
    """One rule group of AWS's own in the web firewall."""

    name: str
    capacity: int
    """Web ACL capacity units that it takes."""
    counted: tuple[str, ...] = ()
    """Rules that are counted instead of blocking."""


MANAGED_RULE_GROUPS = (
    ManagedRuleGroup("AWSManagedRulesAmazonIpReputationList", 25),
    ManagedRuleGroup("AWSManagedRulesCommonRuleSet", 700, counted=("SizeRestrictions_BODY",)),
    ManagedRuleGroup("AWSManagedRulesKnownBadInputsRuleSet", 200),
    ManagedRuleGroup("AWSManagedRulesSQLiRuleSet", 200),
)
"""In this order, cheapest first. Source of names, rules and capacities: AWS WAF developer guide, "AWS Managed Rules
rule groups list". `SizeRestrictions_BODY` blocks bodies above 8 KB, which every report with a picture is."""
RATE_RULE_CAPACITY = 2
"""Source: AWS WAF developer guide, "Rate-based rule statement"."""
CAPACITY = 1500
"""Units of one web ACL that its basic price covers. Source: AWS WAF developer guide, "Web ACL capacity units"."""
RATE_WINDOW_SECONDS = 300
REDACTED_HEADERS = ("authorization", "cookie")
"""Headers whose values would let a reader of the log be somebody else."""
LOGGED_ACTIONS = ("BLOCK", "COUNT")
"""What the firewall's log keeps; what it lets through is in the load balancer's log already."""


def firewall_log_group(name: str) -> str:
    """A log group's name as WAF wants it to begin."""
    return f"aws-waf-logs-{name}"
