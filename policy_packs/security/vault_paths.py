"""Vault paths whose writer or reader gains privileges, each with the reason.

Sources: Vault API documentation of the system backend and of each secrets engine, and `vault/policy.go` for the meaning
of wildcards.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_MOUNT, _NAME, _BELOW = "<mount>", "<name>", "*"
_RESERVED = frozenset({"auth", "cubbyhole", "identity", "sys"})
"""First segments of Vault's own paths. No secrets engine or namespace can have such a name."""
_TEMPLATE = re.compile(r"\{\{.*?\}\}")


@dataclass(frozen=True)
class GuardedPath:
    """A path and the reason why few may use it.

    In `path`, `<mount>` stands for one or more segments and `<name>` for exactly one. A final `*` stands for the path
    before it and all paths below.
    """

    path: str
    reason: str = ""


USE_SEGMENTS = frozenset(
    {
        "code",
        "creds",
        "data",
        "datakey",
        "decode",
        "decrypt",
        "delete",
        "destroy",
        "encode",
        "encrypt",
        "hash",
        "hmac",
        "issue",
        "metadata",
        "random",
        "rewrap",
        "sign",
        "static-cred",
        "static-creds",
        "sts",
        "subkeys",
        "undelete",
        "verify",
    }
)
"""First path segment after the mount path, for requests that use an engine and do not configure it.

A mount path must not contain such a segment after a slash. Otherwise, the mount's end could not be recognised.
"""

