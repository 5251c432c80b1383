"""Values are equivalent if the API server treats them as the same."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal.providers.kubernetes.equivalence import equivalent

scalars = st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5)
objects = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@given(objects)
def test_equivalence_is_reflexive(value: Any) -> None:
    assert equivalent(value, value)


@given(objects, objects)
def test_equivalence_is_symmetric(one: Any, other: Any) -> None:
    assert equivalent(one, other) == equivalent(other, one)


@settings(deadline=None)  # the first quantity imports the client package
@given(st.integers(1, 10_000))
def test_a_thousand_milli_equal_one_in_quantities_only(cores: int) -> None:
    assert equivalent({"requests": {"cpu": f"{cores}000m"}}, {"requests": {"cpu": cores}})


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
def test_these_are_equivalent(left: Any, right: Any, path: tuple[str | int, ...]) -> None:
    assert equivalent(left, right, path)


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
def test_these_are_not_equivalent(left: Any, right: Any, path: tuple[str | int, ...]) -> None:
    assert not equivalent(left, right, path)
