"""Integers, restored from the floats of the engine's protocol."""

from typing import Any


def integers(value: Any) -> Any:
    """Return a copy with integers in place of whole floats."""
    if isinstance(value, dict):
        return {key: integers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [integers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
