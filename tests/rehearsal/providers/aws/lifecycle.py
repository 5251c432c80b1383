"""Lifecycle of one resource: create, refresh, update in place, delete."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.providers.protocol import ResourceState
from rehearsal.providers.values import Properties

OLD, NEW = {"Name": "old", "owner": "ops"}, {"Name": "new"}
"""Tags before and after an update."""

Values = Mapping[str, tuple[Any, ...]]
"""Input → its value in the program, and the value that AWS gets outside the program."""


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
    """Inputs whose change replaces the resource, or a function that returns None if there are none. By default, another
    name.
    """
    delete_first: bool = False
    """True if the program must set `deleteBeforeReplace`, because AWS allows only one such resource."""
    coupled: Mapping[str, str] = field(default_factory=dict)
    """Input → another input, which AWS changes at the same time."""
    undelete: Callable[[Any, ResourceState], None] | None = None
    """Function that takes a client factory and undoes a deletion after which AWS does not create the resource again."""
    number: int = 1
    """Number of the case among those of its type."""

    def __str__(self) -> str:
        return self.token.split(":")[2] + (f" {self.number}" if self.number > 1 else "")
