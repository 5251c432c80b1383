"""Comparison of property values: equivalence, changed paths and drift."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers.aws.notations import account_of_root
from rehearsal.providers.protocol import ChangeKind, PropertyChange
from rehearsal.providers.schema import PropertySchema, ValueType
from rehearsal.providers.values import DEFAULTS, Properties

EMPTY: tuple[Any, ...] = (None, "", [], {})
"""Values that count as not set."""


def canonical(value: Any) -> Any:
    """Convert a value to a form in which equivalent values are equal.

    JSON text is normalized, lists are sorted because their order does not matter, and numbers become text.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _canonical_text(value)
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else str(value)
    if isinstance(value, Mapping):
        return {key: canonical(item) for key, item in sorted(value.items()) if item is not None and key != DEFAULTS}
    if isinstance(value, list):
        return sorted((canonical(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return value


def _canonical_text(value: str) -> Any:
    """Normalize text that contains a JSON document; return any other text unchanged.

    In the document, a list of one item becomes the item, because IAM policies treat both alike.
    """
    if value[:1] not in ("{", "["):
        return value
    try:
        document = json.loads(value)
    except ValueError:
        return value
    return json.dumps(canonical(_unwrap_single_items(document)), sort_keys=True)


def _unwrap_single_items(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _principals(_unwrap_single_items(item), key) for key, item in value.items()}
    if isinstance(value, list):
        items = [_unwrap_single_items(item) for item in value]
        return items[0] if len(items) == 1 else items
    return value


def _principals(value: Any, key: str) -> Any:
    """Replace account root ARNs with account ids if the key is `AWS`."""
    if key != "AWS":
        return value
    return [account_of_root(item) for item in value] if isinstance(value, list) else account_of_root(value)


def same(one: Any, other: Any) -> bool:
    """Return True if two values are equivalent."""
    return bool(one == other or canonical(one) == canonical(other))


def with_computed_fields(new: Any, old: Any, output: Any) -> Any:
    """Return the new value of an input, completed with the fields that AWS computed.

    An example is `clusterSecurityGroupId` in a cluster's `vpcConfig`. `new` and `old` are values of the input, `output`
    is its value in the state. Without these fields, a preview would show them as unknown, and every resource that uses
    them as changed.
    """
    if isinstance(new, Mapping) and isinstance(output, Mapping):
        before = old if isinstance(old, Mapping) else {}
        computed = {key: value for key, value in output.items() if key not in new and key not in before}
        return computed | {
            key: with_computed_fields(value, before.get(key), output.get(key)) for key, value in new.items()
        }
    lists = isinstance(new, list) and isinstance(output, list) and len(new) == len(output)
    if lists and new == old:
        return [with_computed_fields(*items) for items in zip(new, old, output, strict=True)]
    return new


def project(shape: PropertySchema, written: Any, live: Any) -> Any:
    """Reduce a live value to the fields that the program wrote.

    Other fields don't count as drift. All keys of a map are kept. Items of object lists are paired by similarity. A
    live item without a partner keeps the fields that any written item has. This reveals items added outside the
    program. An object without any written field is kept, because it is another member of a union, such as `block`
    instead of `allow`.
    """
    if shape.type is ValueType.OBJECT and isinstance(written, Mapping) and isinstance(live, Mapping):
        if written and live and not written.keys() & live.keys():
            return live
        return {
            key: project(shape.fields[key], item, live[key]) if key in live and key in shape.fields else item
            for key, item in written.items()
            if key != DEFAULTS
        }
    item_shape = shape.item if shape.type is ValueType.LIST else None
    if item_shape is None or item_shape.type is not ValueType.OBJECT:
        return live
    both_lists = isinstance(written, list) and isinstance(live, list) and bool(written)
    return _project_list(item_shape, written, live) if both_lists else live


def _project_list(shape: PropertySchema, written: list[Any], live: list[Any]) -> list[Any]:
    """Project the paired items, followed by the live items without a partner."""
    partners, remaining = pair_items(shape, written, live)
    keys = {key for item in written for key in item}
    return [
        *(project(shape, item, partners[index]) for index, item in enumerate(written) if index in partners),
        *({key: value for key, value in item.items() if key in keys and value not in EMPTY} for item in remaining),
    ]


def pair_items(shape: PropertySchema, written: list[Any], live: list[Any]) -> tuple[dict[int, Any], list[Any]]:
    """Pair written items with the most similar live items.

    Written items with the most fields choose first. Returns a mapping from the index of each written item to its live
    item, and the live items without a partner.
    """
    remaining = list(live)
    partners: dict[int, Any] = {}
    for index in sorted(range(len(written)), key=lambda index: -len(written[index])):
        if remaining:
            # `max` calls the lambda in the same iteration of the loop.
            partners[index] = max(remaining, key=lambda item: _matching_fields(shape, written[index], item))
            remaining.remove(partners[index])
    return partners, remaining


def _matching_fields(shape: PropertySchema, written: Mapping[str, Any], item: Mapping[str, Any]) -> int:
    """Count the written fields whose values the live item shares."""
    return sum(
        same(value, project(shape.fields[key], value, item.get(key)))
        for key, value in written.items()
        if key in shape.fields
    )


def property_changes(old: Properties, new: Properties) -> Iterator[PropertyChange]:
    """Yield each added, deleted or changed value with its path.

    Objects and lists of equal length are compared member by member, other values as a whole.
    """
    for key in sorted((old.keys() | new.keys()) - {DEFAULTS}):
        if not same(old.get(key), new.get(key)) and not (old.get(key) in EMPTY and new.get(key) in EMPTY):
            yield from _changes_below(key, old.get(key), new.get(key))


def _changes_below(path: str, old: Any, new: Any) -> Iterator[PropertyChange]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted((old.keys() | new.keys()) - {DEFAULTS}):
            if not same(old.get(key), new.get(key)):
                yield from _changes_below(f"{path}{_path_segment(key)}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            if not same(one, other):
                yield from _changes_below(f"{path}[{index}]", one, other)
    else:
        kind = ChangeKind.ADD if old is None else ChangeKind.DELETE if new is None else ChangeKind.UPDATE
        yield PropertyChange(path, kind)


def _path_segment(key: str) -> str:
    return f".{key}" if key and not set(key) & set('."[]') else "[" + json.dumps(key) + "]"
