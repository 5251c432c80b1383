"""What is fixed about backups: when they run, what is told of them, what nobody may do to them."""

from enum import StrEnum

from components.identity.documents import Statement

SCHEDULE = "cron(0 4 * * ? *)"
"""Daily at 04:00 UTC, 6 PM in Hawaii to midnight on the East Coast: outside school hours, and done before the
database's own windows, within an hour of which AWS Backup does not start (AWS Backup developer guide, "Creating a
backup plan")."""
START_MINUTES = 60
"""AWS's shortest; a backup that could not start by then has failed, and is told."""
COMPLETE_MINUTES = 180
EVENTS = ("BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RECOVERY_POINT_MODIFIED", "RESTORE_JOB_COMPLETED")
"""AWS tells a failed backup as completed, with its state."""
MAX_RETENTION_DAYS = 366
"""Longest retention that a locked vault takes, lest a typing mistake lock up data for a lifetime."""


class VaultLockMode(StrEnum):
    """How firmly a vault keeps its recovery points."""

    NONE = "none"
    GOVERNANCE = "governance"
    """Until somebody with the permission takes the lock off."""
    COMPLIANCE = "compliance"
    """For good once its grace is over: not even the account's root takes it off."""


def deny_deletion() -> Statement:
    """Nobody deletes recovery points or shortens their lives by hand; AWS itself still lets them expire."""
    return Statement(
        sid="NobodyDeletes",
        effect="Deny",
        principals={"AWS": "*"},
        actions=["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
        resources=["*"],
    )
