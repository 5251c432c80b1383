"""Conversion of property values to the types that an SDK declares.

As in the real providers, a value that can't be converted is a check failure.
"""

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.providers.protocol import CheckFailure
from rehearsal.providers.schema import PropertySchema, ResourceSchema, ValueType
from rehearsal.providers.values import DEFAULTS, UNKNOWN, Properties


def coerce_inputs(schema: ResourceSchema, inputs: Properties) -> tuple[Properties, list[CheckFailure]]:
    """Convert inputs to the types of the schema and collect all failures.

    Nulls and `__defaults` are dropped. The caller must fill in the defaults of required properties first.
    """
    failures: list[CheckFailure] = []
    inputs_schema = PropertySchema(ValueType.OBJECT, fields=dict(schema.inputs), required=schema.required)
    coerced = coerce(inputs_schema, inputs, "", failures)
    return (coerced if isinstance(coerced, dict) else {}), failures


def coerce(schema: PropertySchema, value: Any, path: str, failures: list[CheckFailure]) -> Any:
    """Convert a value to the type of its schema.

    If this is impossible, append a failure and return the value unchanged.
    """
    if value is None or value == UNKNOWN:
        return value
    if schema.type is ValueType.LIST:
        return _list(schema, value, path, failures)
    if schema.type is ValueType.MAP:
        return _map(schema, value, path, failures)
    if schema.type is ValueType.OBJECT:
        return _object(schema, value, path, failures)
    try:
        return _SCALARS[schema.type](value)
    except ValueError:
        failures.append(CheckFailure(path, f"expected {schema.type}, got {describe(value)}"))
        return value


def describe(value: Any) -> str:
    """Describe a value for a message, e.g. `"yes"` or `a list`."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def suggest(name: str, candidates: Mapping[str, Any]) -> str:
    """Return `; did you mean "x"?` if a candidate is close, else an empty string."""
    closest = difflib.get_close_matches(name, candidates, n=1, cutoff=0.7)
    return f'; did you mean "{closest[0]}"?' if closest else ""


def _list(schema: PropertySchema, value: Any, path: str, failures: list[CheckFailure]) -> Any:
    if not isinstance(value, list):
        failures.append(CheckFailure(path, f"expected list, got {describe(value)}"))
        return value
    return [coerce(_item(schema), item, f"{path}[{index}]", failures) for index, item in enumerate(value)]


def _map(schema: PropertySchema, value: Any, path: str, failures: list[CheckFailure]) -> Any:
    if not isinstance(value, dict):
        failures.append(CheckFailure(path, f"expected map, got {describe(value)}"))
        return value
    return {
        key: coerce(_item(schema), item, f"{path}.{key}", failures) for key, item in value.items() if key != DEFAULTS
    }


def _object(schema: PropertySchema, value: Any, path: str, failures: list[CheckFailure]) -> Any:
    if not isinstance(value, dict):
        failures.append(CheckFailure(path, f"expected object, got {describe(value)}"))
        return value
    prefix = f"{path}." if path else ""
    coerced = {}
    for key, item in value.items():
        if key == DEFAULTS:
            continue
        if key not in schema.fields:
            failures.append(CheckFailure(prefix + key, f'unexpected argument "{key}"{suggest(key, schema.fields)}'))
        elif item is not None:
            coerced[key] = coerce(schema.fields[key], item, prefix + key, failures)
    failures.extend(
        CheckFailure(prefix + key, f'Missing required argument. The argument "{key}" is required, but was not set')
        for key in sorted(schema.required)
        if key not in coerced
    )
    return coerced


def _item(schema: PropertySchema) -> PropertySchema:
    return schema.item or PropertySchema(ValueType.ANY)


def _string(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else str(value)
    raise ValueError


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError  # noqa: TRY004  # the caller handles one exception type
    number = float(value)
    return int(number) if number.is_integer() else number


def _integer(value: Any) -> int:
    number = _number(value)
    if isinstance(number, float):
        raise ValueError  # noqa: TRY004  # 1.5 has the right type but the wrong value
    return number


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise ValueError


_SCALARS: dict[ValueType, Callable[[Any], Any]] = {
    ValueType.STRING: _string,
    ValueType.INTEGER: _integer,
    ValueType.NUMBER: _number,
    ValueType.BOOLEAN: _boolean,
    ValueType.ANY: lambda value: value,
}
