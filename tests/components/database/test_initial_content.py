"""Initial content of a new instance."""

from components.database.primary import initial_content


def test_a_new_database_is_empty_and_has_a_master_user() -> None:
    assert initial_content(None) == {"username": "campus_admin", "db_name": "records"}


def test_a_restored_database_takes_its_content_from_the_snapshot() -> None:
    assert initial_content("campus-dev-records-1") == {"snapshot_identifier": "campus-dev-records-1"}
