"""Equivalence of two Kubernetes values.

Two values are equivalent if the API server treats them as the same.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

PropertyPath = tuple[str | int, ...]
"""Path of a value: keys and list indexes, starting at the object's root."""

_QUANTITY_MAPS = frozenset(
    {"allocatable", "capacity", "default", "defaultRequest", "hard", "limits", "max", "maxLimitRequestRatio"}
    | {"min", "overhead", "podFixed", "requests"}
)
"""Maps whose values are quantities."""

_QUANTITIES = frozenset({"averageValue", "divisor", "sizeLimit"})
"""Fields whose value is a quantity."""

_OMITTED_WHEN_EMPTY = frozenset(
    {"annotations", "binaryData", "data", "hard", "labels", "limits", "matchLabels", "metadata", "nodeSelector"}
    | {"parameters", "requests", "resources", "spec", "status", "strategy", "stringData", "updateStrategy"}
)
"""Maps that the server drops if they are empty. Other empty maps have a meaning, e.g. `emptyDir` and `podSelector`."""


def equivalent(left: Any, right: Any, path: PropertyPath = ()) -> bool:
    """Return True if the API server treats two values at a path as the same.

    For example, the quantities `"1000m"` and `"1"` are equivalent, as are 80 and `"80"`. An empty map that the server
    drops is equivalent to no map.
    """
    left, right = _none_if_dropped(left, path), _none_if_dropped(right, path)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return all(equivalent(left.get(key), right.get(key), (*path, key)) for key in {*left, *right})
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(
            equivalent(*pair, (*path, index)) for index, pair in enumerate(zip(left, right, strict=True))
        )
    return _same_scalar(left, right, path)


def is_quantity(path: PropertyPath) -> bool:
    """Return True if the value at a path is a quantity such as `"500m"`."""
    if not path:
        return False
    return path[-1] in _QUANTITIES or (len(path) > 1 and path[-2] in _QUANTITY_MAPS)


def _none_if_dropped(value: Any, path: PropertyPath) -> Any:
    if value == [] and isinstance(value, list):
        return None
    if value == {} and path and path[-1] in _OMITTED_WHEN_EMPTY:
        return None
    return value


def _same_scalar(left: Any, right: Any, path: PropertyPath) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if left == right:
        return True
    if not (isinstance(left, str | int | float) and isinstance(right, str | int | float)):
        return False
    if is_quantity(path):
        left_quantity = _quantity(left)
        return left_quantity is not None and left_quantity == _quantity(right)
    return str(left) == str(right)


def _quantity(value: str | float) -> Decimal | None:
    from kubernetes.utils.quantity import parse_quantity  # noqa: PLC0415  # the client package takes 0.3 s to import

    try:
        parsed = parse_quantity(value)  # type: ignore[no-untyped-call]  # the client package is only partly typed
    except ValueError:
        return None
    return Decimal(parsed)
