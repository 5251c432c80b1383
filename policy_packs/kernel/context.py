"""Context of a rule: environment, settings and stack configuration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from policy_packs.kernel.resource import Fields
from policy_packs.kernel.stack_config import StackConfig


class Environment(StrEnum):
    """Names of the four environments, least protected first.

    A stack with one of these names is that environment.
    """

    DEV = "dev"
    STAGING = "staging"
    PREPROD = "preprod"
    PROD = "prod"


class Tightening(StrEnum):
    """Direction in which a change of a setting makes its rule stricter."""

    LOWER = "may only be lowered"
    HIGHER = "may only be raised"
    FEWER = "may only lose entries"
    NONE = "may not be changed"


@dataclass(frozen=True)
class Setting:
    """One setting of a rule: a JSON schema, which the engine checks, and the default.

    The default is part of the reviewed code. A policy configuration may weaken it only in dev and staging.
    """

    schema: Mapping[str, Any]
    default: Any
    tightening: Tightening = Tightening.NONE
    is_by_environment: bool = False

    def weakened(self, value: Any, context: "Context") -> bool:
        """Return True if a configured value is weaker than the default in a run.

        If the setting has one value per environment, only the value for the run's environment is compared. For a stack
        that is none of the four environments, all four values are compared.
        """
        value = _override(self.default, value)
        if not self.is_by_environment:
            return not _is_tighter(self.tightening, self.default, value)
        names = [context.environment] if context.is_known_environment else list(Environment)
        return any(
            value.get(name) != self.default.get(name)
            and not _is_tighter(self.tightening, self.default.get(name), value.get(name))
            for name in names
        )


AMOUNT: Mapping[str, Any] = {"type": "number", "minimum": 0}
"""JSON schema of a number that is not negative, such as an amount of money or a count."""

NAMES: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}}
"""JSON schema of a list of names."""


def by_environment(
    description: str,
    each: Mapping[str, Any],
    default: Mapping[str, Any],
    tightening: Tightening = Tightening.NONE,
) -> Setting:
    """Declare a setting with one value per environment.

    `each` is the JSON schema of one value, and `default` has the values by environment. A policy configuration may
    change the values of some environments and leave the others.
    """
    schema = {
        "type": "object",
        "description": description,
        "properties": {str(environment): each for environment in Environment},
        "additionalProperties": False,
    }
    return Setting(schema, default, tightening, is_by_environment=True)


def additional_entries(description: str, name_pattern: str) -> Setting:
    """Declare a setting that adds entries to a reviewed list.

    It maps the name of each entry to the reason, and is empty by default. `name_pattern` is a regular expression
    that the name of each entry must match.
    """
    schema = {
        "type": "object",
        "description": description,
        "propertyNames": {"pattern": name_pattern},
        "additionalProperties": {"type": "string", "minLength": 1},
    }
    return Setting(schema, {}, Tightening.FEWER)


def reviewed_names(description: str, default: Sequence[str]) -> Setting:
    """Declare a setting with a list of reviewed names.

    A policy configuration may add entries in dev and staging only.
    """
    return Setting({**NAMES, "description": description}, default, Tightening.FEWER)


def per_environment(
    description: str,
    *,
    dev: float,
    staging: float,
    preprod: float,
    prod: float,
    tightening: Tightening = Tightening.LOWER,
) -> Setting:
    """Declare a limit that differs between environments.

    The limit is a maximum. With `Tightening.HIGHER`, it is a minimum.
    """
    defaults = {"dev": dev, "staging": staging, "preprod": preprod, "prod": prod}
    return by_environment(description, AMOUNT, defaults, tightening)


@dataclass(frozen=True)
class Context:
    """Stack, settings and stack configuration that a rule judges with."""

    stack: str
    dry_run: bool
    settings: Mapping[str, Any] = field(default_factory=dict)
    project: str = ""
    stack_config: StackConfig = field(default_factory=StackConfig)

    @property
    def is_known_environment(self) -> bool:
        """True if the stack is one of the four environments."""
        return self.stack in set(Environment)

    @property
    def environment(self) -> Environment:
        """Environment whose rules apply.

        A stack that is none of the four environments is judged as prod.
        """
        return Environment(self.stack) if self.is_known_environment else Environment.PROD

    def limit(self, setting: str) -> float:
        """Return this environment's value of a `per_environment` setting.

        A stack that is none of the four environments gets the lowest of the four values, because nobody has decided
        that it may use as much as prod.
        """
        limits: Mapping[str, float] = self.settings[setting]
        return limits[self.environment] if self.is_known_environment else min(limits.values())

    def floor(self, setting: str) -> float:
        """Return this environment's value of a setting that is a minimum.

        A stack that is none of the four environments gets the highest of the four values.
        """
        floors: Mapping[str, float] = self.settings[setting]
        return floors[self.environment] if self.is_known_environment else max(floors.values())

    def config_key(self, key: str, namespace: str = "") -> str:
        """Return the full key of a stack configuration value.

        The namespace is the project's name unless given.
        """
        return f"{namespace or self.project}:{key}"

    def config(self, key: str, namespace: str = "") -> Fields:
        """Return the object at a key of the stack's configuration.

        It is empty if the key is absent or secret.
        """
        return self.stack_config.fields(self.config_key(key, namespace))

    def with_settings(self, declared: Mapping[str, Setting], overrides: Mapping[str, Any]) -> "Context":
        """Return this context with a rule's settings: defaults, overridden key by key."""
        merged = {name: _override(setting.default, overrides.get(name)) for name, setting in declared.items()}
        return replace(self, settings=merged)


def _is_tighter(tightening: Tightening, default: Any, value: Any) -> bool:
    """Return True if a value is the default or stricter.

    Objects are compared entry by entry. An entry that the default lacks is never stricter.
    """
    if tightening is Tightening.NONE or type(default) is bool:
        return bool(value == default)
    if isinstance(default, Mapping) and isinstance(value, Mapping):
        return all(key in default and _is_tighter(tightening, default[key], each) for key, each in value.items())
    match tightening, default, value:
        case Tightening.LOWER, int() | float(), int() | float():
            return bool(value <= default)
        case Tightening.HIGHER, int() | float(), int() | float():
            return bool(value >= default)
        case Tightening.FEWER, list(), list():
            return all(each in default for each in value)
    return bool(value == default)


def _override(default: Any, override: Any) -> Any:
    if override is None:
        return default
    if isinstance(default, Mapping) and isinstance(override, Mapping):
        return {**default, **override}
    return override
