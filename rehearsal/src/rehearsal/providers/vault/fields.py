"""From Pulumi's inputs to Vault's fields and back: names, and when two spellings of a value mean the same."""

import json
import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.schema import PropertySchema, ValueType
from rehearsal.providers.vault.api import Object

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

_WRITE_ONLY = "Wo"
_WRITE_ONLY_VERSION = "WoVersion"

GONE = object()
"""What `shown` returns for a value that Vault has no more."""


def field_name(name: str) -> str:
    """Vault's name of an input: `boundServiceAccountNames` is `bound_service_account_names`.

    A write-only twin (`passwordWo`) is the field itself.
    """
    return _HUMP.sub("_", name.removesuffix(_WRITE_ONLY)).lower()


def is_write_only(name: str) -> bool:
    """Whether an input is a write-only twin."""
    return name.endswith(_WRITE_ONLY)


def is_bookkeeping(name: str) -> bool:
    """Whether an input only counts the versions of a write-only twin; it never reaches Vault."""
    return name.endswith(_WRITE_ONLY_VERSION)


def to_fields(value: Any, shape: PropertySchema) -> Any:
    """A nested input as Vault takes it: members of objects renamed, keys of maps kept."""
    if isinstance(value, list):
        return [to_fields(item, shape.item or PropertySchema(ValueType.ANY)) for item in value]
    if isinstance(value, Mapping) and shape.type is ValueType.OBJECT:
        members = ((key, item, shape.fields.get(key, PropertySchema(ValueType.ANY))) for key, item in value.items())
        return {
            field_name(key): to_fields(item, inner)
            for key, item, inner in members
            if item is not None and not is_bookkeeping(key)
        }
    return value


def from_fields(value: Any, shape: PropertySchema) -> Any:
    """A live value as a Pulumi property of this shape, reversing `to_fields`: JSON as text, durations in seconds."""
    if isinstance(value, Mapping) and shape.type is ValueType.OBJECT:
        members = {name: value.get(field_name(name)) for name in shape.fields}
        return {
            name: from_fields(item, shape.fields[name])
            for name, item in members.items()
            if item not in (None, "", [], {}, 0)
        }
    if isinstance(value, Mapping | list) and shape.type is ValueType.STRING:
        return json.dumps(value, sort_keys=True)
    if isinstance(value, str) and shape.type is ValueType.INTEGER and (found := seconds(value)) is not None:
        return int(found)
    return value


def shown(live: Any, wanted: Any, shape: PropertySchema) -> Any:
    """A live value in the terms of the input: the input itself when it means the same, GONE when there is nothing."""
    if isinstance(wanted, Mapping) and isinstance(live, Mapping) and shape.type is ValueType.OBJECT:
        return _shown_object(live, wanted, shape)
    if isinstance(wanted, list) and isinstance(live, list) and shape.item and shape.item.type is ValueType.OBJECT:
        return _shown_objects(live, wanted, shape.item)
    if same(live, wanted):
        return wanted
    if live in (None, "", [], {}):
        return GONE
    return _respelled(live, wanted)


def same(live: Any, wanted: Any) -> bool:
    """Whether Vault means the same: lists are sets, `1h` is 3600, JSON is compared as data, empty is nothing."""
    if live in (None, "", [], {}) and wanted in (None, "", [], {}):
        return True
    if isinstance(live, list) and isinstance(wanted, list):
        return sorted(map(_text, live)) == sorted(map(_text, wanted))
    if isinstance(live, Mapping) and isinstance(wanted, Mapping):
        return {key: _text(item) for key, item in live.items()} == {key: _text(item) for key, item in wanted.items()}
    if isinstance(wanted, str) and isinstance(live, Mapping | list):
        return bool(_parsed(wanted) == live)
    if isinstance(live, str) and isinstance(wanted, str) and live.startswith("{") and wanted.startswith("{"):
        return bool(_parsed(live) == _parsed(wanted))
    if isinstance(live, bool) or isinstance(wanted, bool):
        return _text(live) == _text(wanted)
    one, other = seconds(live), seconds(wanted)
    return _text(live) == _text(wanted) or (one is not None and one == other)


def seconds(value: Any) -> float | None:
    """A duration such as `1h30m`, `3600s`, `3600` or 3600 in seconds; None when it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str) or not value:
        return None
    if value.isascii() and value.isdecimal():
        return float(value)
    parts = _PART.findall(value)
    if "".join(number + unit for number, unit in parts) != value:
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _shown_object(live: Mapping[str, Any], wanted: Mapping[str, Any], shape: PropertySchema) -> Object:
    projected = {}
    for key, value in wanted.items():
        field = field_name(key)
        found = (
            shown(live[field], value, shape.fields.get(key, PropertySchema(ValueType.ANY))) if field in live else value
        )
        if found is not GONE:
            projected[key] = found
    return projected


def _shown_objects(live: list[Any], wanted: list[Any], shape: PropertySchema) -> Any:
    """Objects in a list, paired by name where they have one, else by position."""
    by_name = {item.get("name"): item for item in live if isinstance(item, Mapping)}
    projected = []
    for index, item in enumerate(wanted):
        found = by_name.get(item["name"]) if "name" in item else live[index] if index < len(live) else None
        if found is not None:
            projected.append(shown(found, item, shape))
    return projected or GONE


def _respelled(live: Any, wanted: Any) -> Any:
    """A different live value in the input's type, so that the difference reads well."""
    if isinstance(wanted, str) and isinstance(live, Mapping | list):
        return json.dumps(live, sort_keys=True)
    if isinstance(wanted, str) and isinstance(live, int) and not isinstance(live, bool) and seconds(wanted) is not None:
        return f"{live}s"
    if isinstance(wanted, int) and not isinstance(wanted, bool) and isinstance(live, str):
        found = seconds(live)
        return int(found) if found is not None else live
    return live


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, sort_keys=True) if isinstance(value, Mapping | list) else str(value)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
