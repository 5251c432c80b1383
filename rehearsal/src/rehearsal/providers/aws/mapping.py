"""Mapping between Pulumi properties and AWS members, driven by their shapes.

Two names match if they are equal apart from case and punctuation, or if one is the plural of the other. A declaration
lists all other pairs in `names`. The structures can differ too, because the SDK follows Terraform's conventions. The
mapping reverses these: an object can stand for a list of one item, a list for AWS's `{Quantity, Items}`, and a scalar
for a structure with one member.
"""

import datetime as dt
import functools
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from botocore.model import Shape as AwsShape

from rehearsal.providers.schema import PropertySchema, ValueType

Names = Mapping[str, str]
"""Pulumi name → AWS member, where the spelling differs. Applies at every depth at which that member exists."""


@functools.cache
def normalized(name: str) -> str:
    """Return a name without case and punctuation."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


@functools.cache
def names_match(name: str, member: str) -> bool:
    """Return True if a Pulumi name and an AWS member match by spelling alone."""
    one, other = normalized(name), normalized(member)
    return one == other or any(one + end == other or other + end == one for end in ("s", "es"))


def source_input(member: str, keys: Iterable[str], names: Names, siblings: Collection[str]) -> str | None:
    """Return the Pulumi key whose value fills an AWS member of a structure.

    `siblings` are all members of that structure.
    """
    plural = None
    for key in keys:
        target = names.get(key)
        if target is not None and target in siblings:
            if target == member:
                return key
        elif normalized(key) == normalized(member):
            return key
        elif names_match(key, member):
            plural = key
    return plural


def members(shape: AwsShape) -> Mapping[str, AwsShape]:
    """Return the members of a structure."""
    shapes: Mapping[str, AwsShape] = getattr(shape, "members", {})
    return shapes


def element_shape(shape: AwsShape) -> AwsShape:
    """Return the shape of a list's items or a map's values."""
    element: AwsShape = getattr(shape, "member", None) or getattr(shape, "value")  # noqa: B009  # not on the base class
    return element


def key_value_members(shape: AwsShape) -> tuple[str, str] | None:
    """Return the key and the value member of a structure, or None.

    A list of such structures represents a map. Examples are tags, dimensions and attributes.
    """
    names = list(members(shape))
    if len(names) != 2:  # noqa: PLR2004  # a key and a value
        return None
    key = next((name for name in names if name.lower().endswith(("key", "name"))), None)
    value = next((name for name in names if name.lower().endswith("value")), None)
    return (key, value) if key and value else None


def to_aws(shape: AwsShape, value: Any, names: Names) -> Any:
    """Convert a property value to the form that AWS expects.

    Empty strings and nulls are omitted, as in Terraform.
    """
    if shape.type_name == "structure":
        return _to_structure(shape, value, names)
    if shape.type_name == "list" and isinstance(value, Mapping) and (pair := key_value_members(element_shape(shape))):
        return [dict(zip(pair, item, strict=True)) for item in value.items()]
    if shape.type_name == "list":
        items = value if isinstance(value, list) else [value]
        return [to_aws(element_shape(shape), item, names) for item in items]
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {key: to_aws(element_shape(shape), item, names) for key, item in value.items()}
    if shape.type_name == "string" and isinstance(value, Mapping | list):
        return json.dumps(value)
    return value


def _to_structure(shape: AwsShape, value: Any, names: Names) -> Any:
    shapes = members(shape)
    if isinstance(value, list) and "Items" in shapes:
        return {"Quantity": len(value), "Items": to_aws(shapes["Items"], value, names)}
    if isinstance(value, list):
        value = value[0] if value else {}
    if not isinstance(value, Mapping):
        if len(shapes) != 1:
            return value
        return {member: to_aws(member_shape, value, names) for member, member_shape in shapes.items()}
    structure = {}
    for member, member_shape in shapes.items():
        key = source_input(member, value, names, shapes)
        if key is not None and value[key] not in (None, ""):
            structure[member] = to_aws(member_shape, value[key], names)
    return structure


def unmapped_paths(
    shape: PropertySchema,
    aws_shape: AwsShape,
    names: Names,
    path: str,
    parents: frozenset[tuple[PropertySchema, str]] = frozenset(),
) -> Iterator[str]:
    """Yield the paths below an input that have no member in AWS's shape.

    The paths contain no list indexes. An object type may contain itself, like a WAF statement, so a shape that is
    among the `parents` is skipped.
    """
    if (shape, aws_shape.name) in parents:
        return
    parents |= {(shape, aws_shape.name)}
    if shape.type is ValueType.LIST and shape.item is not None:
        if aws_shape.type_name == "list":
            item_shape = element_shape(aws_shape)
        else:
            item_shape = members(aws_shape).get("Items", aws_shape)
        yield from unmapped_paths(shape.item, item_shape, names, path, parents)
    elif shape.type is ValueType.OBJECT:
        if aws_shape.type_name == "list":
            aws_shape = element_shape(aws_shape)
        shapes = members(aws_shape)
        sources = ((source_input(member, shape.fields, names, shapes), member) for member in shapes)
        mapped = {key: member for key, member in sources if key is not None}
        for key, field_shape in shape.fields.items():
            if key not in mapped:
                yield f"{path}.{key}"
            else:
                yield from unmapped_paths(field_shape, shapes[mapped[key]], names, f"{path}.{key}", parents)


def find_member(value: Mapping[str, Any], key: str, names: Names) -> tuple[bool, Any]:
    """Find the member of a response that contains a property; return (present, value)."""
    target = names.get(key)
    if target is not None and target in value:
        return True, value[target]
    plural = None
    for member in value:
        if normalized(member) == normalized(key):
            return True, value[member]
        if names_match(key, member):
            plural = member
    return (False, None) if plural is None else (True, value[plural])


def from_aws(shape: PropertySchema, value: Any, names: Names) -> Any:
    """Convert a member of a response to the SDK's form.

    Return None if the member does not fit the shape.
    """
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if shape.type is ValueType.LIST and shape.item is not None:
        items = value.get("Items", [value]) if isinstance(value, Mapping) else value
        return [from_aws(shape.item, item, names) for item in (items if isinstance(items, list) else [items])]
    if shape.type is ValueType.MAP and shape.item is not None:
        value_shape = shape.item
        pairs = value.items() if isinstance(value, Mapping) else _key_value_pairs(value)
        return {key: from_aws(value_shape, item, names) for key, item in pairs}
    if shape.type is ValueType.OBJECT:
        return _from_structure(shape, value, names)
    return _from_scalar(shape.type, value)


def _key_value_pairs(value: Any) -> Iterator[tuple[str, Any]]:
    for pair in value if isinstance(value, list) else []:
        key = next((item for member, item in pair.items() if member.lower().endswith(("key", "name"))), None)
        if key is not None:
            yield str(key), next((item for member, item in pair.items() if member.lower().endswith("value")), "")


def _from_structure(shape: PropertySchema, value: Any, names: Names) -> Any:
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, Mapping):
        return None
    fields = {
        key: from_aws(field_shape, find_member(value, key, names)[1], names)
        for key, field_shape in shape.fields.items()
    }
    return {key: item for key, item in fields.items() if item is not None}


def _from_scalar(kind: ValueType, value: Any) -> Any:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping) and kind is ValueType.STRING and len(value) != 1:
        return json.dumps(value)
    if isinstance(value, Mapping):
        value = next(iter(value.values())) if len(value) == 1 else None
    if value is None:
        return None
    return _SCALARS[kind](value)


def _to_text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


_SCALARS: Mapping[ValueType, Any] = {
    ValueType.STRING: _to_text,
    ValueType.INTEGER: lambda value: int(float(value)),
    ValueType.NUMBER: float,
    ValueType.BOOLEAN: lambda value: value if isinstance(value, bool) else str(value).lower() == "true",
    ValueType.ANY: lambda value: value,
}
