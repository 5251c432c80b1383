"""Workloads layer: roles, admission policies and namespaces per team."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

from pulumi import ResourceOptions

from components.admission.policies import AdmissionRules, AdmissionRulesArgs
from components.base import DeploymentContext
from components.database.plan import PORT
from components.delivery.namespace import TeamNamespace, TeamNamespaceArgs
from components.delivery.network_policies import AllowedFlow
from components.delivery.roles_and_priorities import Groups, RolesAndPriorities, RolesAndPrioritiesArgs
from components.delivery.rollout_plan import largest_pod, quota
from components.network.plan import Tier, VpcPlan
from components.secrets.plan import ROLE_OF
from stacks import access
from stacks.layers.base import Layer
from stacks.layers.cluster_context import ClusterContext
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.network import NetworkOutputs
from stacks.layers.recovery import SUFFIX, RecoveryOutputs
from stacks.layers.regional_cluster import ClusterOutputs
from stacks.sections.delivery import Service, Team
from stacks.settings import EnvironmentSettings

VAULT_PORT = 8200
CACHE_PORT = 6379
HTTPS = 443
POD_IDENTITY_AGENT = IPv4Network("169.254.170.23/32")
POD_IDENTITY_PORT = 80
"""Port of the node's agent for AWS credentials (EKS User Guide, "Set up the Amazon EKS Pod Identity Agent")."""


@dataclass(frozen=True)
class WorkloadsOutputs:
    """Each cluster with its namespaces by team."""

    clusters: tuple[tuple[ClusterContext, Mapping[str, TeamNamespace]], ...]


def workloads(
    settings: EnvironmentSettings,
    base: FoundationOutputs,
    network: NetworkOutputs,
    cluster: ClusterOutputs,
    recovery: RecoveryOutputs,
) -> WorkloadsOutputs:
    """Deploy roles, admission policies and a namespace per team to every cluster."""
    layer = Layer("Workloads", base.context.with_feature("workloads"), [cluster.kubernetes])
    clusters = _clusters(base, network, cluster, recovery)
    return WorkloadsOutputs(tuple((cluster, deploy_teams(settings, layer, cluster)) for cluster in clusters))


def _clusters(
    base: FoundationOutputs, network: NetworkOutputs, cluster: ClusterOutputs, recovery: RecoveryOutputs
) -> Iterator[ClusterContext]:
    """Yield the primary cluster and any standby, each with the other region's network."""
    ours, theirs = network.primary.plan, network.recovery.plan if network.recovery else None
    place = base.context.with_feature("workloads")
    yield ClusterContext(cluster.kubernetes, cluster.name, place, ours, (theirs,) if theirs else ())
    if recovery.cluster and theirs:
        standby = base.recovery_context.with_feature("workloads")
        there = recovery.cluster
        yield ClusterContext(there.kubernetes, there.name, standby, theirs, (ours,), suffix=SUFFIX, standby=True)


def deploy_teams(settings: EnvironmentSettings, layer: Layer, cluster: ClusterContext) -> dict[str, TeamNamespace]:
    """Deploy everything that services depend on to one cluster."""
    rules = RolesAndPriorities(
        f"cluster-rules{cluster.suffix}",
        RolesAndPrioritiesArgs(
            context=cluster.context,
            groups=_groups(settings),
            # The memory of pods in production-like environments contains records of real students.
            debug_containers=not settings.environment.production_like,
        ),
        cluster.inside(layer),
    )
    admission = AdmissionRules(
        f"admission{cluster.suffix}", AdmissionRulesArgs(context=cluster.context), cluster.inside(layer)
    )
    after = cluster.inside(layer, ResourceOptions(depends_on=[*rules.resources, *admission.bindings]))
    return {
        name: TeamNamespace(f"team-{name}{cluster.suffix}", _namespace(settings, cluster, name, services), after)
        for name, services in settings.services_by_team.items()
    }


def _namespace(
    settings: EnvironmentSettings, cluster: ClusterContext, name: str, services: Mapping[str, Service]
) -> TeamNamespaceArgs:
    team, scale = settings.teams[name], settings.scale
    return TeamNamespaceArgs(
        context=charged_to(cluster, name, team),
        namespace=name,
        contact=team.contact,
        pod_security=team.pod_security,
        image_repositories=[cluster.image(repository) for repository in team.image_repositories],
        quota=quota(
            len(services),
            scale.max_replicas,
            team.job_pods,
            scale.cpu,
            scale.memory,
            agents=any(service.database in ROLE_OF for service in services.values()),
        ),
        largest_pod=largest_pod(scale.cpu, scale.memory),
        flows=flows(settings, cluster, services.values()),
        groups=_groups(settings),
    )


def _groups(settings: EnvironmentSettings) -> Groups:
    return {str(role): people for role, people in access.groups(settings.environment).items()}


def charged_to(cluster: ClusterContext, name: str, team: Team) -> DeploymentContext:
    """Return the context of the cluster, with the tags of a team."""
    return cluster.context.with_team(name, team.owner, team.cost_centre)


def flows(
    settings: EnvironmentSettings, cluster: ClusterContext, services: Collection[Service]
) -> tuple[AllowedFlow, ...]:
    """Return a team's allowed flows.

    Inbound traffic comes from the load balancer, through the nodes. Outbound traffic goes to databases and caches of
    all regions, to AWS and to Vault. Pods reach AWS, including S3, through interface endpoints in the private subnets.
    Pods do not use the S3 gateway endpoint: it leads to S3's public addresses, which change weekly, so a network policy
    cannot list them.
    """
    ports = {service.port for service in services}
    front = _ranges(cluster.network, Tier.PUBLIC, Tier.PRIVATE)
    data = tuple(cidr for plan in (cluster.network, *cluster.peer_networks) for cidr in _ranges(plan, Tier.DATA))
    inward = (AllowedFlow("load-balancer", front, tuple(sorted(ports)), inbound=True),) if ports else ()
    return (
        *inward,
        AllowedFlow("database", data, (PORT,), inbound=False),
        AllowedFlow("cache", data, (CACHE_PORT,), inbound=False),
        AllowedFlow("aws", _ranges(cluster.network, Tier.PRIVATE), (HTTPS,), inbound=False),
        AllowedFlow("credentials", (POD_IDENTITY_AGENT,), (POD_IDENTITY_PORT,), inbound=False),
        AllowedFlow("vault", (settings.vault.cidr,), (VAULT_PORT,), inbound=False),
    )


def _ranges(plan: VpcPlan, *tiers: Tier) -> tuple[IPv4Network, ...]:
    return tuple(subnet.cidr for tier in tiers for subnet in plan.of(tier))
