"""Between Pulumi's property names and AWS's members, both ways, driven by botocore's and the SDK's shapes.

Names meet when they are equal without case and punctuation, give or take a plural; a declaration's `names` says the
rest. Where structures differ, the usual Terraform habits are undone: an object may stand for a one-item list, a list
for `{Quantity, Items}`, a scalar for a structure with one member.
"""

import datetime as dt
import functools
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from botocore.model import Shape as AwsShape

from rehearsal.providers.schema import PropertySchema, ValueType

Names = Mapping[str, str]
"""Pulumi name → AWS member, where they don't meet by themselves. Applies at any depth where that member exists."""


@functools.cache
def normal(name: str) -> str:
    """A name without case and punctuation."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


@functools.cache
def meets(name: str, member: str) -> bool:
    """Whether a Pulumi name and an AWS member mean the same by spelling alone."""
    one, other = normal(name), normal(member)
    return one == other or any(one + end == other or other + end == one for end in ("s", "es"))


def source(member: str, keys: Iterable[str], names: Names, siblings: Collection[str]) -> str | None:
    """The Pulumi key that feeds an AWS member of a structure with such siblings."""
    plural = None
    for key in keys:
        target = names.get(key)
        if target is not None and target in siblings:
            if target == member:
                return key
        elif normal(key) == normal(member):
            return key
        elif meets(key, member):
            plural = key
    return plural


def members(shape: AwsShape) -> Mapping[str, AwsShape]:
    """Members of a structure."""
    found: Mapping[str, AwsShape] = getattr(shape, "members", {})
    return found


def element(shape: AwsShape) -> AwsShape:
    """Shape of a list's items or a map's values."""
    found: AwsShape = getattr(shape, "member", None) or getattr(shape, "value")  # noqa: B009  # not on the base class
    return found


def pair(shape: AwsShape) -> tuple[str, str] | None:
    """Names of the members of a key-value structure, whose lists stand for maps: tags, dimensions, attributes."""
    inside = list(members(shape))
    if len(inside) != 2:  # noqa: PLR2004  # a key and a value
        return None
    key = next((name for name in inside if name.lower().endswith(("key", "name"))), None)
    value = next((name for name in inside if name.lower().endswith("value")), None)
    return (key, value) if key and value else None


def to_aws(shape: AwsShape, value: Any, names: Names) -> Any:
    """A property value in AWS's form; empty strings and nulls are left out, as Terraform does."""
    if shape.type_name == "structure":
        return _to_structure(shape, value, names)
    if shape.type_name == "list" and isinstance(value, Mapping) and (names_of_pair := pair(element(shape))):
        return [dict(zip(names_of_pair, item, strict=True)) for item in value.items()]
    if shape.type_name == "list":
        return [to_aws(element(shape), item, names) for item in (value if isinstance(value, list) else [value])]
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {key: to_aws(element(shape), item, names) for key, item in value.items()}
    if shape.type_name == "string" and isinstance(value, Mapping | list):
        return json.dumps(value)
    return value


def _to_structure(shape: AwsShape, value: Any, names: Names) -> Any:
    inside = members(shape)
    if isinstance(value, list) and "Items" in inside:
        return {"Quantity": len(value), "Items": to_aws(inside["Items"], value, names)}
    if isinstance(value, list):
        value = value[0] if value else {}
    if not isinstance(value, Mapping):
        return {name: to_aws(one, value, names) for name, one in inside.items()} if len(inside) == 1 else value
    found = {}
    for name, one in inside.items():
        key = source(name, value, names, inside)
        if key is not None and value[key] not in (None, ""):
            found[name] = to_aws(one, value[key], names)
    return found


def gaps(
    shape: PropertySchema,
    aws: AwsShape,
    names: Names,
    path: str,
    above: frozenset[tuple[PropertySchema, str]] = frozenset(),
) -> Iterator[str]:
    """Paths below an input for which AWS's shape has no member; list positions are not part of the path.

    Objects may hold themselves (a statement of WAF holds statements): what is `above` already is not looked at again.
    """
    if (shape, aws.name) in above:
        return
    above |= {(shape, aws.name)}
    if shape.type is ValueType.LIST and shape.item is not None:
        if aws.type_name == "list":
            yield from gaps(shape.item, element(aws), names, path, above)
        else:
            yield from gaps(shape.item, members(aws).get("Items", aws), names, path, above)
    elif shape.type is ValueType.OBJECT:
        if aws.type_name == "list":
            aws = element(aws)
        inside = members(aws)
        reached = {key: name for name in inside if (key := source(name, shape.fields, names, inside)) is not None}
        for key, one in shape.fields.items():
            if key not in reached:
                yield f"{path}.{key}"
            else:
                yield from gaps(one, inside[reached[key]], names, f"{path}.{key}", above)


def pick(value: Mapping[str, Any], key: str, names: Names) -> tuple[bool, Any]:
    """The member of an AWS answer that holds a property: (whether it is there, its value)."""
    target = names.get(key)
    if target is not None and target in value:
        return True, value[target]
    plural = None
    for name in value:
        if normal(name) == normal(key):
            return True, value[name]
        if meets(key, name):
            plural = name
    return (False, None) if plural is None else (True, value[plural])


def from_aws(shape: PropertySchema, value: Any, names: Names) -> Any:
    """A member of an AWS answer in the form that the SDK declares; None when there is nothing of that form."""
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if shape.type is ValueType.LIST and shape.item is not None:
        items = value.get("Items", [value]) if isinstance(value, Mapping) else value
        return [from_aws(shape.item, item, names) for item in (items if isinstance(items, list) else [items])]
    if shape.type is ValueType.MAP and shape.item is not None:
        inner = shape.item
        pairs = value.items() if isinstance(value, Mapping) else _pairs(value)
        return {key: from_aws(inner, item, names) for key, item in pairs}
    if shape.type is ValueType.OBJECT:
        return _from_structure(shape, value, names)
    return _scalar(shape.type, value)


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    for one in value if isinstance(value, list) else []:
        key = next((item for name, item in one.items() if name.lower().endswith(("key", "name"))), None)
        if key is not None:
            yield str(key), next((item for name, item in one.items() if name.lower().endswith("value")), "")


def _from_structure(shape: PropertySchema, value: Any, names: Names) -> Any:
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, Mapping):
        return None
    found = {key: from_aws(one, pick(value, key, names)[1], names) for key, one in shape.fields.items()}
    return {key: item for key, item in found.items() if item is not None}


def _scalar(kind: ValueType, value: Any) -> Any:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping) and kind is ValueType.STRING and len(value) != 1:
        return json.dumps(value)
    if isinstance(value, Mapping):
        value = next(iter(value.values())) if len(value) == 1 else None
    if value is None:
        return None
    return _READ[kind](value)


def _read_text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


_READ: Mapping[ValueType, Any] = {
    ValueType.STRING: _read_text,
    ValueType.INTEGER: lambda value: int(float(value)),
    ValueType.NUMBER: float,
    ValueType.BOOLEAN: lambda value: value if isinstance(value, bool) else str(value).lower() == "true",
    ValueType.ANY: lambda value: value,
}
