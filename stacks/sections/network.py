"""Settings of the networks and the DR region."""

from typing import Annotated

from pydantic import Field

from components.network.endpoints_plan import InterfaceEndpoint
from stacks.sections.fields import Count, Flag, Label, LogDays, Positive, PrivateNetwork, Region, Section, Zones


class Network(Section):
    """The VPC of the primary region."""

    cidr: PrivateNetwork
    zones: Zones
    nat_per_zone: Flag
    flow_log_retention_days: LogDays
    interface_endpoints: tuple[InterfaceEndpoint, ...]
    """AWS services with interface endpoints in every private subnet of both regions. Others are reached through NAT."""


class StandbySizes(Section):
    """Size of one node group in the DR region while it is on standby."""

    min: Count
    desired: Count
    max: Positive


class Recovery(Section):
    """The DR region. Its address range stays reserved if the region is not enabled."""

    enabled: Flag
    region: Region
    cidr: PrivateNetwork
    zones: Zones
    scaled_out: Flag
    """True gives the DR cluster the primary's sizes, as needed in a disaster."""
    node_groups: Annotated[dict[Label, StandbySizes], Field(min_length=1)]
    """Sizes on standby, by node group. All other properties are those of the primary's group with the same name."""
