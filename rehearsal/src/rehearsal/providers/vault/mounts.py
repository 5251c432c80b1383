"""Handlers of secrets engines, auth methods, audit devices and connections."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.providers.vault.api import VaultApi, VaultFields
from rehearsal.providers.vault.handlers import ImmutableHandler, cleared_fields
from rehearsal.providers.vault.types import ResourcePath

_TUNABLE = frozenset(
    {"allowed_response_headers", "audit_non_hmac_request_keys", "audit_non_hmac_response_keys", "default_lease_ttl"}
    | {"delegated_auth_accessors", "identity_token_key", "listing_visibility", "max_lease_ttl"}
    | {"passthrough_request_headers", "token_type", "allowed_managed_keys", "plugin_version"}
)
"""Fields of a mount's `config` that `tune` can change."""

_DURATIONS = ("default_lease_ttl", "max_lease_ttl")

_CREATE_ONLY = frozenset({"force_no_cache"})
"""Fields of a mount's `config` that can be set only at creation."""

_SPECIAL_FILES = ("stdout", "discard")
"""Values of a file device's `file_path` that are not paths."""


@dataclass(frozen=True)
class MountHandler:
    """Handler of secrets engines (`sys/mounts`) and auth methods (`sys/auth`)."""

    table: str
    """Path that lists all mounts."""
    mount: str = "path"
    """Input in the resource's path that contains the path of the mount."""

    def create(self, api: VaultApi, target: ResourcePath, body: VaultFields) -> VaultFields:
        """Enable the mount."""
        body = _flat(body)
        config = {key: body[key] for key in body if key in (_TUNABLE | _CREATE_ONLY) - {"plugin_version"}}
        rest = {key: value for key, value in body.items() if key not in config}
        api.write(f"{self.table}/{target.parameters[self.mount]}", {**rest, "config": config})
        return {}

    def update(self, api: VaultApi, target: ResourcePath, body: VaultFields, before: VaultFields) -> None:
        """Tune the mount."""
        body, before = _flat(body), _flat(before)
        tuned = {**cleared_fields(before, body), **body}
        tunable = {key: value for key, value in tuned.items() if key in _TUNABLE or key in ("description", "options")}
        api.write(f"{self.table}/{target.parameters[self.mount]}/tune", tunable)

    def read(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> VaultFields | None:
        """Read the mount from the list of all mounts."""
        live = (api.read(self.table) or {}).get(f"{target.parameters[self.mount]}/")
        if live is None:
            return None
        config = live.get("config") or {}
        return {**live, **config, "tune": config, "type": _type(live, state)}

    def delete(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> None:
        """Disable the mount, which also deletes its content."""
        del state
        api.delete(f"{self.table}/{target.parameters[self.mount]}")


@dataclass(frozen=True)
class ConfiguredAuthHandler(MountHandler):
    """Handler of auth methods that are declared together with their configuration."""

    def create(self, api: VaultApi, target: ResourcePath, body: VaultFields) -> VaultFields:
        """Enable and configure the auth method.

        If Vault rejects the configuration, the auth method is disabled again.
        """
        mount, config = _split(body)
        super().create(api, target, mount)
        try:
            self._configure(api, target, config)
        except BaseException:
            super().delete(api, target, {})
            raise
        return {}

    def update(self, api: VaultApi, target: ResourcePath, body: VaultFields, before: VaultFields) -> None:
        """Tune the mount and write its configuration."""
        (mount, config), (mount_before, config_before) = _split(body), _split(before)
        super().update(api, target, mount, mount_before)
        self._configure(api, target, {**cleared_fields(config_before, config), **config})

    def read(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> VaultFields | None:
        """Read the mount and its configuration."""
        live = super().read(api, target, state)
        return None if live is None else {**live, **(api.read(self._config_path(target)) or {})}

    def _configure(self, api: VaultApi, target: ResourcePath, config: VaultFields) -> None:
        if config:
            api.write(self._config_path(target), config)

    def _config_path(self, target: ResourcePath) -> str:
        return f"auth/{target.parameters[self.mount]}/config"


@dataclass(frozen=True)
class AuditDeviceHandler(ImmutableHandler):
    """Handler of audit devices, which can only be replaced."""

    def create(self, api: VaultApi, target: ResourcePath, body: VaultFields) -> VaultFields:
        """Enable the device with a file in the rehearsal's directory."""
        options = dict(body.get("options") or {})
        file = str(options.get("file_path", ""))
        if file and file not in _SPECIAL_FILES:
            path = _rehearsal_path(api, file)
            path.parent.mkdir(parents=True, exist_ok=True)
            options["file_path"] = str(path)
        return api.write(target.path, {**body, "options": options})

    def read(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> VaultFields | None:
        """Read the device from the list of all devices."""
        del state
        live: VaultFields | None = (api.read("sys/audit") or {}).get(f"{target.parameters['path']}/")
        if live is None:
            return None
        options = dict(live.get("options") or {})
        if "file_path" in options:
            options["file_path"] = options["file_path"].removeprefix(str(api.files))
        return {**live, "options": options}

    def delete(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> None:
        """Disable the device."""
        del state
        api.delete(target.path)


@dataclass(frozen=True)
class DatabaseConnectionHandler:
    """Handler of database connections (`config/<name>` of a database secrets engine)."""

    plugins: Mapping[str, str]
    """Input with the settings of one kind of database → Vault plugin for this kind."""

    def create(self, api: VaultApi, target: ResourcePath, body: VaultFields) -> VaultFields:
        """Write the connection. Vault verifies it by connecting, unless this is disabled."""
        return api.write(target.path, connection_body(body, self.plugins))

    def update(self, api: VaultApi, target: ResourcePath, body: VaultFields, before: VaultFields) -> None:
        """Write the connection again."""
        del before
        self.create(api, target, body)

    def read(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> VaultFields | None:
        """Read the connection without its password, which Vault does not return."""
        del state
        live = api.read(target.path)
        return None if live is None else connection_fields(live, self.plugins)

    def delete(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> None:
        """Delete the connection."""
        del state
        api.delete(target.path)


@dataclass(frozen=True)
class DatabaseMountHandler(MountHandler):
    """Handler of database secrets engines that are declared with their connections."""

    connections: str = "postgresqls"
    """Input that lists the connections."""
    plugin: str = "postgresql-database-plugin"

    def create(self, api: VaultApi, target: ResourcePath, body: VaultFields) -> VaultFields:
        """Enable the secrets engine and write its connections.

        If Vault rejects a connection, the secrets engine is disabled again.
        """
        super().create(api, target, {key: value for key, value in body.items() if key != self.connections})
        try:
            self._connect(api, target, body)
        except BaseException:
            super().delete(api, target, {})
            raise
        return {}

    def update(self, api: VaultApi, target: ResourcePath, body: VaultFields, before: VaultFields) -> None:
        """Tune the mount, write all connections and delete connections no longer listed."""
        mount, mount_before = ({k: v for k, v in each.items() if k != self.connections} for each in (body, before))
        super().update(api, target, mount, mount_before)
        self._connect(api, target, body)
        listed_names = {connection["name"] for connection in self._listed(body)}
        for connection in self._listed(before):
            if connection["name"] not in listed_names:
                api.delete(f"{target.parameters[self.mount]}/config/{connection['name']}")

    def read(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> VaultFields | None:
        """Read the mount and its connections, in the order in which the state lists them."""
        live = super().read(api, target, state)
        if live is None:
            return None
        connections = []
        for connection in self._listed(state):
            config = api.read(f"{target.parameters[self.mount]}/config/{connection['name']}")
            if config is not None:
                fields = connection_fields(config, {})
                connections.append({**connection, **fields["connection_details"], **fields})
        return {**live, self.connections: connections, "engine_count": len(connections)}

    def _connect(self, api: VaultApi, target: ResourcePath, body: VaultFields) -> None:
        for connection in self._listed(body):
            rest = {key: value for key, value in connection.items() if key != "name"}
            api.write(
                f"{target.parameters[self.mount]}/config/{connection['name']}",
                connection_body({"plugin_name": self.plugin, **rest}, {}),
            )

    def _listed(self, body: VaultFields) -> Iterable[VaultFields]:
        listed: Iterable[VaultFields] = body.get(self.connections) or ()
        return listed


def connection_body(body: Mapping[str, Any], plugins: Mapping[str, str]) -> VaultFields:
    """Flatten the fields of a connection.

    The settings of the database are merged into the common fields.
    """
    flat: VaultFields = {}
    for key, plugin in plugins.items():
        if key in body:
            flat["plugin_name"] = plugin
    for key, value in body.items():
        if key in plugins or key == "data":
            flat.update(value)
        else:
            flat[{"root_rotation_statements": "root_credentials_rotate_statements"}.get(key, key)] = value
    return flat


def connection_fields(live: Mapping[str, Any], plugins: Mapping[str, str]) -> VaultFields:
    """Nest the fields that Vault returns for a connection, as in the inputs."""
    details = live.get("connection_details") or {}
    nested = {key: details for key, plugin in plugins.items() if live.get("plugin_name") == plugin}
    return {
        **live,
        **nested,
        "connection_details": details,
        "root_rotation_statements": live.get("root_credentials_rotate_statements"),
    }


def _type(live: VaultFields, state: VaultFields) -> Any:
    """Return the type of a mount.

    If the state has `kv-v2`, an alias of `kv` with version 2, the alias is kept.
    """
    version = (live.get("options") or {}).get("version")
    return "kv-v2" if state.get("type") == "kv-v2" and version == "2" else live.get("type")


def _rehearsal_path(api: VaultApi, file: str) -> Path:
    return api.files / file.lstrip("/")


def _flat(body: VaultFields) -> VaultFields:
    """Flatten the fields of a mount.

    The members of `tune` are merged into the other fields, and a duration such as 3600 becomes `3600s`.
    """
    flat = {**{key: value for key, value in body.items() if key != "tune"}, **(body.get("tune") or {})}
    return {key: f"{value}s" if key in _DURATIONS and isinstance(value, int) else value for key, value in flat.items()}


def _split(body: VaultFields) -> tuple[VaultFields, VaultFields]:
    """Split fields into those of the mount and those of its configuration."""
    of_mount = {"type", "description", "local", "tune"}
    mount = {key: value for key, value in body.items() if key in of_mount}
    return mount, {key: value for key, value in body.items() if key not in of_mount}
