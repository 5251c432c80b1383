"""What stands between browsers and the cluster."""

from typing import Annotated

from pydantic import Field

from stacks.sections.fields import DnsName, LogDays, Section, Whole


class Edge(Section):
    """Load balancer, web firewall and names. The domain is the environment's own."""

    requests_per_five_minutes: Annotated[Whole, Field(ge=100, le=2_000_000_000)]
    """Of one client address, above which the firewall stops it. A whole school shares an address: think in schools."""
    certificate_authorities: Annotated[tuple[DnsName, ...], Field(min_length=1)]
    """Who may issue certificates for the domain's names; amazon.com issues the load balancer's."""
    log_retention_days: LogDays
    """Of what the firewall stopped, and of DNS queries."""
