"""Deny statements: those that apply to everyone, and conditions that spare some."""

import re
from collections.abc import Iterator, Set
from typing import Final

from policy_packs.kernel.resource import Fields, Items
from policy_packs.security import patterns
from policy_packs.security.accounts import account_of_principal
from policy_packs.security.conditions import ARN_OPERATORS, TEXT_OPERATORS
from policy_packs.security.statements import applies_to_everyone, principals

_EVERY_ACTION_OF_S3: Final = frozenset({"s3:*", "*"})
_NEGATED: Final = frozenset(
    {"stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike"}
)
_BOOL: Final = "bool"
_OF_PRINCIPALS: Final = frozenset({"aws:principalarn", "aws:principalaccount"})
# A request over TLS or with a second factor is spared if the key is tested for false.
_FLAGS: Final = frozenset({"aws:securetransport", "aws:multifactorauthpresent"})
_WHOLE_ACCOUNT: Final = re.compile(r"\d{12}|arn:[^:]*:iam::\d{12}:root")


def refuses_plain_http(statement: Fields, bucket: str | None) -> bool:
    """Return True if a Deny statement refuses all requests over plain HTTP.

    It must apply to everyone, to all actions, and to the bucket and its objects, and have no further condition.

    Source: Amazon S3 User Guide, "Security best practices for Amazon S3", encryption of data in transit.
    """
    tests = list(_tests(statement))
    return (
        applies_to_everyone(statement)
        and any(action.lower() in _EVERY_ACTION_OF_S3 for action in statement.texts("Action"))
        and tests == [(_BOOL, "aws:securetransport", ("false",))]
        and _covers_bucket(statement, bucket)
    )


def denies_every_administrator(statement: Fields, accounts: Set[str]) -> bool:
    """Return True if a Deny statement applies to all principals of some accounts.

    These are the accounts of the program. If none is known, every account counts.
    """
    if spares_somebody(statement, accounts):
        return False
    if "NotPrincipal" in statement:
        excluded = statement["NotPrincipal"]
        named = excluded.texts("AWS") if isinstance(excluded, Fields) else ()
        return not any(_is_own(each, accounts) for each in named)
    return applies_to_everyone(statement) or any(
        _WHOLE_ACCOUNT.fullmatch(each) and _is_own(each, accounts) for each in principals(statement, "AWS")
    )


def spares_somebody(statement: Fields, accounts: Set[str]) -> bool:
    """Return True if a condition of a Deny statement spares an administrator.

    All tests must hold for the statement to apply, so one that somebody can avoid is enough: a test that names the
    only principals denied, one that excepts a principal of the program's accounts, or one that requires TLS or a second
    factor. Every other condition may hold for all administrators.
    """
    return any(_spares(operator, key, values, accounts) for operator, key, values in _tests(statement))


def _spares(operator: str, key: str, values: tuple[str, ...], accounts: Set[str]) -> bool:
    if operator == _BOOL and key in _FLAGS:
        return values == ("false",)
    if operator == "numericlessthan":
        return key == "s3:tlsversion"
    if operator in _NEGATED and key in _OF_PRINCIPALS:
        return any(_is_own(value, accounts) for value in values)
    names_principals = operator in TEXT_OPERATORS | ARN_OPERATORS and key == "aws:principalarn"
    return names_principals and bool(values) and all(map(patterns.is_fixed, values))


def _tests(statement: Fields) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield operator, key and values of each test, operator and key in lower case.

    The suffix `IfExists` is left out, because all keys that are judged here are in every request of a principal.
    """
    conditions = statement.fields("Condition")
    for operator in conditions:
        tested = conditions.fields(operator)
        for key in tested:
            value = tested[key]
            values = tuple(value) if isinstance(value, Items) else (value,)
            yield (
                operator.lower().removesuffix("ifexists"),
                key.lower(),
                tuple(str(each).lower() if isinstance(each, bool) else str(each) for each in values),
            )


def _is_own(principal: str, accounts: Set[str]) -> bool:
    """Return True if a text names a principal, or principals, of one of the accounts."""
    account = account_of_principal(principal)
    return patterns.is_fixed(account) and (not accounts or account in accounts)


def _covers_bucket(statement: Fields, bucket: str | None) -> bool:
    """Return True if a statement is on a bucket and all of its objects."""
    resources = set(statement.texts("Resource"))
    return any(_is_bucket(each, bucket) and (each.endswith("*") or f"{each}/*" in resources) for each in resources)


def _is_bucket(resource: str, bucket: str | None) -> bool:
    """Return True if a resource of a bucket policy is the bucket itself.

    S3 refuses a policy with ARNs of other services, so only the name is compared.
    """
    name = resource.rpartition(":::")[2]
    return "/" not in name if bucket is None else patterns.matches(name, bucket)
