"""The backups of the data layer: daily full ones, in a vault, with copies in the DR region's vault."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.backup.daily import DailyBackups, DailyBackupsArgs
from components.backup.plan import Lock
from components.backup.vault import BackupVault, BackupVaultArgs
from components.base import Placement
from components.keys.plan import Purpose
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.stores import AlertTopics
from stacks.requirements import BACKUP_RETENTION_DAYS
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class BackupVaults:
    """The vaults; `copy` is None where there is no DR region."""

    primary: BackupVault
    copy: BackupVault | None


def backups(
    settings: EnvironmentSettings,
    base: FoundationOutputs,
    layer: Layer,
    alert_topics: AlertTopics,
    resources: Sequence[pulumi.Output[str]],
) -> BackupVaults:
    """Deploy vaults, backup plan and roles. Buckets are excluded: versioning and replication protect them."""
    placement = base.placement.feature("backup")
    vault = _vault(settings, layer, role="backups", placement=placement, keys=base.keys, topic=alert_topics.primary)
    copy = None
    if alert_topics.recovery is not None:
        there = base.recovery_placement.feature("backup")
        copy = _vault(
            settings, layer, role="backups-dr", placement=there, keys=base.recovery_keys, topic=alert_topics.recovery
        )
    DailyBackups(
        "backups",
        DailyBackupsArgs(
            placement=placement,
            vault=vault,
            copy=copy,
            retention_days=settings.backup.retention_days,
            resources=resources,
        ),
        layer.inside(),
    )
    return BackupVaults(vault, copy)


def _vault(
    settings: EnvironmentSettings,
    layer: Layer,
    *,
    role: str,
    placement: Placement,
    keys: dict[Purpose, pulumi.Output[str]],
    topic: pulumi.Output[str],
) -> BackupVault:
    """A locked vault, unless the environment's data may be lost."""
    wanted = settings.backup
    return BackupVault(
        role,
        BackupVaultArgs(
            placement=placement,
            role=role,
            key=keys[Purpose.BACKUP],
            lock=Lock.NONE if settings.data.destroyable else wanted.lock,
            grace_days=wanted.grace_days,
            shortest_days=min(BACKUP_RETENTION_DAYS, wanted.retention_days),
            topic=topic,
            emptied_on_destroy=settings.data.destroyable,
        ),
        layer.inside(),
    )
