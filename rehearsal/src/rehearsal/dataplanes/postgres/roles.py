"""Roles of a new database: RDS's roles and the master user.

As on RDS, the master user is not a superuser.
"""

from typing import Any

from psycopg import Connection, sql

REPLICATION_USER = "rdsrepladmin"
SUPERUSER_GROUP = "rds_superuser"

_ROLES = (
    "CREATE ROLE rds_superuser",
    "CREATE ROLE rds_replication",
    "CREATE ROLE rds_iam",
    "GRANT pg_monitor, pg_signal_backend, rds_replication TO rds_superuser WITH ADMIN OPTION",
)


def create_roles(connection: "Connection[Any]", replication_password: str) -> None:
    """Create the roles that every RDS database has."""
    for statement in _ROLES:
        connection.execute(statement.encode())
    _execute(
        connection,
        "CREATE ROLE {user} LOGIN REPLICATION PASSWORD {password}",
        user=sql.Identifier(REPLICATION_USER),
        password=sql.Literal(replication_password),
    )


def create_master(connection: "Connection[Any]", user: str, password: str, database: str) -> None:
    """Create the master user, and a database that it owns unless `database` is empty."""
    name = sql.Identifier(user)
    _execute(
        connection,
        "CREATE ROLE {user} LOGIN CREATEDB CREATEROLE PASSWORD {password}",
        user=name,
        password=sql.Literal(password),
    )
    _execute(connection, "GRANT rds_superuser TO {user} WITH ADMIN OPTION", user=name)
    _execute(connection, "ALTER DATABASE postgres OWNER TO {user}", user=name)
    if database and database != "postgres":
        _execute(connection, "CREATE DATABASE {database} OWNER {user}", database=sql.Identifier(database), user=name)


def set_password(connection: "Connection[Any]", user: str, password: str) -> None:
    """Change a role's password."""
    _execute(
        connection,
        "ALTER ROLE {user} PASSWORD {password}",
        user=sql.Identifier(user),
        password=sql.Literal(password),
    )


def _execute(connection: "Connection[Any]", statement: str, **parts: sql.Composable) -> None:
    connection.execute(sql.SQL(statement).format(**parts))
