"""Statements of AWS policy documents."""

from collections.abc import Iterable, Iterator
from typing import Any

from policy_packs.kernel.resource import Fields, Reader

# Condition keys that make a policy non-public for AWS, provided that they name fixed values
# (docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html, "The meaning of public").
_NARROWING_KEYS = (
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
)
NARROWING_ADVICE = "Name accounts or roles, or add a narrowing condition."
"""Advice for a statement that applies to everyone."""
SOURCE_KEYS = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"})
"""Condition keys that name the account or resource for which a service acts."""


def allow_statements(resource: Reader, path: str) -> Iterator[Fields]:
    """Return the Allow statements of the policy document at a path, if there is one."""
    return _statements_with_effect(resource, path, "Allow")


def deny_statements(resource: Reader, path: str) -> Iterator[Fields]:
    """Return the Deny statements of the policy document at a path, if there is one."""
    return _statements_with_effect(resource, path, "Deny")


def condition_values(statement: Fields) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield condition keys in lower case, each with the values of one operator.

    Negated operators are skipped, because they admit every other value.
    """
    conditions = statement.fields("Condition")
    for operator in conditions:
        if "not" not in operator.lower():
            tests = conditions.fields(operator)
            yield from ((key.lower(), tests.texts(key)) for key in tests)


def conditions_by_key(statement: Fields) -> dict[str, tuple[str, ...]]:
    """Return the values that a statement requires, by condition key in lower case.

    Negated operators are skipped.
    """
    values_by_key: dict[str, tuple[str, ...]] = {}
    for key, values in condition_values(statement):
        values_by_key[key] = (*values_by_key.get(key, ()), *values)
    return values_by_key


def principals(statement: Fields, principal_type: str) -> tuple[str, ...]:
    """Return the principals of one type: AWS, Service or Federated."""
    principal = statement["Principal"]
    return principal.texts(principal_type) if isinstance(principal, Fields) else ()


def label(statement: Fields) -> str:
    """Return the name of a statement for the start of a message."""
    sid = statement.text("Sid")
    return f"Statement {sid}" if sid else "A statement without Sid"


def allows_everything(statement: Fields) -> bool:
    """Return True if a statement allows every action on every resource."""
    actions = statement.texts("Action")
    return any(action in {"*", "*:*"} for action in actions) and "*" in statement.texts("Resource")


def is_public(statement: Fields) -> bool:
    """Return True if a statement applies to any principal without narrowing it."""
    return _is_everyone(statement["Principal"]) and not _is_narrowed(statement)


def public_findings(statements: Iterable[Fields], fix: str) -> Iterator[str]:
    """Yield a finding for each statement that is public."""
    for statement in statements:
        if is_public(statement):
            yield f"{label(statement)} allows every principal. {fix}"


def applies_to_everyone(statement: Fields) -> bool:
    """Return True if a statement names every principal, whatever its conditions."""
    return _is_everyone(statement["Principal"])


def _statements_with_effect(resource: Reader, path: str, effect: str) -> Iterator[Fields]:
    document = resource.document(path)
    if document is None:
        return
    for statement in _listed(document, "Statement"):
        if statement.text("Effect") == effect:
            yield statement


def _is_everyone(principal: Any) -> bool:
    if isinstance(principal, Fields):
        return "AWS" in principal and "*" in principal.texts("AWS")
    return bool(principal == "*")


def _is_narrowed(statement: Fields) -> bool:
    return any(key in _NARROWING_KEYS and "*" not in values for key, values in condition_values(statement))


def _listed(document: Fields, key: str) -> Iterator[Fields]:
    value = document[key]
    if isinstance(value, Fields):
        yield value
    else:
        yield from document.each(key)
