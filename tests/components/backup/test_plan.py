"""What nobody may do to backups, and what is told of them."""

from components.backup.plan import EVENTS, MAX_RETENTION_DAYS, deny_deletion


def test_deleting_and_shortening_are_both_denied_to_everybody() -> None:
    statement = deny_deletion()
    assert statement.effect == "Deny"
    assert statement.principals == {"AWS": "*"}
    assert set(statement.actions) == {"backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"}


def test_a_failed_copy_and_a_shortened_life_are_told() -> None:
    assert {"COPY_JOB_FAILED", "RECOVERY_POINT_MODIFIED"} <= set(EVENTS)


def test_a_typing_mistake_locks_nothing_up_for_more_than_a_year() -> None:
    assert MAX_RETENTION_DAYS == 366
