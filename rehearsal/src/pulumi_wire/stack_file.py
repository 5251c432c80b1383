"""Keys that the engine writes into a stack's settings file."""

from typing import Final

ENGINE_KEYS: Final = ("secretsprovider", "encryptedkey", "encryptionsalt")
"""Top-level keys of `Pulumi.<stack>.yaml` that `pulumi stack init` writes."""
