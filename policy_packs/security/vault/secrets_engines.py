"""Vault secrets engines: mounts, transit and KV."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.vault_paths import USE_SEGMENTS

MOUNT = "vault:index/mount:Mount"
ENGINES = (
    MOUNT,
    "vault:aws/secretBackend:SecretBackend",
    "vault:consul/secretBackend:SecretBackend",
    "vault:database/secretsMount:SecretsMount",
    "vault:kubernetes/secretBackend:SecretBackend",
    "vault:ldap/secretBackend:SecretBackend",
    "vault:rabbitMq/secretBackend:SecretBackend",
)
"""Types that mount a secrets engine."""
TRANSIT_KEY = "vault:transit/secretBackendKey:SecretBackendKey"
KV_TYPES = frozenset({"kv", "generic"})


@rule(
    "vault-keys-must-not-leave",
    on=TRANSIT_KEY,
    covers=["Vault transit keys not exportable"],
    severity=Severity.CRITICAL,
)
def exportable(key: Resource) -> Findings:
    """Anyone with an exported key can decrypt data without Vault, so no policy or audit log applies."""
    if key.flag("exportable"):
        yield "`exportable` is on. Create a new key without it, because Vault cannot turn it off later."


@rule(
    "vault-keys-must-not-be-backed-up-in-plaintext",
    on=TRANSIT_KEY,
    covers=["Vault no plaintext backup"],
    severity=Severity.CRITICAL,
)
def plaintext_backup(key: Resource) -> Findings:
    """A plaintext backup contains the key itself, unencrypted."""
    if key.flag("allowPlaintextBackup"):
        yield "allow_plaintext_backup is on. Create a new key without it, because Vault cannot turn it off later."


@rule("vault-keys-must-not-be-deletable", on=TRANSIT_KEY)
def deletable(key: Resource) -> Findings:
    """Deleting a key makes everything it encrypted unreadable."""
    if key.flag("deletionAllowed"):
        yield "deletion_allowed is on. Turn it off."


@rule("vault-mounts-must-have-clear-paths", on=ENGINES, severity=Severity.MEDIUM)
def clear_paths(mount: Resource) -> Findings:
    """The rules on policies could not tell a mount such as `team/data` from the data of a store at `team`."""
    for segment in (mount.text("path") or "").strip("/").split("/")[1:]:
        if segment in USE_SEGMENTS:
            yield f"The path contains /{segment}, which is part of the paths of an engine. Choose another path."


@rule("vault-kv-must-keep-versions", on=MOUNT, severity=Severity.MEDIUM)
def versioned_mounts(mount: Resource) -> Findings:
    """Version 1 of the KV engine keeps no versions, so a secret that is overwritten by mistake is lost."""
    if mount.text("type") in KV_TYPES and mount.text("options.version") != "2":
        yield "The store keeps no versions. Set `options` to {'version': '2'}."


@rule(
    "vault-kv-must-keep-more-than-one-version", on="vault:kv/secretBackendV2:SecretBackendV2", severity=Severity.MEDIUM
)
def kept_versions(store: Resource) -> Findings:
    """With a single version, a secret that is overwritten by mistake is lost."""
    if store.number("maxVersions") == 1:
        yield "The store keeps only one version. Leave out max_versions, or increase it."
