"""Kubernetes cluster of one region. The primary and the standby share this code."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions

from components.base import DeploymentContext
from components.cluster.addons import Addons, AddonsArgs
from components.cluster.args import AccessGrant, ClusterArgs, NodeGroupArgs
from components.cluster.cluster import Cluster
from components.cluster.nodes import NodeGroup
from components.cluster.plan import ADDONS_AFTER_NODES, ADDONS_BEFORE_NODES, NODE_POLICIES, AddonPlan, Workload
from components.cluster.pod_identity import PodIdentities, PodIdentitiesArgs
from components.cluster.pod_identity_plan import (
    IDENTITIES_AFTER_NODES,
    IDENTITIES_BEFORE_NODES,
    ClusterRef,
    PodIdentityPlan,
)
from components.cluster.school_hours import scheduled_minimums
from components.identity.role import ServiceRole, ServiceRoleArgs
from components.keys.plan import Purpose
from components.network.plan import Tier
from components.network.security_group_plan import SecurityGroup
from stacks.access import DEPLOYER
from stacks.layers.base import Layer
from stacks.layers.network import RegionNetwork
from stacks.sections.cluster import NodeGroup as NodeGroupSettings
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class ClusterOutputs:
    """Endpoint, credentials and provider of a cluster."""

    name: pulumi.Output[str]
    url: pulumi.Output[str]
    authority_pem: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]
    kubernetes: k8s.Provider
    """Provider that waits for the node groups."""
    people: Sequence[AccessGrant]
    """People with access."""


@dataclass(frozen=True)
class RegionalClusterArgs:
    """Region and arguments that differ between primary and standby."""

    layer: Layer
    suffix: str
    network: RegionNetwork
    zones: Sequence[str]
    keys: Mapping[Purpose, pulumi.Output[str]]
    people: Sequence[AccessGrant]
    node_groups: Mapping[str, NodeGroupSettings]
    fixed_sizes: bool = False


def deploy_cluster(settings: EnvironmentSettings, args: RegionalClusterArgs) -> ClusterOutputs:
    """Deploy a control plane, its pod identities, add-ons and node groups.

    Also creates the Kubernetes provider for the cluster.
    """
    version = settings.cluster.version
    cluster = _control_plane(settings, args)
    first = _identities("identities-early", args, cluster, IDENTITIES_BEFORE_NODES)
    early = _addons(
        "addons-early", args, cluster, version=version, addons=ADDONS_BEFORE_NODES, after=first.associations
    )
    groups = _nodes(settings, args, cluster, early)
    later = _identities("identities", args, cluster, IDENTITIES_AFTER_NODES)
    _addons("addons", args, cluster, version=version, addons=ADDONS_AFTER_NODES, after=[*groups, *later.associations])
    provider = k8s.Provider(
        f"kubernetes{args.suffix}",
        kubeconfig=cluster.kubeconfig,
        cluster_identifier=cluster.arn,
        enable_server_side_apply=True,
        enable_config_map_mutable=True,
        opts=args.layer.child_options(ResourceOptions(depends_on=groups)),
    )
    return ClusterOutputs(
        name=cluster.name,
        url=cluster.endpoint,
        authority_pem=cluster.authority.apply(lambda encoded: b64decode(encoded).decode()),
        kubeconfig=cluster.kubeconfig,
        kubernetes=provider,
        people=args.people,
    )


def _control_plane(settings: EnvironmentSettings, args: RegionalClusterArgs) -> Cluster:
    cluster_settings = settings.cluster
    return Cluster(
        f"cluster{args.suffix}",
        ClusterArgs(
            context=args.layer.context,
            suffix=args.suffix,
            version=cluster_settings.version,
            subnet_ids=args.network.subnet_ids[Tier.PRIVATE],
            secrets_key=args.keys[Purpose.CLUSTER],
            logs_key=args.keys[Purpose.LOGS],
            log_retention_days=cluster_settings.log_retention_days,
            public_access_cidrs=[str(cidr) for cidr in cluster_settings.public_access_cidrs],
            administrators=[DEPLOYER],
            people=args.people,
            deletion_protection=not settings.data.destroyable,
        ),
        args.layer.child_options(),
    )


def _addons(
    name: str,
    args: RegionalClusterArgs,
    cluster: Cluster,
    *,
    version: str,
    addons: Sequence[AddonPlan],
    after: Sequence[pulumi.Resource],
) -> Addons:
    return Addons(
        f"{name}{args.suffix}",
        AddonsArgs(context=args.layer.context, cluster_name=cluster.name, kubernetes=version, addons=addons),
        args.layer.child_options(ResourceOptions(depends_on=after)),
    )


def _identities(
    name: str, args: RegionalClusterArgs, cluster: Cluster, plans: Sequence[PodIdentityPlan]
) -> PodIdentities:
    place = args.layer.context
    return PodIdentities(
        f"{name}{args.suffix}",
        PodIdentitiesArgs(
            context=place,
            cluster=ClusterRef(place.account, place.region, cluster.aws_name),
            suffix=args.suffix,
            cluster_name=cluster.name,
            disk_key=args.keys[Purpose.VOLUMES],
            identities=plans,
        ),
        args.layer.child_options(),
    )


def _charged(settings: EnvironmentSettings, args: RegionalClusterArgs, workload: Workload) -> DeploymentContext:
    """Return the context for a workload's nodes, with the tags of the team that pays."""
    place, payer = args.layer.context.with_feature(workload.feature), settings.payer(workload)
    if payer is None:
        return place
    name, team = payer
    return place.with_team(name, team.owner, team.cost_centre)


def _nodes(
    settings: EnvironmentSettings, args: RegionalClusterArgs, cluster: Cluster, early: Addons
) -> list[NodeGroup]:
    role = ServiceRole(
        f"nodes{args.suffix}-role",
        ServiceRoleArgs(
            context=args.layer.context,
            role=f"nodes{args.suffix}",
            service="ec2.amazonaws.com",
            managed=NODE_POLICIES,
        ),
        args.layer.child_options(),
    )
    private = zip(args.network.plan.of(Tier.PRIVATE), args.network.subnet_ids[Tier.PRIVATE], strict=True)
    subnets = [subnet_id for subnet, subnet_id in private if subnet.letter in args.zones]
    hours = settings.school_hours.hours
    return [
        NodeGroup(
            f"nodes{args.suffix}-{name}",
            NodeGroupArgs(
                context=_charged(settings, args, group.workload),
                group=name,
                generation=group.generation,
                suffix=args.suffix,
                cluster_name=cluster.name,
                version=settings.cluster.version,
                role_arn=role.arn,
                subnet_ids=subnets,
                security_group_ids=[cluster.security_group_id, args.network.groups[SecurityGroup.NODES]],
                instance_types=group.instance_types,
                workload=group.workload,
                spot=group.spot,
                min_size=group.min,
                desired_size=group.desired,
                max_size=group.max,
                fixed_sizes=args.fixed_sizes,
                scheduled_minimums=scheduled_minimums(hours, at_night=group.min, at_school=group.school_hours_min),
                disk_gib=group.disk_gib,
                disk_key=args.keys[Purpose.VOLUMES],
            ),
            args.layer.child_options(ResourceOptions(depends_on=early.addons)),
        )
        for name, group in args.node_groups.items()
    ]
