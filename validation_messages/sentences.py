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
    "list_type": "must be a list, not {input}; write [] for an empty list",
    "tuple_type": "must be a list, not {input}",
    "frozen_set_type": "must be a list, not {input}; write [] for an empty list",
    "too_short": "has too few entries ({actual_length}; the minimum is {min_length})",
    "too_long": "has too many entries ({actual_length}; the maximum is {max_length})",
    "string_type": "must be text, not {input}",
    "string_too_short": "must not be empty",
    "bool_type": "must be true or false, not {input}",
    "int_type": "must be a whole number, not {input}",
    "int_parsing": "must be a whole number, not {input}",
    "decimal_parsing": "{input} is not a number",
    "finite_number": "{input} is not a number",
    "greater_than": "{input} is too small; it must be greater than {gt}",
    "greater_than_equal": "{input} is too small; the minimum is {ge}",
    "less_than_equal": "{input} is too large; the maximum is {le}",
    "date_type": "must be a date such as 2026-11-24, without quotes, not {input}",
    "enum": "must be {expected}, not {input}",
    "literal_error": "must be {expected}, not {input}",
    "ip_v4_network": "{input} is not a CIDR block; write its first address and prefix length, such as 10.16.0.0/16",
    "value_error": "{error}",
}
"""Sentences by pydantic error type. Their placeholders are the fields of the error's context, and `input`."""

_KEY = "[key]"
"""Last element of a pydantic error's location if the error is in the key of a mapping, not in the value."""


def explain(error: ValidationError, annotation: Any, sentences: Mapping[str, str] = SENTENCES) -> list[Mistake]:
    """Return all mistakes of one validation.

    Args:
        error: the validation error.
        annotation: the validated type; its models define the known keys.
        sentences: sentences by error type. An error of another type keeps pydantic's message.
    """
    details = error.errors(include_url=False)
    return [_explain(each, annotation, sentences) for each in details if not _miscounted(each, details)]


def unknown_key(key: str, known: Sequence[str]) -> str:
    """Return the sentence for an unknown key; it names the closest key or all keys."""
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
    """Return True if the list is too short only because some items are invalid."""
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
