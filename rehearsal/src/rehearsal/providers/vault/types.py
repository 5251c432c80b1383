"""Declaration of a Vault resource type: path, field names and handler."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.values import Properties
from rehearsal.providers.vault.api import VaultApi, VaultFields

_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class ResourcePath:
    """Path of one resource in Vault, and the inputs that are part of it."""

    path: str
    parameters: Mapping[str, str]


class ResourceHandler(Protocol):
    """Create, read, update and delete operations of a resource type.

    `body` contains the Vault fields that are not part of the path.
    """

    def create(self, api: VaultApi, target: ResourcePath, body: VaultFields) -> VaultFields:
        """Create the resource and return the fields that only the response contains.

        If Vault assigns an id, `id` is one of them.
        """

    def update(self, api: VaultApi, target: ResourcePath, body: VaultFields, before: VaultFields) -> None:
        """Update the resource to match the body. `before` is the body of the last update."""

    def read(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> VaultFields | None:
        """Return the current fields, or None if the resource does not exist.

        For an import, `state` is empty.
        """

    def delete(self, api: VaultApi, target: ResourcePath, state: VaultFields) -> None:
        """Delete the resource. Succeeds if it does not exist."""


@dataclass(frozen=True)
class VaultType:
    """Declaration of one resource type of the `vault` provider."""

    token: str
    path: str
    """Template over the inputs, e.g. `auth/{backend}/role/{roleName}`."""
    handler: ResourceHandler
    id: str = ""
    """Template of the provider id, by default the path. Ignored if the handler returns an id that Vault assigned."""
    path_defaults: Mapping[str, str] = field(default_factory=dict)
    """Defaults of inputs in the path. `{type}` is replaced with the value of the input `type`."""
    vault_names: Mapping[str, str] = field(default_factory=dict)
    """Input → its name in Vault, if that differs from the input's name in snake_case."""
    provider_only: frozenset[str] = frozenset()
    """Inputs that only configure the provider and are never sent to Vault."""
    secrets: frozenset[str] = frozenset()
    """Inputs, or members such as `postgresql.password`, whose values must not appear in messages."""
    comma_joined: frozenset[str] = frozenset()
    """List inputs that Vault expects as comma-separated text."""
    comma_split: frozenset[str] = frozenset()
    """Map inputs whose values are comma-separated text. Vault expects lists as values."""
    force_new: frozenset[str] = frozenset()
    """Inputs whose change replaces the resource, in addition to the inputs in the path."""
    always_replace: bool = False
    """True if every change replaces the resource."""
    unsupported: frozenset[str] = frozenset()
    """Inputs that the emulated provider does not support."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Fields that have the same value for all resources of the type, e.g. the `type` of a mount."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the inputs in the path."""
        return tuple(dict.fromkeys(_PARAMETER.findall(self.path)))

    @property
    def autonamed(self) -> bool:
        """True if the provider generates a name when the program sets none."""
        return "name" in self.parameters

    def resource_path(self, inputs: Properties) -> ResourcePath:
        """Return the path of a resource that has these inputs."""
        values = self._values(inputs)
        return ResourcePath(_PARAMETER.sub(lambda match: values[match[1]], self.path), values)

    def resource_id(self, target: ResourcePath) -> str:
        """Return the provider id of a resource whose id Vault does not assign."""
        return _PARAMETER.sub(lambda match: target.parameters[match[1]], self.id) if self.id else target.path

    def locate(self, resource_id: str, inputs: Properties) -> ResourcePath:
        """Return the path of an existing resource, derived from its inputs.

        An import has no inputs, so its path is derived from the id.
        """
        if inputs or not self.parameters:
            return self.resource_path(inputs)
        template = self.id or self.path
        pattern = "".join(
            f"(?P<{part}>.+)" if index % 2 else re.escape(part) for index, part in enumerate(_PARAMETER.split(template))
        )
        match = re.fullmatch(pattern, resource_id)
        if match is None:
            raise ProviderError(f"{resource_id!r} is not a valid id of {self.token}: use the form {template}")
        return self.resource_path(match.groupdict())

    def _values(self, inputs: Properties) -> dict[str, str]:
        values = {}
        for name in self.parameters:
            value: Any = inputs.get(name) or self.path_defaults.get(name, "")
            text = _PARAMETER.sub(lambda match: str(inputs.get(match[1], "")), str(value))
            values[name] = text.strip("/")
        return values
