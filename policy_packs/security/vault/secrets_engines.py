"""Vault secrets engines: transit, database, KV and PKI."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

MOUNT = "vault:index/mount:Mount"
TRANSIT_KEY = "vault:transit/secretBackendKey:SecretBackendKey"
DATABASE_CONNECTION = "vault:database/secretBackendConnection:SecretBackendConnection"
KV_TYPES = frozenset({"kv", "generic"})
TLS_MODES = ("sslmode=require", "sslmode=verify-ca", "sslmode=verify-full")


@rule(
    "vault-keys-must-not-leave",
    on=TRANSIT_KEY,
    covers=["Vault transit keys not exportable"],
    severity=Severity.CRITICAL,
)
def exportable(key: Resource) -> Findings:
    """What an exported key has encrypted is no longer in Vault's hands, and a key can't be made unexportable again."""
    if key.flag("exportable"):
        yield "exportable is on; turn it off (a new key is needed)"


@rule(
    "vault-keys-must-not-be-backed-up-in-plaintext",
    on=TRANSIT_KEY,
    covers=["Vault no plaintext backup"],
    severity=Severity.CRITICAL,
)
def plaintext_backup(key: Resource) -> Findings:
    """A plaintext backup is the key itself, in a file."""
    if key.flag("allowPlaintextBackup"):
        yield "allow_plaintext_backup is on; turn it off (a new key is needed)"


@rule("vault-keys-must-not-be-deletable", on=TRANSIT_KEY)
def deletable(key: Resource) -> Findings:
    """With a key goes everything it has encrypted."""
    if key.flag("deletionAllowed"):
        yield "deletion_allowed is on; turn it off"


@rule(
    "vault-database-roles-must-revoke",
    on="vault:database/secretBackendRole:SecretBackendRole",
    covers=["Vault database roles have revocation statements"],
)
def revocation(role: Resource) -> Findings:
    """Vault's own way to remove a user fails on one that owns anything, and then the user stays."""
    if not role.texts("revocationStatements"):
        yield "has no revocation statements; set revocation_statements to end sessions and drop the user"


@rule("vault-database-must-name-roles", on=DATABASE_CONNECTION)
def allowed_roles(connection: Resource) -> Findings:
    """A connection for every role is one for roles that someone adds later, with its administrator's rights."""
    if "*" in connection.texts("allowedRoles"):
        yield "allowed_roles has '*'; name the roles"


@rule("vault-database-must-use-tls", on=DATABASE_CONNECTION, covers=["Vault TLS end to end"])
def database_tls(connection: Resource) -> Findings:
    """Vault sends the passwords it makes to the database; PostgreSQL's clients do without TLS unless told."""
    url = connection.text("postgresql.connectionUrl")
    if url is not None and not any(mode in url for mode in TLS_MODES):
        yield "connection_url of postgresql does not insist on TLS; add sslmode=require or stricter"


@rule("vault-kv-must-keep-versions", on=MOUNT, severity=Severity.MEDIUM)
def versioned_mounts(mount: Resource) -> Findings:
    """A secret that is overwritten by mistake is gone in version 1 of the store, and with it whatever it opened."""
    if mount.text("type") in KV_TYPES and mount.text("options.version") != "2":
        yield "is a store without versions; set options to {'version': '2'}"


@rule(
    "vault-kv-must-keep-more-than-one-version", on="vault:kv/secretBackendV2:SecretBackendV2", severity=Severity.MEDIUM
)
def kept_versions(store: Resource) -> Findings:
    """With one version kept, whatever is overwritten by mistake is lost."""
    if store.number("maxVersions") == 1:
        yield "keeps one version only; leave out max_versions, or set it to more"


@rule("vault-pki-roles-must-name-domains", on="vault:pkiSecret/secretBackendRole:SecretBackendRole")
def any_name(role: Resource) -> Findings:
    """A role for any name makes a certificate for any server of ours, or for a person's sign-in."""
    if role.flag("allowAnyName"):
        yield "allow_any_name is on; name domains in allowed_domains"
    if role.flag("enforceHostnames") is False:
        yield "enforce_hostnames is off, so that a certificate may be for anything; turn it on"
