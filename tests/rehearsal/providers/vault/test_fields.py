"""Inputs are converted to Vault's fields, and Vault's values back to inputs."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.schema import PropertySchema, ValueType
from rehearsal.providers.vault.fields import (
    ABSENT,
    equivalent,
    field_name,
    from_fields,
    parse_seconds,
    project_value,
    to_fields,
)

TEXT, WHOLE = PropertySchema(ValueType.STRING), PropertySchema(ValueType.INTEGER)
TUNE = PropertySchema(ValueType.OBJECT, fields={"defaultLeaseTtl": TEXT, "tokenType": TEXT})
data = st.dictionaries(st.text(max_size=4), st.text(max_size=4) | st.integers(), max_size=4)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("boundServiceAccountNames", "bound_service_account_names"),
        ("path", "path"),
        ("passwordWo", "password"),
        ("oidcDiscoveryCaPem", "oidc_discovery_ca_pem"),
    ],
)
def test_a_field_is_the_input_in_snake_case(name: str, field: str) -> None:
    assert field_name(name) == field


def test_members_of_an_object_are_renamed_and_keys_of_a_map_are_not() -> None:
    schema = PropertySchema(
        ValueType.OBJECT, fields={"tuneIt": TUNE, "userKeys": PropertySchema(ValueType.MAP, item=TEXT)}
    )
    value = {"tuneIt": {"defaultLeaseTtl": "1h", "tokenType": None}, "userKeys": {"camelCase": "x"}}
    assert to_fields(value, schema) == {"tune_it": {"default_lease_ttl": "1h"}, "user_keys": {"camelCase": "x"}}


@given(st.integers(0, 10**6))
def test_spellings_of_a_duration_are_equivalent(count: int) -> None:
    hours, rest = divmod(count, 3600)
    for text in (f"{count}s", f"{hours}h{rest // 60}m{rest % 60}s", str(count), count):
        assert parse_seconds(text) == count
        assert equivalent(count, text)


@pytest.mark.parametrize("text", ["", "soon", "1 h", "h", "1x", True, None])
def test_other_text_is_not_a_duration(text: Any) -> None:
    assert parse_seconds(text) is None


@given(st.lists(st.text(max_size=3)), st.randoms())
def test_lists_are_sets(items: list[str], random: Any) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)
    assert equivalent(shuffled, items)


@given(data)
def test_json_text_is_equivalent_to_its_data(content: dict[str, Any]) -> None:
    assert equivalent(content, json.dumps(content))
    assert project_value(content, json.dumps(content, indent=2), TEXT) == json.dumps(content, indent=2)


@given(st.one_of(data, st.text(max_size=5), st.integers(), st.booleans(), st.lists(st.text(max_size=3))))
def test_an_unchanged_value_keeps_its_spelling(value: Any) -> None:
    assert project_value(value, value, PropertySchema(ValueType.ANY)) == value


@pytest.mark.parametrize(
    ("live", "written", "schema", "expected"),
    [
        (7200, "1h", TEXT, "7200s"),
        ("1h0m0s", 60, WHOLE, 3600),
        ({"b": 1}, '{"a":1}', TEXT, '{"b": 1}'),
        (["a", "b"], ["a"], PropertySchema(ValueType.LIST, item=TEXT), ["a", "b"]),
        (None, "text", TEXT, ABSENT),
        ([], ["a"], PropertySchema(ValueType.LIST, item=TEXT), ABSENT),
        ({"token_type": "batch", "default_lease_ttl": 3600}, {"tokenType": "service"}, TUNE, {"tokenType": "batch"}),
    ],
)
def test_a_changed_value_is_converted_to_the_inputs_type(
    live: Any, written: Any, schema: PropertySchema, expected: Any
) -> None:
    assert project_value(live, written, schema) == expected


def test_an_import_converts_values_to_the_inputs_types() -> None:
    assert from_fields({"default_lease_ttl": 3600, "token_type": "batch"}, TUNE) == {
        "defaultLeaseTtl": 3600,
        "tokenType": "batch",
    }
    assert from_fields({"a": 1}, TEXT) == '{"a": 1}'
    assert from_fields("1h", WHOLE) == 3600
