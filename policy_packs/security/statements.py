"""Statements of AWS policy documents."""

from collections.abc import Iterable, Iterator
from typing import Any

from policy_packs.kernel.resource import Fields, Items, Reader
from policy_packs.security.conditions import narrows_principal
from policy_packs.security.patterns import covers_every_action, covers_every_resource, is_fixed

_SERVICE = 2
"""Index of the service among the parts of an ARN."""
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
    return f"Statement {sid}" if sid else "A statement without Sid"


def allows_everything(statement: Fields) -> bool:
    """Return True if a statement allows several services on every resource.

    Its conditions are ignored.
    """
    return allows_several_services(statement) and any(map(_covers_all_services, statement.texts("Resource")))


def allows_several_services(statement: Fields) -> bool:
    """Return True if an action pattern covers all actions of several services.

    Examples are `*` and `s*:*`.
    """
    return any(map(covers_every_action, statement.texts("Action")))


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


def _covers_all_services(pattern: str) -> bool:
    parts = pattern.split(":")
    return covers_every_resource(pattern) and (len(parts) <= _SERVICE or not is_fixed(parts[_SERVICE]))


def _listed(document: Fields, key: str) -> Iterator[Fields]:
    value = document[key]
    if isinstance(value, Fields):
        yield value
    else:
        yield from document.each(key)
