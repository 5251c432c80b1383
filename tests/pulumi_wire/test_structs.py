"""Structs survive a round trip and decode as in protobuf's JSON mapping."""

import math
from typing import Any

from google.protobuf import json_format, struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from pulumi_wire.structs import from_struct, to_struct

LARGEST_EXACT = 2**53
SCALARS = (
    st.none()
    | st.booleans()
    | st.text(max_size=5)
    | st.integers(-LARGEST_EXACT, LARGEST_EXACT)
    | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
OBJECTS = st.dictionaries(st.text(max_size=5), VALUES, max_size=4)


@given(OBJECTS)
def test_plain_values_survive_a_round_trip(values: dict[str, Any]) -> None:
    assert from_struct(to_struct(values)) == values


@given(OBJECTS)
def test_decoding_agrees_with_protobufs_json_mapping(values: dict[str, Any]) -> None:
    struct = to_struct(values)
    assert from_struct(struct) == json_format.MessageToDict(struct)


@given(st.integers(-LARGEST_EXACT, LARGEST_EXACT))
def test_whole_numbers_become_int(number: int) -> None:
    decoded = from_struct(to_struct({"n": float(number)}))["n"]
    assert type(decoded) is int
    assert decoded == number


@given(st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not number.is_integer()))
def test_fractions_stay_float(number: float) -> None:
    assert type(from_struct(to_struct({"n": number}))["n"]) is float


def test_booleans_are_not_numbers() -> None:
    assert from_struct(to_struct({"on": True}))["on"] is True


def test_infinity_stays_float() -> None:
    struct = struct_pb2.Struct(fields={"n": struct_pb2.Value(number_value=math.inf)})
    assert from_struct(struct) == {"n": math.inf}


def test_an_unset_value_decodes_to_none() -> None:
    assert from_struct(struct_pb2.Struct(fields={"x": struct_pb2.Value()})) == {"x": None}


def test_encoding_leaves_its_argument_unchanged() -> None:
    values: dict[str, Any] = {"list": [1, {"a": None}], "map": {"b": [True]}}
    to_struct(values)
    assert values == {"list": [1, {"a": None}], "map": {"b": [True]}}
