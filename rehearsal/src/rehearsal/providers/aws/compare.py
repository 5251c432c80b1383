"""When two property values are the same, where they differ, and what of a live value the program wrote."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers.protocol import ChangeKind, PropertyChange
from rehearsal.providers.schema import PropertySchema, ValueType
from rehearsal.providers.values import DEFAULTS, Properties

EMPTY: tuple[Any, ...] = (None, "", [], {})


def canonical(value: Any) -> Any:
    """A form in which equal meanings are equal: JSON text is parsed, lists are sets, numbers and their text are one."""
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
    """JSON documents are equal by meaning, and a single string stands for a list of one in IAM policies."""
    if value[:1] not in ("{", "["):
        return value
    try:
        document = json.loads(value)
    except ValueError:
        return value
    return json.dumps(canonical(_singletons(document)), sort_keys=True)


def _singletons(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _singletons(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_singletons(item) for item in value]
        return items[0] if len(items) == 1 else items
    return value


def same(one: Any, other: Any) -> bool:
    """Whether two values mean the same."""
    return bool(one == other or canonical(one) == canonical(other))


def project(shape: PropertySchema, written: Any, live: Any) -> Any:
    """The live value in the shape that the program wrote: fields it never mentioned don't count as drift.

    A map's keys all count. Items of lists of objects are paired by likeness; live items without a partner keep the
    fields that any written item has, so that what was added out of band is seen.
    """
    if shape.type is ValueType.OBJECT and isinstance(written, Mapping) and isinstance(live, Mapping):
        return {
            key: project(shape.fields[key], item, live[key]) if key in live and key in shape.fields else item
            for key, item in written.items()
            if key != DEFAULTS
        }
    item_shape = shape.item if shape.type is ValueType.LIST else None
    if item_shape is None or item_shape.type is not ValueType.OBJECT:
        return live
    lists = isinstance(written, list) and isinstance(live, list) and bool(written)
    return _project_list(item_shape, written, live) if lists else live


def _project_list(shape: PropertySchema, written: list[Any], live: list[Any]) -> list[Any]:
    """Written items choose their partners in turn, those that say most first: others are content with what is left."""
    left = list(live)
    partners: dict[int, Any] = {}
    for place in sorted(range(len(written)), key=lambda place: -len(written[place])):
        if left:
            partners[place] = max(left, key=lambda item: _likeness(shape, written[place], item))  # at once
            left.remove(partners[place])
    keys = {key for item in written for key in item}
    return [
        *(project(shape, wanted, partners[place]) for place, wanted in enumerate(written) if place in partners),
        *({key: value for key, value in item.items() if key in keys and value not in EMPTY} for item in left),
    ]


def _likeness(shape: PropertySchema, wanted: Mapping[str, Any], item: Mapping[str, Any]) -> int:
    """How many of the written fields the live item has."""
    return sum(
        same(value, project(shape.fields[key], value, item.get(key)))
        for key, value in wanted.items()
        if key in shape.fields
    )


def changes(old: Properties, new: Properties) -> Iterator[PropertyChange]:
    """Every property that differs, as deep as both sides have objects or lists of one length."""
    for key in sorted((old.keys() | new.keys()) - {DEFAULTS}):
        if not same(old.get(key), new.get(key)) and not (old.get(key) in EMPTY and new.get(key) in EMPTY):
            yield from _changes(key, old.get(key), new.get(key))


def _changes(path: str, old: Any, new: Any) -> Iterator[PropertyChange]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted((old.keys() | new.keys()) - {DEFAULTS}):
            if not same(old.get(key), new.get(key)):
                yield from _changes(f"{path}{_step(key)}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            if not same(one, other):
                yield from _changes(f"{path}[{index}]", one, other)
    else:
        kind = ChangeKind.ADD if old is None else ChangeKind.DELETE if new is None else ChangeKind.UPDATE
        yield PropertyChange(path, kind)


def _step(key: str) -> str:
    return f".{key}" if key and not set(key) & set('."[]') else "[" + json.dumps(key) + "]"
