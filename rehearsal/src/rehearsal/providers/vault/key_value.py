"""Secrets in key-value stores, of either version."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.vault.api import Object, VaultApi
from rehearsal.providers.vault.types import Place

_NO_MOUNT = "preflight capability check returned 403"
"""Vault answers so, even to a root token, for a path under which nothing is mounted."""


@dataclass(frozen=True)
class VersionedSecret:
    """A secret of a version-2 store: data with versions, and metadata beside them."""

    def create(self, api: VaultApi, place: Place, body: Object) -> Object:
        """Write its first version, and its metadata."""
        options = {**(body.get("options") or {}), **({"cas": body["cas"]} if "cas" in body else {})}
        made = api.write(place.path, {"data": parse_json(body["data_json"]), "options": options})
        if custom := body.get("custom_metadata"):
            metadata = {("custom_metadata" if key == "data" else key): value for key, value in custom.items()}
            api.write(_metadata_path(place), metadata)
        return {"metadata": texts(made), "data": texts(parse_json(body["data_json"]))}

    def update(self, api: VaultApi, place: Place, body: Object, before: Object) -> None:
        """Write a new version when the data changed, and the metadata."""
        if body.get("data_json") != before.get("data_json") or "custom_metadata" in {*body, *before}:
            self.create(api, place, body)

    def read(self, api: VaultApi, place: Place, known: Object) -> Object | None:
        """The latest version; None when it, or the whole secret, is deleted."""
        if known.get("disable_read"):
            return known
        found = api.read(place.path)
        if found is None or found.get("data") is None:
            return None
        metadata = api.read(_metadata_path(place)) or {}
        custom = {**metadata, "data": metadata.get("custom_metadata") or {}}
        return {
            "data_json": found["data"],
            "data": texts(found["data"]),
            "metadata": texts(found.get("metadata") or {}),
            "custom_metadata": custom,
            "path": place.path,
        }

    def delete(self, api: VaultApi, place: Place, known: Object) -> None:
        """Delete the latest version, or everything when the program says so."""
        api.delete(_metadata_path(place) if known.get("delete_all_versions") else place.path)


@dataclass(frozen=True)
class PathSecret:
    """A secret by its whole path, in a store of either version."""

    def create(self, api: VaultApi, place: Place, body: Object) -> Object:
        """Write it."""
        data = parse_json(body["data_json"])
        path, versioned = store(api, place.path, "data")
        api.write(path, {"data": data} if versioned else data)
        return {"data": texts(data)}

    def update(self, api: VaultApi, place: Place, body: Object, before: Object) -> None:
        """Write it anew."""
        del before
        self.create(api, place, body)

    def read(self, api: VaultApi, place: Place, known: Object) -> Object | None:
        """What it holds now."""
        if known.get("disable_read"):
            return known
        path, versioned = store(api, place.path, "data")
        found = api.read(path)
        data = found.get("data") if found and versioned else found
        return None if data is None else {"data_json": data, "data": texts(data)}

    def delete(self, api: VaultApi, place: Place, known: Object) -> None:
        """Delete it."""
        path, _ = store(api, place.path, "metadata" if known.get("delete_all_versions") else "data")
        api.delete(path)


@dataclass(frozen=True)
class AnyEndpoint:
    """Whatever is at a path: the resource for what has none of its own."""

    def create(self, api: VaultApi, place: Place, body: Object) -> Object:
        """Write it; returns the fields of the answer that the program asked for."""
        answer = api.write(place.path, parse_json(body["data_json"]))
        wanted = {field: answer[field] for field in body.get("write_fields") or () if field in answer}
        return {"write_data": texts(wanted), "write_data_json": json.dumps(wanted, sort_keys=True)}

    def update(self, api: VaultApi, place: Place, body: Object, before: Object) -> None:
        """Write it anew."""
        del before
        self.create(api, place, body)

    def read(self, api: VaultApi, place: Place, known: Object) -> Object | None:
        """The written fields as they are now; others are the server's."""
        if known.get("disable_read"):
            return known
        found = api.read(place.path)
        if found is None:
            return None
        written = parse_json(str(known.get("data_json") or "{}"))
        absent_is_same = known.get("ignore_absent_fields")
        shown = {key: found.get(key, value if absent_is_same else None) for key, value in written.items()}
        return {**known, "data_json": shown or found}

    def delete(self, api: VaultApi, place: Place, known: Object) -> None:
        """Delete it, unless the program says that it can't be."""
        if not known.get("disable_delete"):
            api.delete(place.path)


def parse_json(text: str) -> Object:
    """The object in a JSON text; ProviderError, which does not quote it, when it is none."""
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise ProviderError("dataJson must be the JSON text of an object")
    return data


def _metadata_path(place: Place) -> str:
    return f"{place.parameters['mount']}/metadata/{place.parameters['name']}"


def store(api: VaultApi, path: str, part: str) -> tuple[str, bool]:
    """The path to read or write a secret at, and whether its store keeps versions (then `part` comes in between)."""
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


def texts(data: Mapping[str, Any]) -> dict[str, str]:
    """Values as the provider's maps of strings hold them."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in data.items()}
