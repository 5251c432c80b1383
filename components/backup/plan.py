"""Schedule, notified events and deletion policy of backups."""

from enum import StrEnum

from components.identity.documents import Statement

SCHEDULE = "cron(0 4 * * ? *)"
"""Daily at 04:00 UTC, outside school hours.

That is 6 PM in Hawaii and midnight on the East Coast.

Backups finish before the database's own windows: AWS Backup does not start within an hour of those (AWS Backup
developer guide, "Creating a backup plan").
"""
START_MINUTES = 60
"""AWS's minimum.

A backup that has not started by then has failed, which is notified.
"""
COMPLETE_MINUTES = 180
EVENTS = ("BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RECOVERY_POINT_MODIFIED", "RESTORE_JOB_COMPLETED")
"""AWS reports a failed backup as completed, with its state."""
MAX_RETENTION_DAYS = 366
"""Maximum retention in a locked vault.

It prevents a typing error from locking data for decades.
"""


class VaultLockMode(StrEnum):
    """Vault lock mode."""

    NONE = "none"
    GOVERNANCE = "governance"
    """Principals with the permission can remove the lock."""
    COMPLIANCE = "compliance"
    """Permanent once the grace period is over; not even the root user can remove it."""


def deny_deletion() -> Statement:
    """Deny deleting recovery points or shortening their retention; they still expire."""
    return Statement(
        sid="NobodyDeletes",
        effect="Deny",
        principals={"AWS": "*"},
        actions=["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
        resources=["*"],
    )
