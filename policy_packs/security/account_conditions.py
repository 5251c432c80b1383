"""Accounts and organizations that conditions of AWS policy statements name."""

from collections.abc import Callable, Iterator, Mapping, Set
from typing import Final

from policy_packs.kernel.resource import Fields
from policy_packs.security.accounts import account_of
from policy_packs.security.conditions import ARN_OPERATORS, TEXT_OPERATORS, ConditionTest, condition_tests
from policy_packs.security.patterns import has_fixed_account

Name = Callable[[str, bool], str]
"""Returns the account or organization in a value. The flag is True for an ARN operator."""


def _of_id(value: str, _is_arn_test: bool) -> str:  # noqa: FBT001  # one signature for all keys
    return value


def _of_arn(value: str, is_arn_test: bool) -> str:  # noqa: FBT001  # as above
    """Return the account in an ARN.

    The text is empty if the ARN has none, or if it is a pattern that covers several.
    """
    return account_of(value) if has_fixed_account(value, is_arn_test=is_arn_test) else ""


def _of_path(value: str, _is_arn_test: bool) -> str:  # noqa: FBT001  # as above
    return value.partition("/")[0]


SOURCE_KEYS: Final[Mapping[str, Name]] = {
    "aws:sourceaccount": _of_id,
    "aws:sourcearn": _of_arn,
    "aws:sourceorgid": _of_id,
    "aws:sourceorgpaths": _of_path,
    "aws:sourceowner": _of_id,
}
"""Keys that name the account for which a service acts."""
CALLER_KEYS: Final[Mapping[str, Name]] = {
    **SOURCE_KEYS,
    "aws:principalaccount": _of_id,
    "aws:principalarn": _of_arn,
    "aws:principalorgid": _of_id,
    "aws:principalorgpaths": _of_path,
    "kms:calleraccount": _of_id,
    "s3:dataaccesspointaccount": _of_id,
    "s3:dataaccesspointarn": _of_arn,
}
"""Keys that name the account of a caller.

Keys of networks, such as aws:SourceVpce, are left out, because principals of every account can call from a network.
"""
ENDPOINT_KEYS: Final[Mapping[str, Name]] = {
    **CALLER_KEYS,
    "aws:resourceaccount": _of_id,
    "aws:resourceorgid": _of_id,
    "aws:resourceorgpaths": _of_path,
    "s3:resourceaccount": _of_id,
}
"""Keys that name the account of a caller or of a resource, for policies of VPC endpoints."""
_ENCRYPTION_CONTEXT: Final = "kms:encryptioncontext:"


def limits_callers(statement: Fields, known: Set[str]) -> bool:
    """Return True if a condition allows only callers of known accounts."""
    return any(named <= known for named in _named(statement, CALLER_KEYS))


def limits_endpoint(statement: Fields, known: Set[str]) -> bool:
    """Return True if a condition lets only known callers or resource owners pass.

    Use it for policies of VPC endpoints.
    """
    return any(named <= known for named in _named(statement, ENDPOINT_KEYS))


def unknown_sources(statement: Fields, known: Set[str]) -> tuple[str, ...]:
    """Return the unknown accounts and organizations for which a service may act.

    There are none if any condition allows only known ones, or if no condition names any. An empty text stands for a
    value without an account.
    """
    named = [*_named(statement, SOURCE_KEYS), *_named_in_encryption_context(statement)]
    return _unknown(named, known)


def unknown_to_endpoint(statement: Fields, known: Set[str]) -> tuple[str, ...]:
    """Return the unknown accounts and organizations that a VPC endpoint lets pass.

    There are none if any condition names only known ones, or if no condition names any.
    """
    return _unknown(list(_named(statement, ENDPOINT_KEYS)), known)


def _unknown(named: list[frozenset[str]], known: Set[str]) -> tuple[str, ...]:
    if any(each <= known for each in named):
        return ()
    return tuple(sorted(frozenset[str]().union(*named) - known))


def _named(statement: Fields, keys: Mapping[str, Name]) -> Iterator[frozenset[str]]:
    for test in condition_tests(statement):
        if test.key in keys:
            yield _accounts(test, keys[test.key])


def _named_in_encryption_context(statement: Fields) -> Iterator[frozenset[str]]:
    for test in condition_tests(statement):
        if test.key.startswith(_ENCRYPTION_CONTEXT):
            yield _accounts(test, _of_arn)


def _accounts(test: ConditionTest, name: Name) -> frozenset[str]:
    if test.operator not in TEXT_OPERATORS | ARN_OPERATORS:
        return frozenset({""})
    return frozenset(name(value, test.operator in ARN_OPERATORS) for value in test.values)
