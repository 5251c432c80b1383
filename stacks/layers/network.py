"""Network layer: the VPCs of both regions, their peering and security groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi

from components.keys.plan import Purpose
from components.network.args import EndpointsArgs, PeeringArgs, PeeringSide, SecurityGroupsArgs, VpcArgs
from components.network.endpoints import Endpoints
from components.network.peering import Peering
from components.network.plan import NatMode, Tier, VpcPlan, zone_names
from components.network.security_group_plan import SecurityGroup, region_flows
from components.network.security_groups import SecurityGroups
from components.network.vpc import Vpc
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.settings import EnvironmentSettings

SUBNET_TAGS = {Tier.PUBLIC: {"kubernetes.io/role/elb": "1"}, Tier.PRIVATE: {"kubernetes.io/role/internal-elb": "1"}}
"""Tags by which the load balancer controller selects subnets."""


@dataclass(frozen=True)
class RegionNetwork:
    """VPC of one region with its subnets, security groups and route tables."""

    region: str
    vpc_id: pulumi.Output[str]
    plan: VpcPlan
    subnet_ids: dict[Tier, list[pulumi.Output[str]]]
    groups: dict[SecurityGroup, pulumi.Output[str]]
    """IDs of security groups."""
    route_tables: dict[str, pulumi.Output[str]]
    """IDs by label: `public`, `data`, `private-a` …"""


@dataclass(frozen=True)
class NetworkOutputs:
    """Networks of both regions. `recovery` is None without a DR region."""

    primary: RegionNetwork
    recovery: RegionNetwork | None
    nat_public_ips: list[pulumi.Output[str]]
    """Public addresses of the NAT gateways in the primary region."""


@dataclass(frozen=True)
class RegionArgs:
    """Arguments that differ between the two regions."""

    suffix: str
    region: str
    cidr: IPv4Network
    zones: Sequence[str]
    logs_key: pulumi.Output[str]
    other: IPv4Network | None


def network(settings: EnvironmentSettings, base: FoundationOutputs) -> NetworkOutputs:
    """Deploy the primary VPC and, in the DR region, a similar VPC peered with it."""
    layer = Layer("Network", base.context.with_feature("network"), [base.aws])
    recovery_settings = settings.recovery
    vpc, primary = _region(
        settings,
        layer,
        RegionArgs(
            suffix="",
            region=settings.region,
            cidr=settings.network.cidr,
            zones=settings.network.zones,
            logs_key=base.keys[Purpose.LOGS],
            other=recovery_settings.cidr if recovery_settings.enabled else None,
        ),
    )
    if not recovery_settings.enabled:
        return NetworkOutputs(primary, None, vpc.nat_public_ips)
    _, recovery = _region(
        settings,
        layer,
        RegionArgs(
            suffix="-dr",
            region=recovery_settings.region,
            cidr=recovery_settings.cidr,
            zones=recovery_settings.zones,
            logs_key=base.recovery_keys[Purpose.LOGS],
            other=settings.network.cidr,
        ),
    )
    _peer(layer, primary, recovery)
    return NetworkOutputs(primary, recovery, vpc.nat_public_ips)


def _peer(layer: Layer, primary: RegionNetwork, recovery: RegionNetwork) -> None:
    """Peer the two VPCs, with routes for private and data subnets only."""
    requester, accepter = (
        PeeringSide(
            context=layer.context.with_region(side.region),
            vpc_id=side.vpc_id,
            cidr=side.plan.cidr,
            route_table_ids={label: table for label, table in side.route_tables.items() if label != Tier.PUBLIC},
        )
        for side in (primary, recovery)
    )
    Peering(
        "peering", PeeringArgs(context=layer.context, requester=requester, accepter=accepter), layer.child_options()
    )


def _region(settings: EnvironmentSettings, layer: Layer, side: RegionArgs) -> tuple[Vpc, RegionNetwork]:
    place = layer.context.with_region(side.region)
    vpc = Vpc(
        f"network{side.suffix}",
        VpcArgs(
            context=place,
            role=f"network{side.suffix}",
            cidr=side.cidr,
            zones=zone_names(side.region, side.zones),
            nat=NatMode.PER_ZONE if settings.network.nat_per_zone else NatMode.SINGLE,
            logs_key=side.logs_key,
            log_retention_days=settings.network.flow_log_retention_days,
            subnet_tags=SUBNET_TAGS,
        ),
        layer.child_options(),
    )
    firewall = SecurityGroups(
        f"firewall{side.suffix}",
        SecurityGroupsArgs(
            context=place,
            vpc_id=vpc.vpc_id,
            groups=tuple(SecurityGroup),
            flows=region_flows(side.cidr, settings.vault.cidr, side.other),
        ),
        layer.child_options(),
    )
    Endpoints(
        f"endpoints{side.suffix}",
        EndpointsArgs(
            context=place,
            role=f"network{side.suffix}",
            vpc_id=vpc.vpc_id,
            route_table_ids=list(vpc.route_tables.values()),
            interfaces=settings.network.interface_endpoints,
            subnet_ids=vpc.subnet_ids(Tier.PRIVATE),
            security_group_id=firewall.ids[SecurityGroup.ENDPOINTS],
        ),
        layer.child_options(),
    )
    outputs = RegionNetwork(
        region=side.region,
        vpc_id=vpc.vpc_id,
        plan=vpc.plan,
        subnet_ids={tier: vpc.subnet_ids(tier) for tier in Tier},
        groups=firewall.ids,
        route_tables=vpc.route_tables,
    )
    return vpc, outputs
