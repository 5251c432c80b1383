"""Whom a statement of a policy document speaks to, and what it demands of the caller."""

from policy_packs.kernel.resource import Fields


def principals(statement: Fields, kind: str) -> tuple[str, ...]:
    """The principals of one kind (AWS, Service or Federated) that a statement names."""
    principal = statement["Principal"]
    return principal.texts(kind) if isinstance(principal, Fields) else ()


def demands(statement: Fields) -> dict[str, tuple[str, ...]]:
    """By condition key in lower case, the values that a statement demands. A negated test demands nothing."""
    conditions = statement.fields("Condition")
    found: dict[str, tuple[str, ...]] = {}
    for operator in conditions:
        if "not" not in operator.lower():
            tests = conditions.fields(operator)
            found.update({key.lower(): (*found.get(key.lower(), ()), *tests.texts(key)) for key in tests})
    return found
