"""How most of Vault's resources come and go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.vault.api import NothingThereError, Object, VaultApi
from rehearsal.providers.vault.types import Place

_PKI_GONE = "unable to find PKI"
"""The PKI engine answers so, as an error, when there is no such issuer or key."""


@dataclass(frozen=True)
class Plain:
    """Written, read and deleted at one path."""

    removable: bool = True
    """False for configuration that goes with its mount."""

    def create(self, api: VaultApi, place: Place, body: Object) -> Object:
        """Write it."""
        return api.write(place.path, body)

    def update(self, api: VaultApi, place: Place, body: Object, before: Object) -> None:
        """Write it anew; what the body no longer holds is emptied."""
        api.write(place.path, {**emptied(before, body), **body})

    def read(self, api: VaultApi, place: Place, known: Object) -> Object | None:
        """Read it."""
        del known
        return api.read(place.path)

    def delete(self, api: VaultApi, place: Place, known: Object) -> None:
        """Delete it, if it can be."""
        del known
        if self.removable:
            api.delete(place.path)


@dataclass(frozen=True)
class TransitKey(Plain):
    """A key of the transit engine: its kind is given once, its limits are a configuration of their own."""

    _CONFIG = frozenset(
        {"min_decryption_version", "min_encryption_version", "deletion_allowed", "exportable"}
        | {"allow_plaintext_backup", "auto_rotate_period"}
    )

    def create(self, api: VaultApi, place: Place, body: Object) -> Object:
        """Make the key, then set what only its configuration has."""
        later = {"min_decryption_version", "min_encryption_version", "deletion_allowed"}
        api.write(place.path, {field: value for field, value in body.items() if field not in later})
        self.update(api, place, {field: value for field, value in body.items() if field in later}, {})
        return {}

    def update(self, api: VaultApi, place: Place, body: Object, before: Object) -> None:
        """Set the configuration."""
        del before
        config = {field: value for field, value in body.items() if field in self._CONFIG}
        if config:
            api.write(f"{place.path}/config", config)


class MadeOnce:
    """Something that can't be changed: the type says that every input replaces it."""

    def update(self, api: VaultApi, place: Place, body: Object, before: Object) -> None:
        """Refuse; the engine asks for a replacement instead."""
        del api, body, before
        raise ProviderError(f"{place.path} can't be changed, only replaced")


@dataclass(frozen=True)
class Generated(MadeOnce):
    """Something that Vault makes once, and whose answer is all there is to know: a certificate, a request."""

    exists: str = ""
    """Template of a path (from fields of the answer) at which it can be looked for and deleted."""

    def create(self, api: VaultApi, place: Place, body: Object) -> Object:
        """Have it made."""
        return api.write(place.path, body)

    def read(self, api: VaultApi, place: Place, known: Object) -> Object | None:
        """What is known of it, as long as Vault still has it."""
        if known.keys() <= {"id"}:
            raise ProviderError(f"{place.path} can't be imported: Vault shows it only when it makes it")
        path = self._path(place, known)
        return known if path is None or self._there(api, path) else None

    def delete(self, api: VaultApi, place: Place, known: Object) -> None:
        """Delete what can be looked for; the rest goes with its mount."""
        path = self._path(place, known)
        if path is not None and self._there(api, path):
            api.delete(path)

    def _there(self, api: VaultApi, path: str) -> bool:
        try:
            return api.read(path) is not None
        except ProviderError as error:
            if _PKI_GONE in str(error):
                return False
            raise

    def _path(self, place: Place, known: Mapping[str, Any]) -> str | None:
        return self.exists.format(**{**known, **place.parameters}) if self.exists else None


@dataclass(frozen=True)
class Numbered:
    """Something to which Vault gives a number of its own: entities, groups and their aliases."""

    def create(self, api: VaultApi, place: Place, body: Object) -> Object:
        """Make it; the answer holds its number."""
        made = api.write(place.path, body)
        if "id" not in made:
            raise ProviderError(f"Vault made nothing new at {place.path}: one with that name exists already")
        return {"id": made["id"]}

    def update(self, api: VaultApi, place: Place, body: Object, before: Object) -> None:
        """Write it anew by its number."""
        api.write(f"{place.path}/id/{before['id']}", {**emptied(before, body), **body})

    def read(self, api: VaultApi, place: Place, known: Object) -> Object | None:
        """Read it by its number."""
        return api.read(f"{place.path}/id/{known['id']}")

    def delete(self, api: VaultApi, place: Place, known: Object) -> None:
        """Delete it by its number."""
        api.delete(f"{place.path}/id/{known['id']}")


@dataclass(frozen=True)
class Accessed(MadeOnce):
    """A credential that is known by its accessor: made once, looked up and revoked."""

    make: str
    look_up: str
    revoke: str
    accessor: str
    """Field of the answer and of the requests that holds the accessor."""

    def create(self, api: VaultApi, place: Place, body: Object) -> Object:
        """Have it made; its accessor becomes its id."""
        made = api.write(self.make.format(**place.parameters), body)
        return {**made, "id": made[self.accessor]}

    def read(self, api: VaultApi, place: Place, known: Object) -> Object | None:
        """Look it up by its accessor; Vault answers an error when it is expired or revoked."""
        try:
            found = api.write(self.look_up.format(**place.parameters), {self.accessor: known["id"]})
        except NothingThereError:
            return None
        except ProviderError as error:
            if any(word in str(error) for word in ("invalid accessor", "failed to find accessor", "bad token")):
                return None
            raise
        return {**found, **known} if found else None  # what it was made with: `ttl` runs down

    def delete(self, api: VaultApi, place: Place, known: Object) -> None:
        """Revoke it."""
        if self.read(api, place, known) is not None:
            api.write(self.revoke.format(**place.parameters), {self.accessor: known["id"]})


def emptied(before: Mapping[str, Any], body: Mapping[str, Any]) -> Object:
    """Fields that the last update wrote and this one doesn't, with an empty value of their type."""
    empty: Object = {}
    for field, value in before.items():
        if field == "id" or field in body or isinstance(value, bool):
            continue
        empty[field] = [] if isinstance(value, list) else {} if isinstance(value, Mapping) else _zero(value)
    return empty


def _zero(value: Any) -> Any:
    return 0 if isinstance(value, int | float) else ""
