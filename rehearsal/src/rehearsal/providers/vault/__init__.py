"""Emulated `vault` provider on the rehearsal's real Vault.

The Pulumi engine sees the same behaviour as with pulumi-vault.
"""

from pathlib import Path

from rehearsal.providers.schema import SdkSchemas
from rehearsal.providers.vault.api import OnDemandVault
from rehearsal.providers.vault.provider import VaultProvider

__all__ = ["create_provider"]


def create_provider(
    vault: OnDemandVault, cache: Path = Path(".rehearsal/cache"), files: Path = Path(".rehearsal/audit")
) -> VaultProvider:
    """Create the provider for the Vault of a rehearsal.

    `cache` is the directory of cached SDK schemas. Audit devices write to the directory `files`.
    """
    return VaultProvider(vault, SdkSchemas("vault", cache), files.resolve())
