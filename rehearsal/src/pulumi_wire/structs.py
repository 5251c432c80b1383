"""Conversion between protobuf Structs and plain values."""

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2


def from_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Decode a Struct; whole numbers become `int`, because a Struct only has floats."""
    return {key: _from_value(value) for key, value in struct.fields.items()}


def to_struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Encode plain values as a Struct."""
    struct = struct_pb2.Struct()
    struct.update(dict(values))
    return struct


def _from_value(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "struct_value":
            return from_struct(value.struct_value)
        case "list_value":
            return [_from_value(item) for item in value.list_value.values]
        case _:
            return None
