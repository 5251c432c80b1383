"""Conversion of Pulumi inputs to Vault fields and back.

Also compares values that may have different notations.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.schema import PropertySchema, ValueType
from rehearsal.providers.vault.api import VaultFields

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

_WRITE_ONLY = "Wo"
_WRITE_ONLY_VERSION = "WoVersion"

ABSENT = object()
"""Result of `project_value` if Vault no longer has the value."""


def field_name(name: str) -> str:
    """Return the name of an input in Vault.

    For example, `boundServiceAccountNames` becomes `bound_service_account_names`. The write-only variant of an input
    (`passwordWo`) has the same name in Vault as the input.
    """
    return _HUMP.sub("_", name.removesuffix(_WRITE_ONLY)).lower()


def is_write_only(name: str) -> bool:
    """Return True if an input is the write-only variant of another input."""
    return name.endswith(_WRITE_ONLY)


def is_version_counter(name: str) -> bool:
    """Return True if an input only counts the versions of a write-only variant.

    Such an input is never sent to Vault.
    """
    return name.endswith(_WRITE_ONLY_VERSION)


def to_fields(value: Any, schema: PropertySchema) -> Any:
    """Convert a nested input to the form that Vault expects.

    The members of objects are renamed, and the keys of maps are kept.
    """
    if isinstance(value, list):
        return [to_fields(item, schema.item or PropertySchema(ValueType.ANY)) for item in value]
    if isinstance(value, Mapping) and schema.type is ValueType.OBJECT:
        members = ((key, item, schema.fields.get(key, PropertySchema(ValueType.ANY))) for key, item in value.items())
        return {
            field_name(key): to_fields(item, inner)
            for key, item, inner in members
            if item is not None and not is_version_counter(key)
        }
    return value


def from_fields(value: Any, schema: PropertySchema) -> Any:
    """Convert a live value to a Pulumi property, the reverse of `to_fields`.

    JSON becomes text, and durations become seconds.
    """
    if isinstance(value, Mapping) and schema.type is ValueType.OBJECT:
        members = {name: value.get(field_name(name)) for name in schema.fields}
        return {
            name: from_fields(item, schema.fields[name])
            for name, item in members.items()
            if item not in (None, "", [], {}, 0)
        }
    if isinstance(value, Mapping | list) and schema.type is ValueType.STRING:
        return json.dumps(value, sort_keys=True)
    if isinstance(value, str) and schema.type is ValueType.INTEGER and (duration := parse_seconds(value)) is not None:
        return int(duration)
    return value


def project_value(live: Any, written: Any, schema: PropertySchema) -> Any:
    """Return the live value in the notation of the input.

    The result is the input if both are equivalent, and ABSENT if Vault has no value.
    """
    if isinstance(written, Mapping) and isinstance(live, Mapping) and schema.type is ValueType.OBJECT:
        return _shown_object(live, written, schema)
    if isinstance(written, list) and isinstance(live, list) and schema.item and schema.item.type is ValueType.OBJECT:
        return _shown_objects(live, written, schema.item)
    if equivalent(live, written):
        return written
    if live in (None, "", [], {}):
        return ABSENT
    return _respelled(live, written)


def equivalent(live: Any, written: Any) -> bool:
    """Return True if Vault treats both values as the same.

    The order of lists is ignored, `1h` equals 3600, JSON is compared as data, and an empty value equals no value.
    """
    if live in (None, "", [], {}) and written in (None, "", [], {}):
        return True
    if isinstance(live, list) and isinstance(written, list):
        return sorted(map(_text, live)) == sorted(map(_text, written))
    if isinstance(live, Mapping) and isinstance(written, Mapping):
        return {key: _text(item) for key, item in live.items()} == {key: _text(item) for key, item in written.items()}
    if isinstance(written, str) and isinstance(live, Mapping | list):
        return bool(_parsed(written) == live)
    if isinstance(live, str) and isinstance(written, str) and live.startswith("{") and written.startswith("{"):
        return bool(_parsed(live) == _parsed(written))
    if isinstance(live, bool) or isinstance(written, bool):
        return _text(live) == _text(written)
    duration = parse_seconds(live)
    return _text(live) == _text(written) or (duration is not None and duration == parse_seconds(written))


def parse_seconds(value: Any) -> float | None:
    """Parse a duration such as `1h30m`, `3600s`, `3600` or 3600.

    Return None if the value is not a duration.
    """
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


def _shown_object(live: Mapping[str, Any], written: Mapping[str, Any], schema: PropertySchema) -> VaultFields:
    projected = {}
    for key, value in written.items():
        field = field_name(key)
        projected_value = (
            project_value(live[field], value, schema.fields.get(key, PropertySchema(ValueType.ANY)))
            if field in live
            else value
        )
        if projected_value is not ABSENT:
            projected[key] = projected_value
    return projected


def _shown_objects(live: list[Any], written: list[Any], schema: PropertySchema) -> Any:
    """Project the objects in a list, paired by name or, without names, by position."""
    by_name = {item.get("name"): item for item in live if isinstance(item, Mapping)}
    projected = []
    for index, item in enumerate(written):
        live_item = by_name.get(item["name"]) if "name" in item else live[index] if index < len(live) else None
        if live_item is not None:
            projected.append(project_value(live_item, item, schema))
    return projected or ABSENT


def _respelled(live: Any, written: Any) -> Any:
    """Convert a live value to the type of the written input, for a readable diff."""
    if isinstance(written, str) and isinstance(live, Mapping | list):
        return json.dumps(live, sort_keys=True)
    if (
        isinstance(written, str)
        and isinstance(live, int)
        and not isinstance(live, bool)
        and parse_seconds(written) is not None
    ):
        return f"{live}s"
    if _is_whole_number(written) and isinstance(live, str):
        duration = parse_seconds(live)
        return int(duration) if duration is not None else live
    return live


def _is_whole_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, sort_keys=True) if isinstance(value, Mapping | list) else str(value)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
