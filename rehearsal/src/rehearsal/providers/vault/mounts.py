"""What is mounted: secret engines, auth methods and audit devices, and the two that bring configuration with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.providers.vault.api import Object, VaultApi
from rehearsal.providers.vault.engines import MadeOnce, emptied
from rehearsal.providers.vault.types import Place

_TUNABLE = frozenset(
    {"allowed_response_headers", "audit_non_hmac_request_keys", "audit_non_hmac_response_keys", "default_lease_ttl"}
    | {"delegated_auth_accessors", "identity_token_key", "listing_visibility", "max_lease_ttl"}
    | {"passthrough_request_headers", "token_type", "allowed_managed_keys", "plugin_version"}
)
"""Fields of a mount's `config`, which `tune` changes."""

_DURATIONS = ("default_lease_ttl", "max_lease_ttl")

_ONCE = frozenset({"force_no_cache"})
"""Fields of a mount's `config` that are given when it is made."""

_ANYWHERE = ("stdout", "discard")
"""Values of a file device's `file_path` that are no paths."""


@dataclass(frozen=True)
class Mounted:
    """A secret engine (`sys/mounts`) or an auth method (`sys/auth`)."""

    table: str
    """Path that lists all of them."""
    mount: str = "path"
    """Parameter of the place that is the mount's path."""

    def create(self, api: VaultApi, place: Place, body: Object) -> Object:
        """Mount it."""
        body = _flat(body)
        config = {key: body[key] for key in body if key in (_TUNABLE | _ONCE) - {"plugin_version"}}
        rest = {key: value for key, value in body.items() if key not in config}
        api.write(f"{self.table}/{place.parameters[self.mount]}", {**rest, "config": config})
        return {}

    def update(self, api: VaultApi, place: Place, body: Object, before: Object) -> None:
        """Tune it."""
        body, before = _flat(body), _flat(before)
        tuned = {**emptied(before, body), **body}
        tunable = {key: value for key, value in tuned.items() if key in _TUNABLE or key in ("description", "options")}
        api.write(f"{self.table}/{place.parameters[self.mount]}/tune", tunable)

    def read(self, api: VaultApi, place: Place, known: Object) -> Object | None:
        """Find it in the list."""
        found = (api.read(self.table) or {}).get(f"{place.parameters[self.mount]}/")
        if found is None:
            return None
        config = found.get("config") or {}
        return {**found, **config, "tune": config, "type": _type(found, known)}

    def delete(self, api: VaultApi, place: Place, known: Object) -> None:
        """Unmount it, with all that is in it."""
        del known
        api.delete(f"{self.table}/{place.parameters[self.mount]}")


@dataclass(frozen=True)
class Configured(Mounted):
    """An auth method whose configuration is part of the same resource."""

    def create(self, api: VaultApi, place: Place, body: Object) -> Object:
        """Mount it and configure it; the mount goes again when Vault refuses the configuration."""
        mount, config = _split(body)
        super().create(api, place, mount)
        try:
            self._configure(api, place, config)
        except BaseException:
            super().delete(api, place, {})
            raise
        return {}

    def update(self, api: VaultApi, place: Place, body: Object, before: Object) -> None:
        """Tune the mount, and configure it anew."""
        (mount, config), (mount_before, config_before) = _split(body), _split(before)
        super().update(api, place, mount, mount_before)
        self._configure(api, place, {**emptied(config_before, config), **config})

    def read(self, api: VaultApi, place: Place, known: Object) -> Object | None:
        """The mount and its configuration."""
        found = super().read(api, place, known)
        return None if found is None else {**found, **(api.read(self._config_path(place)) or {})}

    def _configure(self, api: VaultApi, place: Place, config: Object) -> None:
        if config:
            api.write(self._config_path(place), config)

    def _config_path(self, place: Place) -> str:
        return f"auth/{place.parameters[self.mount]}/config"


@dataclass(frozen=True)
class Audit(MadeOnce):
    """An audit device; it can't be changed, only replaced."""

    def create(self, api: VaultApi, place: Place, body: Object) -> Object:
        """Switch it on; a file goes below the rehearsal's own directory, wherever the program puts it."""
        options = dict(body.get("options") or {})
        file = str(options.get("file_path", ""))
        if file and file not in _ANYWHERE:
            path = _inside(api, file)
            path.parent.mkdir(parents=True, exist_ok=True)
            options["file_path"] = str(path)
        return api.write(place.path, {**body, "options": options})

    def read(self, api: VaultApi, place: Place, known: Object) -> Object | None:
        """Find it in the list."""
        del known
        found: Object | None = (api.read("sys/audit") or {}).get(f"{place.parameters['path']}/")
        if found is None:
            return None
        options = dict(found.get("options") or {})
        if "file_path" in options:
            options["file_path"] = options["file_path"].removeprefix(str(api.files))
        return {**found, "options": options}

    def delete(self, api: VaultApi, place: Place, known: Object) -> None:
        """Switch it off."""
        del known
        api.delete(place.path)


