"""What Vault keeps and makes: keys that never leave it, users that go when they should, and a log of it all."""

from collections.abc import Mapping

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource

PROVIDER = "pulumi:providers:vault"
AUDIT = "vault:index/audit:Audit"
MOUNT = "vault:index/mount:Mount"
KEY = "vault:transit/secretBackendKey:SecretBackendKey"
DATABASE = "vault:database/secretBackendConnection:SecretBackendConnection"
KV = frozenset({"kv", "generic"})
ENCRYPTED = ("sslmode=require", "sslmode=verify-ca", "sslmode=verify-full")
INSECURE: Mapping[str, tuple[str, ...]] = {
    DATABASE: ("cassandra.insecureTls", "couchbase.insecureTls", "elasticsearch.insecure", "redis.insecureTls"),
    "vault:ldap/authBackend:AuthBackend": ("insecureTls",),
    "vault:ldap/secretBackend:SecretBackend": ("insecureTls",),
}
"""Switches by which Vault does not check whom it talks to, by type."""
ADDRESSES: Mapping[str, str] = {
    PROVIDER: "address",
    "vault:kubernetes/authBackendConfig:AuthBackendConfig": "kubernetesHost",
    "vault:jwt/authBackend:AuthBackend": "oidcDiscoveryUrl",
    "vault:ldap/authBackend:AuthBackend": "url",
    "vault:ldap/secretBackend:SecretBackend": "url",
}
"""The property that says where the other side is, by type."""
TLS_SCHEMES = ("https://", "ldaps://")


@stack_rule("vault-must-have-audit-device", covers=["Vault audit device present"], severity=Severity.CRITICAL)
def audit_device(stack: Stack) -> StackFindings:
    """Who read which secret is asked after every incident; without an audit device nobody knows."""
    logged = {audit.provider.urn if audit.provider else "" for audit in stack.of(AUDIT)}
    for resource in stack.resources:
        if resource.kind.startswith("vault:"):
            provider = resource.provider.urn if resource.provider else ""
            if provider not in logged:
                logged.add(provider)
                yield resource, "the Vault that this is in has no audit device; add an Audit with the same provider"


@rule("vault-audit-must-not-log-secrets", on=AUDIT, severity=Severity.CRITICAL)
def raw_log(audit: Resource) -> Findings:
    """A log of secrets is a second Vault without a lock."""
    if (audit.text("options.log_raw") or "false") != "false":
        yield "log_raw is on, which writes secrets as they are; remove it"
    if audit.text("options.hmac_accessor") == "false":
        yield "hmac_accessor is off, which writes what revokes tokens as it is; remove it"


@rule("vault-keys-must-not-leave", on=KEY, covers=["Vault transit keys not exportable"], severity=Severity.CRITICAL)
def exportable(key: Resource) -> Findings:
    """What an exported key has encrypted is no longer in Vault's hands, and a key can't be made unexportable again."""
    if key.flag("exportable"):
        yield "exportable is on; turn it off (a new key is needed)"


@rule(
    "vault-keys-must-not-be-backed-up-in-plaintext",
    on=KEY,
    covers=["Vault no plaintext backup"],
    severity=Severity.CRITICAL,
)
def plaintext_backup(key: Resource) -> Findings:
    """A plaintext backup is the key itself, in a file."""
    if key.flag("allowPlaintextBackup"):
        yield "allow_plaintext_backup is on; turn it off (a new key is needed)"


@rule("vault-keys-must-not-be-deletable", on=KEY)
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


@rule("vault-database-must-name-roles", on=DATABASE)
def allowed_roles(connection: Resource) -> Findings:
    """A connection for every role is one for roles that someone adds later, with its administrator's rights."""
    if "*" in connection.texts("allowedRoles"):
        yield "allowed_roles has '*'; name the roles"


@rule("vault-database-must-use-tls", on=DATABASE, covers=["Vault TLS end to end"])
def database_tls(connection: Resource) -> Findings:
    """Vault sends the passwords it makes to the database; PostgreSQL's clients do without TLS unless told."""
    url = connection.text("postgresql.connectionUrl")
    if url is not None and not any(mode in url for mode in ENCRYPTED):
        yield "connection_url of postgresql does not insist on TLS; add sslmode=require or stricter"


@rule("vault-connections-must-verify-tls", on=INSECURE, covers=["Vault TLS end to end"], severity=Severity.CRITICAL)
def verified(connection: Resource) -> Findings:
    """Encryption to a stranger hides nothing from the stranger."""
    for path in INSECURE[connection.kind]:
        if connection.flag(path):
            yield f"{path} is on; remove it and name the certificate authority"


@rule("vault-addresses-must-use-tls", on=ADDRESSES, covers=["Vault TLS end to end"], severity=Severity.CRITICAL)
def addresses(resource: Resource) -> Findings:
    """Tokens and secrets are in every request to Vault, and in those by which it checks who signs in."""
    path = ADDRESSES[resource.kind]
    address = resource.text(path)
    if address is not None and not address.startswith(TLS_SCHEMES):
        yield f"{path} is without TLS; use an https or ldaps address"


@rule("vault-provider-must-verify-tls", on=PROVIDER, covers=["Vault TLS end to end"], severity=Severity.CRITICAL)
def provider_tls(provider: Resource) -> Findings:
    """Whoever stands between this program and a Vault it does not verify receives its token."""
    # The engine sends a provider's flags as text.
    if provider["skipTlsVerify"] in {True, "true"}:
        yield "skip_tls_verify is on; remove it and name the certificate authority"


@rule("vault-kv-must-keep-versions", on=MOUNT, severity=Severity.MEDIUM)
def versions(mount: Resource) -> Findings:
    """A secret that is overwritten by mistake is gone in version 1 of the store, and with it whatever it opened."""
    if mount.text("type") in KV and mount.text("options.version") != "2":
        yield "is a store without versions; set options to {'version': '2'}"


@rule(
    "vault-kv-must-keep-more-than-one-version", on="vault:kv/secretBackendV2:SecretBackendV2", severity=Severity.MEDIUM
)
def kept(store: Resource) -> Findings:
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
