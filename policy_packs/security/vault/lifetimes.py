"""Lifetimes of Vault tokens, leases and secret IDs."""

import re
from collections.abc import Mapping

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource, UnexpectedValue

MAX_DAYS = 90
SECONDS_PER_DAY = 24 * 60 * 60
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": SECONDS_PER_DAY}
TTL_PROPERTIES: Mapping[str, str] = {
    "vault:kubernetes/authBackendRole:AuthBackendRole": "tokenMaxTtl",
    "vault:appRole/authBackendRole:AuthBackendRole": "tokenMaxTtl",
    "vault:jwt/authBackendRole:AuthBackendRole": "tokenMaxTtl",
    "vault:aws/authBackendRole:AuthBackendRole": "tokenMaxTtl",
    "vault:azure/authBackendRole:AuthBackendRole": "tokenMaxTtl",
    "vault:gcp/authBackendRole:AuthBackendRole": "tokenMaxTtl",
    "vault:saml/authBackendRole:AuthBackendRole": "tokenMaxTtl",
    "vault:spiffe/authBackendRole:AuthBackendRole": "tokenMaxTtl",
    "vault:ldap/authBackend:AuthBackend": "tokenMaxTtl",
    "vault:okta/authBackend:AuthBackend": "tokenMaxTtl",
    "vault:radius/authBackend:AuthBackend": "tokenMaxTtl",
    "vault:github/authBackend:AuthBackend": "tokenMaxTtl",
    "vault:index/certAuthBackendRole:CertAuthBackendRole": "tokenMaxTtl",
    "vault:index/userpassAuthBackendUser:UserpassAuthBackendUser": "tokenMaxTtl",
    "vault:index/token:Token": "explicitMaxTtl",
    "vault:tokenauth/authBackendRole:AuthBackendRole": "tokenExplicitMaxTtl",
    "vault:aws/secretBackendRole:SecretBackendRole": "maxStsTtl",
    "vault:azure/backendRole:BackendRole": "maxTtl",
    "vault:consul/secretBackendRole:SecretBackendRole": "maxTtl",
    "vault:database/secretBackendRole:SecretBackendRole": "maxTtl",
    "vault:database/secretBackendStaticRole:SecretBackendStaticRole": "rotationPeriod",
    "vault:kubernetes/secretBackendRole:SecretBackendRole": "tokenMaxTtl",
    "vault:ldap/secretBackendDynamicRole:SecretBackendDynamicRole": "maxTtl",
    "vault:pkiSecret/backendConfigAcme:BackendConfigAcme": "maxTtl",
    "vault:pkiSecret/secretBackendCert:SecretBackendCert": "ttl",
    "vault:pkiSecret/secretBackendRole:SecretBackendRole": "maxTtl",
    "vault:pkiSecret/secretBackendSign:SecretBackendSign": "ttl",
    "vault:ssh/secretBackendRole:SecretBackendRole": "maxTtl",
    "vault:transit/secretBackendKey:SecretBackendKey": "autoRotatePeriod",
}
"""The property that bounds what comes of a resource, by type: a lifetime, or how often it is made anew."""
SECRET_ID_TTLS: Mapping[str, str] = {
    "vault:appRole/authBackendRole:AuthBackendRole": "secretIdTtl",
    "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId": "ttl",
}
TOKEN_PERIODS: Mapping[str, str] = {
    kind: "tokenPeriod"
    for kind, bound in TTL_PROPERTIES.items()
    if bound in {"tokenMaxTtl", "tokenExplicitMaxTtl"} and "secretBackend" not in kind
} | {"vault:index/token:Token": "period"}
"""The property by which a token may be renewed without end."""
LEASE_TTLS: Mapping[str, str] = {
    "vault:index/mount:Mount": "maxLeaseTtlSeconds",
    "vault:index/authBackend:AuthBackend": "tune.maxLeaseTtl",
    "vault:aws/secretBackend:SecretBackend": "maxLeaseTtlSeconds",
    "vault:consul/secretBackend:SecretBackend": "maxLeaseTtlSeconds",
    "vault:database/secretsMount:SecretsMount": "maxLeaseTtlSeconds",
    "vault:kubernetes/secretBackend:SecretBackend": "maxLeaseTtlSeconds",
    "vault:ldap/secretBackend:SecretBackend": "maxLeaseTtlSeconds",
    "vault:rabbitMq/secretBackend:SecretBackend": "maxLeaseTtlSeconds",
}


def seconds(duration: str) -> int | None:
    """A Vault duration ("3600", "72h", "1h30m") in seconds; None if it is none."""
    if duration.isdecimal():
        return int(duration)
    parts = re.findall(r"(\d+)([smhd])", duration)
    if not parts or "".join(number + unit for number, unit in parts) != duration:
        return None
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


def duration(resource: Resource, path: str) -> float:
    """The duration at a path in seconds, 0 when absent. Raises UnexpectedValue for what is no duration."""
    value = resource[path]
    # Numbers are seconds; some types take a duration as text.
    found = seconds(value) if isinstance(value, str) else resource.number(path)
    if found is None and value is not None:
        raise UnexpectedValue(path, "a duration such as 3600 or 72h", value)
    return found or 0


def _too_long(resource: Resource, path: str) -> Findings:
    found = duration(resource, path)
    if found > MAX_DAYS * SECONDS_PER_DAY:
        yield f"{path} is {found / SECONDS_PER_DAY:.0f} days; {MAX_DAYS} days are the most"


@rule("vault-roles-must-bound-ttl", on=TTL_PROPERTIES, covers=["Vault bounded TTLs (≤ 90 days)"])
def bounded_ttl(role: Resource) -> Findings:
    """Credentials rotate within 90 days, so that nothing handed out may live longer."""
    path = TTL_PROPERTIES[role.type]
    if not duration(role, path):
        yield f"{path} is not set, so that Vault's default applies; set it to {MAX_DAYS} days or less"
    yield from _too_long(role, path)


@rule("vault-secret-ids-must-expire", on=SECRET_ID_TTLS, covers=["Vault bounded TTLs (≤ 90 days)"])
def expiring_secret_ids(role: Resource) -> Findings:
    """A secret ID is a password; without a lifetime Vault accepts it for ever."""
    path = SECRET_ID_TTLS[role.type]
    if not duration(role, path):
        yield f"{path} is not set, so that secret IDs never expire; set it to {MAX_DAYS} days or less"
    yield from _too_long(role, path)


@rule("vault-tokens-must-not-be-periodic", on=TOKEN_PERIODS, covers=["Vault bounded TTLs (≤ 90 days)"])
def no_periodic_tokens(role: Resource) -> Findings:
    """A periodic token is renewed as often as its holder likes, whatever its lifetime: it lives for ever."""
    path = TOKEN_PERIODS[role.type]
    if duration(role, path):
        yield f"{path} makes tokens that can be renewed for ever; remove it"


@rule(
    "vault-mounts-must-bound-leases",
    on=LEASE_TTLS,
    covers=["Vault bounded TTLs (≤ 90 days)"],
    severity=Severity.MEDIUM,
)
def bounded_leases(mount: Resource) -> Findings:
    """A mount's limit holds for every role that someone will add to it later.

    The mount of an authority is left out: its own certificate must outlive all that it signs, and roles bound those.
    """
    if mount["type"] != "pki":
        yield from _too_long(mount, LEASE_TTLS[mount.type])
