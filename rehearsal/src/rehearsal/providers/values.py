"""Property values as the engine sends them: plain JSON, with a sentinel for what is not known yet."""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_wire.markers import UNKNOWN_STRING

Properties = dict[str, Any]
"""Property values by Pulumi (camelCase) name: str, int, float, bool, None, list and dict, or `UNKNOWN`."""

UNKNOWN = UNKNOWN_STRING
"""Sentinel of a value that is unknown until the update."""

DEFAULTS = "__defaults"
"""Key under which a provider remembers which inputs it filled in itself, so that the next diff ignores them."""


def is_unknown(value: Any) -> bool:
    """Whether any part of the value is not known yet."""
    if isinstance(value, Mapping):
        return any(is_unknown(item) for item in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(is_unknown(item) for item in value)
    return bool(value == UNKNOWN)
