"""What a new instance is made from."""

from components.database.primary import origin


def test_a_new_database_is_empty_and_has_a_master_user() -> None:
    assert origin(None) == {"username": "campus_admin", "db_name": "records"}


def test_a_restored_one_has_what_its_snapshot_has() -> None:
    assert origin("campus-dev-records-1") == {"snapshot_identifier": "campus-dev-records-1"}
