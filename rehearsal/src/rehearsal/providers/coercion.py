"""Fit property values to what an SDK declares, as the real providers do, and say everything that doesn't fit."""

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.providers.protocol import CheckFailure
from rehearsal.providers.schema import PropertySchema, ResourceSchema, ValueType
from rehearsal.providers.values import DEFAULTS, UNKNOWN, Properties


def coerce_inputs(schema: ResourceSchema, inputs: Properties) -> tuple[Properties, list[CheckFailure]]:
    """Inputs with strings, numbers and booleans converted where the schema asks; nulls and `__defaults` are left out.

    Every failure is collected, with its property path. A required property that the caller fills in by default must
    be present already.
    """
    failures: list[CheckFailure] = []
    shape = PropertySchema(ValueType.OBJECT, fields=dict(schema.inputs), required=schema.required)
    fitted = coerce(shape, inputs, "", failures)
    return (fitted if isinstance(fitted, dict) else {}), failures


def coerce(shape: PropertySchema, value: Any, path: str, failures: list[CheckFailure]) -> Any:
    """The value made to fit the shape; what doesn't is returned as it is and noted in `failures`."""
    if value is None or value == UNKNOWN:
        return value
    if shape.type is ValueType.LIST:
        return _list(shape, value, path, failures)
    if shape.type is ValueType.MAP:
        return _map(shape, value, path, failures)
    if shape.type is ValueType.OBJECT:
        return _object(shape, value, path, failures)
    try:
        return _SCALARS[shape.type](value)
    except ValueError:
        failures.append(CheckFailure(path, f"expected {shape.type}, got {describe(value)}"))
        return value


def describe(value: Any) -> str:
    """What a value is, in words for a message, e.g. `"yes"` or `a list`."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def suggest(name: str, known: Mapping[str, Any]) -> str:
    """`; did you mean "x"?` when a known name is close, else nothing."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    return f'; did you mean "{near[0]}"?' if near else ""


def _list(shape: PropertySchema, value: Any, path: str, failures: list[CheckFailure]) -> Any:
    if not isinstance(value, list):
        failures.append(CheckFailure(path, f"expected list, got {describe(value)}"))
        return value
    return [coerce(_item(shape), item, f"{path}[{index}]", failures) for index, item in enumerate(value)]


def _map(shape: PropertySchema, value: Any, path: str, failures: list[CheckFailure]) -> Any:
    if not isinstance(value, dict):
        failures.append(CheckFailure(path, f"expected map, got {describe(value)}"))
        return value
    return {
        key: coerce(_item(shape), item, f"{path}.{key}", failures) for key, item in value.items() if key != DEFAULTS
    }


def _object(shape: PropertySchema, value: Any, path: str, failures: list[CheckFailure]) -> Any:
    if not isinstance(value, dict):
        failures.append(CheckFailure(path, f"expected object, got {describe(value)}"))
        return value
    prefix = f"{path}." if path else ""
    fitted = {}
    for key, item in value.items():
        if key == DEFAULTS:
            continue
        if key not in shape.fields:
            failures.append(CheckFailure(prefix + key, f'unexpected argument "{key}"{suggest(key, shape.fields)}'))
        elif item is not None:
            fitted[key] = coerce(shape.fields[key], item, prefix + key, failures)
    failures.extend(
        CheckFailure(prefix + key, f'Missing required argument. The argument "{key}" is required, but was not set')
        for key in sorted(shape.required)
        if key not in fitted
    )
    return fitted


def _item(shape: PropertySchema) -> PropertySchema:
    return shape.item or PropertySchema(ValueType.ANY)


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
        raise ValueError  # noqa: TRY004  # one kind of error for whatever doesn't fit
    number = float(value)
    return int(number) if number.is_integer() else number


def _integer(value: Any) -> int:
    number = _number(value)
    if isinstance(number, float):
        raise ValueError  # noqa: TRY004  # 1.5 has the right type and the wrong value
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
