"""Two spellings of a Kubernetes value are the same when the API server takes them for the same."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal.providers.kubernetes.canonical import same

scalars = st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5)
objects = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@given(objects)
def test_everything_is_the_same_as_itself(value: Any) -> None:
    assert same(value, value)


@given(objects, objects)
def test_the_order_of_comparison_does_not_matter(one: Any, other: Any) -> None:
    assert same(one, other) == same(other, one)


@settings(deadline=None)  # the first quantity imports the client package
@given(st.integers(1, 10_000))
def test_a_thousand_milli_are_one_where_a_quantity_is_meant(cores: int) -> None:
    assert same({"requests": {"cpu": f"{cores}000m"}}, {"requests": {"cpu": cores}})


@pytest.mark.parametrize(
    ("left", "right", "path"),
    [
        ("1Gi", "1024Mi", ("spec", "hard", "requests.memory")),
        ("0.5", "500m", ("resources", "limits", "cpu")),
        ("1000m", 1, ("spec", "limits", 0, "default", "cpu")),
        ("2Gi", "2048Mi", ("emptyDir", "sizeLimit")),
        (80, "80", ("spec", "ports", 0, "targetPort")),
        ({}, None, ("metadata", "labels")),
        ([], None, ("metadata", "finalizers")),
    ],
)
def test_these_are_the_same(left: Any, right: Any, path: tuple[str | int, ...]) -> None:
    assert same(left, right, path)


@pytest.mark.parametrize(
    ("left", "right", "path"),
    [
        ("1000m", "1", ("data", "value")),
        ("1.0", "1", ("metadata", "labels", "version")),
        ({}, None, ("spec", "volumes", 0, "emptyDir")),
        ({}, None, ("spec", "ingress", 0, "from", 0, "namespaceSelector")),
        (True, "true", ("spec", "hostNetwork")),
        (True, 1, ("spec", "replicas")),
        ("all", "1", ("spec", "hard", "pods")),
        (["a", "b"], ["b", "a"], ("args",)),
    ],
)
def test_these_are_not(left: Any, right: Any, path: tuple[str | int, ...]) -> None:
    assert not same(left, right, path)
