"""Whom a statement of a policy document speaks to, and what it demands of the caller."""

from policy_packs.kernel.resource import Fields
from policy_packs.security.statements import demanded


def principals(statement: Fields, kind: str) -> tuple[str, ...]:
    """The principals of one kind (AWS, Service or Federated) that a statement names."""
    principal = statement["Principal"]
    return principal.texts(kind) if isinstance(principal, Fields) else ()


def demands(statement: Fields) -> dict[str, tuple[str, ...]]:
    """By condition key in lower case, the values that a statement demands. A negated test demands nothing."""
    found: dict[str, tuple[str, ...]] = {}
    for key, values in demanded(statement):
        found[key] = (*found.get(key, ()), *values)
    return found
