"""Kubernetes objects as plain dictionaries, and the field names of the SDK."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.values import DEFAULTS

Object = dict[str, Any]
"""A Kubernetes object as JSON."""

AUTONAMED = "pulumi.com/autonamed"
DELETION_PROPAGATION = "pulumi.com/deletionPropagation"
PATCH_FIELD_MANAGER = "pulumi.com/patchFieldManager"
PATCH_FORCE = "pulumi.com/patchForce"
SKIP_AWAIT = "pulumi.com/skipAwait"
TIMEOUT_SECONDS = "pulumi.com/timeoutSeconds"
WAIT_FOR = "pulumi.com/waitFor"

FIELD_MANAGER = "__fieldManager"
"""Output that contains the field manager that applied the object's fields."""

_INTERNAL = frozenset({DEFAULTS, FIELD_MANAGER, "__inputs", "__initialApiVersion"})

_DASHED = {
    name.replace("-", "_"): name
    for name in (
        "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-list-type",
        "x-kubernetes-map-type",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-validations",
    )
}
"""Fields of a CRD schema that the SDK spells with underscores instead of dashes."""

_UNDERSCORED = {dashed: spelled for spelled, dashed in _DASHED.items()}


@dataclass(frozen=True)
class GroupVersionKind:
    """Group, version and kind of a resource, e.g. `apps`, `v1`, `Deployment`.

    The core group is an empty string.
    """

    group: str
    version: str
    kind: str

    @property
    def api_version(self) -> str:
        """Value of an object's `apiVersion`, e.g. `apps/v1` or `v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def __str__(self) -> str:
        return f"{self.api_version}/{self.kind}"

    @classmethod
    def of_token(cls, token: str) -> "GroupVersionKind":
        """Parse a type token: `kubernetes:core/v1:PodPatch` is `v1/PodPatch`."""
        _, module, kind = token.split(":")
        group, _, version = module.rpartition("/")
        return cls("" if group == "core" else group, version, kind)

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "GroupVersionKind":
        """Read the `apiVersion` and the `kind` of an object."""
        group, _, version = str(body.get("apiVersion", "")).rpartition("/")
        return cls("" if group == "core" else group, version, str(body.get("kind", "")))


@dataclass(frozen=True)
class ObjectRef:
    """Kind, namespace and name of an object.

    The namespace of a cluster-scoped object is empty.
    """

    gvk: GroupVersionKind
    namespace: str
    name: str

    @property
    def id(self) -> str:
        """Provider id as in pulumi-kubernetes: `namespace/name`, or only the name."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    def __str__(self) -> str:
        return f"{self.gvk.kind} {self.id}"

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "ObjectRef":
        """Read the kind and the metadata of an object."""
        namespace, name = (str(value_at(body, "metadata", key) or "") for key in ("namespace", "name"))
        return cls(GroupVersionKind.of(body), namespace, name)


def split_id(resource_id: str) -> tuple[str, str]:
    """Split a provider id into the namespace, which may be empty, and the name."""
    namespace, _, name = resource_id.rpartition("/")
    return namespace, name


def is_patch(token: str, inputs: Mapping[str, Any]) -> bool:
    """Return True if the resource type is a `*Patch`.

    A patch applies some fields of an object that another program owns.
    """
    kind = GroupVersionKind.of_token(token).kind
    return kind == f"{inputs.get('kind')}Patch"


def to_object(values: Mapping[str, Any]) -> Object:
    """Convert property values to a Kubernetes object with the server's field names.

    Nulls and internal keys are dropped.
    """
    renamed = _rename({key: value for key, value in values.items() if key not in _INTERNAL}, _DASHED)
    assert isinstance(renamed, dict)  # noqa: S101  # for mypy: a mapping stays a mapping
    if isinstance(renamed.get("metadata"), dict):
        # Applying an empty map claims ownership of the whole map and conflicts with every manager that adds a member.
        renamed["metadata"] = {key: value for key, value in renamed["metadata"].items() if value not in ({}, [])}
    return renamed


def to_properties(body: Mapping[str, Any]) -> Object:
    """Convert a live object to property values with the SDK's field names.

    `managedFields` is dropped.
    """
    renamed = _rename(body, _UNDERSCORED)
    assert isinstance(renamed, dict)  # noqa: S101  # for mypy: a mapping stays a mapping
    if isinstance(renamed.get("metadata"), dict):
        renamed["metadata"].pop("managedFields", None)
    return renamed


def annotation(body: Mapping[str, Any], name: str) -> str:
    """Return the value of an annotation, or an empty string if it is absent."""
    return str(value_at(body, "metadata", "annotations", name) or "")


def value_at(body: Any, *path: str) -> Any:
    """Return the value at a path of keys, or None if a key is missing."""
    for key in path:
        if not isinstance(body, Mapping):
            return None
        body = body.get(key)
    return body


def items_at(body: Any, *path: str) -> list[Object]:
    """Return the objects in the list at a path of keys, none if there is no list."""
    items = value_at(body, *path)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _rename(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {names.get(key, key): _rename(item, names) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_rename(item, names) for item in value]
    return value
