"""Ignored property paths keep their old value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.ignore_changes import parse_path, restore_ignored, without_ignored
from rehearsal.providers.protocol import ChangeKind, DiffResult, PropertyChange

NAMES = st.text(alphabet="abc", min_size=1, max_size=3)
VALUES = st.recursive(
    st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("tags", ("tags",)),
        ("tags.team", ("tags", "team")),
        ('tags["kubernetes.io/role"]', ("tags", "kubernetes.io/role")),
        ("ingress[0].toPort", ("ingress", 0, "toPort")),
        ("rules[*].status", ("rules", "*", "status")),
    ],
)
def test_paths_are_parsed_as_the_engine_writes_them(path: str, steps: tuple[str | int, ...]) -> None:
    assert parse_path(path) == steps


@pytest.mark.parametrize(
    ("path", "old", "new", "restored"),
    [
        ("size", {"size": 1}, {"size": 2, "lid": 2}, {"size": 1, "lid": 2}),
        ("size", {}, {"size": 2}, {}),
        ("tags.a", {"tags": {"a": 1}}, {"tags": {"a": 2, "b": 2}}, {"tags": {"a": 1, "b": 2}}),
        ("rules[*].on", {"rules": [{"on": 1}]}, {"rules": [{"on": 2}]}, {"rules": [{"on": 1}]}),
        ("rules[1]", {"rules": [1, 2]}, {"rules": [3, 4]}, {"rules": [3, 2]}),
        ("tags[*]", {"tags": {"a": 1}}, {"tags": {"b": 2}}, {"tags": {"a": 1}}),
    ],
)
def test_the_old_value_is_restored(path: str, old: Any, new: Any, restored: Any) -> None:
    assert restore_ignored([path], old, new) == restored


def test_changes_at_and_below_an_ignored_path_are_dropped() -> None:
    changes = [PropertyChange(path, ChangeKind.UPDATE) for path in ("tags.a", "tags.a.x", "tags.b", "rules[3].on")]
    remaining = without_ignored(DiffResult(changes, delete_before_replace=True), ["tags.a", "rules[*].on"])
    assert [change.path for change in remaining.changes] == ["tags.b"]


@given(old=st.dictionaries(NAMES, VALUES, max_size=3), new=st.dictionaries(NAMES, VALUES, max_size=3), name=NAMES)
def test_restoring_is_idempotent_and_leaves_its_arguments_unchanged(old: Any, new: Any, name: str) -> None:
    before = (repr(old), repr(new))
    once = restore_ignored([name], old, new)
    assert restore_ignored([name], old, once) == once
    assert (repr(old), repr(new)) == before
    assert once.get(name) == old.get(name)
