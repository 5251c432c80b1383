"""All texts of an AWS resource, and all policy statements that name principals.

A rule that must find a value wherever it is, such as the ID of an account, reads these instead of single properties.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from policy_packs.kernel.resource import Fields, Items, Resource
from policy_packs.kernel.values import decode

AWS_TYPES: Final = ("aws:", "aws-native:", "vault:aws/")
"""Prefixes of the resource types that describe AWS."""
TAGS: Final = frozenset({"tags", "tagsAll"})
"""Properties that are left out, because they grant nothing."""
# Names of properties with IDs of accounts. Numbers elsewhere may be sizes in bytes.
_ID: Final = re.compile("account|owner|principal", re.IGNORECASE)
_PRINCIPALS: Final = ("Principal", "NotPrincipal")


@dataclass(frozen=True)
class Text:
    """A text and its path, such as `inlinePolicies.0.policy.Statement.0.Resource`."""

    path: str
    text: str

    @property
    def property(self) -> str:
        """Property of the resource that contains the text."""
        return self.path.partition(".")[0]


def texts(resource: Resource) -> Iterator[Text]:
    """Yield the texts of all properties and of the JSON documents in them.

    Texts of Deny statements and of statements with principals are left out. Raises UnknownValue after the last known
    text if any value is unknown.
    """
    return (part for part in _all_parts(resource) if isinstance(part, Text))


def statements_with_principals(resource: Resource) -> Iterator[Fields]:
    """Yield the statements of all policies that name principals.

    Raises UnknownValue after the last known statement if any value is unknown.
    """
    return (part for part in _all_parts(resource) if isinstance(part, Fields))


def _all_parts(resource: Resource) -> Iterator[Text | Fields]:
    known, unknown = _parts(resource)
    yield from known
    for parent, key in unknown:
        parent[key]  # raises


@lru_cache(maxsize=16)
def _parts(resource: Resource) -> tuple[tuple[Text | Fields, ...], tuple[tuple[Any, Any], ...]]:
    """Return the known parts of a resource, and the places of unknown values.

    The result is cached, because several rules read the parts of the same resource.
    """
    unknown: list[tuple[Any, Any]] = []
    names = [name for name in resource if name not in TAGS]
    known = tuple(part for name in names for part in _below(resource, name, name, unknown))
    return known, tuple(unknown)


def _below(parent: Any, key: Any, path: str, unknown: list[tuple[Any, Any]]) -> Iterator[Text | Fields]:
    """Yield the parts of one value, and add unknown values to a list."""
    if parent.is_known(key):
        yield from _of_value(parent[key], path, unknown)
    else:
        unknown.append((parent, key))


def _of_value(value: Any, path: str, unknown: list[tuple[Any, Any]]) -> Iterator[Text | Fields]:
    if isinstance(value, str):
        document = _parsed(value, path)
        if document is None:
            yield Text(path, value)
        else:
            yield from _of_value(document, path, unknown)
    elif isinstance(value, int | float) and _ID.search(path):
        yield Text(path, f"{value:.0f}")
    elif isinstance(value, Items):
        for index in range(len(value)):
            yield from _below(value, index, f"{path}.{index}", unknown)
    elif isinstance(value, Fields):
        yield from _of_object(value, path, unknown)


def _of_object(value: Fields, path: str, unknown: list[tuple[Any, Any]]) -> Iterator[Text | Fields]:
    decisive = [each for each in value if each in {"Effect", *_PRINCIPALS}]
    if hidden := [each for each in decisive if not value.is_known(each)]:
        unknown.append((value, hidden[0]))
    elif {"Effect"} < {*decisive}:
        yield value
    elif "Effect" not in decisive or value["Effect"] != "Deny":
        for each in value:
            yield from _below(value, each, f"{path}.{each}", unknown)


@lru_cache(maxsize=256)
def _parsed(text: str, path: str) -> Fields | Items | None:
    """Return the JSON object or list in a text, or None if it is other text."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        parsed = decode({path: json.loads(text)}).values[path]
    except (ValueError, RecursionError):
        return None
    return Fields(parsed, path) if isinstance(parsed, dict) else Items(parsed, path)
