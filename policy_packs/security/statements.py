"""Statements of AWS policy documents, in one shape for the several that JSON allows."""

from collections.abc import Iterable, Iterator
from typing import Any

from policy_packs.kernel.resource import Fields, Reader

# Condition keys by which AWS itself does not call a policy public, given that they name fixed values
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
NARROWING_ADVICE = "name accounts or roles, or add a narrowing condition"
"""What to do about a statement that speaks to everybody."""
SOURCE_KEYS = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"})
"""Condition keys by which a service says for whom it calls."""


def allow_statements(holder: Reader, path: str) -> Iterator[Fields]:
    """The Allow statements of the policy document at a path; none when there is no document."""
    return _statements_with_effect(holder, path, "Allow")


def deny_statements(holder: Reader, path: str) -> Iterator[Fields]:
    """The Deny statements of the policy document at a path; none when there is no document."""
    return _statements_with_effect(holder, path, "Deny")


def condition_values(statement: Fields) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Condition keys in lower case, each with the values that one test demands.

    A negated test demands nothing: it lets in all but the named ones.
    """
    conditions = statement.fields("Condition")
    for operator in conditions:
        if "not" not in operator.lower():
            tests = conditions.fields(operator)
            yield from ((key.lower(), tests.texts(key)) for key in tests)


def conditions_by_key(statement: Fields) -> dict[str, tuple[str, ...]]:
    """By condition key in lower case, the values that a statement demands. A negated test demands nothing."""
    found: dict[str, tuple[str, ...]] = {}
    for key, values in condition_values(statement):
        found[key] = (*found.get(key, ()), *values)
    return found


def principals(statement: Fields, kind: str) -> tuple[str, ...]:
    """The principals of one kind (AWS, Service or Federated) that a statement names."""
    principal = statement["Principal"]
    return principal.texts(kind) if isinstance(principal, Fields) else ()


def label(statement: Fields) -> str:
    """How to point at a statement in a sentence."""
    sid = statement.text("Sid")
    return f"statement {sid}" if sid else "a statement without Sid"


def allows_everything(statement: Fields) -> bool:
    """Whether a statement allows every action on every resource."""
    actions = statement.texts("Action")
    return any(action in {"*", "*:*"} for action in actions) and "*" in statement.texts("Resource")


def is_public(statement: Fields) -> bool:
    """Whether a statement speaks to everybody: any principal, and no condition that narrows who that is."""
    return _is_everyone(statement["Principal"]) and not _is_narrowed(statement)


def public_findings(statements: Iterable[Fields], fix: str) -> Iterator[str]:
    """The finding about each statement that speaks to everybody."""
    for statement in statements:
        if is_public(statement):
            yield f"{label(statement)} allows every principal; {fix}"


def applies_to_everyone(statement: Fields) -> bool:
    """Whether a statement is about every principal, narrowed or not."""
    return _is_everyone(statement["Principal"])


def _statements_with_effect(holder: Reader, path: str, effect: str) -> Iterator[Fields]:
    document = holder.document(path)
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
