"""Values are converted to the types that the SDK declares.

All failures are reported at once.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.coercion import coerce, coerce_inputs
from rehearsal.providers.protocol import CheckFailure
from rehearsal.providers.schema import PropertySchema, ResourceSchema, ValueType
from rehearsal.providers.values import DEFAULTS, UNKNOWN

RULE = PropertySchema(
    ValueType.OBJECT,
    fields={"port": PropertySchema(ValueType.INTEGER), "protocol": PropertySchema(ValueType.STRING)},
    required=frozenset({"port"}),
)
SCHEMA = ResourceSchema(
    token="toy:box/box:Box",
    inputs={
        "name": PropertySchema(ValueType.STRING),
        "open": PropertySchema(ValueType.BOOLEAN),
        "rules": PropertySchema(ValueType.LIST, item=RULE),
        "size": PropertySchema(ValueType.NUMBER),
        "tags": PropertySchema(ValueType.MAP, item=PropertySchema(ValueType.STRING)),
    },
    required=frozenset({"name"}),
    outputs={},
    optional_outputs=frozenset(),
)


def test_every_failure_is_reported_with_its_path() -> None:
    inputs = {"nmae": "x", "open": "maybe", "rules": [{"protocol": ["tcp"]}], "size": {}, "tags": ["x"]}
    _, failures = coerce_inputs(SCHEMA, inputs)
    assert {(failure.property, failure.reason) for failure in failures} == {
        ("nmae", 'unexpected argument "nmae"; did you mean "name"?'),
        ("name", 'Missing required argument. The argument "name" is required, but was not set'),
        ("open", 'expected boolean, got "maybe"'),
        ("rules[0].protocol", "expected string, got a list"),
        ("rules[0].port", 'Missing required argument. The argument "port" is required, but was not set'),
        ("size", "expected number, got an object"),
        ("tags", "expected map, got a list"),
    }


@pytest.mark.parametrize(
    ("value_type", "value", "coerced"),
    [
        (ValueType.STRING, 5, "5"),
        (ValueType.STRING, 5.0, "5"),
        (ValueType.STRING, True, "true"),
        (ValueType.INTEGER, "42", 42),
        (ValueType.NUMBER, "1.5", 1.5),
        (ValueType.BOOLEAN, "false", False),
        (ValueType.ANY, {"a": [1]}, {"a": [1]}),
        (ValueType.STRING, UNKNOWN, UNKNOWN),
        (ValueType.INTEGER, None, None),
    ],
)
def test_scalars_are_converted_as_the_real_providers_do(value_type: ValueType, value: Any, coerced: Any) -> None:
    failures: list[CheckFailure] = []
    assert coerce(PropertySchema(value_type), value, "x", failures) == coerced
    assert not failures


@pytest.mark.parametrize(
    ("value_type", "value"),
    [(ValueType.INTEGER, 1.5), (ValueType.INTEGER, "x"), (ValueType.BOOLEAN, "yes"), (ValueType.NUMBER, True)],
)
def test_lossy_conversions_are_refused(value_type: ValueType, value: Any) -> None:
    failures: list[CheckFailure] = []
    coerce(PropertySchema(value_type), value, "x", failures)
    assert [failure.property for failure in failures] == ["x"]


def test_unknown_values_are_kept_and_nulls_dropped() -> None:
    coerced, failures = coerce_inputs(SCHEMA, {"name": UNKNOWN, "tags": {"a": UNKNOWN}, "open": None, DEFAULTS: []})
    assert coerced == {"name": UNKNOWN, "tags": {"a": UNKNOWN}}
    assert not failures


@given(
    st.fixed_dictionaries(
        {"name": st.text() | st.integers() | st.booleans()},
        optional={
            "open": st.booleans() | st.sampled_from(["true", "false"]),
            "size": st.integers() | st.integers().map(str),
            "tags": st.dictionaries(st.text(), st.text() | st.integers()),
            "rules": st.lists(st.fixed_dictionaries({"port": st.integers(0, 65535)})),
        },
    )
)
def test_coercing_twice_changes_nothing(inputs: dict[str, Any]) -> None:
    coerced, failures = coerce_inputs(SCHEMA, inputs)
    assert not failures
    assert coerce_inputs(SCHEMA, coerced) == (coerced, [])