@dataclass(frozen=True)
class Connection:
    """One database connection of a database engine: `config/<name>`."""

    plugins: Mapping[str, str]
    """Inputs that hold a database's own settings, and the plugin that each needs."""

    def create(self, api: VaultApi, place: Place, body: Object) -> Object:
        """Configure it; Vault connects unless told otherwise."""
        return api.write(place.path, connection_body(body, self.plugins))

    def update(self, api: VaultApi, place: Place, body: Object, before: Object) -> None:
        """Configure it anew."""
        del before
        self.create(api, place, body)

    def read(self, api: VaultApi, place: Place, known: Object) -> Object | None:
        """Its configuration, without the password."""
        del known
        found = api.read(place.path)
        return None if found is None else connection_fields(found, self.plugins)

    def delete(self, api: VaultApi, place: Place, known: Object) -> None:
        """Forget it."""
        del known
        api.delete(place.path)


@dataclass(frozen=True)
class DatabaseMount(Mounted):
    """A database engine together with its connections."""

    connections: str = "postgresqls"
    """Input that lists them."""
    plugin: str = "postgresql-database-plugin"

    def create(self, api: VaultApi, place: Place, body: Object) -> Object:
        """Mount the engine and configure its connections; it is unmounted when one is refused."""
        super().create(api, place, {key: value for key, value in body.items() if key != self.connections})
        try:
            self._connect(api, place, body)
        except BaseException:
            super().delete(api, place, {})
            raise
        return {}

    def update(self, api: VaultApi, place: Place, body: Object, before: Object) -> None:
        """Tune the mount, configure all connections anew and forget those that are no longer wanted."""
        mount, mount_before = ({k: v for k, v in side.items() if k != self.connections} for side in (body, before))
        super().update(api, place, mount, mount_before)
        self._connect(api, place, body)
        wanted = {connection["name"] for connection in self._listed(body)}
        for connection in self._listed(before):
            if connection["name"] not in wanted:
                api.delete(f"{place.parameters[self.mount]}/config/{connection['name']}")

    def read(self, api: VaultApi, place: Place, known: Object) -> Object | None:
        """The mount, and its connections as they are now, in the order of the state."""
        found = super().read(api, place, known)
        if found is None:
            return None
        connections = []
        for connection in self._listed(known):
            live = api.read(f"{place.parameters[self.mount]}/config/{connection['name']}")
            if live is not None:
                fields = connection_fields(live, {})
                connections.append({**connection, **fields["connection_details"], **fields})
        return {**found, self.connections: connections, "engine_count": len(connections)}

    def _connect(self, api: VaultApi, place: Place, body: Object) -> None:
        for connection in self._listed(body):
            rest = {key: value for key, value in connection.items() if key != "name"}
            api.write(
                f"{place.parameters[self.mount]}/config/{connection['name']}",
                connection_body({"plugin_name": self.plugin, **rest}, {}),
            )

    def _listed(self, body: Object) -> Iterable[Object]:
        listed: Iterable[Object] = body.get(self.connections) or ()
        return listed


def connection_body(body: Mapping[str, Any], plugins: Mapping[str, str]) -> Object:
    """A connection's fields with the settings of its database beside the common ones."""
    flat: Object = {}
    for key, plugin in plugins.items():
        if key in body:
            flat["plugin_name"] = plugin
    for key, value in body.items():
        if key in plugins or key == "data":
            flat.update(value)
        else:
            flat[{"root_rotation_statements": "root_credentials_rotate_statements"}.get(key, key)] = value
    return flat


def connection_fields(found: Mapping[str, Any], plugins: Mapping[str, str]) -> Object:
    """What Vault returns of a connection, in the shape of the resource's inputs."""
    details = found.get("connection_details") or {}
    nested = {key: details for key, plugin in plugins.items() if found.get("plugin_name") == plugin}
    return {
        **found,
        **nested,
        "connection_details": details,
        "root_rotation_statements": found.get("root_credentials_rotate_statements"),
    }


def _type(found: Object, known: Object) -> Any:
    """The engine's type; `kv-v2` is only another way to ask for `kv` with version 2."""
    version = (found.get("options") or {}).get("version")
    return "kv-v2" if known.get("type") == "kv-v2" and version == "2" else found.get("type")


def _inside(api: VaultApi, file: str) -> Path:
    return api.files / file.lstrip("/")


def _flat(body: Object) -> Object:
    """A mount's fields with the members of `tune` beside the others, durations as Vault's configuration wants them."""
    flat = {**{key: value for key, value in body.items() if key != "tune"}, **(body.get("tune") or {})}
    return {key: f"{value}s" if key in _DURATIONS and isinstance(value, int) else value for key, value in flat.items()}


def _split(body: Object) -> tuple[Object, Object]:
    """Fields of the mount, and of its configuration."""
    of_mount = {"type", "description", "local", "tune"}
    mount = {key: value for key, value in body.items() if key in of_mount}
    return mount, {key: value for key, value in body.items() if key not in of_mount}
