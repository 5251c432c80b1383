"""Lifecycle of one resource: create, refresh, update in place, delete."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.protocol import ResourceState
from rehearsal.providers.values import Properties

OLD, NEW = {"Name": "old", "owner": "ops"}, {"Name": "new"}
"""Tags before and after an update."""

CheckLifecycle = Callable[["LifecycleCase"], ResourceState]
"""Type of the fixture `check_lifecycle`. It runs a case and returns the last state of the deleted resource."""


@dataclass(frozen=True)
class LifecycleCase:
    """Inputs of a resource's lifecycle. Both functions receive `Dependencies`."""

    token: str
    inputs: Callable[[Any], Properties]
    changed_inputs: Callable[[Any], Properties] | None = None
    """Inputs of an update in place, or None to skip the update."""
    remains: bool = False
    """True if AWS can't delete the resource. The real provider then only restores its default state."""

    @classmethod
    def fixed(cls, token: str, inputs: Properties, changed_inputs: Properties | None = None) -> "LifecycleCase":
        """Return a case whose inputs are known before it runs."""
        return cls(token, lambda _deps: inputs, (lambda _deps: changed_inputs) if changed_inputs else None)

    def __str__(self) -> str:
        return self.token.split(":")[2]
