"""Property values as the engine sends them: plain JSON and a sentinel.

The sentinel represents unknown values.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_wire.markers import UNKNOWN_STRING

Properties = dict[str, Any]
"""Property values by Pulumi (camelCase) name: str, int, float, bool, None, list and dict, or `UNKNOWN`."""

UNKNOWN = UNKNOWN_STRING
"""Sentinel of a value that is unknown until the update."""

DEFAULTS = "__defaults"
"""Key of the list of inputs that the provider filled in itself. The next diff ignores this key."""


UNAPPLIED = "__unapplied"
"""Key in the outputs of a failed operation: a map of the inputs that the operation may have changed.

An input is mapped to True if its live value was read and is in the outputs. If it is mapped to False, the next update
sends the input again.
"""


def is_unknown(value: Any) -> bool:
    """Return True if any part of the value is unknown."""
    if isinstance(value, Mapping):
        return any(is_unknown(item) for item in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(is_unknown(item) for item in value)
    return bool(value == UNKNOWN)
