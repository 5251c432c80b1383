"""What a stack tells the outside: facts that `ops`, other tools and people look up."""

import pulumi

from stacks.layers.cluster import ClusterOutputs
from stacks.layers.data import DataOutputs
from stacks.layers.network import NetworkOutputs
from stacks.settings import EnvironmentSettings


def export(settings: EnvironmentSettings, network: NetworkOutputs, cluster: ClusterOutputs, data: DataOutputs) -> None:
    """Publish stack outputs; none is secret."""
    facts: dict[str, pulumi.Input[object] | None] = {
        "environment": settings.environment,
        "account": settings.account,
        "regions": list(settings.regions),
        "vpcId": network.primary.vpc_id,
        "natPublicIps": network.nat_public_ips,
        "clusterName": cluster.name,
        "kubeconfig": cluster.kubeconfig,
        "databaseAddress": data.address,
        "replicaAddress": data.replica_address,
        "replicaArn": data.replica_arn,
        "evidenceBucket": data.evidence_bucket,
        "vaultAddress": settings.vault.address,
        "serviceHosts": settings.hosts,
    }
    for name, fact in facts.items():
        if fact is not None:
            pulumi.export(name, fact)
