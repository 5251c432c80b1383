"""Settings of load balancers, web firewall and DNS."""

from typing import Annotated

from pydantic import Field

from stacks.sections.fields import DnsName, LogDays, Section, Whole


class Edge(Section):
    """Load balancer, web firewall and DNS. The domain is a setting of the environment."""

    requests_per_five_minutes: Annotated[Whole, Field(ge=100, le=2_000_000_000)]
    """Rate limit per client address. A whole school shares one address, so allow for a school's traffic."""
    certificate_authorities: Annotated[tuple[DnsName, ...], Field(min_length=1)]
    """Certificate authorities that may issue certificates for the domain. amazon.com is required: ACM issues ours."""
    log_retention_days: LogDays
    """Retention of firewall logs and DNS query logs, in days."""
