"""Networks: addresses, zones, the DR region."""

from ipaddress import IPv4Network

from components.network.endpoints_plan import Interface
from stacks.sections.fields import Flag, LogDays, Region, Section, Zones


class Network(Section):
    """The VPC of the primary region."""

    cidr: IPv4Network
    zones: Zones
    nat_per_zone: Flag
    flow_log_retention_days: LogDays
    interface_endpoints: tuple[Interface, ...]
    """AWS services that get addresses in every private subnet, in both regions; without, they are reached by NAT."""


class Recovery(Section):
    """The DR region. Its address range stays reserved where it is not enabled."""

    enabled: Flag
    region: Region
    cidr: IPv4Network
    zones: Zones
