"""A rehearsal's databases are real and behave as on RDS."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from rehearsal.dataplanes.postgres import DatabaseEndpoint, DatabaseError, Databases, installation
from rehearsal.home import Home
from rehearsal.processes import Supervisor
from tests.rehearsal.dataplanes.servers import kill, running

pytestmark = pytest.mark.integration

EAST, WEST = "us-east-1", "us-west-2"
PASSWORD = "correct-horse"


def connect(endpoint: DatabaseEndpoint, **more: Any) -> "psycopg.Connection[Any]":
    settings = {"user": "campus", "password": PASSWORD, "dbname": "records", "sslmode": "require", **more}
    return psycopg.connect(host=endpoint.host, port=endpoint.port, autocommit=True, **settings)


@pytest.fixture
def databases(home: Home, supervisor: Supervisor) -> Iterator[Databases]:
    databases = Databases(home, supervisor)
    yield databases
    databases.stop_all()
    assert running() == []


@pytest.fixture
def primary(databases: Databases) -> DatabaseEndpoint:
    endpoint = databases.create("records", EAST, "campus", PASSWORD, "records")
    with connect(endpoint) as session:
        session.execute("CREATE TABLE pupils (name text)")
        session.execute("INSERT INTO pupils VALUES ('Ada')")
    return endpoint


def pupils(endpoint: DatabaseEndpoint, **more: Any) -> list[str]:
    with connect(endpoint, **more) as session:
        return [name for (name,) in session.execute("SELECT name FROM pupils ORDER BY name")]


def follow(standby: DatabaseEndpoint, primary: DatabaseEndpoint) -> None:
    """Wait until the standby has replayed all WAL of the primary."""
    with connect(primary) as session:
        written = session.execute("SELECT pg_current_wal_lsn()").fetchone()
    with connect(standby) as session:
        while session.execute("SELECT pg_last_wal_replay_lsn() >= %s", written).fetchone() != (True,):
            session.execute("SELECT pg_sleep(0.05)")


def test_the_master_user_can_create_roles_and_databases_but_is_not_a_superuser(primary: DatabaseEndpoint) -> None:
    with connect(primary) as session:
        row = session.execute("SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'campus'")
        assert row.fetchone() == (False, True, True)
        session.execute("CREATE ROLE reader LOGIN PASSWORD 'x'")
        session.execute("GRANT rds_superuser TO reader")
        session.execute("CREATE DATABASE archive")
        owner = session.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'records'")
        assert owner.fetchone() == ("campus",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("SELECT pg_read_file('/etc/passwd')")


def test_unencrypted_connections_are_refused(databases: Databases, primary: DatabaseEndpoint, home: Home) -> None:
    with connect(primary) as session:
        assert session.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone() == (True,)
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        connect(primary, sslmode="disable")
    authority = home.root / "authority.pem"
    authority.write_text(databases.authority_pem)
    assert pupils(primary, sslmode="verify-full", sslrootcert=str(authority)) == ["Ada"]


def test_a_wrong_password_is_refused(primary: DatabaseEndpoint) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(primary, password="wrong")


def test_a_replica_in_another_region_replicates_and_is_read_only(
    databases: Databases, primary: DatabaseEndpoint
) -> None:
    standby = databases.replicate("records-dr", WEST, "records", EAST)
    assert pupils(standby) == ["Ada"]
    with connect(primary) as session:
        session.execute("INSERT INTO pupils VALUES ('Grace')")
    follow(standby, primary)
    assert pupils(standby) == ["Ada", "Grace"]
    with connect(standby) as session, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        session.execute("INSERT INTO pupils VALUES ('Edsger')")


def test_a_promoted_replica_is_writable_and_its_slot_is_dropped(
    databases: Databases, primary: DatabaseEndpoint
) -> None:
    standby = databases.replicate("records-dr", WEST, "records", EAST)
    databases.promote("records-dr", WEST)
    with connect(standby) as session:
        session.execute("INSERT INTO pupils VALUES ('Edsger')")
    assert pupils(primary) == ["Ada"]
    with connect(primary) as session:
        assert session.execute("SELECT count(*) FROM pg_replication_slots").fetchone() == (0,)
    with pytest.raises(DatabaseError, match="records-dr in us-west-2 is not a replica"):
        databases.promote("records-dr", WEST)


def test_a_replica_can_be_promoted_after_its_source_was_deleted(
    databases: Databases, supervisor: Supervisor, primary: DatabaseEndpoint
) -> None:
    standby = databases.replicate("records-dr", WEST, "records", EAST)
    follow(standby, primary)
    kill(supervisor, f"postgres.{EAST}-records")
    databases.delete("records", EAST)
    assert pupils(standby) == ["Ada"]
    databases.promote("records-dr", WEST)
    with connect(standby) as session:
        session.execute("INSERT INTO pupils VALUES ('Edsger')")


def test_a_replica_can_have_replicas(databases: Databases, primary: DatabaseEndpoint) -> None:
    databases.replicate("records-dr", WEST, "records", EAST)
    third = databases.replicate("records-far", "eu-west-1", "records-dr", WEST)
    with connect(primary) as session:
        session.execute("INSERT INTO pupils VALUES ('Grace')")
    follow(third, primary)
    assert pupils(third) == ["Ada", "Grace"]


def test_the_password_can_be_changed(databases: Databases, primary: DatabaseEndpoint) -> None:
    databases.set_password("records", EAST, 'it\'s "new"')
    assert pupils(primary, password='it\'s "new"') == ["Ada"]


def test_a_reboot_keeps_address_and_data_and_reconnects_replicas(
    databases: Databases, primary: DatabaseEndpoint
) -> None:
    standby = databases.replicate("records-dr", WEST, "records", EAST)
    with connect(primary):  # a connected client does not delay the reboot
        databases.reboot("records", EAST)
    assert databases.get("records", EAST) == primary
    with connect(primary) as session:
        session.execute("INSERT INTO pupils VALUES ('Grace')")
    follow(standby, primary)
    assert pupils(standby) == ["Ada", "Grace"]


def test_heal_restarts_a_crashed_server_but_not_a_stopped_one(
    databases: Databases, supervisor: Supervisor, primary: DatabaseEndpoint
) -> None:
    kill(supervisor, "postgres")
    assert not databases.alive("records", EAST)
    (healed,) = databases.heal()
    assert healed.startswith("postgres.us-east-1-records")
    assert pupils(primary) == ["Ada"]
    databases.stop("records", EAST)
    assert databases.heal() == ()
    assert not databases.alive("records", EAST)
    databases.start("records", EAST)
    assert pupils(primary) == ["Ada"]


def test_a_snapshot_can_be_restored_after_its_database_was_deleted(
    databases: Databases, primary: DatabaseEndpoint
) -> None:
    databases.snapshot("records", EAST, "before")
    with connect(primary) as session:
        session.execute("DELETE FROM pupils")
    databases.copy_snapshot("before", EAST, "before-dr", WEST)
    databases.delete("records", EAST)
    assert pupils(databases.restore("restored", EAST, "before")) == ["Ada"]
    assert pupils(databases.restore("restored", WEST, "before-dr")) == ["Ada"]
    databases.delete_snapshot("before", EAST)
    with pytest.raises(DatabaseError, match="there is no snapshot before in us-east-1"):
        databases.restore("again", EAST, "before")


def test_a_renamed_database_keeps_running_and_frees_its_name(databases: Databases, primary: DatabaseEndpoint) -> None:
    databases.rename("records", EAST, "records-old")
    renamed = databases.get("records-old", EAST)
    assert renamed
    assert renamed.host == primary.host
    assert databases.get("records", EAST) is None
    other = databases.create("records", EAST, "campus", PASSWORD, "records")
    with pytest.raises(DatabaseError, match="database records already exists in us-east-1"):
        databases.rename("records-old", EAST, "records")
    assert other.host != primary.host
    assert pupils(renamed) == ["Ada"]


def test_databases_start_in_parallel(databases: Databases) -> None:
    endpoints: list[DatabaseEndpoint] = []
    threads = [
        threading.Thread(target=lambda name=name: endpoints.append(databases.create(name, EAST, "campus", PASSWORD)))
        for name in ("one", "two", "three")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len({endpoint.host for endpoint in endpoints}) == 3
    for endpoint in endpoints:
        with connect(endpoint, dbname="postgres") as session:
            assert session.execute("SELECT 1").fetchone() == (1,)


def test_a_failed_create_leaves_nothing(databases: Databases, primary: DatabaseEndpoint) -> None:
    assert primary
    with pytest.raises(DatabaseError, match='wrong: role "rdsadmin" already exists'):
        databases.create("wrong", EAST, "rdsadmin", PASSWORD)
    with pytest.raises(DatabaseError, match="database records already exists in us-east-1"):
        databases.create("records", EAST, "campus", PASSWORD)
    with pytest.raises(DatabaseError, match="there is no database nowhere in us-east-1; create it first"):
        databases.replicate("records-dr", WEST, "nowhere", EAST)
    databases.stop("records", EAST)
    with pytest.raises(DatabaseError, match=r"pg_basebackup failed with exit code 1: .*Connection refused"):
        databases.replicate("records-dr", WEST, "records", EAST)
    assert [endpoint.identifier for endpoint in databases.all()] == ["records"]
    data = databases._installation().data
    assert [path.name for path in data.iterdir() if path.name.startswith((EAST, WEST))] == [
        databases._find("records", EAST).directory.name
    ]


def test_data_outside_of_the_home_are_removed(databases: Databases, primary: DatabaseEndpoint) -> None:
    assert primary
    data = databases._installation().data
    assert data.exists()
    databases.stop_all()
    assert not data.exists()


def test_postgresql_from_pypi_replicates(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, databases: Databases) -> None:
    monkeypatch.setattr(installation, "_DEBIAN", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    primary = databases.create("records", EAST, "campus", PASSWORD, "records")
    with connect(primary) as session:
        session.execute("CREATE TABLE pupils AS SELECT 'Ada' AS name")
    standby = databases.replicate("records-dr", WEST, "records", EAST)
    follow(standby, primary)
    assert pupils(standby) == ["Ada"]
    databases.promote("records-dr", WEST)
