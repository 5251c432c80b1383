"""Vault: nobody reads everything, and nothing it hands out lives for ever."""

import re

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource, UnexpectedValue

POLICY = "vault:index/policy:Policy"
# The property that bounds what a role hands out, by type of role.
BOUNDS = {
    "vault:kubernetes/authBackendRole:AuthBackendRole": "tokenMaxTtl",
    "vault:appRole/authBackendRole:AuthBackendRole": "tokenMaxTtl",
    "vault:jwt/authBackendRole:AuthBackendRole": "tokenMaxTtl",
    "vault:aws/authBackendRole:AuthBackendRole": "tokenMaxTtl",
    "vault:index/certAuthBackendRole:CertAuthBackendRole": "tokenMaxTtl",
    "vault:tokenauth/authBackendRole:AuthBackendRole": "tokenExplicitMaxTtl",
    "vault:database/secretBackendRole:SecretBackendRole": "maxTtl",
    "vault:kubernetes/secretBackendRole:SecretBackendRole": "tokenMaxTtl",
    "vault:pkiSecret/secretBackendRole:SecretBackendRole": "maxTtl",
    "vault:ssh/secretBackendRole:SecretBackendRole": "maxTtl",
}
MAX_DAYS = 90
_DAY = 24 * 60 * 60
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": _DAY}
_PATH = re.compile(r'^\s*path\s+"(?P<path>[^"]*)"', re.MULTILINE)
# What a pattern may consist of to match every path, or every path of every mount.
_EVERYTHING = re.compile(r"/?(\+/)*\*")


def seconds(duration: str) -> int | None:
    """A Vault duration ("3600", "72h", "1h30m") in seconds; None if it is none."""
    if duration.isdecimal():
        return int(duration)
    parts = re.findall(r"(\d+)([smhd])", duration)
    if not parts or "".join(number + unit for number, unit in parts) != duration:
        return None
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


@rule(
    "vault-policy-must-not-allow-every-path",
    on=POLICY,
    covers=['Vault no path "*"'],
    severity=Severity.CRITICAL,
)
def every_path(policy: Resource) -> Findings:
    """A policy on every path is the root token under another name."""
    for match in _PATH.finditer(policy.text("policy") or ""):
        if _EVERYTHING.fullmatch(match["path"]):
            yield f'path "{match["path"]}" is every secret there is; name the paths that are needed'


@rule("vault-roles-must-bound-ttl", on=BOUNDS, covers=["Vault bounded TTLs (≤ 90 days)"])
def bounded(role: Resource) -> Findings:
    """Credentials rotate within 90 days, so that nothing handed out may live longer."""
    path = BOUNDS[role.kind]
    value = role[path]
    # Numbers are seconds; PKI and SSH roles take a duration as text.
    found = seconds(value) if isinstance(value, str) else role.number(path)
    if found is None and value is not None:
        raise UnexpectedValue(path, "a duration such as 3600 or 72h", value)
    if not found:
        yield f"{path} is not set, so that Vault's default applies; set it to {MAX_DAYS} days or less"
    elif found > MAX_DAYS * _DAY:
        yield f"{path} is {found / _DAY:.0f} days; {MAX_DAYS} days are the most"
