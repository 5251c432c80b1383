"""Daily full backups of the data layer, with copies in the DR region."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.backup.daily import DailyBackups, DailyBackupsArgs
from components.backup.plan import VaultLockMode
from components.backup.vault import BackupVault, BackupVaultArgs
from components.base import DeploymentContext
from components.keys.plan import Purpose
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.stores import AlertTopics
from stacks.requirements import BACKUP_RETENTION_DAYS
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class BackupVaults:
    """Backup vaults. `copy` is None without a DR region."""

    primary: BackupVault
    copy: BackupVault | None


def backups(
    settings: EnvironmentSettings,
    base: FoundationOutputs,
    layer: Layer,
    alert_topics: AlertTopics,
    resources: Sequence[pulumi.Output[str]],
) -> BackupVaults:
    """Deploy vaults, backup plan and roles.

    Buckets are not in the backup plan, because they are versioned, replicated and, where required, locked.
    """
    context = base.context.with_feature("backup")
    vault = _vault(settings, layer, role="backups", context=context, keys=base.keys, topic=alert_topics.primary)
    copy = None
    if alert_topics.recovery is not None:
        there = base.recovery_context.with_feature("backup")
        copy = _vault(
            settings, layer, role="backups-dr", context=there, keys=base.recovery_keys, topic=alert_topics.recovery
        )
    DailyBackups(
        "backups",
        DailyBackupsArgs(
            context=context,
            vault=vault,
            copy=copy,
            retention_days=settings.backup.retention_days,
            resources=resources,
        ),
        layer.child_options(),
    )
    return BackupVaults(vault, copy)


def _vault(
    settings: EnvironmentSettings,
    layer: Layer,
    *,
    role: str,
    context: DeploymentContext,
    keys: dict[Purpose, pulumi.Output[str]],
    topic: pulumi.Output[str],
) -> BackupVault:
    """Deploy a backup vault with the configured lock, or without one if destroyable."""
    backup = settings.backup
    return BackupVault(
        role,
        BackupVaultArgs(
            context=context,
            role=role,
            key=keys[Purpose.BACKUP],
            lock=VaultLockMode.NONE if settings.data.destroyable else backup.lock,
            grace_days=backup.grace_days,
            min_retention_days=min(BACKUP_RETENTION_DAYS, backup.retention_days),
            topic=topic,
            force_destroy=settings.data.destroyable,
        ),
        layer.child_options(),
    )
