"""The Kubernetes cluster with its machines, and the provider through which later layers reach it."""

from base64 import b64decode
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions

from components.cluster.addons import Addons, AddonsArgs
from components.cluster.args import ClusterArgs, NodeGroupArgs
from components.cluster.cluster import Cluster
from components.cluster.nodes import NodeGroup
from components.cluster.plan import AFTER_NODES, BEFORE_NODES, NODE_POLICIES
from components.identity.role import ServiceRole, ServiceRoleArgs
from components.keys.plan import Purpose
from components.network.firewall_plan import Group
from components.network.plan import Tier
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.network import NetworkOutputs
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class ClusterOutputs:
    """How the cluster is reached."""

    name: pulumi.Output[str]
    url: pulumi.Output[str]
    authority_pem: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]
    kubernetes: k8s.Provider
    """Ready once there are nodes to run on."""


def cluster(settings: EnvironmentSettings, base: FoundationOutputs, network: NetworkOutputs) -> ClusterOutputs:
    """Control plane, add-ons, node groups, provider; each waits for the one before."""
    layer = Layer("Cluster", base.placement.feature("cluster"), [base.aws])
    made = _control_plane(settings, base, network, layer)
    early = Addons(
        "addons-early",
        AddonsArgs(placement=layer.placement, cluster_name=made.name, addons=BEFORE_NODES),
        layer.inside(),
    )
    groups = _nodes(settings, network, layer, made, early)
    Addons(
        "addons",
        AddonsArgs(placement=layer.placement, cluster_name=made.name, addons=AFTER_NODES),
        layer.inside(ResourceOptions(depends_on=groups)),
    )
    provider = k8s.Provider(
        "kubernetes",
        kubeconfig=made.kubeconfig,
        cluster_identifier=made.arn,
        enable_server_side_apply=True,
        enable_config_map_mutable=True,
        opts=layer.inside(ResourceOptions(depends_on=groups)),
    )
    return ClusterOutputs(
        name=made.name,
        url=made.endpoint,
        authority_pem=made.authority.apply(lambda encoded: b64decode(encoded).decode()),
        kubeconfig=made.kubeconfig,
        kubernetes=provider,
    )


def _control_plane(
    settings: EnvironmentSettings, base: FoundationOutputs, network: NetworkOutputs, layer: Layer
) -> Cluster:
    wanted = settings.cluster
    return Cluster(
        "cluster",
        ClusterArgs(
            placement=layer.placement,
            version=wanted.version,
            subnet_ids=network.primary.subnet_ids[Tier.PRIVATE],
            secrets_key=base.keys[Purpose.CLUSTER],
            logs_key=base.keys[Purpose.LOGS],
            log_retention_days=wanted.log_retention_days,
            public_access_cidrs=[str(cidr) for cidr in wanted.public_access_cidrs],
            administrators=wanted.administrators,
            deletion_protection=not settings.data.disposable,
        ),
        layer.inside(),
    )


def _nodes(
    settings: EnvironmentSettings, network: NetworkOutputs, layer: Layer, made: Cluster, early: Addons
) -> list[NodeGroup]:
    role = ServiceRole(
        "nodes-role",
        ServiceRoleArgs(placement=layer.placement, role="nodes", service="ec2.amazonaws.com", managed=NODE_POLICIES),
        layer.inside(),
    )
    private = zip(network.primary.plan.of(Tier.PRIVATE), network.primary.subnet_ids[Tier.PRIVATE], strict=True)
    subnets = [made_id for subnet, made_id in private if subnet.letter in settings.cluster.node_zones]
    return [
        NodeGroup(
            f"nodes-{name}",
            NodeGroupArgs(
                placement=layer.placement.feature("batch" if group.spot else "cluster"),
                group=name,
                cluster_name=made.name,
                version=settings.cluster.version,
                role_arn=role.arn,
                subnet_ids=subnets,
                security_group_ids=[made.security_group_id, network.primary.groups[Group.NODES]],
                instance_types=group.instance_types,
                spot=group.spot,
                min_size=group.min,
                desired_size=group.desired,
                max_size=group.max,
                disk_gib=group.disk_gib,
            ),
            layer.inside(ResourceOptions(depends_on=early.made)),
        )
        for name, group in settings.cluster.node_groups.items()
    ]
