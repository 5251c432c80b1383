"""What Vault hands out, to whom and for how long: database users, policies, sign-ins."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

PIPELINE_TOKEN_TTL = 15 * 60
"""Seconds that the pipeline's token lives: the document's `ttl=15m`."""
AUDIENCE = "vault"
"""Audience of the service account tokens that Vault accepts, so that one made for another purpose opens nothing."""
PEOPLE = "oidc"
"""Where people's sign-in is mounted, which is where `vault login -method=oidc` looks."""
PEOPLE_ROLE = "people"
PEOPLE_TTL, PEOPLE_MAX_TTL = 60 * 60, 8 * 60 * 60
"""Seconds that a person's token lives, and may be renewed: a working day, after which they sign in anew."""
GROUPS_CLAIM = "groups"
"""Of the identity provider's token; its groups are called as those of Kubernetes are, e.g. `campus:on-call`."""
CONNECTION = "records"
STORE = "secret"
"""Mount of the key-value store (version 2)."""


@dataclass(frozen=True)
class DatabaseRole:
    """Database users of one kind, each made on request and dropped when its time is up."""

    name: str
    grants: tuple[str, ...]
    default_ttl: int
    """Seconds."""
    max_ttl: int
    """Seconds; a lease is renewed up to here."""

    def creation(self) -> list[str]:
        """Statements that make the user, granted to its maker: no superuser on RDS, who could else not end it."""
        return [
            "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'",
            'GRANT "{{name}}" TO CURRENT_USER',
            'GRANT USAGE ON SCHEMA public TO "{{name}}"',
            *(f'GRANT {grant} IN SCHEMA public TO "{{{{name}}}}"' for grant in self.grants),
        ]

    def revocation(self) -> list[str]:
        """Statements that end the user's sessions and then the user."""
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
    """What a service may do with the records; not the privileges of the pipeline, which migrates."""

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
    """One path of a policy."""

    path: str
    capabilities: tuple[str, ...] = ("read",)


@dataclass(frozen=True)
class PolicyPlan:
    """A named policy: exactly these paths."""

    name: str
    grants: tuple[Grant, ...]

    def text(self) -> str:
        """The policy in Vault's language."""
        blocks = (_block(grant) for grant in self.grants)
        return "\n".join(blocks)


@dataclass(frozen=True)
class AuthRolePlan:
    """Kubernetes service accounts and the policy they sign in to. Names, never wildcards."""

    role: str
    account: str
    namespaces: tuple[str, ...]
    policy: str
    ttl: int = PIPELINE_TOKEN_TTL


@dataclass(frozen=True)
class ServiceAccess:
    """A service, by the namespace it runs in, and what it may do with the records."""

    name: str
    namespace: str
    database: DatabaseAccess

    @property
    def policy(self) -> str:
        """Name of its policy, apart from those of people and pipeline."""
        return f"service-{self.name}"


def database_address(environment: str) -> str:
    """Where in the store the document has developers look: `vault kv get secret/dev/database/postgres`."""
    return f"{environment}/database/postgres"


def service_secrets(environment: str, service: str) -> str:
    """Where in the store the keys of external services lie that one service uses (SMS, e-mail, sign-on)."""
    return f"{environment}/services/{service}"


def kubernetes_auth_path(suffix: str) -> str:
    """Where a cluster's sign-in is mounted: one for each, `suffix` being that of the cluster's names."""
    return f"kubernetes{suffix}"


def credentials(role: DatabaseRole) -> str:
    """Where users of a role are had from; reading makes one."""
    return f"database/creds/{role.name}"


def service_policies(environment: str, services: Iterable[ServiceAccess]) -> tuple[PolicyPlan, ...]:
    """A policy for each service: its own secrets, and the database as far as it may."""
    return tuple(PolicyPlan(each.policy, _service_grants(environment, each)) for each in services)


def pipeline_policy(environment: str) -> PolicyPlan:
    """The document's policy of the pipeline, which migrates the database."""
    return PolicyPlan(PIPELINE_POLICY, (_credentials(READ_WRITE), _address(environment)))


def people_policies(environment: str) -> Mapping[str, PolicyPlan]:
    """What each role of people may read: never a service's own secrets.

    A viewer learns where the database is, a developer reads in it, somebody on call mends.
    """
    address = _address(environment)
    plans = (
        PolicyPlan("viewer", (address,)),
        PolicyPlan("developer", (_credentials(READ_ONLY), address)),
        PolicyPlan("on-call", (_credentials(READ_ONLY), _credentials(READ_WRITE), address)),
    )
    return {plan.name: plan for plan in plans}


def auth_roles(services: Sequence[ServiceAccess]) -> tuple[AuthRolePlan, ...]:
    """Who signs in: the pipeline as the document has it, of teams that have a database service, and each service."""
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
    """Where the identity provider sends people back to: the command line's listener, and the Vault's own pages."""
    return ["http://localhost:8250/oidc/callback", f"{address}/ui/vault/auth/{PEOPLE}/{PEOPLE}/callback"]


def connection_url(address: str, port: int, database: str) -> str:
    """Connection string of Vault's PostgreSQL plugin, which fills the braces in."""
    return f"postgresql://{{{{username}}}}:{{{{password}}}}@{address}:{port}/{database}?sslmode=require"


def _block(grant: Grant) -> str:
    capabilities: Sequence[str] = [f'"{each}"' for each in grant.capabilities]
    return f'path "{grant.path}" {{\n  capabilities = [{", ".join(capabilities)}]\n}}'
