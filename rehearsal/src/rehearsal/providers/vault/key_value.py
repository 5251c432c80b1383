"""Handlers of secrets in key-value stores and of generic endpoints."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.vault.api import VaultApi, VaultFields
from rehearsal.providers.vault.types import ResourcePath

_NO_MOUNT = "preflight capability check returned 403"
"""Vault's error if no secrets engine is mounted at the path. Even a root token gets this error."""


@dataclass(frozen=True)
class KvV2SecretHandler:
    """Handler of secrets in a key-value store of version 2, with data and metadata."""

    def create(self, api: VaultApi, target: ResourcePath, body: VaultFields) -> VaultFields:
        """Write the first version and the metadata."""
        options = {**(body.get("options") or {}), **({"cas": body["cas"]} if "cas" in body else {})}
        created = api.write(target.path, {"data": parse_json(body["data_json"]), "options": options})
        if custom := body.get("custom_metadata"):
            metadata = {("custom_metadata" if key == "data" else key): value for key, value in custom.items()}
            api.write(_metadata_path(target), metadata)
        return {"metadata": as_strings(created), "data": as_strings(parse_json(body["data_json"]))}

    def update(self, api: VaultApi, target: ResourcePath, body: VaultFields, before: VaultFields) -> None:
        """Write a new version, and the metadata if the secret has or had any."""
        if body.get("data_json") != before.get("data_json") or "custom_metadata" in {*body, *before}:
            self.create(api, target, body)

    def read(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> VaultFields | None:
        """Read the latest version, or return None if it was deleted.

        With `disable_read`, return the state.
        """
        if state.get("disable_read"):
            return state
        live = api.read(target.path)
        if live is None or live.get("data") is None:
            return None
        metadata = api.read(_metadata_path(target)) or {}
        custom = {**metadata, "data": metadata.get("custom_metadata") or {}}
        return {
            "data_json": live["data"],
            "data": as_strings(live["data"]),
            "metadata": as_strings(live.get("metadata") or {}),
            "custom_metadata": custom,
            "path": target.path,
        }

    def delete(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> None:
        """Delete the latest version, or all versions if `deleteAllVersions` is set."""
        api.delete(_metadata_path(target) if state.get("delete_all_versions") else target.path)


@dataclass(frozen=True)
class KvSecretHandler:
    """Handler of secrets with a full path, in a key-value store of version 1 or 2."""

    def create(self, api: VaultApi, target: ResourcePath, body: VaultFields) -> VaultFields:
        """Write the secret."""
        data = parse_json(body["data_json"])
        path, versioned = secret_path(api, target.path, "data")
        api.write(path, {"data": data} if versioned else data)
        return {"data": as_strings(data)}

    def update(self, api: VaultApi, target: ResourcePath, body: VaultFields, before: VaultFields) -> None:
        """Write the data again."""
        del before
        self.create(api, target, body)

    def read(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> VaultFields | None:
        """Read the data of the secret."""
        if state.get("disable_read"):
            return state
        path, versioned = secret_path(api, target.path, "data")
        live = api.read(path)
        data = live.get("data") if live and versioned else live
        return None if data is None else {"data_json": data, "data": as_strings(data)}

    def delete(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> None:
        """Delete the secret.

        In version 2, delete only its latest version, unless `deleteAllVersions` is set.
        """
        path, _ = secret_path(api, target.path, "metadata" if state.get("delete_all_versions") else "data")
        api.delete(path)


@dataclass(frozen=True)
class GenericEndpointHandler:
    """Handler of arbitrary paths, for resources without a dedicated type."""

    def create(self, api: VaultApi, target: ResourcePath, body: VaultFields) -> VaultFields:
        """Write the data and return the response fields that the program requests."""
        response = api.write(target.path, parse_json(body["data_json"]))
        requested = {field: response[field] for field in body.get("write_fields") or () if field in response}
        return {"write_data": as_strings(requested), "write_data_json": json.dumps(requested, sort_keys=True)}

    def update(self, api: VaultApi, target: ResourcePath, body: VaultFields, before: VaultFields) -> None:
        """Write the data again."""
        del before
        self.create(api, target, body)

    def read(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> VaultFields | None:
        """Read the fields that the program wrote.

        Other fields are ignored, because their values are Vault's defaults.
        """
        if state.get("disable_read"):
            return state
        live = api.read(target.path)
        if live is None:
            return None
        written = parse_json(str(state.get("data_json") or "{}"))
        absent_is_same = state.get("ignore_absent_fields")
        projected = {key: live.get(key, value if absent_is_same else None) for key, value in written.items()}
        return {**state, "data_json": projected or live}

    def delete(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> None:
        """Delete the path, unless `disableDelete` is set."""
        if not state.get("disable_delete"):
            api.delete(target.path)


def parse_json(text: str) -> VaultFields:
    """Parse a JSON object.

    The error message does not quote the text, because it may be secret.
    """
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise ProviderError("dataJson must be a JSON object")
    return data


def _metadata_path(target: ResourcePath) -> str:
    return f"{target.parameters['mount']}/metadata/{target.parameters['name']}"


def secret_path(api: VaultApi, path: str, part: str) -> tuple[str, bool]:
    """Return the API path of a secret, and True if its secrets engine is KV v2.

    In KV v2 the path contains `part` (`data` or `metadata`).
    """
    try:
        mount: Mapping[str, Any] = api.read(f"sys/internal/ui/mounts/{path}") or {}
    except ProviderError as error:
        if _NO_MOUNT not in str(error):
            raise
        return path, False
    prefix = str(mount.get("path") or "")
    if (mount.get("options") or {}).get("version") != "2" or not path.startswith(prefix):
        return path, False
    inner = path.removeprefix(prefix).removeprefix("data/")
    return f"{prefix}{part}/{inner}", True


def as_strings(data: Mapping[str, Any]) -> dict[str, str]:
    """Convert values to strings, like the string maps of the real provider."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in data.items()}
