"""Equivalent values, changed paths and projection onto the program's fields."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.aws.compare import canonical, project, property_changes, same, with_computed_fields
from rehearsal.providers.schema import PropertySchema, ValueType

TEXT = PropertySchema(ValueType.STRING)
RULE = PropertySchema(
    ValueType.OBJECT,
    fields={"port": PropertySchema(ValueType.INTEGER), "cidrs": PropertySchema(ValueType.LIST, item=TEXT)},
)
RULES = PropertySchema(ValueType.LIST, item=RULE)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, 2], [2, 1]),
        ("5", 5),
        (5.0, 5),
        ("true", True),
        ({"a": 1, "b": None}, {"a": 1}),
        ('{"a": [1, 2]}', '{ "a": [2, 1] }'),
        ('{"Action": ["s3:Get"]}', '{"Action": "s3:Get"}'),
        ('{"AWS": ["arn:aws:iam::123456789012:root", "*"]}', '{"AWS": ["*", "123456789012"]}'),
    ],
)
def test_equivalent_values_are_the_same(one: Any, other: Any) -> None:
    assert same(one, other)


@pytest.mark.parametrize(("one", "other"), [([1], [1, 1]), ("a", "b"), ({}, {"a": 1}), ("{", "{}"), (False, "no")])
def test_different_values_are_not_the_same(one: Any, other: Any) -> None:
    assert not same(one, other)


@given(VALUES)
def test_canonical_form_is_stable_and_json_serializable(value: Any) -> None:
    json.dumps(canonical(value))
    assert same(value, value)
    assert not list(property_changes({"x": value}, {"x": value}))


@given(VALUES, VALUES)
def test_values_have_changed_paths_only_if_they_differ(one: Any, other: Any) -> None:
    differing = list(property_changes({"x": one}, {"x": other}))
    empty: tuple[Any, ...] = (None, "", [], {})
    assert bool(differing) != (same(one, other) or (one in empty and other in empty))
    assert all(change.path.startswith("x") for change in differing)


def test_paths_are_as_deep_as_both_structures() -> None:
    old = {"tags": {"a": "1", "b.c": "1"}, "rules": [{"port": 1}, {"port": 2}], "size": 1}
    new = {"tags": {"a": "2", "b.c": "2"}, "rules": [{"port": 1}, {"port": 3}], "lid": 1}
    assert [(change.path, change.kind.value) for change in property_changes(old, new)] == [
        ("lid", "add"),
        ("rules[1].port", "update"),
        ("size", "delete"),
        ("tags.a", "update"),
        ('tags["b.c"]', "update"),
    ]


def test_fields_not_in_the_program_are_ignored() -> None:
    written, live = {"port": 1}, {"port": 2, "cidrs": ["a"]}
    assert project(RULE, written, live) == {"port": 2}


def test_all_keys_of_a_map_count() -> None:
    tags = PropertySchema(ValueType.MAP, item=TEXT)
    assert project(tags, {"a": "1"}, {"a": "1", "b": "2"}) == {"a": "1", "b": "2"}


def test_items_are_paired_by_similarity_and_extra_items_remain() -> None:
    written = [{"port": 80}, {"port": 443}]
    live = [{"port": 22, "cidrs": ["a"]}, {"port": 443, "cidrs": []}, {"port": 80, "cidrs": ["b"]}]
    assert project(RULES, written, live) == [{"port": 80}, {"port": 443}, {"port": 22}]


@given(
    st.lists(st.fixed_dictionaries({"port": st.integers(0, 9)}, optional={"cidrs": st.lists(st.text())}), max_size=5)
)
def test_live_list_equal_to_the_program_is_no_drift(written: list[Any]) -> None:
    shuffled = [{"cidrs": [], **item} for item in reversed(written)]
    assert same(project(RULES, written, shuffled), written)


@pytest.mark.parametrize(
    ("new", "old", "output", "expected"),
    [
        ({"port": 2}, {"port": 1}, {"port": 1, "id": "x"}, {"port": 2, "id": "x"}),
        ({}, {"port": 1}, {"port": 1, "id": "x"}, {"id": "x"}),
        ({"a": {"b": 2}}, {"a": {"b": 1}}, {"a": {"b": 1, "id": "x"}}, {"a": {"b": 2, "id": "x"}}),
        ([{"port": 1}], [{"port": 1}], [{"port": 1, "id": "x"}], [{"port": 1, "id": "x"}]),
        ([{"port": 2}], [{"port": 1}], [{"port": 1, "id": "x"}], [{"port": 2}]),
        ([{"port": 1}], [{"port": 1}], [], [{"port": 1}]),
        ("b", "a", "a", "b"),
    ],
)
def test_a_preview_keeps_the_fields_that_aws_computed(new: Any, old: Any, output: Any, expected: Any) -> None:
    assert with_computed_fields(new, old, output) == expected
