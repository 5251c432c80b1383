"""When two spellings of a Kubernetes value mean the same, as the API server sees it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Path = tuple[str | int, ...]
"""Where a value stands: keys and list indexes from the object's root."""

_QUANTITY_MAPS = frozenset(
    {"allocatable", "capacity", "default", "defaultRequest", "hard", "limits", "max", "maxLimitRequestRatio"}
    | {"min", "overhead", "podFixed", "requests"}
)
"""Maps whose values are quantities."""

_QUANTITIES = frozenset({"averageValue", "divisor", "sizeLimit"})
"""Fields that are quantities themselves."""

_OMITTED_WHEN_EMPTY = frozenset(
    {"annotations", "binaryData", "data", "hard", "labels", "limits", "matchLabels", "metadata", "nodeSelector"}
    | {"parameters", "requests", "resources", "spec", "status", "strategy", "stringData", "updateStrategy"}
)
"""Maps that the server doesn't keep when they are empty. Others mean something empty: `emptyDir`, `podSelector`."""


def same(left: Any, right: Any, path: Path = ()) -> bool:
    """Whether two values at a path are the same to the API server.

    `"1000m"` is `"1"` where a quantity is meant, 80 is `"80"`, and what the server omits when empty equals nothing.
    """
    left, right = _nothing_if_empty(left, path), _nothing_if_empty(right, path)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return all(same(left.get(key), right.get(key), (*path, key)) for key in {*left, *right})
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(
            same(one, other, (*path, index)) for index, (one, other) in enumerate(zip(left, right, strict=True))
        )
    return _same_scalar(left, right, path)


def is_quantity(path: Path) -> bool:
    """Whether the value at a path is a resource quantity such as `"500m"` or `"2Gi"`."""
    if not path:
        return False
    return path[-1] in _QUANTITIES or (len(path) > 1 and path[-2] in _QUANTITY_MAPS)


def _nothing_if_empty(value: Any, path: Path) -> Any:
    if value == [] and isinstance(value, list):
        return None
    if value == {} and path and path[-1] in _OMITTED_WHEN_EMPTY:
        return None
    return value


def _same_scalar(left: Any, right: Any, path: Path) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if left == right:
        return True
    if not (isinstance(left, str | int | float) and isinstance(right, str | int | float)):
        return False
    if is_quantity(path):
        one, other = _quantity(left), _quantity(right)
        return one is not None and one == other
    return str(left) == str(right)


def _quantity(value: str | float) -> Decimal | None:
    from kubernetes.utils.quantity import parse_quantity  # noqa: PLC0415  # the client package takes 0.3 s to import

    try:
        parsed = parse_quantity(value)  # type: ignore[no-untyped-call]  # the client package is typed in part
    except ValueError:
        return None
    return Decimal(parsed)
