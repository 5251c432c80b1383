"""Database roles, policies and auth roles of Vault, with their lifetimes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

PIPELINE_TOKEN_TTL = 15 * 60
"""Lifetime of the pipeline's token in seconds: the required `ttl=15m`."""
AUDIENCE = "vault"
"""Audience of the service account tokens that Vault accepts.

Vault rejects tokens for another audience.
"""
PEOPLE = "oidc"
"""Mount path of people's auth method, the default of `vault login -method=oidc`."""
PEOPLE_ROLE = "people"
PEOPLE_TTL, PEOPLE_MAX_TTL = 60 * 60, 8 * 60 * 60
"""Lifetime and maximum lifetime of a person's token in seconds.

People sign in once per working day.
"""
GROUPS_CLAIM = "groups"
"""Token claim in which the identity provider lists a person's groups.

The names match the Kubernetes groups, e.g. `campus:on-call`.
"""
CONNECTION = "records"
STORE = "secret"
"""Mount of the key-value store (version 2)."""


@dataclass(frozen=True)
class DatabaseRole:
    """Role of dynamic database users."""

    name: str
    grants: tuple[str, ...]
    default_ttl: int
    """Seconds."""
    max_ttl: int
    """Seconds; limit for lease renewals."""

    def creation(self) -> list[str]:
        """Return SQL that creates the user.

        The SQL also makes Vault's own user a member of the new user's role. Vault's user is not a superuser on RDS, so
        it could not drop the new user otherwise.
        """
        return [
            "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'",
            'GRANT "{{name}}" TO CURRENT_USER',
            'GRANT USAGE ON SCHEMA public TO "{{name}}"',
            *(f'GRANT {grant} IN SCHEMA public TO "{{{{name}}}}"' for grant in self.grants),
        ]

    def revocation(self) -> list[str]:
        """Return SQL that terminates the user's sessions and drops the user."""
        return [
            'ALTER ROLE "{{name}}" NOLOGIN',
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}'",
            'REASSIGN OWNED BY "{{name}}" TO CURRENT_USER',
            'DROP OWNED BY "{{name}}"',
            'DROP ROLE IF EXISTS "{{name}}"',
        ]


READ_ONLY = DatabaseRole("records-read-only", ("SELECT ON ALL TABLES",), default_ttl=3600, max_ttl=8 * 3600)
READ_WRITE = DatabaseRole(
    "records-read-write",
    ("SELECT, INSERT, UPDATE, DELETE ON ALL TABLES", "USAGE, SELECT ON ALL SEQUENCES"),
    default_ttl=3600,
    max_ttl=24 * 3600,
)
DATABASE_ROLES = (READ_ONLY, READ_WRITE)


class DatabaseAccess(StrEnum):
    """Access of a service to the database.

    The pipeline, which runs migrations, has its own privileges.
    """

    NONE = "none"
    READ_ONLY = "read-only"
    READ_WRITE = "read-write"


ROLE_OF: Mapping[DatabaseAccess, DatabaseRole] = {
    DatabaseAccess.READ_ONLY: READ_ONLY,
    DatabaseAccess.READ_WRITE: READ_WRITE,
}
PIPELINE = "ci-cd"
PIPELINE_POLICY = "ci-cd-policy"


@dataclass(frozen=True)
class Grant:
    """One path of a policy and the capabilities on this path."""

    path: str
    capabilities: tuple[str, ...] = ("read",)


@dataclass(frozen=True)
class PolicyPlan:
    """A named policy with its paths."""

    name: str
    grants: tuple[Grant, ...]

    def text(self) -> str:
        """Return the policy in HCL."""
        blocks = (_block(grant) for grant in self.grants)
        return "\n".join(blocks)


@dataclass(frozen=True)
class AuthRolePlan:
    """Auth role of Kubernetes service accounts, and its policy.

    The account and the namespaces are full names, never wildcards. `ttl` is the lifetime of Vault's token in seconds.
    """

    role: str
    account: str
    namespaces: tuple[str, ...]
    policy: str
    ttl: int = PIPELINE_TOKEN_TTL


