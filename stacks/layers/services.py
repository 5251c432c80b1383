"""The services students' safety rests on, each blue-green, in its team's namespace of each cluster."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.database.plan import DATABASE
from components.delivery.namespace import TeamNamespace
from components.delivery.rollout_plan import ServicePlan
from components.delivery.service import BlueGreenService, BlueGreenServiceArgs, Scaling
from components.network.firewall_plan import Group
from components.secrets.plan import DatabaseAccess
from stacks.layers.base import Layer
from stacks.layers.cluster import ClusterOutputs
from stacks.layers.data import DataOutputs
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.network import NetworkOutputs
from stacks.layers.site import Site
from stacks.layers.workloads import WorkloadsOutputs, charged_to
from stacks.sections.delivery import Service
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class Ground:
    """One cluster with its namespaces by team, and what the services in it rest on, in its own region."""

    site: Site
    namespaces: Mapping[str, TeamNamespace]
    database: pulumi.Input[str]
    port: pulumi.Input[int]
    evidence_bucket: pulumi.Input[str]
    log_bucket: pulumi.Input[str]
    """Of the load balancers' access logs."""
    security_group: pulumi.Input[str]
    """Of the load balancers."""


def services(
    settings: EnvironmentSettings,
    base: FoundationOutputs,
    *,
    network: NetworkOutputs,
    cluster: ClusterOutputs,
    data: DataOutputs,
    workloads: WorkloadsOutputs,
) -> None:
    """Every service that settings name, in every cluster."""
    layer = Layer("Services", base.placement.feature("services"), [cluster.kubernetes])
    ((site, namespaces),) = workloads.sites
    primary = Ground(
        site=site,
        namespaces=namespaces,
        database=data.address,
        port=data.port,
        evidence_bucket=data.evidence_bucket,
        log_bucket=data.access_log_bucket,
        security_group=network.primary.groups[Group.LOAD_BALANCER],
    )
    for name in settings.services:
        lay_service(settings, layer, primary, name)


def lay_service(settings: EnvironmentSettings, layer: Layer, ground: Ground, name: str) -> BlueGreenService:
    """One service in one cluster; in a standby at the least size that it may have."""
    wanted, scale = settings.services[name], settings.scale
    bounds = Scaling(scale.min_replicas, scale.max_replicas, wanted.target_cpu_percent)
    site = ground.site
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
            host=settings.host(name),
            scaling=bounds if scale.auto_scaling else None,
            variables=_variables(wanted, ground),
            security_group=ground.security_group,
            log_bucket=ground.log_bucket,
            deletion_protection=not settings.data.disposable,
        ),
        site.inside(layer),
    )


def _variables(service: Service, ground: Ground) -> dict[str, pulumi.Input[str]]:
    """What a container is told; who has no access to the database does not learn where it is."""
    variables: dict[str, pulumi.Input[str]] = {"EVIDENCE_BUCKET": ground.evidence_bucket}
    if service.database is not DatabaseAccess.NONE:
        port = pulumi.Output.from_input(ground.port)
        variables |= {
            "DATABASE_HOST": ground.database,
            "DATABASE_PORT": port.apply(lambda known: str(int(known))),
            "DATABASE_NAME": DATABASE,
            "DATABASE_SSLMODE": "require",
        }
    return variables
