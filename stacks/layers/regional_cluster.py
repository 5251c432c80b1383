"""One Kubernetes cluster of one region, whole: what the primary and the standby have in common is everything."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions

from components.base import Placement
from components.cluster.addons import Addons, AddonsArgs
from components.cluster.args import AccessGrant, ClusterArgs, NodeGroupArgs
from components.cluster.cluster import Cluster
from components.cluster.nodes import NodeGroup
from components.cluster.plan import AFTER_NODES, BEFORE_NODES, NODE_POLICIES, AddonPlan, Workload
from components.cluster.pod_identity import PodIdentities, PodIdentitiesArgs
from components.cluster.pod_identity_plan import EARLY_IDENTITIES, LATE_IDENTITIES, PodIdentityPlan, Site
from components.cluster.school_hours import scheduled_minimums
from components.identity.role import ServiceRole, ServiceRoleArgs
from components.keys.plan import Purpose
from components.network.firewall_plan import Group
from components.network.plan import Tier
from stacks.access import DEPLOYER
from stacks.layers.base import Layer
from stacks.layers.network import RegionNetwork
from stacks.sections.cluster import NodeGroup as NodeGroupSettings
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class ClusterOutputs:
    """How a cluster is reached."""

    name: pulumi.Output[str]
    url: pulumi.Output[str]
    authority_pem: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]
    kubernetes: k8s.Provider
    """Ready once there are nodes to run on."""
    people: Sequence[AccessGrant]
    """Who was let in."""


@dataclass(frozen=True)
class Ground:
    """What a cluster stands on: its region's network and keys, and what differs between the two regions."""

    layer: Layer
    suffix: str
    network: RegionNetwork
    zones: Sequence[str]
    keys: Mapping[Purpose, pulumi.Output[str]]
    people: Sequence[AccessGrant]
    node_groups: Mapping[str, NodeGroupSettings]
    fixed_sizes: bool = False


def cluster_in(settings: EnvironmentSettings, ground: Ground) -> ClusterOutputs:
    """Control plane, identities, add-ons, node groups, provider; each waits for the one before."""
    version = settings.cluster.version
    made = _control_plane(settings, ground)
    first = _identities("identities-early", ground, made, EARLY_IDENTITIES)
    early = _addons("addons-early", ground, made, version=version, addons=BEFORE_NODES, after=first.made)
    groups = _nodes(settings, ground, made, early)
    later = _identities("identities", ground, made, LATE_IDENTITIES)
    _addons("addons", ground, made, version=version, addons=AFTER_NODES, after=[*groups, *later.made])
    provider = k8s.Provider(
        f"kubernetes{ground.suffix}",
        kubeconfig=made.kubeconfig,
        cluster_identifier=made.arn,
        enable_server_side_apply=True,
        enable_config_map_mutable=True,
        opts=ground.layer.inside(ResourceOptions(depends_on=groups)),
    )
    return ClusterOutputs(
        name=made.name,
        url=made.endpoint,
        authority_pem=made.authority.apply(lambda encoded: b64decode(encoded).decode()),
        kubeconfig=made.kubeconfig,
        kubernetes=provider,
        people=ground.people,
    )


def _control_plane(settings: EnvironmentSettings, ground: Ground) -> Cluster:
    wanted = settings.cluster
    return Cluster(
        f"cluster{ground.suffix}",
        ClusterArgs(
            placement=ground.layer.placement,
            suffix=ground.suffix,
            version=wanted.version,
            subnet_ids=ground.network.subnet_ids[Tier.PRIVATE],
            secrets_key=ground.keys[Purpose.CLUSTER],
            logs_key=ground.keys[Purpose.LOGS],
            log_retention_days=wanted.log_retention_days,
            public_access_cidrs=[str(cidr) for cidr in wanted.public_access_cidrs],
            administrators=[DEPLOYER],
            people=ground.people,
            deletion_protection=not settings.data.disposable,
        ),
        ground.layer.inside(),
    )


def _addons(
    name: str,
    ground: Ground,
    made: Cluster,
    *,
    version: str,
    addons: Sequence[AddonPlan],
    after: Sequence[pulumi.Resource],
) -> Addons:
    return Addons(
        f"{name}{ground.suffix}",
        AddonsArgs(placement=ground.layer.placement, cluster_name=made.name, kubernetes=version, addons=addons),
        ground.layer.inside(ResourceOptions(depends_on=after)),
    )


def _identities(name: str, ground: Ground, made: Cluster, plans: Sequence[PodIdentityPlan]) -> PodIdentities:
    place = ground.layer.placement
    return PodIdentities(
        f"{name}{ground.suffix}",
        PodIdentitiesArgs(
            placement=place,
            site=Site(place.account, place.region, made.aws_name),
            suffix=ground.suffix,
            cluster_name=made.name,
            disk_key=ground.keys[Purpose.VOLUMES],
            identities=plans,
        ),
        ground.layer.inside(),
    )


def _charged(settings: EnvironmentSettings, ground: Ground, workload: Workload) -> Placement:
    """The place with the tags of whoever pays for machines of this kind."""
    place, payer = ground.layer.placement.feature(workload.feature), settings.payer(workload)
    if payer is None:
        return place
    name, team = payer
    return place.of_team(name, team.owner, team.cost_centre)


def _nodes(settings: EnvironmentSettings, ground: Ground, made: Cluster, early: Addons) -> list[NodeGroup]:
    role = ServiceRole(
        f"nodes{ground.suffix}-role",
        ServiceRoleArgs(
            placement=ground.layer.placement,
            role=f"nodes{ground.suffix}",
            service="ec2.amazonaws.com",
            managed=NODE_POLICIES,
        ),
        ground.layer.inside(),
    )
    private = zip(ground.network.plan.of(Tier.PRIVATE), ground.network.subnet_ids[Tier.PRIVATE], strict=True)
    subnets = [made_id for subnet, made_id in private if subnet.letter in ground.zones]
    hours = settings.school_hours.hours
    return [
        NodeGroup(
            f"nodes{ground.suffix}-{name}",
            NodeGroupArgs(
                placement=_charged(settings, ground, group.workload),
                group=name,
                suffix=ground.suffix,
                cluster_name=made.name,
                version=settings.cluster.version,
                role_arn=role.arn,
                subnet_ids=subnets,
                security_group_ids=[made.security_group_id, ground.network.groups[Group.NODES]],
                instance_types=group.instance_types,
                workload=group.workload,
                spot=group.spot,
                min_size=group.min,
                desired_size=group.desired,
                max_size=group.max,
                fixed=ground.fixed_sizes,
                minimums=scheduled_minimums(hours, at_night=group.min, at_school=group.school_hours_min),
                disk_gib=group.disk_gib,
                disk_key=ground.keys[Purpose.VOLUMES],
            ),
            ground.layer.inside(ResourceOptions(depends_on=early.made)),
        )
        for name, group in ground.node_groups.items()
    ]
