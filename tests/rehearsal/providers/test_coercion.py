"""Values are made to fit what the SDK declares; what doesn't fit is all reported at once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.coercion import coerce, coerce_inputs
from rehearsal.providers.protocol import Failure
from rehearsal.providers.schema import Kind, ResourceSchema, Shape
from rehearsal.providers.values import DEFAULTS, UNKNOWN

RULE = Shape(
    Kind.OBJECT,
    fields={"port": Shape(Kind.INTEGER), "protocol": Shape(Kind.STRING)},
    required=frozenset({"port"}),
)
SCHEMA = ResourceSchema(
    token="toy:box/box:Box",
    inputs={
        "name": Shape(Kind.STRING),
        "open": Shape(Kind.BOOLEAN),
        "rules": Shape(Kind.LIST, item=RULE),
        "size": Shape(Kind.NUMBER),
        "tags": Shape(Kind.MAP, item=Shape(Kind.STRING)),
    },
    required=frozenset({"name"}),
    outputs={},
    optional_outputs=frozenset(),
)


def test_everything_wrong_is_reported_with_its_path() -> None:
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
    ("kind", "value", "fitted"),
    [
        (Kind.STRING, 5, "5"),
        (Kind.STRING, 5.0, "5"),
        (Kind.STRING, True, "true"),
        (Kind.INTEGER, "42", 42),
        (Kind.NUMBER, "1.5", 1.5),
        (Kind.BOOLEAN, "false", False),
        (Kind.ANY, {"a": [1]}, {"a": [1]}),
        (Kind.STRING, UNKNOWN, UNKNOWN),
        (Kind.INTEGER, None, None),
    ],
)
def test_scalars_are_converted_as_the_real_providers_do(kind: Kind, value: Any, fitted: Any) -> None:
    failures: list[Failure] = []
    assert coerce(Shape(kind), value, "x", failures) == fitted
    assert not failures


@pytest.mark.parametrize(
    ("kind", "value"), [(Kind.INTEGER, 1.5), (Kind.INTEGER, "x"), (Kind.BOOLEAN, "yes"), (Kind.NUMBER, True)]
)
def test_what_would_lose_meaning_is_refused(kind: Kind, value: Any) -> None:
    failures: list[Failure] = []
    coerce(Shape(kind), value, "x", failures)
    assert [failure.property for failure in failures] == ["x"]


def test_unknown_values_pass_and_nulls_go() -> None:
    fitted, failures = coerce_inputs(SCHEMA, {"name": UNKNOWN, "tags": {"a": UNKNOWN}, "open": None, DEFAULTS: []})
    assert fitted == {"name": UNKNOWN, "tags": {"a": UNKNOWN}}
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
def test_fitted_values_fit_and_stay_as_they_are(inputs: dict[str, Any]) -> None:
    fitted, failures = coerce_inputs(SCHEMA, inputs)
    assert not failures
    assert coerce_inputs(SCHEMA, fitted) == (fitted, [])
