"""Database of the data layer: the primary, its replica and copies of its backups."""

from dataclasses import dataclass
from typing import TypedDict

import pulumi

from components.base import DeploymentContext
from components.database.args import PrimaryArgs, ReplicaArgs
from components.database.backup_copies import BackupCopies, BackupCopiesArgs
from components.database.primary import PostgresPrimary
from components.database.replica import PostgresReplica
from components.keys.plan import Purpose
from components.network.plan import Tier
from components.network.security_group_plan import SecurityGroup
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.network import NetworkOutputs, RegionNetwork
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class DatabaseInstances:
    """Database instances. `replica` is None without a DR region."""

    primary: PostgresPrimary
    replica: PostgresReplica | None


def database(
    settings: EnvironmentSettings, base: FoundationOutputs, network: NetworkOutputs, layer: Layer
) -> DatabaseInstances:
    """Deploy the primary and, in the DR region, a replica and backup copies.

    The replica is for failovers. The copies protect against mistakes, which replication would repeat.
    """
    primary = PostgresPrimary(
        "records",
        PrimaryArgs(
            role="records",
            storage_gib=settings.database.storage_gib,
            restore_from=settings.database.restore_from,
            upgrade_from=settings.database.upgrade_from,
            **_database(settings, base.context, network.primary, base.keys),
        ),
        layer.child_options(),
    )
    if network.recovery is None:
        return DatabaseInstances(primary, None)
    replica = PostgresReplica(
        "records-dr",
        ReplicaArgs(
            role="records-dr",
            source_arn=primary.arn,
            monitoring_role_arn=primary.monitoring_role_arn,
            **_database(settings, base.recovery_context, network.recovery, base.recovery_keys),
        ),
        layer.child_options(),
    )
    BackupCopies(
        "records-backups-dr",
        BackupCopiesArgs(
            context=base.recovery_context.with_feature("records"),
            source_arn=primary.arn,
            key=base.recovery_keys[Purpose.DATABASE],
            retention_days=settings.database.backup_retention_days,
        ),
        layer.child_options(),
    )
    return DatabaseInstances(primary, replica)


class _Database(TypedDict):
    context: DeploymentContext
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
    context: DeploymentContext,
    network: RegionNetwork,
    keys: dict[Purpose, pulumi.Output[str]],
) -> _Database:
    """Return the arguments that primary and replica share."""
    database_settings = settings.database
    return {
        "context": context.with_feature("records"),
        "version": database_settings.version,
        "instance_class": database_settings.instance_class,
        "storage_cap_gib": database_settings.storage_cap_gib,
        "multi_zone": database_settings.multi_zone,
        "backup_retention_days": database_settings.backup_retention_days,
        "insights_retention_days": database_settings.insights_retention_days,
        "log_retention_days": database_settings.log_retention_days,
        "deletion_protection": not settings.data.destroyable,
        "subnet_ids": network.subnet_ids[Tier.DATA],
        "security_group_ids": [network.groups[SecurityGroup.DATABASE]],
        "key": keys[Purpose.DATABASE],
        "logs_key": keys[Purpose.LOGS],
    }
