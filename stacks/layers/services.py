"""Services layer: every blue-green service in each cluster."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from components.base import DeploymentContext
from components.database.plan import DATABASE
from components.delivery.namespace import TeamNamespace
from components.delivery.pod_permissions import (
    EvidenceAccess,
    EvidenceBucketRef,
    cache_statements,
    evidence_prefix,
    evidence_statements,
)
from components.delivery.rollout_plan import ServicePlan
from components.delivery.service import BlueGreenService, BlueGreenServiceArgs, Scaling
from components.identity.pod_role import PodRole, PodRoleArgs
from components.keys.plan import Purpose
from components.secrets.agent_plan import CREDENTIALS_FILE, AgentPlan
from components.secrets.plan import ROLE_OF, DatabaseAccess, kubernetes_auth_path
from stacks.layers.base import Layer
from stacks.layers.cache import CacheOutputs
from stacks.layers.cluster_context import ClusterContext
from stacks.layers.data import DataOutputs
from stacks.layers.edge import EdgeOutputs, RegionEdge
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.workloads import WorkloadsOutputs, charged_to
from stacks.sections.delivery import Service
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class Backends:
    """Data stores and edge of one cluster's region."""

    database: pulumi.Input[str]
    port: pulumi.Input[int]
    evidence: EvidenceBucketRef
    cache: CacheOutputs | None
    """None in the DR region: clients create new sessions after a failover."""
    edge: RegionEdge


@dataclass(frozen=True)
class ServiceTarget:
    """One cluster with its namespaces by team and its backends."""

    cluster: ClusterContext
    namespaces: Mapping[str, TeamNamespace]
    backends: Backends


def services(
    settings: EnvironmentSettings,
    base: FoundationOutputs,
    *,
    data: DataOutputs,
    edge: EdgeOutputs,
    workloads: WorkloadsOutputs,
) -> None:
    """Deploy every service of the settings to every cluster."""
    layer = Layer("Services", base.context.with_feature("services"), [base.aws])
    for cluster, namespaces in workloads.clusters:
        target = ServiceTarget(cluster, namespaces, _backends(base, data, edge, standby=cluster.standby))
        for name in settings.services:
            deploy_service(settings, layer, target, name)


def _backends(base: FoundationOutputs, data: DataOutputs, edge: EdgeOutputs, *, standby: bool) -> Backends:
    """Return what a cluster's services use: database, bucket, cache and load balancer.

    The services of a standby cluster use the read replica.

    Raises:
        ValueError: a standby cluster's region has no replica, bucket or load balancer; the workloads layer never
            creates such a standby.
    """
    if not standby:
        evidence = EvidenceBucketRef(data.evidence_bucket, base.keys[Purpose.EVIDENCE], base.context.region)
        return Backends(data.address, data.port, evidence, data.cache, edge.primary)
    replica, bucket = data.replica_address, data.evidence_bucket_dr
    if replica is None or bucket is None or edge.recovery is None:
        raise ValueError("a standby cluster needs the DR region's replica, bucket and edge; enable recovery")
    copy = EvidenceBucketRef(bucket, base.recovery_keys[Purpose.EVIDENCE], base.recovery_context.region)
    return Backends(replica, data.port, copy, None, edge.recovery)


def deploy_service(settings: EnvironmentSettings, layer: Layer, target: ServiceTarget, name: str) -> BlueGreenService:
    """Deploy one service to one cluster; a standby runs the service's minimum size."""
    service, scale = settings.services[name], settings.scale
    bounds = Scaling(scale.min_replicas, scale.max_replicas, service.target_cpu_percent)
    cluster, edge = target.cluster, target.backends.edge
    place = charged_to(cluster, service.team, settings.teams[service.team]).with_feature(service.feature)
    identity = _identity(layer, target, place, name, service)
    return BlueGreenService(
        f"{name}{cluster.suffix}",
        BlueGreenServiceArgs(
            context=place,
            plan=ServicePlan(
                name=name,
                image=cluster.image(service.image),
                port=service.port,
                health_path=service.health_path,
                replicas=scale.min_replicas if cluster.standby else scale.replicas,
                cpu=scale.cpu,
                memory=scale.memory,
                priority=service.priority,
                agent=_agent(settings, cluster, name),
            ),
            namespace=target.namespaces[service.team].namespace,
            hosts=edge.hosts(settings.host(name)),
            scaling=bounds if scale.auto_scaling else None,
            variables=_variables(name, service, target.backends),
            load_balancer=edge.load_balancer,
        ),
        cluster.inside(layer, ResourceOptions(depends_on=identity)),
    )


def _agent(settings: EnvironmentSettings, cluster: ClusterContext, name: str) -> AgentPlan | None:
    """Return the Vault Agent of a service, or None without database access."""
    role = ROLE_OF.get(settings.services[name].database)
    if role is None:
        return None
    return AgentPlan(name, kubernetes_auth_path(cluster.suffix), cluster.image(settings.vault.agent_image), role)


def _identity(
    layer: Layer, target: ServiceTarget, place: DeploymentContext, name: str, service: Service
) -> list[pulumi.Resource]:
    """Deploy the IAM role of the service's pods, if they need AWS access."""
    cluster, backends = target.cluster, target.backends
    cache = backends.cache.connect_arns if service.cache and backends.cache else ()
    allowed = (*evidence_statements(name, service.evidence, backends.evidence), *cache_statements(cache))
    if not allowed:
        return []
    role = PodRole(
        f"service-{name}{cluster.suffix}",
        PodRoleArgs(
            context=place,
            role=f"service-{name}{cluster.suffix}",
            cluster=cluster.name,
            namespace=service.team,
            service_account=name,
            statements=allowed,
        ),
        cluster.inside(layer),
    )
    return [role.association]


def _variables(name: str, service: Service, backends: Backends) -> dict[str, pulumi.Input[str]]:
    """Return environment variables for the stores that the service may use."""
    variables: dict[str, pulumi.Input[str]] = {}
    if service.evidence is not EvidenceAccess.NONE:
        variables |= {"EVIDENCE_BUCKET": backends.evidence.bucket, "EVIDENCE_PREFIX": evidence_prefix(name)}
    if service.cache and backends.cache is not None:
        variables |= {
            "CACHE_HOST": backends.cache.address,
            "CACHE_PORT": backends.cache.port.apply(lambda port: str(int(port))),
            "CACHE_USER": backends.cache.user,
        }
    if service.database is not DatabaseAccess.NONE:
        port = pulumi.Output.from_input(backends.port)
        variables |= {
            "DATABASE_HOST": backends.database,
            "DATABASE_PORT": port.apply(lambda port: str(int(port))),
            "DATABASE_NAME": DATABASE,
            "DATABASE_SSLMODE": "require",
            "DATABASE_CREDENTIALS": CREDENTIALS_FILE,
        }
    return variables
