"""Networks: addresses, zones, the DR region."""

from ipaddress import IPv4Network

from stacks.sections.fields import Flag, LogDays, Region, Section, Zones


class Network(Section):
    """The VPC of the primary region."""

    cidr: IPv4Network
    zones: Zones
    nat_per_zone: Flag
    flow_log_retention_days: LogDays


class Recovery(Section):
    """The DR region. Its address range stays reserved where it is not enabled."""

    enabled: Flag
    region: Region
    cidr: IPv4Network
    zones: Zones
