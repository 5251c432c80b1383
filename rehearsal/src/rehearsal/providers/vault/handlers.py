"""Handlers of most Vault resources."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.vault.api import PathNotFoundError, VaultApi, VaultFields
from rehearsal.providers.vault.types import ResourcePath

_PKI_NOT_FOUND = "unable to find PKI"
"""Error of the PKI secrets engine for a missing issuer or key."""


@dataclass(frozen=True)
class PathHandler:
    """Handler of resources that are written, read and deleted at a single path."""

    removable: bool = True
    """False for configuration that can't be deleted alone; Vault deletes it with its mount."""

    def create(self, api: VaultApi, target: ResourcePath, body: VaultFields) -> VaultFields:
        """Write the fields."""
        return api.write(target.path, body)

    def update(self, api: VaultApi, target: ResourcePath, body: VaultFields, before: VaultFields) -> None:
        """Write the fields, and clear fields that the body no longer contains."""
        api.write(target.path, {**cleared_fields(before, body), **body})

    def read(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> VaultFields | None:
        """Read the fields."""
        del state
        return api.read(target.path)

    def delete(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> None:
        """Delete the path if it is removable."""
        del state
        if self.removable:
            api.delete(target.path)


@dataclass(frozen=True)
class TransitKeyHandler(PathHandler):
    """Handler of transit keys.

    A key's type is immutable. Its other settings (minimum versions, deletion, export, backup, rotation) are written to
    `<key>/config`.
    """

    _CONFIG = frozenset(
        {"min_decryption_version", "min_encryption_version", "deletion_allowed", "exportable"}
        | {"allow_plaintext_backup", "auto_rotate_period"}
    )

    def create(self, api: VaultApi, target: ResourcePath, body: VaultFields) -> VaultFields:
        """Create the key, then write the fields that only its configuration accepts."""
        later = {"min_decryption_version", "min_encryption_version", "deletion_allowed"}
        api.write(target.path, {field: value for field, value in body.items() if field not in later})
        self.update(api, target, {field: value for field, value in body.items() if field in later}, {})
        return {}

    def update(self, api: VaultApi, target: ResourcePath, body: VaultFields, before: VaultFields) -> None:
        """Write the configuration."""
        del before
        config = {field: value for field, value in body.items() if field in self._CONFIG}
        if config:
            api.write(f"{target.path}/config", config)


class ImmutableHandler:
    """Base of handlers whose resources can't be updated, only replaced."""

    def update(self, api: VaultApi, target: ResourcePath, body: VaultFields, before: VaultFields) -> None:
        """Raise ProviderError: the diff of these types must request a replacement instead."""
        del api, body, before
        raise ProviderError(f"{target.path} can only be replaced, not updated")


@dataclass(frozen=True)
class GeneratedHandler(ImmutableHandler):
    """Handler of objects that Vault returns only when it generates them.

    Examples are certificates and certificate signing requests.
    """

    exists: str = ""
    """Template of the resource's path, over the fields of the response. Empty if the resource has no path."""

    def create(self, api: VaultApi, target: ResourcePath, body: VaultFields) -> VaultFields:
        """Generate the resource."""
        return api.write(target.path, body)

    def read(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> VaultFields | None:
        """Return the recorded fields as long as the resource exists in Vault."""
        if state.keys() <= {"id"}:
            raise ProviderError(f"{target.path} can't be imported: Vault returns it only on creation")
        path = self._path(target, state)
        return state if path is None or self._exists(api, path) else None

    def delete(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> None:
        """Delete the resource if it has its own path.

        Otherwise, Vault deletes it only together with its mount.
        """
        path = self._path(target, state)
        if path is not None and self._exists(api, path):
            api.delete(path)

    def _exists(self, api: VaultApi, path: str) -> bool:
        try:
            return api.read(path) is not None
        except ProviderError as error:
            if _PKI_NOT_FOUND in str(error):
                return False
            raise

    def _path(self, target: ResourcePath, state: Mapping[str, Any]) -> str | None:
        return self.exists.format(**{**state, **target.parameters}) if self.exists else None


@dataclass(frozen=True)
class IdentityHandler:
    """Handler of Vault's identity objects: entities, groups and their aliases.

    Vault assigns their ids.
    """

    def create(self, api: VaultApi, target: ResourcePath, body: VaultFields) -> VaultFields:
        """Create the object and return its id."""
        created = api.write(target.path, body)
        if "id" not in created:
            raise ProviderError(f"{target.path} already has an object of this name: import it or choose another name")
        return {"id": created["id"]}

    def update(self, api: VaultApi, target: ResourcePath, body: VaultFields, before: VaultFields) -> None:
        """Write the fields of the object with this id."""
        api.write(f"{target.path}/id/{before['id']}", {**cleared_fields(before, body), **body})

    def read(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> VaultFields | None:
        """Read the object with this id."""
        return api.read(f"{target.path}/id/{state['id']}")

    def delete(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> None:
        """Delete the object with this id."""
        api.delete(f"{target.path}/id/{state['id']}")


@dataclass(frozen=True)
class AccessorHandler(ImmutableHandler):
    """Handler of credentials that are looked up and revoked by accessor."""

    make: str
    look_up: str
    revoke: str
    accessor: str
    """Field that contains the accessor, in both responses and requests."""

    def create(self, api: VaultApi, target: ResourcePath, body: VaultFields) -> VaultFields:
        """Create the credential, and use its accessor as its id."""
        created = api.write(self.make.format(**target.parameters), body)
        return {**created, "id": created[self.accessor]}

    def read(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> VaultFields | None:
        """Look up the credential by its accessor.

        Return None if the credential has expired or was revoked.
        """
        try:
            live = api.write(self.look_up.format(**target.parameters), {self.accessor: state["id"]})
        except PathNotFoundError:
            return None
        except ProviderError as error:
            if any(word in str(error) for word in ("invalid accessor", "failed to find accessor", "bad token")):
                return None
            raise
        return {**live, **state} if live else None  # recorded fields take precedence, because the live `ttl` decreases

    def delete(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> None:
        """Revoke the credential."""
        if self.read(api, target, state) is not None:
            api.write(self.revoke.format(**target.parameters), {self.accessor: state["id"]})


def cleared_fields(before: Mapping[str, Any], body: Mapping[str, Any]) -> VaultFields:
    """Return empty values for the fields that the body no longer contains."""
    empty: VaultFields = {}
    for field, value in before.items():
        if field == "id" or field in body or isinstance(value, bool):
            continue
        empty[field] = [] if isinstance(value, list) else {} if isinstance(value, Mapping) else _zero(value)
    return empty


def _zero(value: Any) -> Any:
    return 0 if isinstance(value, int | float) else ""