@dataclass(frozen=True)
class ServiceAccess:
    """A service, its namespace and its database access."""

    name: str
    namespace: str
    database: DatabaseAccess

    @property
    def policy(self) -> str:
        """Name of the service's policy."""
        return f"service-{self.name}"


def database_address(environment: str) -> str:
    """Return the path of the database address in the key-value store.

    The requirements specify the command `vault kv get secret/dev/database/postgres`.
    """
    return f"{environment}/database/postgres"


def service_secrets(environment: str, service: str) -> str:
    """Return the path of a service's keys for external services (SMS, e-mail, SSO)."""
    return f"{environment}/services/{service}"


def kubernetes_auth_path(suffix: str) -> str:
    """Return the mount path of a cluster's auth method.

    `suffix` is the suffix of the cluster's names.
    """
    return f"kubernetes{suffix}"


def credentials(role: DatabaseRole) -> str:
    """Return the Vault path at which a read creates a database user with this role."""
    return f"database/creds/{role.name}"


def service_policies(environment: str, services: Iterable[ServiceAccess]) -> tuple[PolicyPlan, ...]:
    """Return one policy per service: its own secrets and its database access."""
    return tuple(PolicyPlan(each.policy, _service_grants(environment, each)) for each in services)


def pipeline_policy(environment: str) -> PolicyPlan:
    """Return the required policy of the pipeline, which migrates the database."""
    return PolicyPlan(PIPELINE_POLICY, (_credentials(READ_WRITE), _address(environment)))


def people_policies(environment: str) -> Mapping[str, PolicyPlan]:
    """Return the policies of people's roles, without access to services' secrets.

    A viewer can read the database address, a developer can read data, and on-call can also repair data.
    """
    address = _address(environment)
    plans = (
        PolicyPlan("viewer", (address,)),
        PolicyPlan("developer", (_credentials(READ_ONLY), address)),
        PolicyPlan("on-call", (_credentials(READ_ONLY), _credentials(READ_WRITE), address)),
    )
    return {plan.name: plan for plan in plans}


def auth_roles(services: Sequence[ServiceAccess]) -> tuple[AuthRolePlan, ...]:
    """Return the auth roles of the services and the pipeline.

    The pipeline's role is bound to the namespaces of services with database access.
    """
    migrating = sorted({each.namespace for each in services if each.database is not DatabaseAccess.NONE})
    own = (AuthRolePlan(each.name, each.name, (each.namespace,), each.policy, ttl=3600) for each in services)
    pipeline = (AuthRolePlan(PIPELINE, PIPELINE, tuple(migrating), PIPELINE_POLICY),) if migrating else ()
    return (*pipeline, *own)


def _service_grants(environment: str, service: ServiceAccess) -> tuple[Grant, ...]:
    own = Grant(f"{STORE}/data/{service_secrets(environment, service.name)}")
    role = ROLE_OF.get(service.database)
    return (_credentials(role), _address(environment), own) if role else (own,)


def _credentials(role: DatabaseRole) -> Grant:
    return Grant(credentials(role))


def _address(environment: str) -> Grant:
    return Grant(f"{STORE}/data/{database_address(environment)}")


def callbacks(address: str) -> list[str]:
    """Return the redirect URIs: the CLI's listener and Vault's UI."""
    return ["http://localhost:8250/oidc/callback", f"{address}/ui/vault/auth/{PEOPLE}/{PEOPLE}/callback"]


def connection_url(address: str, port: int, database: str) -> str:
    """Return the connection string, with placeholders that Vault replaces."""
    return f"postgresql://{{{{username}}}}:{{{{password}}}}@{address}:{port}/{database}?sslmode=require"


def _block(grant: Grant) -> str:
    capabilities: Sequence[str] = [f'"{each}"' for each in grant.capabilities]
    return f'path "{grant.path}" {{\n  capabilities = [{", ".join(capabilities)}]\n}}'
