"""Arguments of the network components."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network

import pulumi

from components.base import PlacedArgs, Placement
from components.network.endpoints_plan import Interface
from components.network.firewall_plan import Flow, Group
from components.network.plan import NatMode, Tier


@dataclass(frozen=True, kw_only=True)
class VpcArgs(PlacedArgs):
    """One VPC: its range, zones and tiers, how it reaches out, and where its flow logs go."""

    role: str
    """`network` or `network-dr`; its AWS name is `campus-<env>-<role>`."""
    cidr: IPv4Network
    zones: Sequence[str]
    """Full zone names."""
    nat: NatMode
    logs_key: pulumi.Input[str]
    """ARN of the key that encrypts the flow logs."""
    log_retention_days: int
    tiers: Sequence[Tier] = tuple(Tier)
    subnet_tags: Mapping[Tier, Mapping[str, str]] = field(default_factory=dict)
    """More tags by tier, such as those by which load balancers find their subnets."""


@dataclass(frozen=True, kw_only=True)
class FirewallArgs(PlacedArgs):
    """Security groups of one VPC and the flows between them."""

    vpc_id: pulumi.Input[str]
    groups: Sequence[Group]
    flows: Sequence[Flow]


@dataclass(frozen=True, kw_only=True)
class EndpointsArgs(PlacedArgs):
    """Endpoints of one VPC for AWS's own services."""

    role: str
    """The VPC's; endpoints are called `campus-<env>-<role>-<service>`."""
    vpc_id: pulumi.Input[str]
    route_table_ids: Sequence[pulumi.Input[str]]
    """Tables that lead to S3 and DynamoDB."""
    interfaces: Sequence[Interface]
    subnet_ids: Sequence[pulumi.Input[str]]
    """Where interface endpoints have their addresses, one subnet a zone."""
    security_group_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One end of a peering."""

    placement: Placement
    vpc_id: pulumi.Input[str]
    cidr: IPv4Network
    route_table_ids: Mapping[str, pulumi.Input[str]]
    """Tables that get a route to the other end, by label."""


@dataclass(frozen=True, kw_only=True)
class PeeringArgs(PlacedArgs):
    """Two networks that are to be one."""

    near: Peer
    """The end that asks."""
    far: Peer
