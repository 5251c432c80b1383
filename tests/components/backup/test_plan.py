"""Deletion policy and notified events of backups."""

from components.backup.plan import EVENTS, MAX_RETENTION_DAYS, deny_deletion


def test_deletion_and_shorter_retention_are_denied_to_everyone() -> None:
    statement = deny_deletion()
    assert statement.effect == "Deny"
    assert statement.principals == {"AWS": "*"}
    assert set(statement.actions) == {"backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"}


def test_failed_copies_and_changed_retention_are_notified() -> None:
    assert {"COPY_JOB_FAILED", "RECOVERY_POINT_MODIFIED"} <= set(EVENTS)


def test_a_locked_vault_keeps_nothing_longer_than_a_year() -> None:
    assert MAX_RETENTION_DAYS == 366
