"""Whole numbers as they were before the engine's protocol carried them."""

from typing import Any


def integers(value: Any) -> Any:
    """A copy whose whole numbers are no floats, as which the engine's protocol carries them."""
    if isinstance(value, dict):
        return {key: integers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [integers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
