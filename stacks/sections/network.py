"""Networks: addresses, zones, the DR region."""

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import Field

from components.network.endpoints_plan import InterfaceEndpoint
from stacks.sections.fields import Count, Flag, Label, LogDays, Positive, Region, Section, Zones


class Network(Section):
    """The VPC of the primary region."""

    cidr: IPv4Network
    zones: Zones
    nat_per_zone: Flag
    flow_log_retention_days: LogDays
    interface_endpoints: tuple[InterfaceEndpoint, ...]
    """AWS services that get addresses in every private subnet, in both regions; without, they are reached by NAT."""


class StandbySizes(Section):
    """How many machines of a kind wait in the DR region."""

    min: Count
    desired: Count
    max: Positive


class Recovery(Section):
    """The DR region. Its address range stays reserved where it is not enabled."""

    enabled: Flag
    region: Region
    cidr: IPv4Network
    zones: Zones
    scaled_out: Flag
    """True: the DR cluster has the primary's sizes, as in a disaster."""
    node_groups: Annotated[dict[Label, StandbySizes], Field(min_length=1)]
    """Sizes while it stands by; what else a group is, it takes from the primary's of the same name."""
