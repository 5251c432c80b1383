"""Bootstrap plan: actions that turn present resources into the desired ones.

The plan is pure. An action never removes a resource, and resources that are not desired are ignored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Attributes = Mapping[str, Any]
"""Attributes of a resource by name; values are JSON values."""


class ResourceKind(StrEnum):
    """Type of a resource."""

    KEY = "KMS key"
    KEY_COPY = "KMS replica key"
    BUCKET = "S3 bucket"
    TABLE = "DynamoDB table"
    PROVIDER = "OIDC provider"
    POLICY = "IAM policy"
    ROLE = "IAM role"


FIXED = {
    ResourceKind.KEY: frozenset({"multi-region"}),
    ResourceKind.KEY_COPY: frozenset({"primary region"}),
    ResourceKind.BUCKET: frozenset({"region"}),
    ResourceKind.TABLE: frozenset({"key"}),
}
"""Attributes that AWS cannot change. A resource with a wrong value must be replaced by hand."""


@dataclass(frozen=True)
class Resource:
    """One desired resource."""

    kind: ResourceKind
    name: str
    region: str
    """Empty for a global resource."""
    attributes: Attributes

    @property
    def label(self) -> str:
        """Type and name, e.g. `S3 bucket campus-dev-pulumi-state`."""
        return f"{self.kind} {self.name}"


class Change(StrEnum):
    """Change that a resource needs."""

    KEEP = "keep"
    CREATE = "create"
    CHANGE = "change"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Action:
    """Change to one resource; an unchanged resource has no attributes to set."""

    change: Change
    resource: Resource
    attributes: tuple[str, ...] = ()
    """Attributes to set, in this order. In a conflict: the attributes that AWS cannot change."""
    present: Attributes = field(default_factory=dict)


def plan(resources: Sequence[Resource], present: Mapping[str, Attributes | None]) -> tuple[Action, ...]:
    """Return one action per resource, in the order of the resources.

    `present` maps labels to attributes; a missing resource is None or absent.
    """
    return tuple(_action(resource, present.get(resource.label)) for resource in resources)


def _action(resource: Resource, present: Attributes | None) -> Action:
    if present is None:
        return Action(Change.CREATE, resource, tuple(resource.attributes))
    wrong = tuple(name for name, value in resource.attributes.items() if not same(value, present.get(name)))
    fixed = tuple(name for name in wrong if name in FIXED.get(resource.kind, ()))
    if fixed:
        return Action(Change.CONFLICT, resource, fixed, present)
    return Action(Change.CHANGE if wrong else Change.KEEP, resource, wrong, present)


def same(one: Any, other: Any) -> bool:
    """Return True if AWS treats two values as equal.

    The order of lists does not matter, and a list of one item equals the item, because AWS may return either form.
    """
    return bool(_canonical(one) == _canonical(other))


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = sorted((_canonical(item) for item in value), key=repr)
        return items[0] if len(items) == 1 else items
    return value


def to_do(actions: Sequence[Action]) -> tuple[Action, ...]:
    """Return the actions that change a resource."""
    return tuple(action for action in actions if action.change in {Change.CREATE, Change.CHANGE})


def conflicts(actions: Sequence[Action]) -> tuple[Action, ...]:
    """Return the actions that would change an attribute that AWS cannot change."""
    return tuple(action for action in actions if action.change is Change.CONFLICT)
