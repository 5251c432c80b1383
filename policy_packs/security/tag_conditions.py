"""Conditions of AWS policy statements on tags of resources and requests."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from policy_packs.kernel.resource import Fields
from policy_packs.security.conditions import SHARED_TAGS, TEXT_OPERATORS, condition_tests
from policy_packs.security.patterns import is_fixed

# Keys with a tag of the resource: aws:ResourceTag/team, rds:db-tag/team, s3:ExistingObjectTag/team and the like.
_RESOURCE_TAG: Final = re.compile(r"[a-z0-9-]+:(resourcetag|existingobjecttag|[a-z-]+-tag)/(?P<key>.+)")
_REQUEST_TAG: Final = "aws:requesttag/"
_TAG_KEYS: Final = "aws:tagkeys"
_CREATE_ACTION: Final = ":createaction"


def required_tags(statement: Fields) -> Mapping[str, frozenset[str]]:
    """Return the accepted values of each tag that a resource must have.

    The keys and values are in lower case, because operators may ignore case. Tests with a value that is not fixed are
    left out.
    """
    tags: dict[str, frozenset[str]] = {}
    for test in condition_tests(statement):
        match = _RESOURCE_TAG.fullmatch(test.key)
        if match and test.operator in TEXT_OPERATORS and all(map(is_fixed, test.values)):
            tags[match["key"]] = tags.get(match["key"], frozenset()) | frozenset(map(str.lower, test.values))
    return tags


def lets_set_tag(statement: Fields, key: str, values: frozenset[str]) -> bool:
    """Return True if a statement on tagging lets its holder set a tag.

    `values` are the values that the holder would need, in lower case. The holder cannot set them if the conditions of
    the statement

    - require a tag that the resource has already, apart from tags that every resource has,
    - accept only the tags of a resource that the same request creates,
    - leave the tag out of the keys that a request may set, or
    - require another value of the tag.
    """
    if required_tags(statement).keys() - SHARED_TAGS or not _request_may_set(statement, key):
        return False
    for test in condition_tests(statement):
        if test.operator in TEXT_OPERATORS and all(map(is_fixed, test.values)):
            if test.key.endswith(_CREATE_ACTION):
                return False
            if test.key == _REQUEST_TAG + key and values.isdisjoint(map(str.lower, test.values)):
                return False
    return True


def _request_may_set(statement: Fields, key: str) -> bool:
    """Return False if a condition forbids requests with a tag.

    `ForAllValues` with `aws:TagKeys` lists all keys that a request may set. `Null` forbids a single key.
    """
    if "true" in _values(statement, ("null",), _REQUEST_TAG + key):
        return False
    operators = [f"forallvalues:{operator}" for operator in TEXT_OPERATORS]
    allowed = list(_values(statement, operators, _TAG_KEYS))
    return not allowed or not all(map(is_fixed, allowed)) or key in (each.lower() for each in allowed)


def _values(statement: Fields, operators: tuple[str, ...] | list[str], key: str) -> Iterator[str]:
    conditions = statement.fields("Condition")
    for operator in conditions:
        if operator.lower() in operators:
            keys = conditions.fields(operator)
            for each in keys:
                if each.lower() == key:
                    value = keys[each]
                    yield from [str(value).lower()] if isinstance(value, bool) else keys.texts(each)
