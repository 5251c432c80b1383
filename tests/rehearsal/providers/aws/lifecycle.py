"""Lifecycle of one resource: create, refresh, update in place, delete."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.protocol import ResourceState
from rehearsal.providers.values import Properties

OLD, NEW = {"Name": "old", "owner": "ops"}, {"Name": "new"}
"""Tags before and after an update."""

CheckLifecycle = Callable[["LifecycleCase"], ResourceState]
"""The fixture `check_lifecycle`: runs a case and returns the deleted resource's last state."""


@dataclass(frozen=True)
class LifecycleCase:
    """Inputs of a resource's lifecycle; both functions receive `Dependencies`."""

    token: str
    inputs: Callable[[Any], Properties]
    changed_inputs: Callable[[Any], Properties] | None = None
    """Inputs of an update in place; None to skip the update."""
    remains: bool = False
    """AWS can't delete the resource; the real provider leaves it in its default state."""

    @classmethod
    def fixed(cls, token: str, inputs: Properties, changed_inputs: Properties | None = None) -> "LifecycleCase":
        """Return a case whose inputs are known before it runs."""
        return cls(token, lambda _deps: inputs, (lambda _deps: changed_inputs) if changed_inputs else None)

    def __str__(self) -> str:
        return self.token.split(":")[2]
