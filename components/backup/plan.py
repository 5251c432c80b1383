"""Schedule, notified events and deletion policy of backups."""

from enum import StrEnum

from components.identity.documents import Statement

SCHEDULE = "cron(0 4 * * ? *)"
"""Daily at 04:00 UTC, outside school hours: 6 PM in Hawaii, 11 PM or midnight on the East Coast.

Backups finish before the database's own backup and maintenance windows, because AWS Backup does not start a backup
within an hour of these windows (AWS Backup developer guide, "Creating a backup plan").
"""
START_MINUTES = 60
"""Minutes within which a backup must start; AWS's minimum.

A backup that has not started by then fails, and the vault notifies its topic.
"""
COMPLETE_MINUTES = 180
EVENTS = ("BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RECOVERY_POINT_MODIFIED", "RESTORE_JOB_COMPLETED")
"""Vault events that notify the topic.

AWS reports a failed backup as BACKUP_JOB_COMPLETED too; the event contains the backup's state.
"""
MAX_RETENTION_DAYS = 366
"""Maximum retention in a locked vault, so that a typo cannot lock data for decades."""


class VaultLockMode(StrEnum):
    """Lock mode of a backup vault, which decides whether anyone can remove the lock."""

    NONE = "none"
    GOVERNANCE = "governance"
    """Principals with the IAM permission `backup:DeleteBackupVaultLockConfiguration` can remove the lock."""
    COMPLIANCE = "compliance"
    """After the grace period, the lock is permanent. Not even the root user can remove it."""


def deny_deletion() -> Statement:
    """Return a statement that forbids everyone to delete recovery points.

    Nobody can change the lifecycle of recovery points either. AWS Backup still deletes them when they expire.
    """
    return Statement(
        sid="NobodyDeletes",
        effect="Deny",
        principals={"AWS": "*"},
        actions=["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
        resources=["*"],
    )
