"""The services students' safety rests on, each blue-green."""

from components.database.plan import DATABASE
from components.delivery.rollout_plan import ServicePlan
from components.delivery.service import BlueGreenService, BlueGreenServiceArgs, Scaling
from components.network.firewall_plan import Group
from stacks.layers.base import Layer
from stacks.layers.cluster import ClusterOutputs
from stacks.layers.data import DataOutputs
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.network import NetworkOutputs
from stacks.layers.workloads import WorkloadsOutputs
from stacks.settings import EnvironmentSettings


def services(
    settings: EnvironmentSettings,
    base: FoundationOutputs,
    *,
    network: NetworkOutputs,
    cluster: ClusterOutputs,
    data: DataOutputs,
    workloads: WorkloadsOutputs,
) -> None:
    """The one service that settings name."""
    wanted = settings.service
    layer = Layer("Services", base.placement.feature(wanted.name), [cluster.kubernetes])
    bounds = Scaling(wanted.min_replicas, wanted.max_replicas, wanted.target_cpu_percent)
    BlueGreenService(
        wanted.name,
        BlueGreenServiceArgs(
            placement=layer.placement,
            plan=ServicePlan(
                name=wanted.name,
                image=wanted.image,
                port=wanted.port,
                health_path=wanted.health_path,
                replicas=wanted.replicas,
                cpu=wanted.cpu,
                memory=wanted.memory,
            ),
            namespace=workloads.namespace,
            host=settings.host,
            scaling=bounds if wanted.auto_scaling else None,
            variables={
                "DATABASE_HOST": data.address,
                "DATABASE_PORT": data.port.apply(lambda port: str(int(port))),
                "DATABASE_NAME": DATABASE,
                "DATABASE_SSLMODE": "require",
                "CACHE_HOST": data.cache.address,
                "CACHE_PORT": data.cache.port.apply(lambda port: str(int(port))),
                "CACHE_USER": data.cache.user,
                "EVIDENCE_BUCKET": data.evidence_bucket,
            },
            security_group=network.primary.groups[Group.LOAD_BALANCER],
            log_bucket=data.access_log_bucket,
            deletion_protection=not settings.data.disposable,
        ),
        layer.inside(),
    )
