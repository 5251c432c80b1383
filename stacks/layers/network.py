"""Networks of both regions, and who may talk to whom in them."""

from dataclasses import dataclass

import pulumi

from components.keys.plan import Purpose
from components.network.args import FirewallArgs, VpcArgs
from components.network.firewall import Firewall
from components.network.firewall_plan import Group, primary_flows, recovery_flows
from components.network.plan import NatMode, Tier, VpcPlan, zone_names
from components.network.vpc import Vpc
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.settings import EnvironmentSettings

SUBNET_TAGS = {Tier.PUBLIC: {"kubernetes.io/role/elb": "1"}, Tier.PRIVATE: {"kubernetes.io/role/internal-elb": "1"}}
"""By these the load balancer controller finds its subnets."""


@dataclass(frozen=True)
class RegionNetwork:
    """The network of one region."""

    vpc_id: pulumi.Output[str]
    plan: VpcPlan
    subnet_ids: dict[Tier, list[pulumi.Output[str]]]
    groups: dict[Group, pulumi.Output[str]]
    """Ids of security groups."""


@dataclass(frozen=True)
class NetworkOutputs:
    """The networks; `recovery` is None where there is no DR region."""

    primary: RegionNetwork
    recovery: RegionNetwork | None
    nat_public_ips: list[pulumi.Output[str]]


def network(settings: EnvironmentSettings, base: FoundationOutputs) -> NetworkOutputs:
    """The primary VPC, and in the DR region one for the replica alone."""
    layer = Layer("Network", base.placement.feature("network"), [base.aws])
    nat = NatMode.PER_ZONE if settings.network.nat_per_zone else NatMode.SINGLE
    vpc = Vpc(
        "network",
        VpcArgs(
            placement=layer.placement,
            role="network",
            cidr=settings.network.cidr,
            zones=zone_names(settings.region, settings.network.zones),
            nat=nat,
            logs_key=base.keys[Purpose.LOGS],
            log_retention_days=settings.network.flow_log_retention_days,
            subnet_tags=SUBNET_TAGS,
        ),
        layer.inside(),
    )
    firewall = Firewall(
        "firewall",
        FirewallArgs(
            placement=layer.placement,
            vpc_id=vpc.vpc_id,
            groups=tuple(Group),
            flows=primary_flows(settings.vault.cidr),
        ),
        layer.inside(),
    )
    recovery = _recovery(settings, base, layer) if settings.recovery.enabled else None
    return NetworkOutputs(_region(vpc, firewall), recovery, vpc.nat_public_ips)


def _recovery(settings: EnvironmentSettings, base: FoundationOutputs, layer: Layer) -> RegionNetwork:
    place = layer.placement.moved_to(settings.recovery.region)
    vpc = Vpc(
        "network-dr",
        VpcArgs(
            placement=place,
            role="network-dr",
            cidr=settings.recovery.cidr,
            zones=zone_names(settings.recovery.region, settings.recovery.zones),
            nat=NatMode.NONE,
            logs_key=base.recovery_keys[Purpose.LOGS],
            log_retention_days=settings.network.flow_log_retention_days,
            tiers=(Tier.DATA,),
        ),
        layer.inside(),
    )
    firewall = Firewall(
        "firewall-dr",
        FirewallArgs(
            placement=place,
            vpc_id=vpc.vpc_id,
            groups=(Group.DATABASE,),
            flows=recovery_flows(settings.network.cidr, settings.vault.cidr),
        ),
        layer.inside(),
    )
    return _region(vpc, firewall)


def _region(vpc: Vpc, firewall: Firewall) -> RegionNetwork:
    return RegionNetwork(
        vpc_id=vpc.vpc_id,
        plan=vpc.plan,
        subnet_ids={tier: vpc.subnet_ids(tier) for tier in Tier},
        groups=firewall.ids,
    )
