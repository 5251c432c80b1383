"""Property values as the engine sends them: plain JSON, with a sentinel for what is not known yet."""

from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf import json_format, struct_pb2

Properties = dict[str, Any]
"""Property values by Pulumi (camelCase) name: str, int, float, bool, None, list and dict, or `UNKNOWN`."""

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The engine's string for a value that only the update will know (sdk/go/common/resource/plugin/rpc.go)."""

DEFAULTS = "__defaults"
"""Key under which a provider remembers which inputs it filled in itself, so that the next diff ignores them."""


def from_struct(struct: struct_pb2.Struct) -> Properties:
    """Decode a protobuf Struct; whole numbers come back as `int`, which protobuf itself can't express."""
    decoded = _integral(json_format.MessageToDict(struct))
    assert isinstance(decoded, dict)  # noqa: S101  # a Struct is always an object; this tells mypy
    return decoded


def to_struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Encode property values for the engine."""
    struct = struct_pb2.Struct()
    struct.update(dict(values))
    return struct


def is_unknown(value: Any) -> bool:
    """Whether any part of the value is not known yet."""
    if isinstance(value, Mapping):
        return any(is_unknown(item) for item in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(is_unknown(item) for item in value)
    return bool(value == UNKNOWN)


def _integral(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _integral(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_integral(item) for item in value]
    return value
