"""Parts of IAM policy documents."""

from typing import Any


def listed(value: Any) -> tuple[Any, ...]:
    """Return the values of an element that holds either one value or a list."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)
