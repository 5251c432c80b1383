"""Arguments of the network components."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network

import pulumi

from components.base import ComponentArgs, DeploymentContext
from components.network.endpoints_plan import InterfaceEndpoint
from components.network.plan import NatMode, Tier
from components.network.security_group_plan import Flow, SecurityGroup


@dataclass(frozen=True, kw_only=True)
class VpcArgs(ComponentArgs):
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
class SecurityGroupsArgs(ComponentArgs):
    """Security groups of one VPC and the flows between them."""

    vpc_id: pulumi.Input[str]
    groups: Sequence[SecurityGroup]
    flows: Sequence[Flow]


@dataclass(frozen=True, kw_only=True)
class EndpointsArgs(ComponentArgs):
    """Endpoints of one VPC for AWS's own services."""

    role: str
    """The VPC's; endpoints are called `campus-<env>-<role>-<service>`."""
    vpc_id: pulumi.Input[str]
    route_table_ids: Sequence[pulumi.Input[str]]
    """Tables that lead to S3 and DynamoDB."""
    interfaces: Sequence[InterfaceEndpoint]
    subnet_ids: Sequence[pulumi.Input[str]]
    """Where interface endpoints have their addresses, one subnet a zone."""
    security_group_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class PeeringSide:
    """One end of a peering."""

    context: DeploymentContext
    vpc_id: pulumi.Input[str]
    cidr: IPv4Network
    route_table_ids: Mapping[str, pulumi.Input[str]]
    """Tables that get a route to the other end, by label."""


@dataclass(frozen=True, kw_only=True)
class PeeringArgs(ComponentArgs):
    """Two networks that are to be one."""

    requester: PeeringSide
    """The end that asks."""
    accepter: PeeringSide
