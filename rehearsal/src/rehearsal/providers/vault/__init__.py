"""The emulated `vault` provider: what pulumi-vault does, towards the real Vault of a rehearsal."""

from pathlib import Path

from rehearsal.providers.schema import SdkSchemas
from rehearsal.providers.vault.api import Server
from rehearsal.providers.vault.provider import VaultProvider

__all__ = ["create_provider"]


def create_provider(
    vault: Server, cache: Path = Path(".rehearsal/cache"), files: Path = Path(".rehearsal/audit")
) -> VaultProvider:
    """The emulated provider for a rehearsal's Vault.

    `cache` keeps what the SDK package says of its types; audit devices write their files below `files`.
    """
    return VaultProvider(vault, SdkSchemas("vault", cache), files.resolve())
