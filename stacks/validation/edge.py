"""The edge has what its certificates and logs need."""

from stacks.errors import Mistake
from stacks.parsed_values import ParsedValues
from stacks.requirements import Environment
from stacks.validation.base import Mistakes, SettingsRule

BALANCERS_AUTHORITY = "amazon.com"
"""Who issues certificates of ACM. Source: AWS Certificate Manager user guide, "Configure a CAA record"."""
ROUTE53_REGION = "us-east-1"
"""Where Route 53 writes query logs. Source: Route 53 developer guide, "Public DNS query logging"."""


def load_balancers_get_certificates(_environment: Environment, values: ParsedValues) -> Mistakes:
    """The zone must let the load balancer's own authority in."""
    if BALANCERS_AUTHORITY not in values["edge.certificateAuthorities"]:
        yield Mistake(
            "edge.certificateAuthorities",
            f"lacks {BALANCERS_AUTHORITY}, which issues the load balancer's certificate",
        )


def query_logs_have_a_key(_environment: Environment, values: ParsedValues) -> Mistakes:
    """The logs are encrypted where Route 53 writes them, for which one of the regions must be that one."""
    regions = [values["region"], *([values["recovery.region"]] if values["recovery.enabled"] else [])]
    if ROUTE53_REGION not in regions:
        yield Mistake("region", f"must be {ROUTE53_REGION} unless the DR region is: Route 53 writes its logs there")


RULES: tuple[SettingsRule, ...] = (load_balancers_get_certificates, query_logs_have_a_key)
