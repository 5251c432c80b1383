"""Vault policies: no access to everything, and none to access control."""

import re

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.vault_policy_documents import Stanza, stanzas

POLICY = "vault:index/policy:Policy"
# A pattern that matches every path, or every path of every mount.
_EVERY_PATH = re.compile(r"/?(\+/)*\*")
ACCESS_CONTROL_PATHS = (
    "auth/",
    "identity/",
    "sys/audit",
    "sys/auth",
    "sys/config",
    "sys/generate-root",
    "sys/mfa",
    "sys/mounts",
    "sys/namespaces",
    "sys/plugins",
    "sys/policies",
    "sys/policy",
    "sys/raw",
    "sys/rekey",
    "sys/remount",
    "sys/seal",
    "sys/storage",
)
"""Paths that control access to Vault. Anyone who may write there can obtain every permission."""
OWN_TOKEN_PATHS = frozenset({"auth/token/renew-self", "auth/token/revoke-self", "auth/token/lookup-self"})
WRITE_CAPABILITIES = frozenset({"create", "update", "patch", "delete", "write", "sudo"})


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
            yield f'Path "{stanza.path}" covers every secret. Name the paths that are needed.'


@rule("vault-policy-must-not-use-sudo", on=POLICY, severity=Severity.CRITICAL)
def sudo(policy: Resource) -> Findings:
    """The sudo capability gives access to paths that Vault reserves for its root token."""
    for stanza in stanzas(policy):
        if "sudo" in stanza.capabilities:
            yield f'Path "{stanza.path}" has sudo. Remove it, and give operators a short-lived token for such tasks.'


def _is_access_control(stanza: Stanza) -> bool:
    """Return True if a path is, or matches, a path that controls access to Vault."""
    prefix = re.split(r"[+*]", stanza.path)[0]
    if stanza.path in OWN_TOKEN_PATHS:
        return False
    if prefix.startswith(ACCESS_CONTROL_PATHS):
        return True
    return prefix != stanza.path and any(path.startswith(prefix) for path in ACCESS_CONTROL_PATHS)


@rule("vault-policy-must-not-change-access", on=POLICY, severity=Severity.CRITICAL)
def changing_access(policy: Resource) -> Findings:
    """Anyone who may write policies, auth methods or mounts can obtain every permission."""
    for stanza in stanzas(policy):
        if stanza.capabilities & WRITE_CAPABILITIES and _is_access_control(stanza):
            yield f'Path "{stanza.path}" gives control over access to Vault. Let only this program change access.'
