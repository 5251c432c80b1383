"""What a Vault resource type is: where it lies, how its inputs are named there, and which engine handles it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.values import Properties
from rehearsal.providers.vault.api import Object, VaultApi

_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Place:
    """One resource in Vault: its path, and the inputs that the path is made of."""

    path: str
    parameters: Mapping[str, str]


class Engine(Protocol):
    """How resources of a type come and go. `body` holds Vault's fields; what a path says is not among them."""

    def create(self, api: VaultApi, place: Place, body: Object) -> Object:
        """Make it; returns fields that only the answer holds, and `id` where Vault numbers the resource."""

    def update(self, api: VaultApi, place: Place, body: Object, before: Object) -> None:
        """Change it to match the body; `before` is the body of the last update."""

    def read(self, api: VaultApi, place: Place, known: Object) -> Object | None:
        """Its fields now, None when it is gone. `known` are the fields of the state (empty for an import)."""

    def delete(self, api: VaultApi, place: Place, known: Object) -> None:
        """Remove it; that it is gone already is success."""


@dataclass(frozen=True)
class VaultType:
    """A resource type of the `vault` provider as a declaration."""

    token: str
    path: str
    """Template from inputs, e.g. `auth/{backend}/role/{roleName}`."""
    engine: Engine
    id: str = ""
    """Template of the provider id; the path when empty, Vault's own number when the engine returns one."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    """Inputs of the path that the provider fills in; `{type}` takes another input's value."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Vault's names of inputs where they are not the input's own in snake_case."""
    local: frozenset[str] = frozenset()
    """Inputs that steer the provider and never reach Vault."""
    secrets: frozenset[str] = frozenset()
    """Inputs (or members of them, as `postgresql.password`) whose values appear in no message."""
    joined: frozenset[str] = frozenset()
    """Lists that Vault takes as text with commas."""
    split: frozenset[str] = frozenset()
    """Maps of texts with commas that Vault takes as maps of lists."""
    fixed: frozenset[str] = frozenset()
    """Inputs that can't be changed, besides those of the path."""
    immutable: bool = False
    """Nothing of it can be changed."""
    refused: frozenset[str] = frozenset()
    """Inputs that the emulated provider does not implement."""
    fixed_value: Mapping[str, str] = field(default_factory=dict)
    """Fields with a value of the type's own, e.g. the engine of a mount."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the inputs that the path is made of."""
        return tuple(dict.fromkeys(_PARAMETER.findall(self.path)))

    @property
    def named_here(self) -> bool:
        """Whether the provider makes up the resource's name when the program gives none."""
        return "name" in self.parameters

    def place(self, inputs: Properties) -> Place:
        """Where the inputs put the resource."""
        values = self._values(inputs)
        return Place(_PARAMETER.sub(lambda match: values[match[1]], self.path), values)

    def resource_id(self, place: Place) -> str:
        """Provider id of a resource that Vault doesn't number itself."""
        return _PARAMETER.sub(lambda match: place.parameters[match[1]], self.id) if self.id else place.path

    def locate(self, resource_id: str, inputs: Properties) -> Place:
        """Where a resource of the state is; an import has no inputs, so its id must say it."""
        if inputs or not self.parameters:
            return self.place(inputs)
        template = self.id or self.path
        pattern = "".join(
            f"(?P<{part}>.+)" if index % 2 else re.escape(part) for index, part in enumerate(_PARAMETER.split(template))
        )
        match = re.fullmatch(pattern, resource_id)
        if match is None:
            raise ProviderError(f"{resource_id!r} is no id of {self.token}: it must look like {template}")
        return self.place(match.groupdict())

    def _values(self, inputs: Properties) -> dict[str, str]:
        values = {}
        for name in self.parameters:
            value: Any = inputs.get(name) or self.defaults.get(name, "")
            text = _PARAMETER.sub(lambda match: str(inputs.get(match[1], "")), str(value))
            values[name] = text.strip("/")
        return values
