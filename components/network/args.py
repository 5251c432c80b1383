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
    """Range, zones, tiers, NAT and flow logs of one VPC."""

    role: str
    """`network` or `network-dr`; the AWS name is `campus-<env>-<role>`."""
    cidr: IPv4Network
    zones: Sequence[str]
    """Full zone names, e.g. `us-east-1a`."""
    nat: NatMode
    logs_key: pulumi.Input[str]
    """ARN of the KMS key of the flow logs."""
    log_retention_days: int
    tiers: Sequence[Tier] = tuple(Tier)
    subnet_tags: Mapping[Tier, Mapping[str, str]] = field(default_factory=dict)
    """Additional tags by tier, such as those for load balancer discovery."""


@dataclass(frozen=True, kw_only=True)
class SecurityGroupsArgs(ComponentArgs):
    """Security groups of one VPC and the flows between them."""

    vpc_id: pulumi.Input[str]
    groups: Sequence[SecurityGroup]
    flows: Sequence[Flow]


@dataclass(frozen=True, kw_only=True)
class EndpointsArgs(ComponentArgs):
    """AWS service endpoints of one VPC."""

    role: str
    """Role of the VPC; endpoints are named `campus-<env>-<role>-<service>`."""
    vpc_id: pulumi.Input[str]
    route_table_ids: Sequence[pulumi.Input[str]]
    """Route tables that get routes to S3 and DynamoDB."""
    interfaces: Sequence[InterfaceEndpoint]
    subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of the interface endpoints, one per zone."""
    security_group_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class PeeringSide:
    """One side of a peering connection."""

    context: DeploymentContext
    vpc_id: pulumi.Input[str]
    cidr: IPv4Network
    route_table_ids: Mapping[str, pulumi.Input[str]]
    """Route tables that get a route to the other side, by label."""


@dataclass(frozen=True, kw_only=True)
class PeeringArgs(ComponentArgs):
    """The two sides of a peering connection."""

    requester: PeeringSide

    accepter: PeeringSide
