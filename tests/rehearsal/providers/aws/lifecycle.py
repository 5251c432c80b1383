"""Lifecycle of one resource: create, refresh, update in place, delete."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.providers.protocol import ResourceState
from rehearsal.providers.values import Properties

OLD, NEW = {"Name": "old", "owner": "ops"}, {"Name": "new"}
"""Tags before and after an update."""

Values = Mapping[str, tuple[Any, ...]]
"""Input → (its value in the program, the value that is set in AWS outside the program)."""


@dataclass(frozen=True)
class LifecycleCase:
    """Inputs of a resource's lifecycle. All functions receive `Dependencies`."""

    token: str
    inputs: Callable[[Any], Properties]
    changed_inputs: Callable[[Any], Properties] | None = None
    """Inputs of an update in place, or None to skip the update."""
    remains: bool = False
    """True if AWS can't delete the resource. The real provider then only restores its default state."""
    drifts: Callable[[Any], Values] | None = None
    """Values of the mutable inputs for which `inputs` and `changed_inputs` don't have two values."""
    replacing: Callable[[Any], Properties | None] | None = None
    """Function that returns new values of inputs whose change replaces the resource, or None if there are none. By
    default, the name changes.
    """
    delete_first: bool = False
    """True if the program must set `deleteBeforeReplace`, because AWS allows only one such resource."""
    coupled: Mapping[str, str] = field(default_factory=dict)
    """Input → another input, which AWS changes together with the first."""
    undelete: Callable[[Any, ResourceState], None] | None = None
    """Function that cancels the deletion of a resource that AWS does not create again until the deletion has finished.

    Its arguments are a function that creates clients, and the resource.
    """
    number: int = 1
    """Number of the case among the cases of its type, counted from 1."""

    def __str__(self) -> str:
        return self.token.split(":")[2] + (f" {self.number}" if self.number > 1 else "")
