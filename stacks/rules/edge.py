"""The edge has what its certificates and logs need."""

from stacks.errors import Mistake
from stacks.figures import Environment
from stacks.known import Known
from stacks.rules.base import Mistakes, Rule

BALANCERS_AUTHORITY = "amazon.com"
"""Who issues certificates of ACM. Source: AWS Certificate Manager user guide, "Configure a CAA record"."""
ROUTE53_REGION = "us-east-1"
"""Where Route 53 writes query logs. Source: Route 53 developer guide, "Public DNS query logging"."""


def load_balancers_get_certificates(_environment: Environment, known: Known) -> Mistakes:
    """The zone must let the load balancer's own authority in."""
    if BALANCERS_AUTHORITY not in known["edge.certificateAuthorities"]:
        yield Mistake(
            "edge.certificateAuthorities",
            f"lacks {BALANCERS_AUTHORITY}, which issues the load balancer's certificate",
        )


def query_logs_have_a_key(_environment: Environment, known: Known) -> Mistakes:
    """The logs are encrypted where Route 53 writes them, for which one of the regions must be that one."""
    regions = [known["region"], *([known["recovery.region"]] if known["recovery.enabled"] else [])]
    if ROUTE53_REGION not in regions:
        yield Mistake("region", f"must be {ROUTE53_REGION} unless the DR region is: Route 53 writes its logs there")


RULES: tuple[Rule, ...] = (load_balancers_get_certificates, query_logs_have_a_key)
