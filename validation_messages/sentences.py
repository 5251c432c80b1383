"""Sentences for pydantic's error types, and the mistakes of one validation."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from validation_messages.keys import known_keys
from validation_messages.mistakes import Mistake

SENTENCES: Mapping[str, str] = {
    "missing": "is missing",
    "invalid_key": "a key must be text; put it in quotes",
    "model_type": "must be a mapping, not {input}",
    "dict_type": "must be a mapping, not {input}",
    "list_type": "must be a list, not {input}; an empty one is []",
    "tuple_type": "must be a list, not {input}",
    "frozen_set_type": "must be a list, not {input}; an empty one is []",
    "too_short": "must have at least {min_length}, has {actual_length}",
    "too_long": "must have at most {max_length}, has {actual_length}",
    "string_type": "must be text, not {input}",
    "string_too_short": "must not be empty",
    "bool_type": "must be true or false, not {input}",
    "int_type": "must be a whole number, not {input}",
    "int_parsing": "must be a whole number, not {input}",
    "decimal_parsing": "{input} is not a number",
    "finite_number": "{input} is not a number",
    "greater_than": "{input} is too low; it must be above {gt}",
    "greater_than_equal": "{input} is too small; at least {ge}",
    "less_than_equal": "{input} is too large; at most {le}",
    "date_type": "must be a date such as 2026-11-24, without quotes, not {input}",
    "enum": "must be {expected}, not {input}",
    "literal_error": "must be {expected}, not {input}",
    "ip_v4_network": "{input} is not an address range, such as 10.16.0.0/16 (the address must be the range's first)",
    "value_error": "{error}",
}
"""Sentence by pydantic's error type. Placeholders are the error's own context and `input`."""

_KEY = "[key]"
"""Pydantic's last path element for an error in a mapping's key, as opposed to its value."""


def explain(error: ValidationError, annotation: Any, sentences: Mapping[str, str] = SENTENCES) -> list[Mistake]:
    """Return all mistakes of one validation.

    Args:
        error: the validation error.
        annotation: the validated type; its models tell which keys are known.
        sentences: sentence by error type. Types without one keep pydantic's message.
    """
    details = error.errors(include_url=False)
    return [_explain(each, annotation, sentences) for each in details if not _miscounted(each, details)]


def unknown_key(key: str, known: Sequence[str]) -> str:
    """Return the sentence for an unknown key: the closest known one, or all of them."""
    close = difflib.get_close_matches(key, known, n=1)
    return f"unknown key; did you mean {close[0]}?" if close else f"unknown key; known keys are {', '.join(known)}"


def _explain(error: ErrorDetails, annotation: Any, sentences: Mapping[str, str]) -> Mistake:
    path = tuple(part for part in error["loc"] if part != _KEY)
    location = ".".join(map(str, path))
    if error["type"] == "extra_forbidden":
        return Mistake(location, unknown_key(str(path[-1]), known_keys(annotation, path[:-1])))
    sentence = sentences.get(error["type"])
    context = {**error.get("ctx", {}), "input": describe(error["input"])}
    return Mistake(location, sentence.format_map(context) if sentence else error["msg"])


def _miscounted(error: ErrorDetails, others: Sequence[ErrorDetails]) -> bool:
    """Return True if a list is too short only because its items are invalid."""
    path = error["loc"]
    return error["type"] == "too_short" and any(other["loc"][: len(path)] == path != other["loc"] for other in others)


def describe(value: object) -> str:
    """Return a value as it appears in a sentence."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else repr(value) if isinstance(value, str) else str(value)
