"""Lifetimes of Vault tokens, leases and secret IDs."""

import re
from collections.abc import Mapping

from policy_packs.kernel.errors import UnexpectedValue
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

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
"""For each resource type, the property with the maximum lifetime of credentials or with the rotation period."""
FIXED_ENDS: Mapping[str, str] = {
    "vault:pkiSecret/secretBackendCert:SecretBackendCert": "notAfter",
    "vault:pkiSecret/secretBackendRole:SecretBackendRole": "notAfter",
    "vault:pkiSecret/secretBackendSign:SecretBackendSign": "notAfter",
}
"""For each resource type, the property with a date of expiry, to which Vault applies no maximum lifetime."""
SECRET_ID_TTLS: Mapping[str, str] = {
    "vault:appRole/authBackendRole:AuthBackendRole": "secretIdTtl",
    "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId": "ttl",
}
TOKEN_PERIODS: Mapping[str, str] = {
    role_type: "tokenPeriod"
    for role_type, bound in TTL_PROPERTIES.items()
    if bound in {"tokenMaxTtl", "tokenExplicitMaxTtl"} and "secretBackend" not in role_type
} | {"vault:index/token:Token": "period"}
"""For each resource type, the property that lets tokens be renewed for ever."""
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
    """Return a Vault duration in seconds, or None if it is not valid.

    Durations are "3600", "72h" or "1h30m".
    """
    if duration.isdecimal():
        return int(duration)
    parts = re.findall(r"(\d+)([smhd])", duration)
    if not parts or "".join(number + unit for number, unit in parts) != duration:
        return None
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


def duration(resource: Resource, path: str) -> float:
    """Return the duration at a path in seconds, or 0 if absent.

    Raises UnexpectedValue if it is not valid.
    """
    value = resource[path]
    # A number is in seconds. Some types accept a duration as a string.
    length = seconds(value) if isinstance(value, str) else resource.number(path)
    if length is None and value is not None:
        raise UnexpectedValue(path, "a duration such as 3600 or 72h", value)
    return length or 0


def _too_long(resource: Resource, path: str) -> Findings:
    length = duration(resource, path)
    if length > MAX_DAYS * SECONDS_PER_DAY:
        yield f"{path} is {_in_words(length)}. Set it to {MAX_DAYS} days or less."


def _in_words(length: float) -> str:
    """Return a duration as text: in days if they are a whole number, else in seconds."""
    days, rest = divmod(length, SECONDS_PER_DAY)
    return f"{days:.0f} days" if not rest else f"{length:.0f} seconds, more than {days:.0f} days"


@rule("vault-roles-must-bound-ttl", on=TTL_PROPERTIES, covers=["Vault bounded TTLs (≤ 90 days)"])
def bounded_ttl(role: Resource) -> Findings:
    """A leaked credential is useful until it expires, so Vault must issue none with a lifetime of more than 90 days."""
    path = TTL_PROPERTIES[role.type]
    if not duration(role, path):
        yield f"{path} is not set, so Vault's default applies. Set it to {MAX_DAYS} days or less."
    yield from _too_long(role, path)
    if role.type in FIXED_ENDS and role[FIXED_ENDS[role.type]]:
        yield f"{FIXED_ENDS[role.type]} is a date, to which {path} does not apply. Remove it."


@rule("vault-secret-ids-must-expire", on=SECRET_ID_TTLS, covers=["Vault bounded TTLs (≤ 90 days)"])
def expiring_secret_ids(role: Resource) -> Findings:
    """A secret ID is a password, and Vault accepts a secret ID without a lifetime for ever."""
    path = SECRET_ID_TTLS[role.type]
    if not duration(role, path):
        yield f"`{path}` is not set, so secret IDs never expire. Set it to {MAX_DAYS} days or less."
    yield from _too_long(role, path)


@rule("vault-tokens-must-not-be-periodic", on=TOKEN_PERIODS, covers=["Vault bounded TTLs (≤ 90 days)"])
def no_periodic_tokens(role: Resource) -> Findings:
    """A periodic token can be renewed for ever, because Vault does not apply token_max_ttl to it."""
    path = TOKEN_PERIODS[role.type]
    if duration(role, path):
        yield f"`{path}` lets tokens be renewed for ever. Remove it."


@rule(
    "vault-mounts-must-bound-leases",
    on=LEASE_TTLS,
    covers=["Vault bounded TTLs (≤ 90 days)"],
    severity=Severity.MEDIUM,
)
def bounded_leases(mount: Resource) -> Findings:
    """A limit on the mount also applies to roles that are added later and set no limit.

    PKI mounts are exempt, because the certificate of an authority must outlive the certificates that it signs. Roles
    limit the lifetime of those certificates.
    """
    if mount["type"] != "pki":
        yield from _too_long(mount, LEASE_TTLS[mount.type])
