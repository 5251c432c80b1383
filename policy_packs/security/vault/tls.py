"""TLS between Vault, its clients and the systems it connects to."""

from collections.abc import Mapping

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.vault.secrets_engines import DATABASE_CONNECTION

PROVIDER = "pulumi:providers:vault"
INSECURE_FLAGS: Mapping[str, tuple[str, ...]] = {
    DATABASE_CONNECTION: (
        "cassandra.insecureTls",
        "couchbase.insecureTls",
        "elasticsearch.insecure",
        "redis.insecureTls",
    ),
    "vault:ldap/authBackend:AuthBackend": ("insecureTls",),
    "vault:ldap/secretBackend:SecretBackend": ("insecureTls",),
}
"""For each resource type, the properties that turn off certificate verification."""
ADDRESS_PROPERTIES: Mapping[str, str] = {
    PROVIDER: "address",
    "vault:kubernetes/authBackendConfig:AuthBackendConfig": "kubernetesHost",
    "vault:jwt/authBackend:AuthBackend": "oidcDiscoveryUrl",
    "vault:ldap/authBackend:AuthBackend": "url",
    "vault:ldap/secretBackend:SecretBackend": "url",
}
"""For each resource type, the property with the address that Vault or its provider connects to."""
TLS_SCHEMES = ("https://", "ldaps://")


@rule(
    "vault-connections-must-verify-tls", on=INSECURE_FLAGS, covers=["Vault TLS end to end"], severity=Severity.CRITICAL
)
def verified_connections(connection: Resource) -> Findings:
    """Without verification, Vault could send its credentials over an encrypted connection to an attacker."""
    for path in INSECURE_FLAGS[connection.type]:
        if connection.flag(path):
            yield (
                f"{path} is on, so the server's certificate is not verified. Remove it, and name the certificate "
                "authority."
            )


@rule(
    "vault-addresses-must-use-tls", on=ADDRESS_PROPERTIES, covers=["Vault TLS end to end"], severity=Severity.CRITICAL
)
def encrypted_addresses(resource: Resource) -> Findings:
    """Requests to Vault carry tokens and secrets, and so do its requests to the systems that authenticate users."""
    path = ADDRESS_PROPERTIES[resource.type]
    address = resource.text(path)
    if address is not None and not address.startswith(TLS_SCHEMES):
        yield f"`{path}` does not use TLS. Set an address that begins with https:// or ldaps://."


@rule("vault-provider-must-verify-tls", on=PROVIDER, covers=["Vault TLS end to end"], severity=Severity.CRITICAL)
def provider_tls(provider: Resource) -> Findings:
    """Without verification, an attacker between the Pulumi program and Vault receives the program's token."""
    # The engine sends the flags of a provider as text.
    if provider["skipTlsVerify"] in {True, "true"}:
        yield "skip_tls_verify is on. Remove it, and name the certificate authority."
