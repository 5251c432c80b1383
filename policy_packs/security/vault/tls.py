"""TLS between Vault, its clients and the systems it connects to."""

from collections.abc import Iterator, Mapping

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.vault.databases import CONNECTION, MOUNT, connections

PROVIDER = "pulumi:providers:vault"
JWT_METHOD = "vault:jwt/authBackend:AuthBackend"
LDAP_TYPES = ("vault:ldap/authBackend:AuthBackend", "vault:ldap/secretBackend:SecretBackend")
DATABASE_FLAGS: Mapping[str, str] = {
    "cassandra": "insecureTls",
    "couchbase": "insecureTls",
    "elasticsearch": "insecure",
    "influxdb": "insecureTls",
    "redis": "insecureTls",
}
"""For each database product, the property of a connection that turns off certificate verification."""
ADDRESS_PROPERTIES: Mapping[str, tuple[str, ...]] = {
    PROVIDER: ("address",),
    "vault:kubernetes/authBackendConfig:AuthBackendConfig": ("kubernetesHost",),
    JWT_METHOD: ("oidcDiscoveryUrl", "jwksUrl"),
    "vault:github/authBackend:AuthBackend": ("baseUrl",),
    **dict.fromkeys(LDAP_TYPES, ("url",)),
}
"""For each resource type, the properties with the addresses that Vault or its provider connects to."""
TLS_SCHEMES = ("https://", "ldaps://")


@rule(
    "vault-connections-must-verify-tls",
    on=(CONNECTION, MOUNT, *LDAP_TYPES),
    covers=["Vault TLS end to end"],
    severity=Severity.CRITICAL,
)
def verified_connections(resource: Resource) -> Findings:
    """Without verification, Vault could send its credentials over an encrypted connection to an attacker."""
    paths = ["insecureTls"] if resource.type in LDAP_TYPES else _flags_of_databases(resource)
    for path in paths:
        if resource.flag(path):
            yield (
                f"{path} is on, so the server's certificate is not verified. Remove it, and name the certificate "
                "authority."
            )


@rule(
    "vault-addresses-must-use-tls", on=ADDRESS_PROPERTIES, covers=["Vault TLS end to end"], severity=Severity.CRITICAL
)
def encrypted_addresses(resource: Resource) -> Findings:
    """Requests to Vault carry tokens and secrets, and so do its requests to the systems that authenticate users.

    A directory may also be reached with `ldap://` if `starttls` is on, which encrypts before the first request.
    """
    is_upgraded = resource.type in LDAP_TYPES and resource.flag("starttls")
    for path, address in _addresses(resource):
        if not address.startswith(TLS_SCHEMES) and not (is_upgraded and address.startswith("ldap://")):
            yield f"`{path}` does not use TLS. Set only addresses that begin with https:// or ldaps://."


@rule("vault-provider-must-verify-tls", on=PROVIDER, covers=["Vault TLS end to end"], severity=Severity.CRITICAL)
def provider_tls(provider: Resource) -> Findings:
    """Without verification, an attacker between the Pulumi program and Vault receives the program's token."""
    # The engine sends the flags of a provider as text.
    if provider["skipTlsVerify"] in {True, "true"}:
        yield "skip_tls_verify is on. Remove it, and name the certificate authority."


def _flags_of_databases(resource: Resource) -> Iterator[str]:
    for connection in connections(resource):
        if flag := DATABASE_FLAGS.get(connection.product):
            yield f"{connection.path}.{flag}"


def _addresses(resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each address.

    A directory's URL is a list with commas.
    """
    for path in ADDRESS_PROPERTIES[resource.type]:
        text = resource.text(path)
        if text is not None:
            yield from ((path, address.strip()) for address in text.split(","))
    for index, pair in enumerate(resource.each("jwksPairs") if resource.type == JWT_METHOD else ()):
        yield f"jwksPairs.{index}.jwks_url", pair.text("jwks_url") or ""
