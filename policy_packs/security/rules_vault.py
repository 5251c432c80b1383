"""Vault's policies: nobody reads everything, and nobody but this program changes who may read what."""

import re

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.vault_policies import Stanza, stanzas

POLICY = "vault:index/policy:Policy"
# What a pattern may consist of to match every path, or every path of every mount.
_EVERYTHING = re.compile(r"/?(\+/)*\*")
PROTECTED = (
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
OF_ONESELF = frozenset({"auth/token/renew-self", "auth/token/revoke-self", "auth/token/lookup-self"})
WRITING = frozenset({"create", "update", "patch", "delete", "write", "sudo"})


@rule(
    "vault-policy-must-not-allow-every-path",
    on=POLICY,
    covers=['Vault no path "*"'],
    severity=Severity.CRITICAL,
)
def every_path(policy: Resource) -> Findings:
    """A policy on every path is the root token under another name."""
    for stanza in stanzas(policy):
        if _EVERYTHING.fullmatch(stanza.path) and not stanza.denies:
            yield f'path "{stanza.path}" is every secret there is; name the paths that are needed'


@rule("vault-policy-must-not-use-sudo", on=POLICY, severity=Severity.CRITICAL)
def sudo(policy: Resource) -> Findings:
    """The capability sudo opens the paths that Vault keeps for its root token."""
    for stanza in stanzas(policy):
        if "sudo" in stanza.capabilities:
            yield f'path "{stanza.path}" has sudo; have an operator do it with a token of the moment'


def _is_protected(stanza: Stanza) -> bool:
    """Whether a path is, or may match, one under which Vault keeps who may do what."""
    begin = re.split(r"[+*]", stanza.path)[0]
    if stanza.path in OF_ONESELF:
        return False
    if begin.startswith(PROTECTED):
        return True
    return begin != stanza.path and any(path.startswith(begin) for path in PROTECTED)


@rule("vault-policy-must-not-change-access", on=POLICY, severity=Severity.CRITICAL)
def changing_access(policy: Resource) -> Findings:
    """Whoever may write policies, sign-in or mounts gives themselves the rest; only this program does."""
    for stanza in stanzas(policy):
        if stanza.capabilities & WRITING and _is_protected(stanza):
            yield f'path "{stanza.path}" changes who may do what; leave that to this program'