ACCESS_PATHS = (
    GuardedPath("auth/*", "Auth methods decide who gets which policies."),
    GuardedPath("identity/*", "Entities and groups get policies, whatever the auth method."),
    GuardedPath("sys/audit/*", "A removed audit device no longer records requests."),
    GuardedPath("sys/audit-hash/*", "Hashes of guessed values reveal the secrets in the audit log."),
    GuardedPath("sys/auth/*", "A new auth method signs in its own users."),
    GuardedPath("sys/config/*", "The configuration decides which requests are audited and accepted."),
    GuardedPath("sys/control-group/*", "It approves requests of other clients."),
    GuardedPath("sys/generate-root/*", "A root token may do everything."),
    GuardedPath("sys/managed-keys/*", "Managed keys sign on behalf of engines."),
    GuardedPath("sys/mfa/*", "Anyone who may change MFA methods can sign in without a second factor."),
    GuardedPath("sys/mounts/*", "A mount with other options or a new engine bypasses the reviewed ones."),
    GuardedPath("sys/namespaces/*", "The creator of a namespace controls its policies."),
    GuardedPath("sys/plugins/*", "A plugin runs inside Vault and reads its secrets."),
    GuardedPath("sys/policies/*", "Anyone who may write policies can obtain every permission."),
    GuardedPath("sys/policy/*", "Anyone who may write policies can obtain every permission."),
    GuardedPath("sys/quotas/*", "Quotas limit attempts to guess credentials."),
    GuardedPath("sys/raw/*", "Raw storage bypasses every policy."),
    GuardedPath("sys/rekey/*", "The holder of new unseal keys controls Vault."),
    GuardedPath("sys/rekey-recovery-key/*", "The holder of new recovery keys can create a root token."),
    GuardedPath("sys/remount/*", "A mount that is moved leaves the policies of its old path."),
    GuardedPath("sys/replication/*", "A secondary cluster receives every secret."),
    GuardedPath("sys/rotate/*", "Old backups need the former encryption key."),
    GuardedPath("sys/seal/*", "A sealed Vault serves no secrets."),
    GuardedPath("sys/step-down/*", "An active node that steps down interrupts every client."),
    GuardedPath("sys/storage/*", "A snapshot contains every secret, and restoring one replaces all policies."),
    GuardedPath("sys/sync/*", "Synchronized secrets leave Vault for a store outside."),
    # Paths of the system backend that no entry above names, such as those of later versions.
    GuardedPath("sys/<name>/*", "Paths below sys/ control Vault itself."),
    # Vault Enterprise: a policy may name paths inside a child namespace.
    GuardedPath("<mount>/auth/*", "Auth methods of a namespace decide who gets which policies."),
    GuardedPath("<mount>/identity/*", "Entities and groups of a namespace get policies."),
    GuardedPath("<mount>/sys/*", "Paths below sys/ control the namespace."),
)
"""Paths that control access to Vault. Anyone who may write there can obtain every permission."""
ENGINE_PATHS = (
    GuardedPath("<mount>/keys/<name>/config", "It makes a key exportable or deletable."),
    GuardedPath("<mount>/config/*", "The engine sends its own credentials to the configured server."),
    GuardedPath("<mount>/connection/*", "The engine sends its own credentials to the configured server."),
    GuardedPath("<mount>/rotate-root/*", "It replaces the engine's own credentials, which only Vault then knows."),
    GuardedPath("<mount>/reset/*", "It interrupts every client of the connection."),
    GuardedPath("<mount>/reload/*", "It interrupts every client of the plugin."),
    GuardedPath("<mount>/kms/*", "It decides to which key stores the engine copies its keys."),
    GuardedPath("<mount>/roles/*", "A role decides which privileges its credentials or certificates have."),
    GuardedPath("<mount>/role/*", "A role decides which privileges its credentials have."),
    GuardedPath("<mount>/static-roles/*", "A static role takes over the password of an existing account."),
    GuardedPath("<mount>/static-role/*", "A static role takes over the password of an existing account."),
    GuardedPath("<mount>/rotate-role/*", "It changes the password of an account that others use."),
    GuardedPath("<mount>/library/<name>", "A set of a library takes over the passwords of existing accounts."),
    GuardedPath("<mount>/library/manage/*", "It takes accounts away from those who checked them out."),
    GuardedPath("<mount>/roleset/<name>", "A roleset decides which privileges its service account has."),
    GuardedPath("<mount>/static-account/<name>", "It issues credentials of an existing service account."),
    GuardedPath("<mount>/impersonated-account/<name>", "It issues tokens of an existing service account."),
    GuardedPath("<mount>/keys/<name>", "It creates a key that may leave Vault, or deletes one with the data under it."),
    GuardedPath("<mount>/keys/<name>/import", "Anyone who imports a key knows its value."),
    GuardedPath("<mount>/keys/<name>/import_version", "Anyone who imports a key knows its value."),
    GuardedPath("<mount>/keys/<name>/trim", "It destroys old versions of a key and the data under them."),
    GuardedPath(
        "<mount>/keys/deregister/<name>", "The data under a key that Vault forgets become unreadable for clients."
    ),
    GuardedPath("<mount>/keys/register/<name>", "It replaces a key by one that is known outside Vault."),
    GuardedPath("<mount>/keys/trim/<name>", "It destroys old versions of a key and the data under them."),
    GuardedPath("<mount>/keys/generate/*", "A new key of a certificate authority may leave Vault."),
    GuardedPath("<mount>/restore/*", "It replaces a key by one that is known outside Vault."),
    GuardedPath("<mount>/key/<name>", "It renames or deletes the key of a certificate authority."),
    GuardedPath("<mount>/root/*", "It creates, signs with or deletes a certificate authority."),
    GuardedPath("<mount>/intermediate/*", "It creates or replaces a certificate authority."),
    GuardedPath("<mount>/issuer/<name>", "It changes or deletes a certificate authority."),
    GuardedPath("<mount>/issuer/<name>/sign-intermediate", "The result can issue certificates for every name."),
    GuardedPath("<mount>/issuer/<name>/sign-self-issued", "The result can issue certificates for every name."),
    GuardedPath("<mount>/issuer/<name>/sign-revocation-list", "A revocation list can revive a revoked certificate."),
    GuardedPath("<mount>/issuer/<name>/resign-crls", "A revocation list can revive a revoked certificate."),
    GuardedPath("<mount>/issuer/<name>/revoke", "It revokes a certificate authority."),
    GuardedPath("<mount>/issuer/<name>/acme/new-eab", "An ACME account gets certificates without a Vault policy."),
    GuardedPath("<mount>/issuer/<name>/sign-verbatim/*", "The issuer signs every name, whatever the roles allow."),
    GuardedPath("<mount>/acme/new-eab", "An ACME account gets certificates without a Vault policy."),
    GuardedPath("<mount>/cel/*", "A role decides which privileges its certificates have."),
    GuardedPath("<mount>/issuers/*", "It adds a certificate authority."),
    GuardedPath("<mount>/sign-verbatim/*", "The engine signs every name, whatever the roles allow."),
    GuardedPath("<mount>/revoke", "It revokes certificates of others."),
    GuardedPath("<mount>/tidy", "It deletes certificates and revocations from storage."),
    GuardedPath("<mount>/scope/*", "It creates clients of the KMIP server and their permissions."),
    GuardedPath("<mount>/transformation/*", "It decides how values are encoded, so it can weaken the encoding."),
    GuardedPath("<mount>/template/*", "It decides how values are encoded, so it can weaken the encoding."),
    GuardedPath("<mount>/alphabet/*", "It decides how values are encoded, so it can weaken the encoding."),
    GuardedPath("<mount>/transformations/*", "It decides how values are encoded, so it can weaken the encoding."),
    GuardedPath("<mount>/tokenization/*", "It changes or destroys keys, and the values encoded with them."),
    GuardedPath("<mount>/stores/*", "The engine sends the encoded values to the configured database."),
)
"""Paths that configure a secrets engine. Anyone who may write there chooses the privileges of its credentials."""
KEY_EXPORT_PATHS = (
    GuardedPath("<mount>/export/*", "It returns the key itself."),
    GuardedPath("<mount>/byok-export/*", "It returns the key, encrypted for its reader."),
    GuardedPath("<mount>/backup/*", "It returns the key with all its versions."),
)
"""Paths that return keys of a transit engine."""
DESTRUCTION_PATHS = (
    GuardedPath("<mount>/metadata/*", "It can destroy versions: by deletion, max_versions or a TTL."),
    GuardedPath("<mount>/destroy/*", "It destroys versions of a secret."),
)
"""Paths that destroy versions of a secret in a KV store (version 2)."""
STORAGE_PATHS = (
    GuardedPath("sys/storage/raft/snapshot", "A snapshot contains every secret."),
    GuardedPath("sys/raw/*", "Raw storage contains every secret."),
    GuardedPath("sys/rekey/backup", "The backup contains unseal keys."),
    GuardedPath("sys/rekey/recovery-key-backup", "The backup contains recovery keys."),
)
"""Paths that return the contents of Vault's storage, or the keys to it."""
CREDENTIAL_PATHS = (
    GuardedPath("identity/oidc/client/<name>"),
    GuardedPath("<mount>/creds/*"),
    GuardedPath("<mount>/code/<name>"),
    GuardedPath("<mount>/token/<name>"),
    GuardedPath("<mount>/key/<name>"),
    GuardedPath("<mount>/issuer/<name>/issue/<name>"),
    GuardedPath("<mount>/issuer/<name>/sign/<name>"),
    GuardedPath("<mount>/static-creds/<name>"),
    # A role of the LDAP engine can have slashes in its name.
    GuardedPath("<mount>/static-cred/*"),
    GuardedPath("<mount>/sts/<name>"),
    GuardedPath("<mount>/issue/<name>"),
    GuardedPath("<mount>/sign/<name>"),
    GuardedPath("<mount>/roleset/<name>/key"),
    GuardedPath("<mount>/roleset/<name>/token"),
    GuardedPath("<mount>/static-account/<name>/key"),
    GuardedPath("<mount>/static-account/<name>/token"),
    GuardedPath("<mount>/impersonated-account/<name>/token"),
    GuardedPath("<mount>/library/<name>/check-out"),
)
"""Paths that issue the credentials of a role. Some paths of the Google Cloud engine come from its first versions."""


