"""Vault policies: none may cover every path, use sudo or give away privileges."""

import re
from collections.abc import Iterable

from policy_packs.kernel.context import Context, reviewed_names
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.vault_paths import (
    ACCESS_PATHS,
    CREDENTIAL_PATHS,
    DESTRUCTION_PATHS,
    ENGINE_PATHS,
    KEY_EXPORT_PATHS,
    STORAGE_PATHS,
    GuardedPath,
    guarded,
    has_wildcard,
    has_wildcard_in_mount,
)
from policy_packs.security.vault_policy_documents import Stanza, stanzas

POLICY = "vault:index/policy:Policy"
# A pattern that matches every path, or every path of every mount.
_EVERY_PATH = re.compile(r"/?(\+/)*\*")
OWN_TOKEN_PATHS = frozenset({"auth/token/renew-self", "auth/token/revoke-self", "auth/token/lookup-self"})
HARMLESS_PATHS = frozenset(
    {
        *OWN_TOKEN_PATHS,
        "identity/oidc/provider/+/authorize",
        "sys/capabilities",
        "sys/capabilities-accessor",
        "sys/capabilities-self",
        # The status of a request, for a client that knows its accessor.
        "sys/control-group/request",
        "sys/renew",
        "sys/tools/hash",
        "sys/tools/hash/*",
        "sys/tools/random",
        "sys/tools/random/*",
        "sys/wrapping/lookup",
        "sys/wrapping/rewrap",
        "sys/wrapping/unwrap",
        "sys/wrapping/wrap",
    }
)
"""Paths that need a write capability but change nothing, most of them in Vault's own policy `default`."""
_NAMED_ROLE = re.compile(r"auth/token/create/[^/+*{}]+|auth/[^+*{}]+/role/[^/+*{}]+/secret-id")
"""Paths at which a broker, such as a CI system, gets tokens or SecretIDs of one role."""
LEASES = "sys/leases/"
"""Path prefix of leases. Paths that end the leases of other clients also need sudo."""
WRITE_CAPABILITIES = frozenset({"create", "update", "patch", "delete", "recover", "sudo"})
USE_CAPABILITIES = WRITE_CAPABILITIES | {"read"}
OPERATORS = {
    "operatorPolicies": reviewed_names(
        "Names of the policies of operators, who administer Vault. By default there are none, "
        "because the Pulumi program administers Vault",
        [],
    )
}


@rule(
    "vault-policy-must-not-allow-every-path",
    on=POLICY,
    covers=['Vault no path "*"'],
    severity=Severity.CRITICAL,
)
def every_path(policy: Resource) -> Findings:
    """A policy on every path gives access to every secret. With write access, it is equivalent to the root token."""
    for stanza in stanzas(policy):
        if _EVERY_PATH.fullmatch(stanza.path) and not stanza.denies:
            yield f"{stanza.label} covers every secret. Name the paths that are needed."


@rule("vault-policy-must-name-mounts", on=POLICY, severity=Severity.CRITICAL)
def named_mounts(policy: Resource) -> Findings:
    """A wildcard in a mount also gives access to the secrets of other teams, and of engines that are added later."""
    for stanza in stanzas(policy):
        if has_wildcard_in_mount(stanza.path) and not stanza.denies:
            yield f"{stanza.label} has a wildcard in the mount, so it covers several engines. Name the mount."


@rule("vault-policy-must-not-read-storage", on=POLICY, severity=Severity.CRITICAL, settings=OPERATORS)
def reading_storage(policy: Resource, context: Context) -> Findings:
    """Snapshots and raw storage contain the secrets of every engine, whatever the other policies say."""
    if not _is_for_operators(policy, context):
        advice = "Remove the path; only operators may back up Vault."
        yield from _using(policy, frozenset({"read"}), STORAGE_PATHS, "reads Vault's storage", advice)


