"""The team's namespace in the cluster."""

from dataclasses import dataclass

import pulumi

from components.database.plan import PORT
from components.delivery.namespace import TeamNamespace, TeamNamespaceArgs
from components.delivery.network_policies import NamedFlow
from components.delivery.rollout_plan import quota
from components.network.plan import Tier
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.network import NetworkOutputs
from stacks.layers.regional_cluster import ClusterOutputs
from stacks.settings import EnvironmentSettings

VAULT_PORT = 8200


@dataclass(frozen=True)
class WorkloadsOutputs:
    """Where services go."""

    namespace: pulumi.Output[str]


def workloads(
    settings: EnvironmentSettings, base: FoundationOutputs, network: NetworkOutputs, cluster: ClusterOutputs
) -> WorkloadsOutputs:
    """One namespace, with room for both colours of the service at their largest."""
    layer = Layer("Workloads", base.placement.feature("workloads"), [cluster.kubernetes])
    service = settings.service
    made = TeamNamespace(
        "team",
        TeamNamespaceArgs(
            placement=layer.placement,
            namespace=service.namespace,
            quota=quota(service.max_replicas, service.cpu, service.memory),
            default_cpu=service.cpu,
            default_memory=service.memory,
            flows=flows(settings, network),
        ),
        layer.inside(),
    )
    return WorkloadsOutputs(made.namespace)


def flows(settings: EnvironmentSettings, network: NetworkOutputs) -> tuple[NamedFlow, ...]:
    """In from the load balancer (through the nodes), out to the databases of both regions and to Vault."""
    plan = network.primary.plan
    front = tuple(subnet.cidr for tier in (Tier.PUBLIC, Tier.PRIVATE) for subnet in plan.of(tier))
    plans = [plan, *([network.recovery.plan] if network.recovery else [])]
    databases = tuple(subnet.cidr for each in plans for subnet in each.of(Tier.DATA))
    return (
        NamedFlow("load-balancer", front, settings.service.port, inbound=True),
        NamedFlow("database", databases, PORT, inbound=False),
        NamedFlow("vault", (settings.vault.cidr,), VAULT_PORT, inbound=False),
    )
