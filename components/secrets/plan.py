"""What Vault hands out, to whom and for how long: database users, policies, sign-ins."""

from collections.abc import Sequence
from dataclasses import dataclass

SIGN_IN_TTL = 15 * 60
"""Seconds that the pipeline's token lives: the document's `ttl=15m`."""
AUDIENCE = "vault"
"""Audience of the service account tokens that Vault accepts, so that one made for another purpose opens nothing."""
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
class SignInPlan:
    """A Kubernetes service account and the policies it signs in to. Names, never wildcards."""

    role: str
    account: str
    policies: tuple[str, ...]
    ttl: int = SIGN_IN_TTL


def database_address(environment: str) -> str:
    """Where in the store the document has developers look: `vault kv get secret/dev/database/postgres`."""
    return f"{environment}/database/postgres"


def policy_plans(environment: str) -> tuple[PolicyPlan, ...]:
    """Policies of one environment: per database role, and the pipeline's."""
    address = Grant(f"{STORE}/data/{database_address(environment)}")
    by_role = tuple(PolicyPlan(role.name, (Grant(f"database/creds/{role.name}"), address)) for role in DATABASE_ROLES)
    pipeline = PolicyPlan("ci-cd-policy", (Grant(f"database/creds/{READ_WRITE.name}"), address))
    return (*by_role, pipeline)


def sign_ins(service: str) -> tuple[SignInPlan, ...]:
    """Who signs in: the pipeline as the document has it, and the service."""
    return (
        SignInPlan("ci-cd", "ci-cd", ("ci-cd-policy",)),
        SignInPlan(service, service, (READ_WRITE.name,), ttl=3600),
    )


def connection_url(address: str, port: int, database: str) -> str:
    """Connection string of Vault's PostgreSQL plugin, which fills the braces in."""
    return f"postgresql://{{{{username}}}}:{{{{password}}}}@{address}:{port}/{database}?sslmode=require"


def _block(grant: Grant) -> str:
    capabilities: Sequence[str] = [f'"{each}"' for each in grant.capabilities]
    return f'path "{grant.path}" {{\n  capabilities = [{", ".join(capabilities)}]\n}}'
