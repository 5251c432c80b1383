"""Stack outputs, for `ops`, other tools and people."""

import pulumi

from stacks.layers.data import DataOutputs
from stacks.layers.edge import EdgeOutputs
from stacks.layers.network import NetworkOutputs
from stacks.layers.recovery import RecoveryOutputs
from stacks.layers.regional_cluster import ClusterOutputs
from stacks.settings import EnvironmentSettings


def export(
    settings: EnvironmentSettings,
    *,
    network: NetworkOutputs,
    cluster: ClusterOutputs,
    data: DataOutputs,
    recovery: RecoveryOutputs,
    edge: EdgeOutputs,
) -> None:
    """Export the stack outputs, none of which is secret."""
    outputs: dict[str, pulumi.Input[object] | None] = {
        "environment": settings.environment,
        "account": settings.account,
        "regions": list(settings.regions),
        "vpcId": network.primary.vpc_id,
        "natPublicIps": network.nat_public_ips,
        "clusterName": cluster.name,
        "kubeconfig": cluster.kubeconfig,
        "recoveryClusterName": recovery.cluster.name if recovery.cluster else None,
        "recoveryKubeconfig": recovery.cluster.kubeconfig if recovery.cluster else None,
        "databaseAddress": data.address,
        "replicaAddress": data.replica_address,
        "replicaArn": data.replica_arn,
        "cacheAddress": data.cache.address,
        "cacheUser": data.cache.user,
        "evidenceBucket": data.evidence_bucket,
        "vaultSnapshotBucket": data.vault_snapshot_bucket,
        "vaultSnapshotBucketDr": data.vault_snapshot_bucket_dr,
        "backupVault": data.backup_vault,
        "backupVaultDr": data.backup_vault_dr,
        "vaultAddress": settings.vault.address,
        "serviceHosts": settings.hosts,
        "zoneId": edge.zone_id,
        "nameServers": edge.name_servers,
        "balancerHost": edge.primary.dns_name,
        "recoveryBalancerHost": edge.recovery.dns_name if edge.recovery else None,
    }
    for name, value in outputs.items():
        if value is not None:
            pulumi.export(name, value)
