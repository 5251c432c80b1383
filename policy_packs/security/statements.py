"""Statements of AWS policy documents: one shape for what JSON may write in several."""

from collections.abc import Iterable, Iterator
from typing import Any

from policy_packs.kernel.resource import Fields, Reader

# Condition keys by which AWS itself does not call a policy public, given that they name fixed values
# (docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html, "The meaning of public").
_NARROWING = (
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

NARROW = "name accounts or roles, or add a narrowing condition"
"""What to do about a statement that speaks to everybody."""


def allowing(holder: Reader, path: str) -> Iterator[Fields]:
    """The Allow statements of the policy document at a path; none when there is no document."""
    return _of_effect(holder, path, "Allow")


def denying(holder: Reader, path: str) -> Iterator[Fields]:
    """The Deny statements of the policy document at a path; none when there is no document."""
    return _of_effect(holder, path, "Deny")


def demanded(statement: Fields) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Condition keys in lower case, each with the values that one test demands.

    A negated test demands nothing: it lets in all but the named ones.
    """
    conditions = statement.fields("Condition")
    for operator in conditions:
        if "not" not in operator.lower():
            tests = conditions.fields(operator)
            yield from ((key.lower(), tests.texts(key)) for key in tests)


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
    return _anybody(statement["Principal"]) and not _narrowed(statement)


def public(statements: Iterable[Fields], fix: str) -> Iterator[str]:
    """The finding about each statement that speaks to everybody."""
    for statement in statements:
        if is_public(statement):
            yield f"{label(statement)} allows every principal; {fix}"


def is_about_anybody(statement: Fields) -> bool:
    """Whether a statement is about every principal, narrowed or not."""
    return _anybody(statement["Principal"])


def _of_effect(holder: Reader, path: str, effect: str) -> Iterator[Fields]:
    document = holder.document(path)
    if document is None:
        return
    for statement in _listed(document, "Statement"):
        if statement.text("Effect") == effect:
            yield statement


def _anybody(principal: Any) -> bool:
    if isinstance(principal, Fields):
        return "AWS" in principal and "*" in principal.texts("AWS")
    return bool(principal == "*")


def _narrowed(statement: Fields) -> bool:
    return any(key in _NARROWING and "*" not in values for key, values in demanded(statement))


def _listed(document: Fields, key: str) -> Iterator[Fields]:
    value = document[key]
    if isinstance(value, Fields):
        yield value
    else:
        yield from document.each(key)
