"""Inputs reach Vault under its own names, and come back only when they differ."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.schema import PropertySchema, ValueType
from rehearsal.providers.vault.fields import GONE, field_name, from_fields, same, seconds, shown, to_fields

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
    shape = PropertySchema(
        ValueType.OBJECT, fields={"tuneIt": TUNE, "userKeys": PropertySchema(ValueType.MAP, item=TEXT)}
    )
    value = {"tuneIt": {"defaultLeaseTtl": "1h", "tokenType": None}, "userKeys": {"camelCase": "x"}}
    assert to_fields(value, shape) == {"tune_it": {"default_lease_ttl": "1h"}, "user_keys": {"camelCase": "x"}}


@given(st.integers(0, 10**6))
def test_a_duration_is_the_same_however_it_is_written(count: int) -> None:
    hours, rest = divmod(count, 3600)
    for text in (f"{count}s", f"{hours}h{rest // 60}m{rest % 60}s", str(count), count):
        assert seconds(text) == count
        assert same(count, text)


@pytest.mark.parametrize("text", ["", "soon", "1 h", "h", "1x", True, None])
def test_what_is_no_duration_is_none(text: Any) -> None:
    assert seconds(text) is None


@given(st.lists(st.text(max_size=3)), st.randoms())
def test_lists_are_sets(items: list[str], random: Any) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)
    assert same(shuffled, items)


@given(data)
def test_json_text_is_the_same_as_its_data(content: dict[str, Any]) -> None:
    assert same(content, json.dumps(content))
    assert shown(content, json.dumps(content, indent=2), TEXT) == json.dumps(content, indent=2)


@given(st.one_of(data, st.text(max_size=5), st.integers(), st.booleans(), st.lists(st.text(max_size=3))))
def test_an_unchanged_value_is_shown_as_it_was_written(value: Any) -> None:
    assert shown(value, value, PropertySchema(ValueType.ANY)) == value


@pytest.mark.parametrize(
    ("live", "wanted", "shape", "expected"),
    [
        (7200, "1h", TEXT, "7200s"),
        ("1h0m0s", 60, WHOLE, 3600),
        ({"b": 1}, '{"a":1}', TEXT, '{"b": 1}'),
        (["a", "b"], ["a"], PropertySchema(ValueType.LIST, item=TEXT), ["a", "b"]),
        (None, "text", TEXT, GONE),
        ([], ["a"], PropertySchema(ValueType.LIST, item=TEXT), GONE),
        ({"token_type": "batch", "default_lease_ttl": 3600}, {"tokenType": "service"}, TUNE, {"tokenType": "batch"}),
    ],
)
def test_a_changed_value_is_shown_in_the_terms_of_the_input(
    live: Any, wanted: Any, shape: PropertySchema, expected: Any
) -> None:
    assert shown(live, wanted, shape) == expected


def test_an_import_gets_properties_in_their_own_shape() -> None:
    assert from_fields({"default_lease_ttl": 3600, "token_type": "batch"}, TUNE) == {
        "defaultLeaseTtl": 3600,
        "tokenType": "batch",
    }
    assert from_fields({"a": 1}, TEXT) == '{"a": 1}'
    assert from_fields("1h", WHOLE) == 3600
