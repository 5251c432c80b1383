"""Emulated `vault` provider on the rehearsal's real Vault.

It behaves like pulumi-vault towards the engine.
"""

from pathlib import Path

from rehearsal.providers.schema import SdkSchemas
from rehearsal.providers.vault.api import OnDemandVault
from rehearsal.providers.vault.provider import VaultProvider

__all__ = ["create_provider"]


def create_provider(
    vault: OnDemandVault, cache: Path = Path(".rehearsal/cache"), files: Path = Path(".rehearsal/audit")
) -> VaultProvider:
    """Create the provider for a rehearsal's Vault.

    `cache` is the directory of cached SDK schemas; audit devices write below `files`.
    """
    return VaultProvider(vault, SdkSchemas("vault", cache), files.resolve())
