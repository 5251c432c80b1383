"""Vault's PKI engine: names in certificates, and who may request them by ACME."""

import re

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

ROLE = "vault:pkiSecret/secretBackendRole:SecretBackendRole"
ALLOWED_NAMES = ("allowedOtherSans", "allowedSerialNumbers", "allowedUriSans", "allowedUserIds")
"""Properties with further names that a role may put into a certificate. Vault reads each as a pattern."""
ACCOUNT_POLICIES = frozenset({"always-required", "new-account-required"})
_DOMAIN = re.compile(r"([\w-]+\.)+[\w-]+\.?")
# Suffixes under which anyone can register a name, such as `co.uk`.
_SUFFIX = re.compile(r"(ac|co|com|edu|gov|net|org|sch)\.[a-z]{2}\.?", re.IGNORECASE)
_DIRECTORY_POLICY = re.compile(r"forbid|role:[^*\s]+")


@rule("vault-pki-roles-must-name-domains", on=ROLE, severity=Severity.CRITICAL)
def any_name(role: Resource) -> Findings:
    """A role that allows any name can issue a certificate for any of our servers, or for a person.

    Source: Vault API documentation, "PKI secrets engine", on the parameters of a role.
    """
    if role.flag("allowAnyName"):
        yield "allow_any_name is on. Name domains in allowed_domains."
    if role.flag("enforceHostnames") is False:
        yield "enforce_hostnames is off, so a certificate can contain any text as a name. Turn it on."
    if not all(map(_is_own_domain, role.texts("allowedDomains"))):
        yield "allowed_domains has a wildcard or a domain that many owners share. List domains such as campus.example."
    for path in ALLOWED_NAMES:
        if any("*" in name for name in role.texts(path)):
            yield f"{path} has a wildcard. List the full names."
    if any(each.strip().lower() == "disabled" for each in role.texts("cnValidations")):
        yield "cn_validations is disabled, so a common name can be any text. Set it to hostname, email or both."


@rule(
    "vault-acme-must-require-known-clients",
    on="vault:pkiSecret/backendConfigAcme:BackendConfigAcme",
    severity=Severity.CRITICAL,
)
def acme_clients(settings: Resource) -> Findings:
    """ACME needs no Vault token, so anyone who reaches Vault gets certificates unless accounts are bound to one.

    Outside a role, ACME signs every name whose host or DNS the client controls. Source: Vault API documentation, "PKI
    secrets engine", on the configuration of ACME.
    """
    if settings.flag("enabled") is False:
        return
    if settings.text("eabPolicy") not in ACCOUNT_POLICIES:
        yield "eab_policy lets clients without a Vault token register. Set it to always-required."
    if not _DIRECTORY_POLICY.fullmatch(settings.text("defaultDirectoryPolicy") or ""):
        yield "default_directory_policy signs names without a role. Set it to forbid, or to role: and the role's name."
    roles = settings.texts("allowedRoles")
    if not roles or any("*" in name for name in roles):
        yield "allowed_roles admits every role. List the roles that ACME clients may use."


def _is_own_domain(domain: str) -> bool:
    return bool(_DOMAIN.fullmatch(domain.strip())) and not _SUFFIX.fullmatch(domain.strip())
