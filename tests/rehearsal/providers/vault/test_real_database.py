"""Vault creates roles in a real PostgreSQL server."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from rehearsal.dataplanes.postgres import DatabaseEndpoint, Databases
from rehearsal.home import Home
from rehearsal.processes import Supervisor
from rehearsal.providers.protocol import ProviderError, ResourceState

from .conftest import Program

pytestmark = pytest.mark.integration

CONNECTION = "vault:database/secretBackendConnection:SecretBackendConnection"
ROLE = "vault:database/secretBackendRole:SecretBackendRole"
PASSWORD = "correct-horse-battery"
CREATE = """CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseEndpoint]:
    """Start a database like that of an RDS instance."""
    home = Home(tmp_path_factory.mktemp("project"), "dev")
    home.make()
    supervisor = Supervisor(home)
    databases = Databases(home, supervisor)
    try:
        yield databases.create("records", "us-east-1", "vault", PASSWORD, "records")
    finally:
        databases.stop_all()
        supervisor.stop_all()


def url(database: DatabaseEndpoint) -> str:
    return f"postgresql://{{{{username}}}}:{{{{password}}}}@{database.host}:{database.port}/records?sslmode=require"


def settings(database: DatabaseEndpoint, **rest: Any) -> dict[str, Any]:
    return {"connectionUrl": url(database), "username": "vault", "password": PASSWORD, **rest}


def log_in(database: DatabaseEndpoint, credentials: dict[str, Any]) -> Any:
    return psycopg.connect(
        host=database.host,
        port=database.port,
        dbname="records",
        user=credentials["username"],
        password=credentials["password"],
    )


def test_credentials_of_a_role_work_until_they_are_revoked(program: Program, database: DatabaseEndpoint) -> None:
    program.create("vault:index/mount:Mount", "database", {"path": "database", "type": "database"})
    inputs = {"backend": "database", "name": "records", "allowedRoles": ["app"], "postgresql": settings(database)}
    connection = program.create(CONNECTION, "records", inputs)
    role_inputs = {
        "backend": "database",
        "name": "app",
        "dbName": "records",
        "creationStatements": [CREATE],
        "defaultTtl": 600,
        "maxTtl": 3600,
    }
    role = program.create(ROLE, "app", role_inputs)
    assert (program.drift(connection), program.drift(role)) == ([], [])

    secret = program.configured.invoke("vault:generic/getSecret:getSecret", {"path": "database/creds/app"})
    assert secret["leaseDuration"] == 600
    with log_in(database, secret["data"]) as client:
        assert client.execute("SELECT current_user").fetchone() == (secret["data"]["username"],)
    program.api.write("sys/leases/revoke", {"lease_id": secret["leaseId"], "sync": True})
    with pytest.raises(psycopg.OperationalError):
        log_in(database, secret["data"])

    program.api.write(role.id, {"max_ttl": 86400})
    assert program.drift(role) == ["maxTtl"]
    assert not program.drift(program.update(role, maxTtl=7200))
    changed = program.update(connection, allowedRoles=["app", "report"])
    assert not program.drift(changed)
    for resource in (role, connection):
        program.configured.delete(resource, 0)
        assert program.configured.read(resource) is None


def test_a_mount_manages_its_connections(program: Program, database: DatabaseEndpoint) -> None:
    one = {"name": "one", "allowedRoles": ["*"], **settings(database)}
    two = {**one, "name": "two", "maxOpenConnections": 3}
    mount = program.create("vault:database/secretsMount:SecretsMount", "db", {"path": "db", "postgresqls": [one, two]})
    assert not program.drift(mount)
    assert mount.outputs["engineCount"] == 2
    program.api.write("db/config/two", {"plugin_name": "postgresql-database-plugin", "max_open_connections": 9})
    assert program.drift(mount) == ["postgresqls[1].maxOpenConnections"]
    smaller = program.update(mount, postgresqls=[one])
    assert program.api.read("db/config/two") is None
    assert not program.drift(smaller)
    program.configured.delete(smaller, 0)
    assert program.configured.read(smaller) is None


def test_a_wrong_password_fails_without_showing_it(program: Program, database: DatabaseEndpoint) -> None:
    program.create("vault:index/mount:Mount", "wrong", {"path": "wrong", "type": "database"})
    wrong = settings(database, password="not-the-password")
    with pytest.raises(ProviderError, match="password authentication failed") as caught:
        program.create(CONNECTION, "w", {"backend": "wrong", "name": "w", "postgresql": wrong})
    assert "not-the-password" not in str(caught.value)


def test_a_static_role_rotates_the_password_of_an_existing_user(program: Program, database: DatabaseEndpoint) -> None:
    with log_in(database, {"username": "vault", "password": PASSWORD}) as client:
        client.execute("CREATE ROLE reporter LOGIN PASSWORD 'first'")
    program.create("vault:index/mount:Mount", "static", {"path": "static", "type": "database"})
    connection = {"backend": "static", "name": "records", "allowedRoles": ["*"], "postgresql": settings(database)}
    program.create(CONNECTION, "static", connection)
    role: ResourceState = program.create(
        "vault:database/secretBackendStaticRole:SecretBackendStaticRole",
        "reporter",
        {"backend": "static", "name": "reporter", "dbName": "records", "username": "reporter", "rotationPeriod": 3600},
    )
    assert not program.drift(role)
    credentials = program.configured.invoke(
        "vault:generic/getSecret:getSecret", {"path": "static/static-creds/reporter"}
    )
    with log_in(database, credentials["data"]) as client:
        assert client.execute("SELECT 1").fetchone() == (1,)
