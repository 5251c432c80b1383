"""The services students' safety rests on, each blue-green, in its team's namespace of each cluster."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.database.plan import DATABASE
from components.delivery.namespace import TeamNamespace
from components.delivery.rollout_plan import ServicePlan
from components.delivery.service import BlueGreenService, BlueGreenServiceArgs, Scaling
from components.secrets.plan import DatabaseAccess
from stacks.layers.base import Layer
from stacks.layers.cache import CacheOutputs
from stacks.layers.data import DataOutputs
from stacks.layers.edge import EdgeOutputs, RegionEdge
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.site import Site
from stacks.layers.workloads import WorkloadsOutputs, charged_to
from stacks.sections.delivery import Service
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class Backends:
    """What the services of one cluster rest on, in its own region."""

    database: pulumi.Input[str]
    port: pulumi.Input[int]
    evidence_bucket: pulumi.Input[str]
    cache: CacheOutputs | None
    """None where there is none: sessions are made anew after a failover."""
    edge: RegionEdge


@dataclass(frozen=True)
class Ground:
    """One cluster with its namespaces by team."""

    site: Site
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
    """Every service that settings name, in every cluster."""
    layer = Layer("Services", base.placement.feature("services"))
    for site, namespaces in workloads.sites:
        ground = Ground(site, namespaces, _backends(data, edge, standby=site.standby))
        for name in settings.services:
            lay_service(settings, layer, ground, name)


def _backends(data: DataOutputs, edge: EdgeOutputs, *, standby: bool) -> Backends:
    """Each region's own stores; the standby's database is the replica, which a failover makes the primary.

    Raises ValueError for a standby without stores, which settings do not allow.
    """
    if not standby:
        return Backends(data.address, data.port, data.evidence_bucket, data.cache, edge.primary)
    replica, evidence = data.replica_address, data.evidence_bucket_dr
    if replica is None or evidence is None or edge.recovery is None:
        raise ValueError("a standby cluster needs the DR region's replica, bucket and edge; enable recovery")
    return Backends(replica, data.port, evidence, None, edge.recovery)


def lay_service(settings: EnvironmentSettings, layer: Layer, ground: Ground, name: str) -> BlueGreenService:
    """One service in one cluster; in a standby at the least size that it may have."""
    wanted, scale = settings.services[name], settings.scale
    bounds = Scaling(scale.min_replicas, scale.max_replicas, wanted.target_cpu_percent)
    site, edge = ground.site, ground.backends.edge
    team = charged_to(site, wanted.team, settings.teams[wanted.team])
    return BlueGreenService(
        f"{name}{site.suffix}",
        BlueGreenServiceArgs(
            placement=team.feature(wanted.feature),
            plan=ServicePlan(
                name=name,
                image=site.image(wanted.image),
                port=wanted.port,
                health_path=wanted.health_path,
                replicas=scale.min_replicas if site.standby else scale.replicas,
                cpu=scale.cpu,
                memory=scale.memory,
                priority=wanted.priority,
            ),
            namespace=ground.namespaces[wanted.team].namespace,
            hosts=edge.hosts(settings.host(name)),
            scaling=bounds if scale.auto_scaling else None,
            variables=_variables(wanted, ground.backends),
            door=edge.door,
        ),
        site.inside(layer),
    )


def _variables(service: Service, backends: Backends) -> dict[str, pulumi.Input[str]]:
    """What a container is told; who has no access to the database does not learn where it is."""
    variables: dict[str, pulumi.Input[str]] = {"EVIDENCE_BUCKET": backends.evidence_bucket}
    if backends.cache is not None:
        variables |= {
            "CACHE_HOST": backends.cache.address,
            "CACHE_PORT": backends.cache.port.apply(lambda known: str(int(known))),
            "CACHE_USER": backends.cache.user,
        }
    if service.database is not DatabaseAccess.NONE:
        port = pulumi.Output.from_input(backends.port)
        variables |= {
            "DATABASE_HOST": backends.database,
            "DATABASE_PORT": port.apply(lambda known: str(int(known))),
            "DATABASE_NAME": DATABASE,
            "DATABASE_SSLMODE": "require",
        }
    return variables
