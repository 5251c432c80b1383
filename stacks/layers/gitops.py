"""GitOps layer: Argo CD in each cluster, which deploys the rest from Git."""

from dataclasses import dataclass

import pulumi

from components.gitops.argo_cd import ArgoCd, ArgoCdArgs
from components.secrets.plan import kubernetes_auth_path
from stacks.layers.base import Layer
from stacks.layers.cluster_context import ClusterContext
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.network import NetworkOutputs
from stacks.layers.recovery import RecoveryOutputs
from stacks.layers.regional_cluster import ClusterOutputs
from stacks.layers.workloads import WorkloadsOutputs
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class ArgoCdTarget:
    """One cluster and the identifiers that its add-ons need."""

    cluster: ClusterContext
    cluster_name: pulumi.Input[str]
    vpc_id: pulumi.Input[str]


def gitops(
    settings: EnvironmentSettings,
    base: FoundationOutputs,
    *,
    network: NetworkOutputs,
    cluster: ClusterOutputs,
    recovery: RecoveryOutputs,
    workloads: WorkloadsOutputs,
) -> None:
    """Deploy one Argo CD per cluster.

    Each Argo CD manages its own cluster, so that the standby has its add-ons before a disaster.
    """
    layer = Layer("GitOps", base.context.with_feature("gitops"))
    for context, _ in workloads.clusters:
        deploy_argo_cd(settings, layer, _target(context, network, cluster, recovery))


def _target(
    context: ClusterContext, network: NetworkOutputs, cluster: ClusterOutputs, recovery: RecoveryOutputs
) -> ArgoCdTarget:
    """Return the target of one cluster.

    Raises:
        ValueError: a standby has no cluster or network; the workloads layer never creates such a standby.
    """
    if not context.standby:
        return ArgoCdTarget(context, cluster.name, network.primary.vpc_id)
    if recovery.cluster is None or network.recovery is None:
        raise ValueError("a standby needs the DR region's cluster and network; enable recovery")
    return ArgoCdTarget(context, recovery.cluster.name, network.recovery.vpc_id)


def deploy_argo_cd(settings: EnvironmentSettings, layer: Layer, target: ArgoCdTarget) -> ArgoCd:
    """Deploy Argo CD to one cluster."""
    cluster = target.cluster
    return ArgoCd(
        f"argocd{cluster.suffix}",
        ArgoCdArgs(
            context=cluster.context.with_feature("gitops"),
            chart_version=settings.gitops.chart_version,
            zones=len(settings.recovery.zones if cluster.standby else settings.cluster.node_zones),
            teams=list(settings.teams),
            repository=settings.gitops.repository,
            revision=settings.revision,
            cluster_name=target.cluster_name,
            vpc_id=target.vpc_id,
            vault_address=settings.vault.address,
            network=cluster.network.cidr,
            vault_auth_path=f"auth/{kubernetes_auth_path(cluster.suffix)}",
        ),
        cluster.inside(layer),
    )
