"""Rules that require one property to have an allowed value, or to be set at all."""

from collections.abc import Iterable, Sequence
from typing import Any

from policy_packs.kernel.registry import Findings, Level, Levels, ResourceRule, Severity, rule
from policy_packs.kernel.resource import Resource

_DISPLAYED = {None: "not set", True: "on", False: "off"}


def value_rule(
    name: str,
    *,
    on: str | Iterable[str],
    path: str,
    allowed: Sequence[Any],
    rationale: str,
    fix: str,
    covers: Sequence[str] = (),
    severity: Severity = Severity.HIGH,
    level: Level | Levels = Level.MANDATORY,
) -> ResourceRule:
    """Return a rule that requires a property to have an allowed value.

    None among the allowed values means that the property may be left out. Raises ValueError as `rule` does.
    """

    def check(resource: Resource) -> Findings:
        return disallowed_value(resource, path, allowed, fix)

    check.__doc__ = rationale
    return rule(name, on=on, covers=covers, severity=severity, level=level)(check)


def presence_rule(
    name: str,
    *,
    on: str | Iterable[str],
    path: str,
    rationale: str,
    fix: str,
    covers: Sequence[str] = (),
    severity: Severity = Severity.HIGH,
) -> ResourceRule:
    """Return a rule that requires a property to be set.

    Raises ValueError as `rule` does.
    """

    def check(resource: Resource) -> Findings:
        return missing_property(resource, path, fix)

    check.__doc__ = rationale
    return rule(name, on=on, covers=covers, severity=severity)(check)


def disallowed_value(resource: Resource, path: str, allowed: Sequence[Any], fix: str) -> Findings:
    """Yield a finding if a property does not have an allowed value."""
    value = resource[path]
    if value not in allowed:
        yield f"`{path}` is {_DISPLAYED.get(value, repr(value))}. {fix}"


def missing_property(resource: Resource, path: str, fix: str) -> Findings:
    """Yield a finding if a property is unset or empty."""
    if not resource[path]:
        yield f"`{path}` is not set. {fix}"
