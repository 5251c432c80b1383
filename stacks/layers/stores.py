"""Buckets of the data layer: evidence and Vault snapshots."""

from dataclasses import dataclass

import pulumi

from components.base import DeploymentContext
from components.identity.pod_role import PodRole, PodRoleArgs
from components.keys.plan import Purpose
from components.storage.bucket import BucketArgs, PrivateBucket
from components.storage.evidence import EvidenceArgs, EvidenceStore
from components.storage.plan import LifecyclePlan, write_statements
from components.storage.replication import Replication, ReplicationArgs
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.requirements import BACKUP_RETENTION_DAYS
from stacks.settings import EnvironmentSettings

VAULT_NAMESPACE = "vault"
SNAPSHOT_AGENT = "vault-snapshots"
"""Service account of the job that takes Vault's Raft snapshots. The bucket and the role have the same name."""


@dataclass(frozen=True)
class AlertTopics:
    """ARNs of the topics for failed backups and late copies, by region."""

    primary: pulumi.Output[str]
    recovery: pulumi.Output[str] | None


@dataclass(frozen=True)
class EvidenceBuckets:
    """Evidence store and its copy. `copy` is None without a DR region."""

    primary: EvidenceStore
    copy: EvidenceStore | None


@dataclass(frozen=True)
class SnapshotBuckets:
    """Bucket of Vault snapshots and its copy. `copy` is None without a DR region."""

    primary: PrivateBucket
    copy: PrivateBucket | None


def evidence(
    settings: EnvironmentSettings, base: FoundationOutputs, layer: Layer, topic: pulumi.Output[str]
) -> EvidenceBuckets:
    """Deploy the evidence store and, with a DR region, its replica."""
    key = base.keys[Purpose.EVIDENCE]
    store = _evidence(settings, layer, suffix="", context=base.context, key=key)
    if not settings.recovery.enabled:
        return EvidenceBuckets(store, None)
    copy_key = base.recovery_keys[Purpose.EVIDENCE]
    copy = _evidence(settings, layer, suffix="-dr", context=base.recovery_context, key=copy_key)
    _replicate(layer, (store.evidence, copy.evidence), (key, copy_key), topic)
    return EvidenceBuckets(store, copy)


def vault_snapshots(
    settings: EnvironmentSettings,
    base: FoundationOutputs,
    layer: Layer,
    *,
    topic: pulumi.Output[str],
    evidence_buckets: EvidenceBuckets,
    cluster: pulumi.Output[str],
) -> SnapshotBuckets:
    """Deploy the bucket of Vault's Raft snapshots and a write-only role.

    With a DR region, also deploy a replica of the bucket there.
    """
    key = base.keys[Purpose.SNAPSHOTS]
    bucket = _snapshots(settings, layer, suffix="", context=base.context, key=key, logs=evidence_buckets.primary)
    PodRole(
        SNAPSHOT_AGENT,
        PodRoleArgs(
            context=base.context.with_feature("secrets"),
            role=SNAPSHOT_AGENT,
            cluster=cluster,
            namespace=VAULT_NAMESPACE,
            service_account=SNAPSHOT_AGENT,
            statements=write_statements(bucket.arn, key, base.context.region),
        ),
        layer.child_options(),
    )
    if evidence_buckets.copy is None:
        return SnapshotBuckets(bucket, None)
    copy_key = base.recovery_keys[Purpose.SNAPSHOTS]
    copy = _snapshots(
        settings, layer, suffix="-dr", context=base.recovery_context, key=copy_key, logs=evidence_buckets.copy
    )
    _replicate(layer, (bucket, copy), (key, copy_key), topic)
    return SnapshotBuckets(bucket, copy)


def _replicate(
    layer: Layer,
    buckets: tuple[PrivateBucket, PrivateBucket],
    keys: tuple[pulumi.Output[str], pulumi.Output[str]],
    topic: pulumi.Output[str],
) -> None:
    """Replicate the first bucket to the second, each encrypted with its region's key."""
    (source, target), (source_key, target_key) = buckets, keys
    Replication(
        f"{source.role}-replication",
        ReplicationArgs(
            context=source.context,
            role=source.role,
            source=source,
            source_key=source_key,
            target=target,
            target_key=target_key,
            topic=topic,
        ),
        layer.child_options(),
    )


def _evidence(
    settings: EnvironmentSettings, layer: Layer, *, suffix: str, context: DeploymentContext, key: pulumi.Output[str]
) -> EvidenceStore:
    evidence_settings = settings.evidence
    return EvidenceStore(
        f"evidence{suffix}",
        EvidenceArgs(
            context=context.with_feature("evidence"),
            suffix=suffix,
            key=key,
            object_lock=evidence_settings.object_lock,
            retention_years=evidence_settings.retention_years,
            cold_after_days=evidence_settings.cold_after_days,
            archive_after_days=evidence_settings.archive_after_days,
            access_log_retention_days=evidence_settings.access_log_retention_days,
            force_destroy=settings.data.destroyable,
        ),
        layer.child_options(),
    )


def _snapshots(
    settings: EnvironmentSettings,
    layer: Layer,
    *,
    suffix: str,
    context: DeploymentContext,
    key: pulumi.Output[str],
    logs: EvidenceStore,
) -> PrivateBucket:
    return PrivateBucket(
        f"{SNAPSHOT_AGENT}{suffix}",
        BucketArgs(
            context=context.with_feature("secrets"),
            role=f"{SNAPSHOT_AGENT}{suffix}",
            lifecycle=LifecyclePlan(BACKUP_RETENTION_DAYS),
            force_destroy=settings.data.destroyable,
            key=key,
            access_logs=logs.access_logs.name_after_policy,
        ),
        layer.child_options(),
    )
