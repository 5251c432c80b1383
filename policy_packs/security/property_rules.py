"""Rules of one shape: a property has an allowed value, or is set at all."""

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
    right: Sequence[Any],
    why: str,
    fix: str,
    covers: Sequence[str] = (),
    severity: Severity = Severity.HIGH,
    level: Level | Levels = Level.MANDATORY,
) -> ResourceRule:
    """A rule that a property has one of the `right` values; None among them is for what AWS does when it is left out.

    Raises ValueError as `rule` does.
    """

    def check(resource: Resource) -> Findings:
        return disallowed_value(resource, path, right, fix)

    check.__doc__ = why
    return rule(name, on=on, covers=covers, severity=severity, level=level)(check)


def presence_rule(
    name: str,
    *,
    on: str | Iterable[str],
    path: str,
    why: str,
    fix: str,
    covers: Sequence[str] = (),
    severity: Severity = Severity.HIGH,
) -> ResourceRule:
    """A rule that a property is given, whatever its value. Raises ValueError as `rule` does."""

    def check(resource: Resource) -> Findings:
        return missing_property(resource, path, fix)

    check.__doc__ = why
    return rule(name, on=on, covers=covers, severity=severity)(check)


def disallowed_value(resource: Resource, path: str, right: Sequence[Any], fix: str) -> Findings:
    """The finding about a property whose value is none of the right ones."""
    value = resource[path]
    if value not in right:
        yield f"`{path}` is {_DISPLAYED.get(value, repr(value))}; {fix}"


def missing_property(resource: Resource, path: str, fix: str) -> Findings:
    """The finding about a property that is not given, or given as nothing."""
    if not resource[path]:
        yield f"`{path}` is not set; {fix}"
