"""The database and the evidence store of one environment, and their copies in the DR region."""

from dataclasses import dataclass
from typing import TypedDict

import pulumi

from components.base import Placement
from components.database.args import PrimaryArgs, ReplicaArgs
from components.database.primary import PostgresPrimary
from components.database.replica import PostgresReplica
from components.keys.plan import Purpose
from components.network.firewall_plan import Group
from components.network.plan import Tier
from components.storage.evidence import EvidenceArgs, EvidenceStore
from components.storage.replication import Replication, ReplicationArgs
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.network import NetworkOutputs, RegionNetwork
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class DataOutputs:
    """Where data is. `replica_*` are None where there is no DR region."""

    address: pulumi.Output[str]
    port: pulumi.Output[int]
    username: pulumi.Output[str]
    password: pulumi.Output[str]
    replica_address: pulumi.Output[str] | None
    replica_arn: pulumi.Output[str] | None
    evidence_bucket: pulumi.Output[str]
    access_log_bucket: pulumi.Output[str]
    """Takes logs by the time that its name is known."""
    recovery_access_log_bucket: pulumi.Output[str] | None


def data(settings: EnvironmentSettings, base: FoundationOutputs, network: NetworkOutputs) -> DataOutputs:
    """Databases and the evidence store of one environment."""
    layer = Layer("Data", base.placement, [base.aws])
    primary = PostgresPrimary(
        "records",
        PrimaryArgs(
            role="records",
            storage_gib=settings.database.storage_gib,
            **_database(settings, base.placement, network.primary, base.keys),
        ),
        layer.inside(),
    )
    replica = _replica(settings, base, network.recovery, primary, layer) if network.recovery else None
    evidence, copy = _evidence(settings, base, layer)
    return DataOutputs(
        address=primary.address,
        port=primary.port,
        username=primary.username,
        password=primary.password,
        replica_address=replica.address if replica else None,
        replica_arn=replica.arn if replica else None,
        evidence_bucket=evidence.evidence.name,
        access_log_bucket=evidence.access_logs.granted,
        recovery_access_log_bucket=copy.access_logs.granted if copy else None,
    )


def _replica(
    settings: EnvironmentSettings,
    base: FoundationOutputs,
    network: RegionNetwork,
    primary: PostgresPrimary,
    layer: Layer,
) -> PostgresReplica:
    return PostgresReplica(
        "records-dr",
        ReplicaArgs(
            role="records-dr",
            source_arn=primary.arn,
            monitoring_role_arn=primary.monitoring_role_arn,
            **_database(settings, base.recovery_placement, network, base.recovery_keys),
        ),
        layer.inside(),
    )


class _Database(TypedDict):
    placement: Placement
    version: str
    instance_class: str
    storage_cap_gib: int
    multi_zone: bool
    backup_retention_days: int
    insights_retention_days: int
    log_retention_days: int
    deletion_protection: bool
    subnet_ids: list[pulumi.Output[str]]
    security_group_ids: list[pulumi.Output[str]]
    key: pulumi.Output[str]
    logs_key: pulumi.Output[str]


def _database(
    settings: EnvironmentSettings,
    placement: Placement,
    network: RegionNetwork,
    keys: dict[Purpose, pulumi.Output[str]],
) -> _Database:
    """What primary and replica share, each with its own region's network and keys."""
    wanted = settings.database
    return {
        "placement": placement.feature("records"),
        "version": wanted.version,
        "instance_class": wanted.instance_class,
        "storage_cap_gib": wanted.storage_cap_gib,
        "multi_zone": wanted.multi_zone,
        "backup_retention_days": wanted.backup_retention_days,
        "insights_retention_days": wanted.insights_retention_days,
        "log_retention_days": wanted.log_retention_days,
        "deletion_protection": not settings.data.disposable,
        "subnet_ids": network.subnet_ids[Tier.DATA],
        "security_group_ids": [network.groups[Group.DATABASE]],
        "key": keys[Purpose.DATABASE],
        "logs_key": keys[Purpose.LOGS],
    }


def _evidence(
    settings: EnvironmentSettings, base: FoundationOutputs, layer: Layer
) -> tuple[EvidenceStore, EvidenceStore | None]:
    """The store, and where there is a DR region another one there to which everything is copied."""
    key = base.keys[Purpose.EVIDENCE]
    store = _store(settings, layer, suffix="", placement=base.placement, key=key)
    if not settings.recovery.enabled:
        return store, None
    copy_key = base.recovery_keys[Purpose.EVIDENCE]
    copy = _store(settings, layer, suffix="-dr", placement=base.recovery_placement, key=copy_key)
    Replication(
        "evidence-replication",
        ReplicationArgs(
            placement=base.placement.feature("evidence"),
            role="evidence",
            source=store.evidence,
            source_key=key,
            target=copy.evidence,
            target_key=copy_key,
        ),
        layer.inside(),
    )
    return store, copy


def _store(
    settings: EnvironmentSettings, layer: Layer, *, suffix: str, placement: Placement, key: pulumi.Output[str]
) -> EvidenceStore:
    wanted = settings.evidence
    return EvidenceStore(
        f"evidence{suffix}",
        EvidenceArgs(
            placement=placement.feature("evidence"),
            suffix=suffix,
            key=key,
            object_lock=wanted.object_lock,
            retention_years=wanted.retention_years,
            cold_after_days=wanted.cold_after_days,
            archive_after_days=wanted.archive_after_days,
            access_log_retention_days=wanted.access_log_retention_days,
            emptied_on_destroy=settings.data.disposable,
        ),
        layer.inside(),
    )
