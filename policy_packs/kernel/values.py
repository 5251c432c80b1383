"""Decoding of property values.

The engine sends plain JSON in which unknown values and secrets are marked.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from google.protobuf import struct_pb2

from pulumi_wire.markers import OUTPUT, SECRET, SIGNATURE, UNKNOWN_SENTINELS
from pulumi_wire.structs import from_struct


class Marker(Enum):
    """Placeholder in a decoded tree."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Marker.UNKNOWN
"""Placeholder for a value that is known only at update."""
REDACTED: Final = "[secret]"
WHOLE_WORD_BELOW: Final = 4
"""Secrets shorter than this are redacted only as whole words. Otherwise the secret "a" would redact every sentence."""


@dataclass(frozen=True)
class Decoded:
    """Properties of one resource, and the texts that no message about it may contain."""

    values: dict[str, Any]
    secrets: frozenset[str]


def decode(properties: struct_pb2.Struct | Mapping[str, Any]) -> Decoded:
    """Decode properties in the engine's wire format.

    The recursion is bounded, because protobuf limits the depth of a message to a hundred levels.
    """
    values = from_struct(properties) if isinstance(properties, struct_pb2.Struct) else properties
    secrets: set[str] = set()
    return Decoded({key: _mark(value, secrets) for key, value in values.items()}, frozenset(secrets))


def redact(text: str, secrets: frozenset[str]) -> str:
    """Replace every secret in a text, the longest first.

    If a secret inside a longer secret were replaced first, the rest of the longer secret would survive.
    """
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) < WHOLE_WORD_BELOW:
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", REDACTED, text)
        else:
            text = text.replace(secret, REDACTED)
    return text


def _mark(value: Any, secrets: set[str]) -> Any:
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWN_SENTINELS else value
    if isinstance(value, Mapping):
        signature = value.get(SIGNATURE)
        if signature == SECRET:
            return _mark_secret(value.get("value"), secrets)
        if signature == OUTPUT:
            if "value" not in value:
                return UNKNOWN
            if value.get("secret"):
                return _mark_secret(value["value"], secrets)
            return _mark(value["value"], secrets)
        return {key: _mark(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_mark(item, secrets) for item in value]
    return value


def _mark_secret(value: Any, secrets: set[str]) -> Any:
    marked = _mark(value, secrets)
    secrets.update(text for text in _texts(marked) if text.strip())
    return marked


def _texts(value: Any) -> Iterator[str]:
    """Yield every text that could reveal a secret value.

    These are the leaves of the value, the lines of each leaf, and the leaves of JSON inside a string.
    """
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield str(value)
    elif isinstance(value, str):
        yield value
        yield from (line.strip() for line in value.splitlines())
        yield from _texts_of_json(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _texts_of_json(text: str) -> Iterator[str]:
    if not text.lstrip().startswith(("{", "[", '"')):
        return
    try:
        texts = tuple(_texts(json.loads(text)))
    except (ValueError, RecursionError):
        return
    yield from texts
