"""A rehearsal's Vault is real, and it is unsealed again after a crash."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import hvac
import psycopg
import pytest
import requests

from rehearsal.dataplanes.postgres import DatabaseEndpoint, Databases
from rehearsal.dataplanes.vault import VaultEndpoint, VaultServer
from rehearsal.home import Home
from rehearsal.processes import ProcessError, Supervisor
from tests.rehearsal.dataplanes.servers import binary, kill

pytestmark = pytest.mark.integration


@contextmanager
def client(endpoint: VaultEndpoint) -> Iterator[Any]:
    with requests.Session() as session:
        yield hvac.Client(url=endpoint.address, token=endpoint.token, session=session)


@pytest.fixture
def vault(home: Home, supervisor: Supervisor) -> Iterator[VaultServer]:
    vault = VaultServer(home, supervisor, binary)
    yield vault
    vault.stop()


def test_vault_is_started_initialised_and_unsealed_on_first_use(vault: VaultServer, home: Home) -> None:
    assert vault.endpoint() is None
    endpoint = vault.ensure()
    assert vault.endpoint() == endpoint
    with client(endpoint) as connection:
        assert connection.sys.read_seal_status()["sealed"] is False
        assert connection.sys.read_seal_status()["storage_type"] == "raft"
    assert (home.data / "vault" / "keys.json").stat().st_mode & 0o777 == 0o600


def test_a_crashed_vault_is_restarted_unsealed_with_its_secrets(vault: VaultServer, supervisor: Supervisor) -> None:
    endpoint = vault.ensure()
    with client(endpoint) as connection:
        connection.sys.enable_secrets_engine("kv", path="secret", options={"version": "2"})
        connection.secrets.kv.v2.create_or_update_secret("payments", secret={"key": "1"})
    kill(supervisor, "vault")
    assert vault.endpoint() is None
    assert vault.ensure() == endpoint
    with client(endpoint) as connection:
        read = connection.secrets.kv.v2.read_secret_version("payments", raise_on_deleted_version=True)
    assert read["data"]["data"] == {"key": "1"}


def test_heal_restarts_only_a_vault_that_was_started(vault: VaultServer, supervisor: Supervisor) -> None:
    assert vault.heal() == ()
    vault.ensure()
    kill(supervisor, "vault")
    assert vault.heal() == ("vault",)
    assert vault.heal() == ()


def test_a_new_process_unseals_an_existing_vault(home: Home, vault: VaultServer) -> None:
    endpoint = vault.ensure()
    vault.stop()
    supervisor = Supervisor(home)
    try:
        assert VaultServer(home, supervisor, binary).ensure() == endpoint
    finally:
        supervisor.stop_all(timeout=0)


def test_a_missing_binary_is_named(home: Home, supervisor: Supervisor) -> None:
    with pytest.raises(ProcessError, match="/nowhere/vault does not exist; install or build it"):
        VaultServer(home, supervisor, lambda _: home.root / "/nowhere/vault").ensure()


def test_vault_issues_credentials_for_a_real_database(vault: VaultServer, home: Home, supervisor: Supervisor) -> None:
    databases = Databases(home, supervisor)
    database = databases.create("records", "us-east-1", "campus", "correct-horse", "records")
    try:
        with client(vault.ensure()) as connection:
            user, password = _dynamic_credential(connection, database)
        with _connect(database, user, password) as session:
            assert session.execute("SELECT current_user").fetchone() == (user,)
    finally:
        databases.stop_all()


def _dynamic_credential(connection: Any, database: DatabaseEndpoint) -> tuple[str, str]:
    connection.sys.enable_secrets_engine("database")
    connection.secrets.database.configure(
        name="records",
        plugin_name="postgresql-database-plugin",
        allowed_roles=["reader"],
        connection_url=f"postgresql://{{{{username}}}}:{{{{password}}}}@{database.host}:{database.port}/records?sslmode=require",
        username="campus",
        password="correct-horse",
    )
    connection.secrets.database.create_role(
        name="reader",
        db_name="records",
        creation_statements=[
            "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'",
            'GRANT CONNECT ON DATABASE records TO "{{name}}"',
        ],
        default_ttl="1h",
    )
    credentials = connection.secrets.database.generate_credentials("reader")["data"]
    return credentials["username"], credentials["password"]


def _connect(database: DatabaseEndpoint, user: str, password: str) -> "psycopg.Connection[Any]":
    return psycopg.connect(
        host=database.host, port=database.port, user=user, password=password, dbname="records", sslmode="require"
    )
