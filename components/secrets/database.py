"""Dynamic database credentials from Vault.

Vault creates the users on request and drops them at the end of their lease.
"""

import json
from dataclasses import dataclass

import pulumi
import pulumi_vault as vault
from pulumi import ResourceOptions

from components.base import ComponentArgs, PlatformComponent
from components.secrets.plan import (
    CONNECTION,
    DATABASE_ROLES,
    STORE,
    DatabaseRole,
    connection_url,
    credentials,
    database_address,
)


@dataclass(frozen=True, kw_only=True)
class DatabaseSecretsArgs(ComponentArgs):
    """The database, and the user with which Vault creates other users."""

    address: pulumi.Input[str]
    port: pulumi.Input[int]
    database: str
    username: pulumi.Input[str]
    password: pulumi.Input[str]


class DatabaseSecrets(PlatformComponent):
    """Database secrets engine, its connection and roles, and the database address.

    When the engine is unmounted, Vault revokes its leases, which requires the connection and the database. Therefore
    the connection and the roles are deleted together with the mount. The mount's description contains the database
    address, so the mount is deleted before the database.

    The key-value store contains the database address and names of roles, never a password.
    """

    def __init__(self, name: str, args: DatabaseSecretsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:secrets:DatabaseSecrets", name, args.context, opts)
        self._name = name
        engine = vault.Mount(
            name,
            path="database",
            type="database",
            description=pulumi.Output.concat("users on request of ", args.address),
            default_lease_ttl_seconds=max(role.default_ttl for role in DATABASE_ROLES),
            max_lease_ttl_seconds=max(role.max_ttl for role in DATABASE_ROLES),
            opts=self.child_options(),
        )
        url: pulumi.Output[str] = pulumi.Output.all(args.address, args.port).apply(
            lambda resolved: connection_url(str(resolved[0]), int(resolved[1]), args.database)
        )
        connection = vault.database.SecretBackendConnection(
            name,
            backend=engine.path,
            name=CONNECTION,
            allowed_roles=[role.name for role in DATABASE_ROLES],
            verify_connection=True,
            postgresql=vault.database.SecretBackendConnectionPostgresqlArgs(
                connection_url=url,
                username=args.username,
                password=args.password,
                max_open_connections=4,
                max_connection_lifetime=300,
            ),
            opts=self.child_options(ResourceOptions(deleted_with=engine)),
        )
        for role in DATABASE_ROLES:
            self._role(role, engine, connection)
        self._address(args)
        self.register_outputs({})

    def _role(
        self, role: DatabaseRole, engine: vault.Mount, connection: vault.database.SecretBackendConnection
    ) -> None:
        vault.database.SecretBackendRole(
            f"{self._name}-{role.name}",
            backend=engine.path,
            db_name=connection.name,
            name=role.name,
            creation_statements=role.creation(),
            revocation_statements=role.revocation(),
            default_ttl=role.default_ttl,
            max_ttl=role.max_ttl,
            opts=self.child_options(ResourceOptions(deleted_with=engine)),
        )

    def _address(self, args: DatabaseSecretsArgs) -> None:
        store = vault.Mount(
            f"{self._name}-addresses",
            path=STORE,
            type="kv",
            options={"version": "2"},
            description="addresses and names; passwords are made on request",
            opts=self.child_options(),
        )
        facts = pulumi.Output.all(args.address, args.port).apply(
            lambda resolved: json.dumps(
                {
                    "host": resolved[0],
                    "port": str(int(resolved[1])),
                    "database": args.database,
                    "sslmode": "require",
                    "credentials": ", ".join(credentials(role) for role in DATABASE_ROLES),
                }
            )
        )
        vault.kv.SecretV2(
            f"{self._name}-address",
            mount=store.path,
            name=database_address(self.context.environment),
            data_json=facts,
            opts=self.child_options(),
        )