def guarded(pattern: str, paths: Iterable[GuardedPath]) -> GuardedPath | None:
    """Return the first of the paths that a policy's path covers or overlaps.

    In the pattern, `+` is any one segment, a final `*` any text with further segments, and a template such as
    `{{identity.entity.name}}` any one segment.
    """
    segments = _segments(pattern)
    return next((path for path in paths if _overlaps(segments, path.path.split("/"))), None)


def has_wildcard(pattern: str) -> bool:
    """Return True if a policy's path covers several paths for the same client."""
    return "+" in _without_templates(pattern) or pattern.endswith("*")


def has_wildcard_in_mount(pattern: str) -> bool:
    """Return True if a policy's path covers engines at several mounts.

    The mount ends at the segment that uses an engine, such as `data`. Without one, only the first segment is judged.
    """
    segments = _segments(pattern)
    if segments[0] in _RESERVED:
        return False
    end = _end_of_mount(segments) or 1
    return any("+" in segment or segment.endswith("*") for segment in segments[:end])


def _end_of_mount(segments: Sequence[str]) -> int | None:
    """Return the index of the first whole segment that uses an engine, if any.

    The last segment does not count: `team/data*` also covers `team/database`.
    """
    return next((index for index, segment in enumerate(segments[1:-1], 1) if segment in USE_SEGMENTS), None)


def _segments(pattern: str) -> Sequence[str]:
    # Vault strips one leading slash.
    return _without_templates(pattern).removeprefix("/").split("/")


def _without_templates(pattern: str) -> str:
    return _TEMPLATE.sub(_NAME, pattern)


def _overlaps(pattern: Sequence[str], path: Sequence[str]) -> bool:
    if path[0] != _MOUNT:
        return _matches(pattern, path)
    if pattern[0] in _RESERVED:
        return False
    end = _end_of_mount(pattern)
    if any(_matches(pattern[length:], path[1:]) for length in range(1, len(pattern) if end is None else end + 1)):
        return True
    if end is None:
        # The final wildcard may stand for the rest of the mount and everything below.
        return pattern[-1].endswith("*")
    # A namespace may have the name of such a segment. Vault's own paths inside the namespace are recognisable.
    return path[1] in _RESERVED and path[1] in pattern[end + 1 : -1]


def _matches(pattern: Sequence[str], path: Sequence[str]) -> bool:
    """Return True if a pattern matches a path, both given as segments.

    A path that ends in `*` stands for every path below it.
    """
    if path == [_BELOW]:
        return True
    if not pattern or not path:
        return not pattern and not path
    if pattern[0].endswith("*"):
        return path[0] == _NAME or path[0].startswith(pattern[0][:-1])
    is_equal = path[0] in {_NAME, pattern[0]} or any(wildcard in pattern[0] for wildcard in ("+", _NAME))
    return is_equal and _matches(pattern[1:], path[1:])
