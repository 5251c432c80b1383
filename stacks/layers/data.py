"""Data layer: database, cache, evidence, Vault snapshots and backups."""

from dataclasses import dataclass

import pulumi

from components.alerts.topic import AlertTopic, AlertTopicArgs
from components.keys.plan import PUBLISHERS, Purpose
from stacks.layers.backups import backups
from stacks.layers.base import Layer
from stacks.layers.cache import CacheOutputs, cache
from stacks.layers.database import database
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.network import NetworkOutputs
from stacks.layers.regional_cluster import ClusterOutputs
from stacks.layers.stores import AlertTopics, evidence, vault_snapshots
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class DataOutputs:
    """Addresses and buckets. `replica_*` and `*_dr` are None without a DR region."""

    address: pulumi.Output[str]
    port: pulumi.Output[int]
    username: pulumi.Output[str]
    password: pulumi.Output[str]
    replica_address: pulumi.Output[str] | None
    replica_arn: pulumi.Output[str] | None
    cache: CacheOutputs
    evidence_bucket: pulumi.Output[str]
    evidence_bucket_dr: pulumi.Output[str] | None
    access_log_bucket: pulumi.Output[str]
    """Name of the access log bucket. The output resolves only after the bucket accepts logs."""
    access_log_bucket_dr: pulumi.Output[str] | None
    vault_snapshot_bucket: pulumi.Output[str]
    vault_snapshot_bucket_dr: pulumi.Output[str] | None
    backup_vault: pulumi.Output[str]
    backup_vault_dr: pulumi.Output[str] | None
    alert_topic: pulumi.Output[str]
    """ARN of the topic for failed backups and late copies."""


def data(
    settings: EnvironmentSettings, base: FoundationOutputs, network: NetworkOutputs, cluster: ClusterOutputs
) -> DataOutputs:
    """Deploy stores, then their copies and backups."""
    layer = Layer("Data", base.context, [base.aws])
    alert_topics = _alert_topics(base, layer)
    instances = database(settings, base, network, layer)
    evidence_buckets = evidence(settings, base, layer, alert_topics.primary)
    snapshots = vault_snapshots(
        settings, base, layer, topic=alert_topics.primary, evidence_buckets=evidence_buckets, cluster=cluster.name
    )
    vaults = backups(settings, base, layer, alert_topics, [instances.primary.arn])
    return DataOutputs(
        address=instances.primary.address,
        port=instances.primary.port,
        username=instances.primary.username,
        password=instances.primary.password,
        replica_address=instances.replica.address if instances.replica else None,
        replica_arn=instances.replica.arn if instances.replica else None,
        cache=cache(settings, base, network.primary, layer),
        evidence_bucket=evidence_buckets.primary.evidence.name,
        evidence_bucket_dr=evidence_buckets.copy.evidence.name if evidence_buckets.copy else None,
        access_log_bucket=evidence_buckets.primary.access_logs.name_after_policy,
        access_log_bucket_dr=evidence_buckets.copy.access_logs.name_after_policy if evidence_buckets.copy else None,
        vault_snapshot_bucket=snapshots.primary.name,
        vault_snapshot_bucket_dr=snapshots.copy.name if snapshots.copy else None,
        backup_vault=vaults.primary.name,
        backup_vault_dr=vaults.copy.name if vaults.copy else None,
        alert_topic=alert_topics.primary,
    )


def _alert_topics(base: FoundationOutputs, layer: Layer) -> AlertTopics:
    """Deploy a topic in each region, because AWS events are regional."""
    regions = {"": (base.context, base.keys), "-dr": (base.recovery_context, base.recovery_keys)}
    topics = {
        suffix: AlertTopic(
            f"data-notices{suffix}",
            AlertTopicArgs(
                context=place.with_feature("backup"),
                role=f"data-notices{suffix}",
                key=keys[Purpose.ALERTS],
                services=PUBLISHERS,
            ),
            layer.child_options(),
        ).arn
        for suffix, (place, keys) in regions.items()
        if Purpose.ALERTS in keys
    }
    return AlertTopics(topics[""], topics.get("-dr"))
