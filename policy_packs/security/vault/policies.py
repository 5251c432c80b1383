"""Vault policies: no access to everything, and none to access control."""

import re

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.vault_policy_documents import Stanza, stanzas

POLICY = "vault:index/policy:Policy"
# What a pattern may consist of to match every path, or every path of every mount.
_EVERY_PATH = re.compile(r"/?(\+/)*\*")
ACCESS_CONTROL_PATHS = (
    "auth/",
    "identity/",
    "sys/audit",
    "sys/auth",
    "sys/config",
    "sys/generate-root",
    "sys/mounts",
    "sys/plugins",
    "sys/policies",
    "sys/policy",
    "sys/raw",
    "sys/rekey",
    "sys/remount",
    "sys/seal",
    "sys/storage",
)
"""Paths under which Vault keeps who may do what: whoever writes there may do everything."""
OWN_TOKEN_PATHS = frozenset({"auth/token/renew-self", "auth/token/revoke-self", "auth/token/lookup-self"})
WRITE_CAPABILITIES = frozenset({"create", "update", "patch", "delete", "write", "sudo"})


@rule(
    "vault-policy-must-not-allow-every-path",
    on=POLICY,
    covers=['Vault no path "*"'],
    severity=Severity.CRITICAL,
)
def every_path(policy: Resource) -> Findings:
    """A policy on every path is the root token under another name."""
    for stanza in stanzas(policy):
        if _EVERY_PATH.fullmatch(stanza.path) and not stanza.denies:
            yield f'path "{stanza.path}" is every secret there is; name the paths that are needed'


@rule("vault-policy-must-not-use-sudo", on=POLICY, severity=Severity.CRITICAL)
def sudo(policy: Resource) -> Findings:
    """The capability sudo opens the paths that Vault keeps for its root token."""
    for stanza in stanzas(policy):
        if "sudo" in stanza.capabilities:
            yield f'path "{stanza.path}" has sudo; have an operator do it with a token of the moment'


def _is_access_control(stanza: Stanza) -> bool:
    """Whether a path is, or may match, one under which Vault keeps who may do what."""
    begin = re.split(r"[+*]", stanza.path)[0]
    if stanza.path in OWN_TOKEN_PATHS:
        return False
    if begin.startswith(ACCESS_CONTROL_PATHS):
        return True
    return begin != stanza.path and any(path.startswith(begin) for path in ACCESS_CONTROL_PATHS)


@rule("vault-policy-must-not-change-access", on=POLICY, severity=Severity.CRITICAL)
def changing_access(policy: Resource) -> Findings:
    """Whoever may write policies, sign-in or mounts gives themselves the rest; only this program does."""
    for stanza in stanzas(policy):
        if stanza.capabilities & WRITE_CAPABILITIES and _is_access_control(stanza):
            yield f'path "{stanza.path}" changes who may do what; leave that to this program'
