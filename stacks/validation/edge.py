"""Rules of the edge: certificate authority and the region of query logs."""

from stacks.errors import Mistake
from stacks.parsed_values import ParsedValues
from stacks.requirements import Environment
from stacks.validation.base import Mistakes, SettingsRule

ACM_AUTHORITY = "amazon.com"
"""Certificate authority of ACM. Source: AWS Certificate Manager user guide, "Configure a CAA record"."""
ROUTE53_REGION = "us-east-1"
"""Region of Route 53 query logs. Source: Route 53 developer guide, "Public DNS query logging"."""


def load_balancer_certificate_is_allowed(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that CAA records allow the load balancer's certificate authority."""
    if ACM_AUTHORITY not in values["edge.certificateAuthorities"]:
        yield Mistake(
            "edge.certificateAuthorities",
            f"does not include {ACM_AUTHORITY}, which issues the load balancer's certificate",
        )


def query_logs_region_has_a_key(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that one region of the environment is the region of Route 53's query logs.

    The environment has encryption keys only in its own regions, and the query logs need one.
    """
    regions = [values["region"], *([values["recovery.region"]] if values["recovery.enabled"] else [])]
    if ROUTE53_REGION not in regions:
        yield Mistake(
            "region",
            f"must be {ROUTE53_REGION} unless recovery.region is {ROUTE53_REGION}, "
            "because Route 53 writes its query logs there",
        )


RULES: tuple[SettingsRule, ...] = (load_balancer_certificate_is_allowed, query_logs_region_has_a_key)
