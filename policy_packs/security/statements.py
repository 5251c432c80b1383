"""Statements of AWS policy documents."""

from collections.abc import Iterable, Iterator
from typing import Any

from policy_packs.kernel.resource import Fields, Items, Reader
from policy_packs.security.conditions import narrows_principal
from policy_packs.security.pattern_unions import covering_actions, covering_resources
from policy_packs.security.patterns import is_on_one_service, names_service

MAX_SHOWN = 4
"""Maximum number of actions that a finding names."""
NARROWING_ADVICE = "Name accounts or roles, or add a narrowing condition."
"""Advice for a statement that applies to everyone."""


def allow_statements(resource: Reader, path: str) -> Iterator[Fields]:
    """Return the Allow statements of the policy document at a path.

    There are none if there is no document.
    """
    return _statements_with_effect(resource, path, "Allow")


def deny_statements(resource: Reader, path: str) -> Iterator[Fields]:
    """Return the Deny statements of the policy document at a path.

    There are none if there is no document.
    """
    return _statements_with_effect(resource, path, "Deny")


def principals(statement: Fields, principal_type: str) -> tuple[str, ...]:
    """Return the principals of one type: AWS, Service or Federated."""
    principal = statement["Principal"]
    return principal.texts(principal_type) if isinstance(principal, Fields) else ()


def label(statement: Fields) -> str:
    """Return the name of a statement for the start of a message."""
    sid = statement.text("Sid")
    return f"Statement {sid}" if sid else "An unnamed statement"


def allows_everything(statement: Fields) -> bool:
    """Return True if a statement allows all of several services on every resource.

    "All of a service" means all of its actions. Conditions are ignored.
    """
    if not allows_several_services(statement):
        return False
    return not all(map(is_on_one_service, covering_resources(statement.texts("Resource"))))


def allows_several_services(*statements: Fields) -> bool:
    """Return True if action patterns cover all actions of several services.

    Examples are `*`, `s*:*`, and `*:a*` to `*:z*` together, also if several statements list them.
    """
    return not all(map(names_service, covering_actions(joined_actions(statements))))


def joined_actions(statements: Iterable[Fields]) -> tuple[str, ...]:
    """Return the action patterns of several statements."""
    return tuple(dict.fromkeys(action for each in statements for action in each.texts("Action")))


def is_public(statement: Fields) -> bool:
    """Return True if a statement applies to everyone and no condition narrows it."""
    return _is_everyone(statement["Principal"]) and not narrows_principal(statement)


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
    """Return True if a Principal element names everyone.

    The only wildcard that AWS accepts in this element is a lone `*`, so any text with a wildcard counts.
    """
    if isinstance(principal, Fields):
        return any("*" in each or "?" in each for each in principal.texts("AWS"))
    return "*" in principal if isinstance(principal, Items) else bool(principal == "*")


def _listed(document: Fields, key: str) -> Iterator[Fields]:
    value = document[key]
    if isinstance(value, Fields):
        yield value
    else:
        yield from document.each(key)