@rule("vault-policy-must-not-use-sudo", on=POLICY, severity=Severity.CRITICAL)
def sudo(policy: Resource) -> Findings:
    """The sudo capability gives access to paths that Vault reserves for its root token."""
    for stanza in stanzas(policy):
        if "sudo" in stanza.capabilities:
            yield f"{stanza.label} has sudo. Remove it, and give operators a short-lived token for such tasks."


@rule("vault-policy-must-not-change-access", on=POLICY, severity=Severity.CRITICAL, settings=OPERATORS)
def changing_access(policy: Resource, context: Context) -> Findings:
    """Anyone who may write policies, auth methods or mounts can obtain every permission.

    A policy may issue tokens or SecretIDs of a role that it names, as brokers such as CI systems do. The rules on auth
    methods judge the role itself.
    """
    if not _is_for_operators(policy, context):
        advice = "Remove the write capabilities; only the Pulumi program may manage access."
        yield from _using(
            policy, WRITE_CAPABILITIES, ACCESS_PATHS, "lets its holder change who can access Vault", advice
        )


@rule("vault-policy-must-not-change-engines", on=POLICY, severity=Severity.CRITICAL, settings=OPERATORS)
def changing_engines(policy: Resource, context: Context) -> Findings:
    """Anyone who may configure a secrets engine chooses the privileges of the credentials that it issues.

    Paths are judged below mounts of any name.
    """
    if not _is_for_operators(policy, context):
        advice = "Remove the write capabilities; only the Pulumi program may configure engines."
        yield from _using(policy, WRITE_CAPABILITIES, ENGINE_PATHS, "changes a secrets engine", advice)


@rule("vault-policy-must-not-export-keys", on=POLICY, severity=Severity.CRITICAL)
def exporting_keys(policy: Resource) -> Findings:
    """Anyone with a copy of a key can decrypt data without Vault, so no policy or audit log applies."""
    advice = "Grant encrypt and decrypt on the key instead."
    yield from _using(policy, USE_CAPABILITIES, KEY_EXPORT_PATHS, "lets a key leave Vault", advice)


@rule("vault-policy-must-not-destroy-secrets", on=POLICY)
def destroying_secrets(policy: Resource) -> Findings:
    """A version of a secret that is destroyed, unlike one that is deleted, cannot be restored."""
    advice = "Grant delete on the path below data/, which undelete reverses."
    yield from _using(policy, WRITE_CAPABILITIES, DESTRUCTION_PATHS, "destroys secrets for good", advice)


@rule("vault-policy-must-name-credentials", on=POLICY)
def named_credentials(policy: Resource) -> Findings:
    """A wildcard also gives the credentials of roles with more privileges, and of roles that are added later."""
    for stanza in stanzas(policy):
        if (
            stanza.capabilities & USE_CAPABILITIES
            and not stanza.denies
            and has_wildcard(stanza.path)
            and guarded(stanza.path, CREDENTIAL_PATHS)
        ):
            yield f"{stanza.label} gives the credentials of several roles. Name the role."


def _using(
    policy: Resource, capabilities: frozenset[str], paths: Iterable[GuardedPath], effect: str, advice: str
) -> Findings:
    """Yield a finding for each stanza that allows a capability on a guarded path."""
    for stanza in stanzas(policy):
        if stanza.capabilities & capabilities and not _is_harmless(stanza) and (path := guarded(stanza.path, paths)):
            yield f"{stanza.label} {effect}. {path.reason} {advice}"


def _is_harmless(stanza: Stanza) -> bool:
    """Return True if a stanza denies access or cannot affect other clients."""
    path = stanza.path.removeprefix("/")
    return stanza.denies or path in HARMLESS_PATHS or path.startswith(LEASES) or _NAMED_ROLE.fullmatch(path) is not None


def _is_for_operators(policy: Resource, context: Context) -> bool:
    return policy.text("name") in context.settings["operatorPolicies"]
