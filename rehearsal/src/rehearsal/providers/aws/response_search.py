"""Search in AWS's responses, with a JMESPath expression or for a member's name."""

import functools
from collections.abc import Mapping
from typing import Any

import jmespath


def search(expression: str, value: Any) -> Any:
    """Evaluate a JMESPath expression on a response."""
    return _parsed(expression).search(value)


@functools.cache
def _parsed(expression: str) -> Any:
    return jmespath.compile(expression)


def find_text(value: Any, member: str) -> str:
    """Return the first text with this member name at any depth, or an empty string."""
    if isinstance(value, Mapping):
        content = value.get(member)
        if isinstance(content, list) and content and isinstance(content[0], str):
            return content[0]
        if isinstance(content, str):
            return content
        value = list(value.values())
    if isinstance(value, list):
        return next((text for item in value if (text := find_text(item, member))), "")
    return ""
